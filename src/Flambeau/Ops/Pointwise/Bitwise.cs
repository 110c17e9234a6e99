using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Bits set in both, broadcasting; logical and of bools.</summary>
[Op("bitwise_and(Tensor self, Tensor other) -> Tensor", InPlace = true)]
[Op("__and__(Tensor self, Tensor other) -> Tensor")]
[Op("__rand__(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct BitwiseAnd : IPointwise2
{
    public static Domain Domain => Domain.Integral;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => x & y;
}

/// <summary>Bits set in either, broadcasting; logical or of bools.</summary>
[Op("bitwise_or(Tensor self, Tensor other) -> Tensor", InPlace = true)]
[Op("__or__(Tensor self, Tensor other) -> Tensor")]
[Op("__ror__(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct BitwiseOr : IPointwise2
{
    public static Domain Domain => Domain.Integral;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => x | y;
}

/// <summary>Bits set in exactly one, broadcasting; logical xor of bools.</summary>
[Op("bitwise_xor(Tensor self, Tensor other) -> Tensor", InPlace = true)]
[Op("__xor__(Tensor self, Tensor other) -> Tensor")]
[Op("__rxor__(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct BitwiseXor : IPointwise2
{
    public static Domain Domain => Domain.Integral;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => x ^ y;
}

/// <summary>Every bit turned; logical not of bools.</summary>
[Op("bitwise_not(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct BitwiseNot : IPointwise1
{
    public static Domain Domain => Domain.Integral;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => ~x;

    internal Tensor Forward(Tensor self) => self.DType == DType.Bool ? Pointwise.Run(new LogicalNot(), self) : Pointwise.Run(this, self);
}

/// <summary>Integers shifted to the left; 0 where the shift is negative or no less than the width.</summary>
[Op("bitwise_left_shift(Tensor self, Tensor other) -> Tensor", InPlace = true)]
[Op("__lshift__(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct BitwiseLeftShift : IInteger2
{
    public long ApplyInteger(long x, long y) => y is < 0 or > 63 ? 0 : x << (int)y;

    internal Tensor Forward(Tensor self, Tensor other) => IntegerLoop.Run(this, self, other, "bitwise_left_shift");
}

/// <summary>Integers shifted to the right; the sign fills, also where the shift is negative or no less than the width.</summary>
[Op("bitwise_right_shift(Tensor self, Tensor other) -> Tensor", InPlace = true)]
[Op("__rshift__(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct BitwiseRightShift : IInteger2
{
    public long ApplyInteger(long x, long y) => x >> (y is < 0 or > 63 ? 63 : (int)y);

    internal Tensor Forward(Tensor self, Tensor other) => IntegerLoop.Run(this, self, other, "bitwise_right_shift");
}
