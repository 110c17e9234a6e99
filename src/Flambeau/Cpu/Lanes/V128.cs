using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>A 128-bit register as a lane.</summary>
internal readonly unsafe struct V128<E>(Vector128<E> v) : IMemoryLane<V128<E>, E> where E : unmanaged, INumber<E>
{
    readonly Vector128<E> v = v;

    public static int Width => Vector128<E>.Count;

    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)] public static V128<E> Load(E* p) => new(Vector128.Load(p));
    [MethodImpl(Inline)] public static void Store(E* p, V128<E> x) => x.v.Store(p);
    [MethodImpl(Inline)] public static V128<E> Broadcast(E x) => new(Vector128.Create(x));

    [MethodImpl(Inline)]
    public static V128<E> Const(double x)
    {
        if (typeof(E) == typeof(float)) return new(Vector128.Create((float)x).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector128.Create(x).As<double, E>());
        return new(Vector128.Create(E.CreateTruncating(x)));
    }

    // Inherited ones would be calls in the middle of a formula.
    public static V128<E> Zero { [MethodImpl(Inline)] get => new(Vector128<E>.Zero); }

    public static V128<E> One { [MethodImpl(Inline)] get => new(Vector128<E>.One); }

    [MethodImpl(Inline)] public static V128<E> IsNaN(V128<E> a) => new(~Vector128.Equals(a.v, a.v));

    [MethodImpl(Inline)]
    public static void StoreMask(byte* p, V128<E> mask)
    {
        if (sizeof(E) == 1)
        {
            (mask.v.AsByte() & Vector128<byte>.One).Store(p);
            return;
        }
        ulong bits = mask.v.ExtractMostSignificantBits();
        if (Vector128<E>.Count == 2) *(ushort*)p = (ushort)LaneFormulas.SpreadBits(bits);
        else if (Vector128<E>.Count == 4) *(uint*)p = (uint)LaneFormulas.SpreadBits(bits);
        else
        {
            for (var i = 0; i < Vector128<E>.Count; i += 8) *(ulong*)(p + i) = LaneFormulas.SpreadBits(bits >> i);
        }
    }

    [MethodImpl(Inline)] public static V128<E> operator +(V128<E> a, V128<E> b) => new(a.v + b.v);
    [MethodImpl(Inline)] public static V128<E> operator -(V128<E> a, V128<E> b) => new(a.v - b.v);
    [MethodImpl(Inline)] public static V128<E> operator *(V128<E> a, V128<E> b) => new(a.v * b.v);
    [MethodImpl(Inline)] public static V128<E> operator /(V128<E> a, V128<E> b) => new(a.v / b.v);
    [MethodImpl(Inline)] public static V128<E> operator -(V128<E> a) => new(-a.v);
    [MethodImpl(Inline)] public static V128<E> operator &(V128<E> a, V128<E> b) => new(a.v & b.v);
    [MethodImpl(Inline)] public static V128<E> operator |(V128<E> a, V128<E> b) => new(a.v | b.v);
    [MethodImpl(Inline)] public static V128<E> operator ^(V128<E> a, V128<E> b) => new(a.v ^ b.v);
    [MethodImpl(Inline)] public static V128<E> operator ~(V128<E> a) => new(~a.v);
    [MethodImpl(Inline)] public static V128<E> operator <(V128<E> a, V128<E> b) => new(Vector128.LessThan(a.v, b.v));
    [MethodImpl(Inline)] public static V128<E> operator >(V128<E> a, V128<E> b) => new(Vector128.GreaterThan(a.v, b.v));
    [MethodImpl(Inline)] public static V128<E> operator <=(V128<E> a, V128<E> b) => new(Vector128.LessThanOrEqual(a.v, b.v));
    [MethodImpl(Inline)] public static V128<E> operator >=(V128<E> a, V128<E> b) => new(Vector128.GreaterThanOrEqual(a.v, b.v));
    [MethodImpl(Inline)] public static V128<E> Eq(V128<E> a, V128<E> b) => new(Vector128.Equals(a.v, b.v));
    [MethodImpl(Inline)] public static V128<E> Select(V128<E> m, V128<E> a, V128<E> b) => new(Vector128.ConditionalSelect(m.v, a.v, b.v));
    [MethodImpl(Inline)] public static V128<E> Min(V128<E> a, V128<E> b) => new(Vector128.Min(a.v, b.v));
    [MethodImpl(Inline)] public static V128<E> Max(V128<E> a, V128<E> b) => new(Vector128.Max(a.v, b.v));
    [MethodImpl(Inline)] public static V128<E> CopySign(V128<E> a, V128<E> s) => new(Vector128.CopySign(a.v, s.v));

    /// <summary>The smallest integer stays as it is, where the library's function throws.</summary>
    [MethodImpl(Inline)]
    public static V128<E> Abs(V128<E> a) => typeof(E) == typeof(float) || typeof(E) == typeof(double)
        ? new(Vector128.Abs(a.v)) : new(Vector128.ConditionalSelect(Vector128.LessThan(a.v, Vector128<E>.Zero), -a.v, a.v));

    [MethodImpl(Inline)]
    public static V128<E> MulAdd(V128<E> a, V128<E> b, V128<E> c)
    {
        if (typeof(E) == typeof(float)) return new(Vector128.MultiplyAddEstimate(a.v.AsSingle(), b.v.AsSingle(), c.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector128.MultiplyAddEstimate(a.v.AsDouble(), b.v.AsDouble(), c.v.AsDouble()).As<double, E>());
        return a * b + c;
    }

    [MethodImpl(Inline)]
    public static V128<E> Sqrt(V128<E> a) => typeof(E) == typeof(float) || typeof(E) == typeof(double)
        ? new(Vector128.Sqrt(a.v)) : Each<Fn.Sqrt>(a);

    [MethodImpl(Inline)]
    public static V128<E> Floor(V128<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector128.Floor(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector128.Floor(a.v.AsDouble()).As<double, E>());
        return a;
    }

    [MethodImpl(Inline)]
    public static V128<E> Ceil(V128<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector128.Ceiling(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector128.Ceiling(a.v.AsDouble()).As<double, E>());
        return a;
    }

    [MethodImpl(Inline)]
    public static V128<E> Trunc(V128<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector128.Truncate(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector128.Truncate(a.v.AsDouble()).As<double, E>());
        return a;
    }

    [MethodImpl(Inline)]
    public static V128<E> Round(V128<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector128.Round(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector128.Round(a.v.AsDouble()).As<double, E>());
        return a;
    }

    [MethodImpl(Inline)]
    public static V128<E> ScaleSingle(V128<E> a, V128<E> n)
    {
        Vector128<int> whole = Vector128.ConvertToInt32Native(n.v.AsSingle()), half = whole >> 1, bias = Vector128.Create(127);
        return new((a.v.AsSingle() * ((half + bias) << 23).AsSingle() * ((whole - half + bias) << 23).AsSingle()).As<float, E>());
    }

    [MethodImpl(Inline)]
    public static V128<E> Exp(V128<E> a)
    {
        if (typeof(E) == typeof(float)) return LaneFormulas.ExpSingle<V128<E>, E>(a);
        if (typeof(E) == typeof(double)) return new(Vector128.Exp(a.v.AsDouble()).As<double, E>());
        return Each<Fn.Exp>(a);
    }

    [MethodImpl(Inline)]
    public static V128<E> Log(V128<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector128.Log(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector128.Log(a.v.AsDouble()).As<double, E>());
        return Each<Fn.Log>(a);
    }

    [MethodImpl(Inline)]
    public static V128<E> Sin(V128<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector128.Sin(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector128.Sin(a.v.AsDouble()).As<double, E>());
        return Each<Fn.Sin>(a);
    }

    [MethodImpl(Inline)]
    public static V128<E> Cos(V128<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector128.Cos(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector128.Cos(a.v.AsDouble()).As<double, E>());
        return Each<Fn.Cos>(a);
    }

    [MethodImpl(Inline)]
    public static V128<E> Tanh(V128<E> a) => typeof(E) == typeof(float) ? LaneFormulas.TanhSingle(a) : LaneFormulas.TanhDouble(a);

    [MethodImpl(Inline)]
    public static V128<E> Erf(V128<E> a) => typeof(E) == typeof(float) ? LaneFormulas.ErfSingle(a) : Call(ScalarFunction.Erf, a);

    public static V128<E> Call(in ScalarFunction f, V128<E> a)
    {
        var r = stackalloc E[Vector128<E>.Count];
        a.v.Store(r);
        var g = f.Evaluate;
        if (typeof(E) == typeof(float))
        {
            for (var i = 0; i < Vector128<E>.Count; i++) ((float*)r)[i] = (float)g(((float*)r)[i]);
        }
        else
        {
            for (var i = 0; i < Vector128<E>.Count; i++) r[i] = E.CreateTruncating(g(double.CreateTruncating(r[i])));
        }
        return new(Vector128.Load(r));
    }

    public static V128<E> Call(in ScalarFunction2 f, V128<E> a, V128<E> b)
    {
        var r = stackalloc E[Vector128<E>.Count];
        var s = stackalloc E[Vector128<E>.Count];
        a.v.Store(r);
        b.v.Store(s);
        var g = f.Evaluate;
        if (typeof(E) == typeof(float))
        {
            for (var i = 0; i < Vector128<E>.Count; i++) ((float*)r)[i] = (float)g(((float*)r)[i], ((float*)s)[i]);
        }
        else
        {
            for (var i = 0; i < Vector128<E>.Count; i++) r[i] = E.CreateTruncating(g(double.CreateTruncating(r[i]), double.CreateTruncating(s[i])));
        }
        return new(Vector128.Load(r));
    }

    static V128<E> Each<F>(V128<E> a) where F : struct, Fn.IUnary
    {
        var r = stackalloc E[Vector128<E>.Count];
        a.v.Store(r);
        for (var i = 0; i < Vector128<E>.Count; i++) r[i] = F.Apply(r[i]);
        return new(Vector128.Load(r));
    }
}
