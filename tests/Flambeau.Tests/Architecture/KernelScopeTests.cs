using Flambeau.Cpu;

namespace Flambeau.Tests.Architecture;

/// <summary>A kernel outside a <see cref="KernelScope"/> may see its memory reused. All tests run with the check on, so whichever of them reaches such a call fails.</summary>
public sealed class KernelScopeTests
{
    [Fact]
    public void Every_look_into_a_storage_is_checked_in_the_tests()
    {
        Assert.True(KernelScope.Checked);
        var x = Tensor.Ones([3]);
        var e = Assert.Throws<InvalidOperationException>(() => Cast.To(x, DType.Float64));
        Assert.Contains("KernelScope", e.Message, StringComparison.Ordinal);
        using (KernelScope.Enter()) Assert.Equal(DType.Float64, Cast.To(x, DType.Float64).DType);
        Assert.Throws<InvalidOperationException>(() => Cast.Clone(x));
    }
}
