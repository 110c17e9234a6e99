using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>max(x, 0); NaN stays.</summary>
[Op("relu(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Relu : IPointwise1
{
    public static Domain Domain => Domain.Integer | Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Select(x <= T.Zero, T.Zero, x);

    internal Tensor VjpSelf(Tensor y, Tensor dy) => dy.ThresholdBackward(y, 0);
}

/// <summary><c>x</c> where it exceeds the threshold, else <c>value</c>.</summary>
[Op("threshold(Tensor self, Scalar threshold, Scalar value) -> Tensor", InPlace = true)]
public readonly partial record struct Threshold(Scalar Limit, Scalar Value) : IPointwise1
{
    public static Domain Domain => Domain.Integer | Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Select(x <= T.Const(Limit.ToDouble()), T.Const(Value.ToDouble()), x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy.ThresholdBackward(self, Limit);
}

/// <summary>Gradient of <see cref="Relu"/> and <see cref="Threshold"/>: <c>dy</c> where <c>self</c> exceeds the threshold, else 0.</summary>
[Op("threshold_backward(Tensor grad_output, Tensor self, Scalar threshold) -> Tensor")]
public readonly partial record struct ThresholdBackward(Scalar Limit) : IPointwise2
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Select(y <= T.Const(Limit.ToDouble()), T.Zero, x);

    internal Tensor VjpGradOutput(Tensor self, Tensor dy) => dy.ThresholdBackward(self, Limit);
}

/// <summary><c>x</c> above 0, <c>x · negative_slope</c> below.</summary>
[Op("leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor", InPlace = true)]
public readonly partial record struct LeakyRelu(Scalar NegativeSlope) : IPointwise1
{
    public static Domain Domain => Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Select(x > T.Zero, x, x * T.Const(NegativeSlope.ToDouble()));

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy.Where(self.Gt(0), dy * NegativeSlope.ToDouble());
}

/// <summary><c>x</c> brought into [min_val, max_val].</summary>
[Op("hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1) -> Tensor", InPlace = true)]
public readonly partial record struct Hardtanh(Scalar MinVal, Scalar MaxVal) : IPointwise1
{
    public static Domain Domain => Domain.Integer | Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T>
    {
        T low = T.Const(MinVal.ToDouble()), high = T.Const(MaxVal.ToDouble());
        return T.Select(x < low, low, T.Select(x > high, high, x));
    }

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy.Where(self.Gt(MinVal).LogicalAnd(self.Lt(MaxVal)), 0);
}
