using System.Runtime.CompilerServices;
using Flambeau.Cpu;
using Flambeau.Ops;

namespace Flambeau.Ops;

/// <summary>Product of all elements, or along one axis. Integers and bools are multiplied as int64 unless a dtype is named.</summary>
[Op("prod(Tensor self, int? dim=None, bool keepdim=False, *, dtype? dtype=None) -> Tensor")]
public readonly partial record struct Prod(long? Dim = null, bool Keepdim = false, DType? Dtype = null) : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Start<T>() where T : struct, ILane<T> => T.One;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Step<T>(T acc, T x) where T : struct, ILane<T> => acc * x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Merge<T>(T a, T b) where T : struct, ILane<T> => a * b;

    internal Tensor Forward(Tensor self) =>
        Reducer.Run(this, Cast.To(self, Dtype ?? (self.DType.IsIntegral() ? DType.Int64 : self.DType)), Dims.Mask(Dim is { } d ? [d] : null, self.Rank), Keepdim);

    /// <summary>Every element's gradient is the product of the others, by products from both ends, so that zeros do no harm.</summary>
    internal Tensor VjpSelf(Tensor self, Tensor dy)
    {
        var full = dy.ExpandReduced(self.Shape, Dim is { } d ? [d] : null, Keepdim);
        if (self.Rank == 0 || self.Numel == 0) return full;
        var line = Dim is null ? self.Reshape([-1]) : self;
        var axis = Dim is { } k ? Dims.Wrap(k, self.Rank) : 0;
        var n = line.Size(axis);
        if (Dtype is { } t) line = line.To(t);
        var one = line.NewOnes(new Shape(Axis.Sizes(line.Layout.Sizes, axis, 1)));
        var before = Tensor.Cat([one, line.Slice(axis, 0, n - 1)], axis).Cumprod(axis);
        var after = Tensor.Cat([line.Slice(axis, 1, n), one], axis).ScanProduct(axis, true);
        return full * (before * after).Reshape(self.Shape).Conj();
    }
}
