using Flambeau.Optim;

namespace Flambeau.Tests.Tensors;

/// <summary>Tests that read the process-wide allocator run alone.</summary>
[CollectionDefinition("Alone", DisableParallelization = true)]
public sealed class Alone;

[Collection("Alone")]
public sealed class MemoryTests
{
    [Fact]
    public void Training_without_dispose_holds_a_steady_amount_of_memory()
    {
        var w = Tensor.Randn([128, 128]).WithGrad();
        var x = Tensor.Randn([512, 128]);
        var adam = new Adam([w], lr: 1e-4);
        long early = 0;
        TensorMemory.Trim();
        for (var step = 1; step <= 2000; step++)
        {
            adam.ZeroGrad();
            x.Mm(w).Tanh().Mm(w).Sum().Backward();
            adam.Step();
            if (step == 200) early = TensorMemory.Statistics.Reserved;
        }
        Assert.InRange(TensorMemory.Statistics.Reserved, 0, Math.Max(early, 64L << 20) * 1.1 + (512L << 20)); // garbage may wait for up to one collection threshold (64 MiB, scaled by at most 8)
    }

    [Fact]
    public void A_scope_gives_memory_back_when_it_ends()
    {
        Tensor kept, lost;
        using (var scope = new TensorScope())
        {
            kept = scope.Keep(Tensor.Ones([100_000]));
            lost = Tensor.Ones([100_000]);
        }
        Assert.Equal(100_000, kept.Sum().Item<double>());
        Assert.Throws<ObjectDisposedException>(() => lost.Sum());
    }

    [Fact]
    public void Absurd_sizes_are_refused()
    {
        Assert.ThrowsAny<Exception>(() => Tensor.Empty([1L << 40, 1L << 40]));
        Assert.Throws<OutOfMemoryException>(() => Tensor.Empty([1L << 50]));
        Assert.Throws<ArgumentException>(() => Tensor.Empty([-1]));
    }
}
