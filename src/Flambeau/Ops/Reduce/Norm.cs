using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// p-norm over axes of the tensor seen as vectors: <c>(Σ |x|^p)^(1/p)</c>; infinity is the largest magnitude, −infinity the smallest, 0 the number of nonzeros.
/// Complex numbers count by magnitude; the result is real.
/// </summary>
[Op("linalg.vector_norm(Tensor self, Scalar ord=2, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None) -> Tensor")]
public readonly partial record struct VectorNorm(double Ord = 2, long[]? Dim = null, bool Keepdim = false, DType? Dtype = null)
{
    internal Tensor Forward(Tensor self)
    {
        var dtype = Promotion.ToFloat(Dtype ?? self.DType);
        var mask = Dims.Mask(Dim, self.Rank);
        if (Ord < 0) Extreme.CheckNotEmpty(self, mask, "vector_norm");
        var x = Cast.To(self, Pointwise.Wide(dtype));
        if (x.DType.IsComplex()) x = Magnitudes(x);
        var y = Ord switch
        {
            0 => Reducer.Run(new SumNonzero(), x, mask, Keepdim),
            1 => Reducer.Run(new SumMagnitudes(), x, mask, Keepdim),
            2 => Pointwise.Run(new Root(), Reducer.Run(new CenteredSquares(0), x, mask, Keepdim)),
            double.PositiveInfinity => Reducer.Run(new LargestMagnitude(), x, mask, Keepdim),
            double.NegativeInfinity => Reducer.Run(new SmallestMagnitude(), x, mask, Keepdim),
            _ => Pointwise.Run(new RaiseTo(1 / Ord), Reducer.Run(new SumPowers(Ord), x, mask, Keepdim)),
        };
        return Cast.To(y, dtype.ToReal());
    }

    static Tensor Magnitudes(Tensor x)
    {
        x = Cast.Contiguous(x);
        var y = Tensor.New(x.Layout.Sizes, DType.Float64);
        var from = x.Values<Complex>();
        var to = y.Values<double>();
        for (var i = 0; i < to.Length; i++) to[i] = Complex.Abs(from[i]);
        return y;
    }

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy)
    {
        if (Dtype is { } t) self = self.To(t);
        if (Ord == 0) return self.ZerosLike();
        if (Ord == 1) return self.Sgn() * Spread(dy, self.Shape);
        if (double.IsInfinity(Ord))
        {
            var held = self.Detach().Abs().Eq(Spread(y.Detach(), self.Shape)).To(dy.DType);
            return self.Sgn() * (Spread(dy, self.Shape) * held / held.Sum(Dim, true));
        }
        var zero = y.Detach().Eq(0);
        var safe = Tensor.Where(zero, 1.0, y);
        if (Ord == 2) return self * Spread(Tensor.Where(zero, 0.0, dy / safe), self.Shape);
        var scale = Spread(Tensor.Where(zero, 0.0, dy * safe.Pow((Scalar)(1 - Ord))), self.Shape);
        if (Ord > 2) return self * self.Abs().Pow((Scalar)(Ord - 2)) * scale;
        var none = self.Detach().Eq(0);
        return self.Sgn() * Tensor.Where(none, 0.0, Tensor.Where(none, 1.0, self.Abs()).Pow((Scalar)(Ord - 1))) * scale;
    }

    Tensor Spread(Tensor t, Shape full) => t.ExpandReduced(full, Dim, Keepdim);
}

/// <summary>Logarithm of the sum of exponentials over axes, without overflow.</summary>
[Op("logsumexp(Tensor self, int[] dim, bool keepdim=False) -> Tensor")]
public readonly partial record struct Logsumexp(long[] Dim, bool Keepdim = false)
{
    internal Tensor Forward(Tensor self)
    {
        var dtype = Promotion.ToFloat(self.DType);
        var x = Cast.To(self, Pointwise.Wide(dtype));
        var mask = Dims.Mask(Dim, self.Rank);
        var real = x.DType.IsComplex() ? new Select(-1, 0).Forward(new ViewAsReal().Forward(x)) : x;
        var max = Pointwise.Run(new FiniteOrZero(), Reducer.Run(new Amax(), real, mask, true));
        var sum = Reducer.Run(new Sum(), Pointwise.Run(new ExpOfDifference(), x, max), mask, Keepdim);
        var y = Pointwise.Run(new LogPlus(), sum, max.Alias(sum.Layout.SameSizes(max.Layout) ? max.Layout : new Layout(sum.Layout.Sizes.AsSpan()), max.Offset));
        return Cast.To(y, dtype);
    }

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy) =>
        dy.ExpandReduced(self.Shape, Dim, Keepdim) * (self - y.ExpandReduced(self.Shape, Dim, Keepdim)).Exp().Conj();
}

internal readonly record struct FiniteOrZero : IPointwise1
{
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Select(T.Eq(T.Abs(x), T.Const(double.PositiveInfinity)), T.Zero, x);
}

internal readonly record struct ExpOfDifference : IPointwise2
{
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Exp(x - y);
}

internal readonly record struct LogPlus : IPointwise2
{
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Log(x) + y;
}
