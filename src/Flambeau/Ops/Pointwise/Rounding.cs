using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>The least integer not below each element; integers as they are.</summary>
[Op("ceil(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Ceil : IPointwise1
{
    public static Domain Domain => Domain.Integer | Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Ceil(x);

    internal Tensor VjpSelf(Tensor dy) => dy.ZerosLike();
}

/// <summary>The greatest integer not above each element; integers as they are.</summary>
[Op("floor(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Floor : IPointwise1
{
    public static Domain Domain => Domain.Integer | Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Floor(x);

    internal Tensor VjpSelf(Tensor dy) => dy.ZerosLike();
}

/// <summary>Each element without its fraction; integers as they are.</summary>
[Op("trunc(Tensor self) -> Tensor", InPlace = true)]
[Op("fix(Tensor self) -> Tensor")]
public readonly partial record struct Trunc : IPointwise1
{
    public static Domain Domain => Domain.Integer | Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Trunc(x);

    internal Tensor VjpSelf(Tensor dy) => dy.ZerosLike();
}

/// <summary>The fraction of each element, with its sign.</summary>
[Op("frac(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Frac : IPointwise1
{
    public static Domain Domain => Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => x - T.Trunc(x);

    internal Tensor VjpSelf(Tensor dy) => dy;
}

/// <summary>The nearest number with so many decimals, ties to even; negative counts round to tens, hundreds, …. Integers as they are.</summary>
[Op("round(Tensor self, *, int decimals=0) -> Tensor", InPlace = true)]
public readonly partial record struct Round(long Decimals = 0) : IPointwise1
{
    public static Domain Domain => Domain.Integer | Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T>
    {
        if (Decimals == 0) return T.Round(x);
        var power = T.Const(Math.Pow(10, Math.Abs(Decimals)));
        return Decimals > 0 ? T.Round(x * power) / power : T.Round(x / power) * power;
    }

    internal Tensor Forward(Tensor self)
    {
        if (Decimals != 0 && !self.DType.IsFloat())
            throw new ArgumentException($"round: decimals is {Decimals}, and the tensor {self.DType.Name()}; only floating-point tensors are rounded to decimals");
        return Pointwise.Run(this, self);
    }

    internal Tensor VjpSelf(Tensor dy) => dy.ZerosLike();
}
