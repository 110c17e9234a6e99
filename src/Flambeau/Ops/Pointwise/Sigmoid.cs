using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>1 / (1 + e^−x).</summary>
[Op("sigmoid(Tensor self) -> Tensor", InPlace = true)]
[Op("special.expit(Tensor self) -> Tensor")]
public readonly partial record struct Sigmoid : IPointwise1
{
    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => LaneFormulas.Sigmoid(x);

    internal Tensor VjpSelf(Tensor y, Tensor dy) => dy.SigmoidBackward(y.Conj());
}

/// <summary>Gradient of <see cref="Sigmoid"/>: <c>dy·y·(1 − y)</c>.</summary>
[Op("sigmoid_backward(Tensor grad_output, Tensor output) -> Tensor")]
public readonly partial record struct SigmoidBackward : IPointwise2
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => x * y * (T.One - y);

    internal Tensor VjpGradOutput(Tensor output, Tensor dy) => dy.SigmoidBackward(output.Conj());

    internal Tensor VjpOutput(Tensor gradOutput, Tensor output, Tensor dy) => dy * (gradOutput * (1 - output * 2)).Conj();
}

/// <summary>Hyperbolic tangent.</summary>
[Op("tanh(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Tanh : IPointwise1
{
    public static Rule Rule => Rule.ToFloat;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Tanh(x);

    internal Tensor VjpSelf(Tensor y, Tensor dy) => dy.TanhBackward(y.Conj());
}

/// <summary>Gradient of <see cref="Tanh"/>: <c>dy·(1 − y²)</c>.</summary>
[Op("tanh_backward(Tensor grad_output, Tensor output) -> Tensor")]
public readonly partial record struct TanhBackward : IPointwise2
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => x * (T.One - y * y);

    internal Tensor VjpGradOutput(Tensor output, Tensor dy) => dy.TanhBackward(output.Conj());

    internal Tensor VjpOutput(Tensor gradOutput, Tensor output, Tensor dy) => dy * (gradOutput * output * -2).Conj();
}
