using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Variance over axes with <c>n − correction</c> in the denominator. Of complex numbers: the mean squared distance, real.</summary>
[Op("var(Tensor self, int[]? dim=None, *, float? correction=None, bool keepdim=False) -> Tensor")]
public readonly partial record struct Var(long[]? Dim = null, double? Correction = null, bool Keepdim = false)
{
    internal Tensor Forward(Tensor self)
    {
        if (self.DType.IsIntegral())
            throw new ArgumentException($"var: the tensor is {self.DType.Name()}; expected a floating-point or complex dtype. Convert it with To(DType.Float32)");
        if (self.DType.IsComplex())
        {
            var parts = new ViewAsReal().Forward(self);
            return Pointwise.Run(new Plus(), Forward(new Select(-1, 0).Forward(parts)), Forward(new Select(-1, 1).Forward(parts)));
        }
        var squares = Moments.SquaredDistances(Cast.To(self, Pointwise.Wide(self.DType)), Dims.Mask(Dim, self.Rank), Keepdim);
        return Cast.To(Pointwise.Run(new TrueDivide(), squares, Tensor.Wrapped(Freedom(self.Shape))), self.DType);
    }

    double Freedom(Shape shape) => Math.Max(0, Tensor.CountReduced(shape, Dim) - (Correction ?? 1));

    internal Tensor VjpSelf(Tensor self, Tensor dy)
    {
        var scaled = (dy * (2 / Freedom(self.Shape))).ExpandReduced(self.Shape, Dim, Keepdim);
        return scaled * (self - self.Mean(Dim, true));
    }
}

/// <summary>Standard deviation over axes: the square root of <see cref="Var"/>. Its gradient at a deviation of zero is zero.</summary>
[Op("std(Tensor self, int[]? dim=None, *, float? correction=None, bool keepdim=False) -> Tensor")]
public readonly partial record struct Std(long[]? Dim = null, double? Correction = null, bool Keepdim = false)
{
    internal Tensor Forward(Tensor self) => Pointwise.Run(new Root(), new Var(Dim, Correction, Keepdim).Forward(self));

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy)
    {
        var flat = y.Detach().Eq(0);
        var slope = Tensor.Where(flat, 0.0, dy / (Tensor.Where(flat, 1.0, y) * 2));
        return new Var(Dim, Correction, Keepdim).VjpSelf(self, slope);
    }
}

internal readonly record struct Root : IPointwise1
{
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Sqrt(x);
}
