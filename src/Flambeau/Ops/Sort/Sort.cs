using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Elements along an axis in order, and where each came from. NaN counts as largest; equal elements keep their order.</summary>
[Op("sort(Tensor self, int dim=-1, bool descending=False) -> (Tensor, Tensor)")]
public readonly partial record struct Sort(long Dim = -1, bool Descending = false)
{
    internal (Tensor Values, Tensor Indices) Forward(Tensor self)
    {
        var d = Dims.Wrap(Dim, self.Rank);
        var index = SortKernel.Indices(self, d, Descending);
        return (Lines.Gather(self, d, index), index);
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor y1, Tensor dy0) => dy0.ToPicked(selfShape, Dim, true, y1);
}

/// <summary>Positions that would sort the tensor along an axis; equal elements keep their order.</summary>
[Op("argsort(Tensor self, int dim=-1, bool descending=False) -> Tensor")]
public readonly partial record struct Argsort(long Dim = -1, bool Descending = false)
{
    internal Tensor Forward(Tensor self) => SortKernel.Indices(self, Dims.Wrap(Dim, self.Rank), Descending);
}

/// <summary>The k largest (or smallest) elements along an axis, in order, and where they are. NaN counts as largest.</summary>
[Op("topk(Tensor self, int k, int dim=-1, bool largest=True, bool sorted=True) -> (Tensor, Tensor)")]
public readonly partial record struct Topk(long K, long Dim = -1, bool Largest = true, bool Sorted = true)
{
    internal (Tensor Values, Tensor Indices) Forward(Tensor self)
    {
        var d = Dims.Wrap(Dim, self.Rank);
        var n = self.Rank == 0 ? 1 : self.Layout.Sizes[d];
        if (K < 0 || K > n) throw new ArgumentOutOfRangeException(nameof(K), K, $"topk: k must lie in [0, {n}], the size of axis {d} of shape {self.Shape}");
        var index = SortKernel.Indices(self, d, Largest, K);
        return (Lines.Gather(self, d, index), index);
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor y1, Tensor dy0) => dy0.ToPicked(selfShape, Dim, true, y1);
}
