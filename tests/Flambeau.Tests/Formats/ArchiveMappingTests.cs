using System.Globalization;
using Flambeau.Formats;
using Flambeau.Graphs;

namespace Flambeau.Tests.Formats;

/// <summary>Weights are pages of the file: aligned, not copied, not written back.</summary>
public sealed class ArchiveMappingTests
{
    const long Elements = 1 << 22;

    static void WithArchive(Action<string> test) => Samples.InFolder(folder =>
    {
        var path = Path.Combine(folder, "m.flambeau");
        var b = new GraphBuilder("g");
        var x = b.Input(new TensorType(DType.Float32, [1]), "x");
        var (small, large) = (b.AddState("small", Tensor.Ones([3]), StateKind.Buffer), b.AddState("large", Tensor.Arange(0, Elements, 1, DType.Float32), StateKind.Parameter));
        Archive.Save(path, b.Finish(b.Call("add", x, b.Call("add", b.Call("sum", small.Value), b.Call("max", large.Value)))));
        test(path);
    });

    [Fact]
    public unsafe void Elements_lie_at_multiples_of_64_in_memory_that_is_the_file() => WithArchive(path =>
    {
        var archive = Archive.Load(path);
        foreach (var s in archive.State)
        {
            fixed (byte* p = &s.Tensor.Kept<byte>())
            {
                var address = (long)p;
                Assert.Equal(0, address % 64);
                Assert.IsType<ExternalStorage>(s.Tensor.Storage);
                if (OperatingSystem.IsLinux()) Assert.Contains(File.ReadLines("/proc/self/maps"), line => line.EndsWith(path, StringComparison.Ordinal) && Holds(line, address));
            }
        }
        GC.KeepAlive(archive);
    });

    static bool Holds(string line, long address)
    {
        var range = line[..line.IndexOf(' ', StringComparison.Ordinal)].Split('-');
        return long.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture) <= address && address < long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Loading_takes_no_memory_for_the_elements() => WithArchive(path =>
    {
        Archive.Load(path); // what is made once is made
        var (managed, native) = (GC.GetAllocatedBytesForCurrentThread(), TensorMemory.Statistics.Reserved);
        var archive = Archive.Load(path);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - managed, 0, Elements / 4);
        if (TensorMemory.Statistics.Reserved - native is var more and > 0) Assert.InRange(more, 0, Elements * 2); // other tests may run
        Assert.Equal(Elements - 1 + 3 + 1f, ((Tensor)archive["Forward"].Run(Tensor.Ones([1]))[0]!).Item<float>());
    });

    [Fact]
    public void Tensors_outlive_the_archive_and_the_name_of_the_file() => WithArchive(path =>
    {
        var large = Load(path);
        if (!OperatingSystem.IsWindows()) File.Delete(path);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.Equal(Elements - 1f, large.Max().Item<float>());

        static Tensor Load(string path) => Archive.Load(path).State.Single(static s => s.Name == "large").Tensor.Detach();
    });

    [Fact]
    public void A_file_is_replaced_while_its_tensors_live() => WithArchive(path =>
    {
        var archive = Archive.Load(path);
        var large = archive.State.Single(static s => s.Name == "large").Tensor;
        using (Flambeau.Autograd.Grad.No()) large.Mul_(2);
        if (OperatingSystem.IsWindows()) return; // a mapped file can't be replaced there
        Archive.Save(path, archive["Forward"]);
        Assert.Equal(2f * (Elements - 1), Archive.Load(path).State.Single(static s => s.Name == "large").Tensor.Max().Item<float>());
        Assert.Equal(2f * (Elements - 1), large.Max().Item<float>());
    });
}
