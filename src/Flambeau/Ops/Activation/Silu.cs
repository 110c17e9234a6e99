using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary><c>x · sigmoid(x)</c>.</summary>
[Op("silu(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Silu : IPointwise1
{
    public static Domain Domain => Domain.Float | Domain.Complex;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => x / (T.One + T.Exp(-x));

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy.SiluBackward(self.Conj());
}

/// <summary>Gradient of <see cref="Silu"/>: <c>dy · s(1 + x(1 − s))</c> with <c>s = sigmoid(x)</c>.</summary>
[Op("silu_backward(Tensor grad_output, Tensor self) -> Tensor")]
public readonly partial record struct SiluBackward : IPointwise2
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T>
    {
        var s = LaneFormulas.Sigmoid(y);
        return x * s * (T.One + y * (T.One - s));
    }

    internal Tensor VjpGradOutput(Tensor self, Tensor dy) => dy.SiluBackward(self.Conj());

    internal Tensor VjpSelf(Tensor gradOutput, Tensor self, Tensor dy)
    {
        var s = self.Sigmoid();
        return dy * (gradOutput * (s * (1 - s) * (2 + self * (1 - s * 2)))).Conj();
    }
}

/// <summary><c>x · tanh(softplus(x))</c> (Misra, arXiv 1908.08681).</summary>
[Op("mish(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Mish : IPointwise1
{
    public static Domain Domain => Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T>
    {
        // tanh(ln(1 + e)) = (e² + 2e) / (e² + 2e + 2); beyond 20 the quotient is 1
        T e = T.Exp(T.Select(x > T.Const(20), T.Const(20), x)), p = e * (e + T.Const(2));
        return T.Select(x > T.Const(20), x, x * (p / (p + T.Const(2))));
    }

    internal Tensor VjpSelf(Tensor self, Tensor dy)
    {
        Tensor s = self.Sigmoid(), t = self.Softplus().Tanh();
        return dy * (t + self * s * (1 - t * t));
    }
}

/// <summary>Logarithm of the sigmoid, without overflow.</summary>
[Op("log_sigmoid(Tensor self) -> Tensor")]
public readonly partial record struct LogSigmoid : IPointwise1
{
    public static Domain Domain => Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Min(x, T.Zero) - LaneFormulas.Log1P(T.Exp(-T.Abs(x)));

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy * (-self).Sigmoid();
}

/// <summary><c>ln(1 + e^(beta·x)) / beta</c>; <c>x</c> itself where <c>beta·x</c> exceeds the threshold.</summary>
[Op("softplus(Tensor self, Scalar beta=1, Scalar threshold=20) -> Tensor")]
public readonly partial record struct SoftplusOf(Scalar Beta, Scalar Limit) : IPointwise1
{
    public static Domain Domain => Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T>
    {
        T beta = T.Const(Beta.ToDouble()), z = x * beta;
        var soft = (T.Max(z, T.Zero) + LaneFormulas.Log1P(T.Exp(-T.Abs(z)))) / beta;
        return T.Select(z > T.Const(Limit.ToDouble()), x, soft);
    }

    internal Tensor VjpSelf(Tensor self, Tensor dy)
    {
        var z = self * Beta.ToDouble();
        return dy.Where(z.Gt(Limit), dy * z.Sigmoid());
    }
}
