using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Linear interpolation <c>self + weight·(end − self)</c>, broadcasting.</summary>
[Op("lerp(Tensor self, Tensor end, Scalar weight) -> Tensor", InPlace = true)]
public readonly partial record struct Lerp(Scalar Weight) : IPointwise2
{
    public static Domain Domain => Domain.Float | Domain.Complex;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T>
    {
        var w = Weight.ToDouble();
        return Math.Abs(w) < 0.5 ? x + T.Const(w) * (y - x) : y - (y - x) * T.Const(1 - w);
    }

    internal Tensor VjpSelf(Tensor dy) => dy * (1 - Weight.ToDouble());

    internal Tensor VjpEnd(Tensor dy) => dy * Weight.ToDouble();
}

/// <summary>Linear interpolation <c>self + weight·(end − self)</c> with a weight for each element; all three broadcast.</summary>
[Op("lerp(Tensor self, Tensor end, Tensor weight) -> Tensor", InPlace = true)]
public readonly partial record struct LerpBy : IPointwise3
{
    public static Domain Domain => Domain.Float | Domain.Complex;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y, T z) where T : struct, ILane<T> =>
        T.Select(T.Abs(z) < T.Const(0.5), x + z * (y - x), y - (y - x) * (T.One - z));

    internal Tensor VjpSelf(Tensor weight, Tensor dy) => dy * (1 - weight).Conj();

    internal Tensor VjpEnd(Tensor weight, Tensor dy) => dy * weight.Conj();

    internal Tensor VjpWeight(Tensor self, Tensor end, Tensor dy) => dy * (end - self).Conj();
}

/// <summary><c>self + value · tensor1 · tensor2</c>, broadcasting.</summary>
[Op("addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor", InPlace = true)]
public readonly partial record struct AddCMul(Scalar Value) : IPointwise3
{
    public static Domain Domain => Domain.Number;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y, T z) where T : struct, ILane<T> => x + T.Const(Value.ToDouble()) * y * z;

    internal Tensor VjpSelf(Tensor dy) => dy;

    internal Tensor VjpTensor1(Tensor tensor2, Tensor dy) => dy * (tensor2 * Value.ToDouble()).Conj();

    internal Tensor VjpTensor2(Tensor tensor1, Tensor dy) => dy * (tensor1 * Value.ToDouble()).Conj();
}

/// <summary><c>self + value · tensor1 / tensor2</c>, broadcasting. Floating-point and complex only.</summary>
[Op("addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor", InPlace = true)]
public readonly partial record struct AddCDiv(Scalar Value) : IPointwise3
{
    public static Domain Domain => Domain.Float | Domain.Complex;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y, T z) where T : struct, ILane<T> => x + T.Const(Value.ToDouble()) * (y / z);

    internal Tensor VjpSelf(Tensor dy) => dy;

    internal Tensor VjpTensor1(Tensor tensor2, Tensor dy) => dy * (Value.ToDouble() / tensor2).Conj();

    internal Tensor VjpTensor2(Tensor tensor1, Tensor tensor2, Tensor dy) => -dy * (tensor1 / (tensor2 * tensor2) * Value.ToDouble()).Conj();
}
