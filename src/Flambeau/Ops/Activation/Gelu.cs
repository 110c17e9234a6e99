using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary><c>x · Φ(x)</c> with the normal distribution function Φ; "tanh" takes the approximation of Hendrycks and Gimpel (arXiv 1606.08415).</summary>
/// <exception cref="ArgumentException">The approximation is neither "none" nor "tanh".</exception>
[Op("gelu(Tensor self, *, str approximate='none') -> Tensor", InPlace = true)]
public readonly partial record struct Gelu(string Approximate = "none") : IPointwise1
{
    internal const double Root = 0.7978845608028654, Cubic = 0.044715, HalfRoot2 = 0.7071067811865476, Density = 0.3989422804014327;

    public static Domain Domain => Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => Approximate == "none" ? default(Exact).Apply(x) : default(ByTanh).Apply(x);

    // a loop over both branches would be too large to inline
    internal Tensor Forward(Tensor self)
    {
        Check(Approximate);
        return Approximate == "none" ? Pointwise.Run(default(Exact), self) : Pointwise.Run(default(ByTanh), self);
    }

    readonly struct Exact : IPointwise1
    {
        public static Domain Domain => Domain.Float;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Apply<T>(T x) where T : struct, ILane<T> => T.Const(0.5) * x * (T.One + T.Erf(x * T.Const(HalfRoot2)));
    }

    readonly struct ByTanh : IPointwise1
    {
        public static Domain Domain => Domain.Float;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Apply<T>(T x) where T : struct, ILane<T> =>
            T.Const(0.5) * x * (T.One + T.Tanh(x * T.MulAdd(x * x, T.Const(Root * Cubic), T.Const(Root))));
    }

    internal static void Check(string approximate)
    {
        if (approximate is not ("none" or "tanh")) throw new ArgumentException($"gelu: approximate is '{approximate}'; expected 'none' or 'tanh'");
    }

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy.GeluBackward(self, Approximate);
}

/// <summary>Gradient of <see cref="Gelu"/>.</summary>
[Op("gelu_backward(Tensor grad_output, Tensor self, *, str approximate='none') -> Tensor")]
public readonly partial record struct GeluBackward(string Approximate = "none") : IPointwise2
{
    public static Domain Domain => Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => Approximate == "none" ? default(Exact).Apply(x, y) : default(ByTanh).Apply(x, y);

    internal Tensor Forward(Tensor gradOutput, Tensor self)
    {
        Gelu.Check(Approximate);
        return Approximate == "none" ? Pointwise.Run(default(Exact), gradOutput, self) : Pointwise.Run(default(ByTanh), gradOutput, self);
    }

    readonly struct Exact : IPointwise2
    {
        public static Domain Domain => Domain.Float;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Apply<T>(T x, T y) where T : struct, ILane<T>
        {
            var half = T.Const(0.5);
            return x * (half + half * T.Erf(y * T.Const(Gelu.HalfRoot2)) + y * T.Exp(y * y * T.Const(-0.5)) * T.Const(Gelu.Density));
        }
    }

    readonly struct ByTanh : IPointwise2
    {
        public static Domain Domain => Domain.Float;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T Apply<T>(T x, T y) where T : struct, ILane<T>
        {
            T half = T.Const(0.5), square = y * y;
            var t = T.Tanh(y * T.MulAdd(square, T.Const(Gelu.Root * Gelu.Cubic), T.Const(Gelu.Root)));
            var slope = T.MulAdd(square, T.Const(3 * Gelu.Root * Gelu.Cubic), T.Const(Gelu.Root));
            return x * (half * (T.One + t) + half * y * (T.One - t * t) * slope);
        }
    }

    internal Tensor VjpGradOutput(Tensor self, Tensor dy) => dy.GeluBackward(self, Approximate);

    internal Tensor VjpSelf(Tensor gradOutput, Tensor self, Tensor dy)
    {
        var square = self * self;
        if (Approximate == "none") return dy * gradOutput * ((2 - square) * (square * -0.5).Exp() * Gelu.Density);
        var t = (self * (square * (Gelu.Root * Gelu.Cubic) + Gelu.Root)).Tanh();
        Tensor slope = square * (3 * Gelu.Root * Gelu.Cubic) + Gelu.Root, bend = self * (6 * Gelu.Root * Gelu.Cubic);
        return dy * gradOutput * ((1 - t * t) * (slope + self * 0.5 * (bend - t * 2 * slope * slope)));
    }
}
