using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>A 256-bit register as a lane.</summary>
internal readonly unsafe struct V256<E>(Vector256<E> v) : IMemoryLane<V256<E>, E> where E : unmanaged, INumber<E>
{
    readonly Vector256<E> v = v;

    public static int Width => Vector256<E>.Count;

    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)] public static V256<E> Load(E* p) => new(Vector256.Load(p));
    [MethodImpl(Inline)] public static void Store(E* p, V256<E> x) => x.v.Store(p);
    [MethodImpl(Inline)] public static V256<E> Broadcast(E x) => new(Vector256.Create(x));

    [MethodImpl(Inline)]
    public static V256<E> Const(double x)
    {
        if (typeof(E) == typeof(float)) return new(Vector256.Create((float)x).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector256.Create(x).As<double, E>());
        return new(Vector256.Create(E.CreateTruncating(x)));
    }

    // Inherited ones would be calls in the middle of a formula.
    public static V256<E> Zero { [MethodImpl(Inline)] get => new(Vector256<E>.Zero); }

    public static V256<E> One { [MethodImpl(Inline)] get => new(Vector256<E>.One); }

    [MethodImpl(Inline)] public static V256<E> IsNaN(V256<E> a) => new(~Vector256.Equals(a.v, a.v));

    [MethodImpl(Inline)]
    public static void StoreMask(byte* p, V256<E> mask)
    {
        if (sizeof(E) == 1)
        {
            (mask.v.AsByte() & Vector256<byte>.One).Store(p);
            return;
        }
        ulong bits = mask.v.ExtractMostSignificantBits();
        if (Vector256<E>.Count == 2) *(ushort*)p = (ushort)LaneFormulas.SpreadBits(bits);
        else if (Vector256<E>.Count == 4) *(uint*)p = (uint)LaneFormulas.SpreadBits(bits);
        else
        {
            for (var i = 0; i < Vector256<E>.Count; i += 8) *(ulong*)(p + i) = LaneFormulas.SpreadBits(bits >> i);
        }
    }

    [MethodImpl(Inline)] public static V256<E> operator +(V256<E> a, V256<E> b) => new(a.v + b.v);
    [MethodImpl(Inline)] public static V256<E> operator -(V256<E> a, V256<E> b) => new(a.v - b.v);
    [MethodImpl(Inline)] public static V256<E> operator *(V256<E> a, V256<E> b) => new(a.v * b.v);
    [MethodImpl(Inline)] public static V256<E> operator /(V256<E> a, V256<E> b) => new(a.v / b.v);
    [MethodImpl(Inline)] public static V256<E> operator -(V256<E> a) => new(-a.v);
    [MethodImpl(Inline)] public static V256<E> operator &(V256<E> a, V256<E> b) => new(a.v & b.v);
    [MethodImpl(Inline)] public static V256<E> operator |(V256<E> a, V256<E> b) => new(a.v | b.v);
    [MethodImpl(Inline)] public static V256<E> operator ^(V256<E> a, V256<E> b) => new(a.v ^ b.v);
    [MethodImpl(Inline)] public static V256<E> operator ~(V256<E> a) => new(~a.v);
    [MethodImpl(Inline)] public static V256<E> operator <(V256<E> a, V256<E> b) => new(Vector256.LessThan(a.v, b.v));
    [MethodImpl(Inline)] public static V256<E> operator >(V256<E> a, V256<E> b) => new(Vector256.GreaterThan(a.v, b.v));
    [MethodImpl(Inline)] public static V256<E> operator <=(V256<E> a, V256<E> b) => new(Vector256.LessThanOrEqual(a.v, b.v));
    [MethodImpl(Inline)] public static V256<E> operator >=(V256<E> a, V256<E> b) => new(Vector256.GreaterThanOrEqual(a.v, b.v));
    [MethodImpl(Inline)] public static V256<E> Eq(V256<E> a, V256<E> b) => new(Vector256.Equals(a.v, b.v));
    [MethodImpl(Inline)] public static V256<E> Select(V256<E> m, V256<E> a, V256<E> b) => new(Vector256.ConditionalSelect(m.v, a.v, b.v));
    [MethodImpl(Inline)] public static V256<E> Min(V256<E> a, V256<E> b) => new(Vector256.Min(a.v, b.v));
    [MethodImpl(Inline)] public static V256<E> Max(V256<E> a, V256<E> b) => new(Vector256.Max(a.v, b.v));
    [MethodImpl(Inline)] public static V256<E> CopySign(V256<E> a, V256<E> s) => new(Vector256.CopySign(a.v, s.v));

    /// <summary>The smallest integer stays as it is, where the library's function throws.</summary>
    [MethodImpl(Inline)]
    public static V256<E> Abs(V256<E> a) => typeof(E) == typeof(float) || typeof(E) == typeof(double)
        ? new(Vector256.Abs(a.v)) : new(Vector256.ConditionalSelect(Vector256.LessThan(a.v, Vector256<E>.Zero), -a.v, a.v));

    [MethodImpl(Inline)]
    public static V256<E> MulAdd(V256<E> a, V256<E> b, V256<E> c)
    {
        if (typeof(E) == typeof(float)) return new(Vector256.MultiplyAddEstimate(a.v.AsSingle(), b.v.AsSingle(), c.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector256.MultiplyAddEstimate(a.v.AsDouble(), b.v.AsDouble(), c.v.AsDouble()).As<double, E>());
        return a * b + c;
    }

    [MethodImpl(Inline)]
    public static V256<E> Sqrt(V256<E> a) => typeof(E) == typeof(float) || typeof(E) == typeof(double)
        ? new(Vector256.Sqrt(a.v)) : Each<Fn.Sqrt>(a);

    [MethodImpl(Inline)]
    public static V256<E> Floor(V256<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector256.Floor(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector256.Floor(a.v.AsDouble()).As<double, E>());
        return a;
    }

    [MethodImpl(Inline)]
    public static V256<E> Ceil(V256<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector256.Ceiling(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector256.Ceiling(a.v.AsDouble()).As<double, E>());
        return a;
    }

    [MethodImpl(Inline)]
    public static V256<E> Trunc(V256<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector256.Truncate(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector256.Truncate(a.v.AsDouble()).As<double, E>());
        return a;
    }

    [MethodImpl(Inline)]
    public static V256<E> Round(V256<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector256.Round(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector256.Round(a.v.AsDouble()).As<double, E>());
        return a;
    }

    [MethodImpl(Inline)]
    public static V256<E> ScaleSingle(V256<E> a, V256<E> n)
    {
        Vector256<int> whole = Vector256.ConvertToInt32Native(n.v.AsSingle()), half = whole >> 1, bias = Vector256.Create(127);
        return new((a.v.AsSingle() * ((half + bias) << 23).AsSingle() * ((whole - half + bias) << 23).AsSingle()).As<float, E>());
    }

    [MethodImpl(Inline)]
    public static V256<E> Exp(V256<E> a)
    {
        if (typeof(E) == typeof(float)) return LaneFormulas.ExpSingle<V256<E>, E>(a);
        if (typeof(E) == typeof(double)) return new(Vector256.Exp(a.v.AsDouble()).As<double, E>());
        return Each<Fn.Exp>(a);
    }

    [MethodImpl(Inline)]
    public static V256<E> Log(V256<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector256.Log(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector256.Log(a.v.AsDouble()).As<double, E>());
        return Each<Fn.Log>(a);
    }

    [MethodImpl(Inline)]
    public static V256<E> Sin(V256<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector256.Sin(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector256.Sin(a.v.AsDouble()).As<double, E>());
        return Each<Fn.Sin>(a);
    }

    [MethodImpl(Inline)]
    public static V256<E> Cos(V256<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector256.Cos(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector256.Cos(a.v.AsDouble()).As<double, E>());
        return Each<Fn.Cos>(a);
    }

    [MethodImpl(Inline)]
    public static V256<E> Tanh(V256<E> a) => typeof(E) == typeof(float) ? LaneFormulas.TanhSingle(a) : LaneFormulas.TanhDouble(a);

    [MethodImpl(Inline)]
    public static V256<E> Erf(V256<E> a) => typeof(E) == typeof(float) ? LaneFormulas.ErfSingle(a) : Call(ScalarFunction.Erf, a);

    public static V256<E> Call(in ScalarFunction f, V256<E> a)
    {
        var r = stackalloc E[Vector256<E>.Count];
        a.v.Store(r);
        var g = f.Evaluate;
        if (typeof(E) == typeof(float))
        {
            for (var i = 0; i < Vector256<E>.Count; i++) ((float*)r)[i] = (float)g(((float*)r)[i]);
        }
        else
        {
            for (var i = 0; i < Vector256<E>.Count; i++) r[i] = E.CreateTruncating(g(double.CreateTruncating(r[i])));
        }
        return new(Vector256.Load(r));
    }

    public static V256<E> Call(in ScalarFunction2 f, V256<E> a, V256<E> b)
    {
        var r = stackalloc E[Vector256<E>.Count];
        var s = stackalloc E[Vector256<E>.Count];
        a.v.Store(r);
        b.v.Store(s);
        var g = f.Evaluate;
        if (typeof(E) == typeof(float))
        {
            for (var i = 0; i < Vector256<E>.Count; i++) ((float*)r)[i] = (float)g(((float*)r)[i], ((float*)s)[i]);
        }
        else
        {
            for (var i = 0; i < Vector256<E>.Count; i++) r[i] = E.CreateTruncating(g(double.CreateTruncating(r[i]), double.CreateTruncating(s[i])));
        }
        return new(Vector256.Load(r));
    }

    static V256<E> Each<F>(V256<E> a) where F : struct, Fn.IUnary
    {
        var r = stackalloc E[Vector256<E>.Count];
        a.v.Store(r);
        for (var i = 0; i < Vector256<E>.Count; i++) r[i] = F.Apply(r[i]);
        return new(Vector256.Load(r));
    }
}
