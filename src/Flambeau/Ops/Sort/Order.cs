using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>The k-th smallest element along an axis (k = 1 is the smallest) and where it is.</summary>
[Op("kthvalue(Tensor self, int k, int dim=-1, bool keepdim=False) -> (Tensor, Tensor)")]
public readonly partial record struct Kthvalue(long K, long Dim = -1, bool Keepdim = false)
{
    internal (Tensor Values, Tensor Indices) Forward(Tensor self)
    {
        var d = Dims.Wrap(Dim, self.Rank);
        var n = self.Rank == 0 ? 1 : self.Layout.Sizes[d];
        var k = K;
        if (k < 1 || k > n) throw new ArgumentOutOfRangeException(nameof(K), K, $"kthvalue: k must lie in [1, {n}], the size of axis {d} of shape {self.Shape}");
        return Picks.At(self, d, Keepdim, SortKernel.Choose(self, d, (sorted, _) => sorted[(int)k - 1].Position));
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor y1, Tensor dy0) => dy0.ToPicked(selfShape, Dim, Keepdim, y1);
}

/// <summary>Lower median along an axis and where it is; NaN if the line holds one.</summary>
[Op("median(Tensor self, int dim, bool keepdim=False) -> (Tensor, Tensor)")]
public readonly partial record struct MedianDim(long Dim, bool Keepdim = false)
{
    internal (Tensor Values, Tensor Indices) Forward(Tensor self) => Picks.Median(self, Dim, Keepdim, skipNaN: false, "median");

    internal Tensor VjpSelf(Shape selfShape, Tensor y1, Tensor dy0) => dy0.ToPicked(selfShape, Dim, Keepdim, y1);
}

/// <summary>Lower median along an axis of the elements that aren't NaN, and where it is.</summary>
[Op("nanmedian(Tensor self, int dim, bool keepdim=False) -> (Tensor, Tensor)")]
public readonly partial record struct NanmedianDim(long Dim, bool Keepdim = false)
{
    internal (Tensor Values, Tensor Indices) Forward(Tensor self) => Picks.Median(self, Dim, Keepdim, skipNaN: true, "nanmedian");

    internal Tensor VjpSelf(Shape selfShape, Tensor y1, Tensor dy0) => dy0.ToPicked(selfShape, Dim, Keepdim, y1);
}

/// <summary>Most frequent element along an axis, the smallest of equally frequent ones, and where it is last.</summary>
[Op("mode(Tensor self, int dim=-1, bool keepdim=False) -> (Tensor, Tensor)")]
public readonly partial record struct Mode(long Dim = -1, bool Keepdim = false)
{
    internal (Tensor Values, Tensor Indices) Forward(Tensor self)
    {
        var d = Dims.Wrap(Dim, self.Rank);
        Picks.CheckNotEmpty(self, d, "mode");
        return Picks.At(self, d, Keepdim, SortKernel.Choose(self, d, MostFrequent));
    }

    static long MostFrequent(ReadOnlySpan<SortKey> sorted, ulong nan)
    {
        long best = 0, position = 0;
        for (int i = 0, start = 0; i < sorted.Length; i++)
        {
            if (i + 1 < sorted.Length && sorted[i + 1].Key == sorted[i].Key && !(nan != 0 && sorted[i].Key == nan)) continue;
            if (i + 1 - start > best) (best, position) = (i + 1 - start, sorted[i].Position);
            start = i + 1;
        }
        return position;
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor y1, Tensor dy0) => dy0.ToPicked(selfShape, Dim, Keepdim, y1);
}

/// <summary>Lower median of all elements; NaN if there is one. Equal elements share the gradient.</summary>
[Op("median(Tensor self) -> Tensor")]
public readonly partial record struct Median
{
    internal Tensor Forward(Tensor self) => Picks.Median(self, skipNaN: false);

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy) => Picks.Share(self, y, dy);
}

/// <summary>Lower median of the elements that aren't NaN. Equal elements share the gradient.</summary>
[Op("nanmedian(Tensor self) -> Tensor")]
public readonly partial record struct Nanmedian
{
    internal Tensor Forward(Tensor self) => Picks.Median(self, skipNaN: true);

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy) => Picks.Share(self, y, dy);
}

internal static class Picks
{
    internal static (Tensor Values, Tensor Indices) At(Tensor self, int dim, bool keepdim, Tensor index) =>
        (ArgKernel.Squeeze(Lines.Gather(self, dim, index), dim, keepdim), ArgKernel.Squeeze(index, dim, keepdim));

    internal static void CheckNotEmpty(Tensor self, int dim, string name)
    {
        var reduced = new bool[self.Rank];
        if (self.Rank > 0) reduced[dim] = true;
        Extreme.CheckNotEmpty(self, reduced, name);
    }

    internal static (Tensor Values, Tensor Indices) Median(Tensor self, long dim, bool keepdim, bool skipNaN, string name)
    {
        var d = Dims.Wrap(dim, self.Rank);
        CheckNotEmpty(self, d, name);
        return At(self, d, keepdim, SortKernel.Choose(self, d, (sorted, nan) => Middle(sorted, nan, skipNaN)));
    }

    internal static Tensor Median(Tensor self, bool skipNaN)
    {
        if (self.Numel == 0) return self.DType.IsFloat() ? Tensor.FromScalar(double.NaN, self.DType) : Tensor.FromScalar(long.MinValue, self.DType);
        var flat = Cast.Contiguous(self);
        flat = flat.Alias(new Layout([flat.Numel]), flat.Offset);
        return At(flat, 0, false, SortKernel.Choose(flat, 0, (sorted, nan) => Middle(sorted, nan, skipNaN))).Values;
    }

    static long Middle(ReadOnlySpan<SortKey> sorted, ulong nan, bool skipNaN)
    {
        var valid = sorted.Length;
        if (nan != 0)
        {
            while (valid > 0 && sorted[valid - 1].Key == nan) valid--;
        }
        if (valid < sorted.Length && !skipNaN) return sorted[valid].Position;
        return sorted[Math.Max(0, (valid - 1) / 2)].Position;
    }

    /// <summary>Equal parts of the gradient for all elements equal to the result (all NaNs for NaN).</summary>
    internal static Tensor Share(Tensor self, Tensor y, Tensor dy)
    {
        var (x, v) = (self.Detach(), y.Detach());
        var held = x.Eq(v).LogicalOr(x.IsNaN().LogicalAnd(v.IsNaN())).To(dy.DType);
        return dy * held / held.Sum();
    }
}
