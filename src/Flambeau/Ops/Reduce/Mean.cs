using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Mean over axes; all of them when none is given. The tensor, or the dtype named, must be floating-point or complex.</summary>
[Op("mean(Tensor self, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None) -> Tensor")]
public readonly partial record struct Mean(long[]? Dim = null, bool Keepdim = false, DType? Dtype = null)
{
    internal Tensor Forward(Tensor self)
    {
        var dtype = Dtype ?? self.DType;
        if (dtype.IsIntegral())
            throw new ArgumentException($"mean: the tensor is {self.DType.Name()}; expected a floating-point or complex dtype. Name one, as in Mean(dtype: DType.Float32)");
        var mask = Dims.Mask(Dim, self.Rank);
        var sum = Reducer.Run(new Sum(), Cast.To(self, Pointwise.Wide(dtype)), mask, Keepdim);
        var scaled = sum.Numel == 0 ? sum : Pointwise.Run(new TrueDivide(), sum, Tensor.Wrapped((double)(self.Numel / sum.Numel)));
        return Cast.To(scaled, dtype);
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor dy) => (dy / (double)Tensor.CountReduced(selfShape, Dim)).ExpandReduced(selfShape, Dim, Keepdim);
}

/// <summary>Sum over axes that takes NaN for zero.</summary>
[Op("nansum(Tensor self, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None) -> Tensor")]
public readonly partial record struct Nansum(long[]? Dim = null, bool Keepdim = false, DType? Dtype = null) : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Start<T>() where T : struct, ILane<T> => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Step<T>(T acc, T x) where T : struct, ILane<T> => acc + T.Select(T.IsNaN(x), T.Zero, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Merge<T>(T a, T b) where T : struct, ILane<T> => a + b;

    internal Tensor Forward(Tensor self)
    {
        if (self.DType.IsIntegral()) return new Sum(Dim, Keepdim, Dtype).Forward(self);
        return Reducer.Run(this, Cast.To(self, Dtype ?? self.DType), Dims.Mask(Dim, self.Rank), Keepdim);
    }

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy.ExpandReduced(self.Shape, Dim, Keepdim) * (1 - self.IsNaN().To(dy.DType));
}
