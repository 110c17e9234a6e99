namespace Flambeau.Cuda.Tests;

/// <summary>Streams, events and copies beside the program.</summary>
[Collection("kernels")]
public sealed class StreamTests
{
    static Device Gpu
    {
        get
        {
            Assert.SkipUnless(Cuda.IsAvailable, Cuda.Problem ?? "");
            return Device.Cuda();
        }
    }

    [Fact]
    public void Work_on_another_stream_is_waited_for()
    {
        var gpu = Gpu;
        using var side = new CudaStream();
        var x = Tensor.Ones([1000, 1000]).To(gpu);
        side.WaitFor(CudaStream.Current());
        Tensor y;
        using (side.Use())
        {
            y = x;
            for (var i = 0; i < 20; i++) y = y * 2 - 1;
        }
        CudaStream.Current().WaitFor(side);
        Assert.Equal(1e6, (y * 1).Sum().Item<double>());
        side.Synchronize();
        Assert.True(side.IsDone);
    }

    [Fact]
    public void Memory_of_several_streams_is_never_shared_too_early()
    {
        var gpu = Gpu;
        using CudaStream a = new(), b = new();
        for (var round = 0; round < 30; round++)
        {
            Tensor x, y;
            using (a.Use())
            {
                x = Tensor.Full([200_000], round, DType.Float32, gpu);
                for (var i = 0; i < 8; i++) x = x + 1;
            }
            using (b.Use())
            {
                y = Tensor.Full([200_000], -round, DType.Float32, gpu);
                for (var i = 0; i < 8; i++) y = y - 1;
            }
            if (round % 10 == 0) GC.Collect();
            CudaStream.Current().WaitFor(a);
            CudaStream.Current().WaitFor(b);
            Assert.Equal(0, (x + y).Abs().Max().Item<float>());
            a.WaitFor(CudaStream.Current());
            b.WaitFor(CudaStream.Current());
        }
    }

    [Fact]
    public void Events_tell_when_and_how_long()
    {
        var gpu = Gpu;
        var stream = CudaStream.Current();
        using var before = stream.Record(timing: true);
        var x = Tensor.Ones([512, 512]).To(gpu);
        for (var i = 0; i < 10; i++) x = x.MatMul(x) * 1e-3;
        using var after = stream.Record(timing: true);
        after.Synchronize();
        Assert.True(after.IsDone && before.IsDone);
        Assert.True(after.Since(before) >= TimeSpan.Zero);
        using var plain = stream.Record();
        Assert.Contains("timing: true", Assert.Throws<InvalidOperationException>(() => plain.Since(before)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pinned_memory_is_copied_beside_the_program()
    {
        var gpu = Gpu;
        var x = Tensor.Randn([333, 77], new Generator(3));
        var pinned = x.Permute(1, 0).Pinned();
        var there = pinned.To(gpu, nonBlocking: true);
        var back = (there * 2).To(Device.Cpu, nonBlocking: true);
        using (var done = CudaStream.Current().Record()) done.Synchronize();
        Assert.Equal((x.Permute(1, 0) * 2).ToArray<float>(), back.ToArray<float>());
        Assert.Equal(x.ToArray<float>(), x.To(gpu, nonBlocking: true).To(Device.Cpu, nonBlocking: false).ToArray<float>());
        // Without the word, the source may be changed at once.
        var copy = pinned.To(gpu);
        pinned.Zero_();
        Assert.Equal(x.Permute(1, 0).ToArray<float>(), copy.ToArray<float>());
    }

    [Fact]
    public void Compiled_programs_run_on_the_current_stream()
    {
        var gpu = Gpu;
        var x = Tensor.Randn([64, 64], new Generator(5)).To(gpu);
        Func<Tensor, Tensor> f = static v => (v.MatMul(v) + 1).Tanh();
        var expected = f(x).ToArray<float>();
        var code = Compiler.CompileExtensions.Compile(f);
        using var side = new CudaStream();
        for (var i = 0; i < 6; i++)
        {
            if (i % 2 == 0) Assert.Equal(expected, code.Run(x)[0].ToArray<float>());
            else
            {
                using (side.Use()) Assert.Equal(expected, code.Run(x)[0].ToArray<float>());
            }
        }
    }
}
