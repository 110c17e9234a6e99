namespace Flambeau.Cuda.Tests;

/// <summary>What a machine without a GPU says.</summary>
public sealed class WithoutGpuTests
{
    [Fact]
    public void The_device_explains_itself()
    {
        Assert.SkipWhen(Cuda.IsAvailable, "this machine has a GPU");
        var e = Assert.Throws<NotSupportedException>(static () => Device.Cuda());
        Assert.Contains("libcuda.so.1", e.Message, StringComparison.Ordinal);
        Assert.Contains("cuda:0", e.Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(static () => Tensor.Ones([2]).To(Device.Parse("cuda")));
    }

    [Fact]
    public void Tensors_of_the_host_stay_there()
    {
        var x = Tensor.Ones([2]);
        Assert.Same(x, x.To(Device.Cpu));
        using (Device.Cpu.Use()) Assert.Equal(Device.Cpu, Tensor.Zeros([3]).Device);
    }
}
