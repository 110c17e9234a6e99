using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>One element as a lane: loop tails, small integers, and processors without vectors.</summary>
internal readonly unsafe struct ScalarLane<E>(E v) : IMemoryLane<ScalarLane<E>, E> where E : unmanaged, INumber<E>
{
    readonly E v = v;

    public static int Width => 1;

    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)] public static ScalarLane<E> Load(E* p) => new(*p);
    [MethodImpl(Inline)] public static void Store(E* p, ScalarLane<E> x) => *p = x.v;
    [MethodImpl(Inline)] public static ScalarLane<E> Broadcast(E x) => new(x);
    [MethodImpl(Inline)] public static ScalarLane<E> Const(double x) => new(E.CreateTruncating(x));
    public static ScalarLane<E> Zero { [MethodImpl(Inline)] get => new(E.Zero); }
    public static ScalarLane<E> One { [MethodImpl(Inline)] get => new(E.One); }
    [MethodImpl(Inline)] public static ScalarLane<E> IsNaN(ScalarLane<E> a) => Mask(E.IsNaN(a.v));
    [MethodImpl(Inline)] public static void StoreMask(byte* p, ScalarLane<E> mask) => *p = IsSet(mask) ? (byte)1 : (byte)0;

    [MethodImpl(Inline)] public static ScalarLane<E> operator +(ScalarLane<E> a, ScalarLane<E> b) => new(a.v + b.v);
    [MethodImpl(Inline)] public static ScalarLane<E> operator -(ScalarLane<E> a, ScalarLane<E> b) => new(a.v - b.v);
    [MethodImpl(Inline)] public static ScalarLane<E> operator *(ScalarLane<E> a, ScalarLane<E> b) => new(a.v * b.v);
    [MethodImpl(Inline)] public static ScalarLane<E> operator /(ScalarLane<E> a, ScalarLane<E> b) => new(a.v / b.v);
    [MethodImpl(Inline)] public static ScalarLane<E> operator -(ScalarLane<E> a) => new(-a.v);
    [MethodImpl(Inline)] public static ScalarLane<E> operator &(ScalarLane<E> a, ScalarLane<E> b) => FromBits(Bits(a) & Bits(b));
    [MethodImpl(Inline)] public static ScalarLane<E> operator |(ScalarLane<E> a, ScalarLane<E> b) => FromBits(Bits(a) | Bits(b));
    [MethodImpl(Inline)] public static ScalarLane<E> operator ^(ScalarLane<E> a, ScalarLane<E> b) => FromBits(Bits(a) ^ Bits(b));
    [MethodImpl(Inline)] public static ScalarLane<E> operator ~(ScalarLane<E> a) => FromBits(~Bits(a));
    [MethodImpl(Inline)] public static ScalarLane<E> operator <(ScalarLane<E> a, ScalarLane<E> b) => Mask(a.v < b.v);
    [MethodImpl(Inline)] public static ScalarLane<E> operator >(ScalarLane<E> a, ScalarLane<E> b) => Mask(a.v > b.v);
    [MethodImpl(Inline)] public static ScalarLane<E> operator <=(ScalarLane<E> a, ScalarLane<E> b) => Mask(a.v <= b.v);
    [MethodImpl(Inline)] public static ScalarLane<E> operator >=(ScalarLane<E> a, ScalarLane<E> b) => Mask(a.v >= b.v);
    [MethodImpl(Inline)] public static ScalarLane<E> Eq(ScalarLane<E> a, ScalarLane<E> b) => Mask(a.v == b.v);
    [MethodImpl(Inline)] public static ScalarLane<E> Select(ScalarLane<E> m, ScalarLane<E> a, ScalarLane<E> b) => IsSet(m) ? a : b;
    [MethodImpl(Inline)] public static ScalarLane<E> Min(ScalarLane<E> a, ScalarLane<E> b) => new(E.Min(a.v, b.v));
    [MethodImpl(Inline)] public static ScalarLane<E> Max(ScalarLane<E> a, ScalarLane<E> b) => new(E.Max(a.v, b.v));
    [MethodImpl(Inline)] public static ScalarLane<E> Abs(ScalarLane<E> a) => new(E.IsNegative(a.v) ? -a.v : a.v);
    [MethodImpl(Inline)] public static ScalarLane<E> CopySign(ScalarLane<E> a, ScalarLane<E> s) => new(E.CopySign(a.v, s.v));
    [MethodImpl(Inline)] public static ScalarLane<E> Sqrt(ScalarLane<E> a) => new(Fn.Sqrt.Apply(a.v));
    [MethodImpl(Inline)] public static ScalarLane<E> Exp(ScalarLane<E> a) => new(Fn.Exp.Apply(a.v));
    [MethodImpl(Inline)] public static ScalarLane<E> Log(ScalarLane<E> a) => new(Fn.Log.Apply(a.v));
    [MethodImpl(Inline)] public static ScalarLane<E> Sin(ScalarLane<E> a) => new(Fn.Sin.Apply(a.v));
    [MethodImpl(Inline)] public static ScalarLane<E> Cos(ScalarLane<E> a) => new(Fn.Cos.Apply(a.v));

    [MethodImpl(Inline)]
    public static ScalarLane<E> Tanh(ScalarLane<E> a) => typeof(E) == typeof(float) ? LaneFormulas.TanhSingle(a) : new(Fn.Tanh.Apply(a.v));

    [MethodImpl(Inline)]
    public static ScalarLane<E> Erf(ScalarLane<E> a) => typeof(E) == typeof(float) ? LaneFormulas.ErfSingle(a) : Call(ScalarFunction.Erf, a);

    [MethodImpl(Inline)]
    public static ScalarLane<E> MulAdd(ScalarLane<E> a, ScalarLane<E> b, ScalarLane<E> c)
    {
        if (typeof(E) == typeof(float)) return new((E)(object)float.MultiplyAddEstimate((float)(object)a.v, (float)(object)b.v, (float)(object)c.v));
        if (typeof(E) == typeof(double)) return new((E)(object)double.MultiplyAddEstimate((double)(object)a.v, (double)(object)b.v, (double)(object)c.v));
        return a * b + c;
    }

    [MethodImpl(Inline)]
    public static ScalarLane<E> Floor(ScalarLane<E> a) => a.v is float f ? new((E)(object)MathF.Floor(f)) : a.v is double d ? new((E)(object)Math.Floor(d)) : a;

    [MethodImpl(Inline)]
    public static ScalarLane<E> Ceil(ScalarLane<E> a) => a.v is float f ? new((E)(object)MathF.Ceiling(f)) : a.v is double d ? new((E)(object)Math.Ceiling(d)) : a;

    [MethodImpl(Inline)]
    public static ScalarLane<E> Trunc(ScalarLane<E> a) => a.v is float f ? new((E)(object)MathF.Truncate(f)) : a.v is double d ? new((E)(object)Math.Truncate(d)) : a;

    [MethodImpl(Inline)]
    public static ScalarLane<E> Round(ScalarLane<E> a) => a.v is float f ? new((E)(object)MathF.Round(f)) : a.v is double d ? new((E)(object)Math.Round(d)) : a;

    public static ScalarLane<E> Call(in ScalarFunction f, ScalarLane<E> a) => new(E.CreateTruncating(f.Evaluate(double.CreateTruncating(a.v))));

    public static ScalarLane<E> Call(in ScalarFunction2 f, ScalarLane<E> a, ScalarLane<E> b) =>
        new(E.CreateTruncating(f.Evaluate(double.CreateTruncating(a.v), double.CreateTruncating(b.v))));

    [MethodImpl(Inline)]
    static ulong Bits(ScalarLane<E> a) => sizeof(E) switch
    {
        1 => Unsafe.BitCast<E, byte>(a.v),
        2 => Unsafe.BitCast<E, ushort>(a.v),
        4 => Unsafe.BitCast<E, uint>(a.v),
        _ => Unsafe.BitCast<E, ulong>(a.v),
    };

    [MethodImpl(Inline)]
    static ScalarLane<E> FromBits(ulong bits) => sizeof(E) switch
    {
        1 => new(Unsafe.BitCast<byte, E>((byte)bits)),
        2 => new(Unsafe.BitCast<ushort, E>((ushort)bits)),
        4 => new(Unsafe.BitCast<uint, E>((uint)bits)),
        _ => new(Unsafe.BitCast<ulong, E>(bits)),
    };

    [MethodImpl(Inline)] static ScalarLane<E> Mask(bool b) => b ? FromBits(ulong.MaxValue) : FromBits(0);
    [MethodImpl(Inline)] static bool IsSet(ScalarLane<E> a) => Bits(a) != 0;
}
