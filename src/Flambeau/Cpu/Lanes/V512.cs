using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>A 512-bit register as a lane.</summary>
internal readonly unsafe struct V512<E>(Vector512<E> v) : IMemoryLane<V512<E>, E> where E : unmanaged, INumber<E>
{
    readonly Vector512<E> v = v;

    public static int Width => Vector512<E>.Count;

    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)] public static V512<E> Load(E* p) => new(Vector512.Load(p));
    [MethodImpl(Inline)] public static void Store(E* p, V512<E> x) => x.v.Store(p);
    [MethodImpl(Inline)] public static V512<E> Broadcast(E x) => new(Vector512.Create(x));

    [MethodImpl(Inline)]
    public static V512<E> Const(double x)
    {
        if (typeof(E) == typeof(float)) return new(Vector512.Create((float)x).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector512.Create(x).As<double, E>());
        return new(Vector512.Create(E.CreateTruncating(x)));
    }

    // Inherited ones would be calls in the middle of a formula.
    public static V512<E> Zero { [MethodImpl(Inline)] get => new(Vector512<E>.Zero); }

    public static V512<E> One { [MethodImpl(Inline)] get => new(Vector512<E>.One); }

    [MethodImpl(Inline)] public static V512<E> IsNaN(V512<E> a) => new(~Vector512.Equals(a.v, a.v));

    [MethodImpl(Inline)]
    public static void StoreMask(byte* p, V512<E> mask)
    {
        if (sizeof(E) == 1)
        {
            (mask.v.AsByte() & Vector512<byte>.One).Store(p);
            return;
        }
        ulong bits = mask.v.ExtractMostSignificantBits();
        if (Vector512<E>.Count == 2) *(ushort*)p = (ushort)LaneFormulas.SpreadBits(bits);
        else if (Vector512<E>.Count == 4) *(uint*)p = (uint)LaneFormulas.SpreadBits(bits);
        else
        {
            for (var i = 0; i < Vector512<E>.Count; i += 8) *(ulong*)(p + i) = LaneFormulas.SpreadBits(bits >> i);
        }
    }

    [MethodImpl(Inline)] public static V512<E> operator +(V512<E> a, V512<E> b) => new(a.v + b.v);
    [MethodImpl(Inline)] public static V512<E> operator -(V512<E> a, V512<E> b) => new(a.v - b.v);
    [MethodImpl(Inline)] public static V512<E> operator *(V512<E> a, V512<E> b) => new(a.v * b.v);
    [MethodImpl(Inline)] public static V512<E> operator /(V512<E> a, V512<E> b) => new(a.v / b.v);
    [MethodImpl(Inline)] public static V512<E> operator -(V512<E> a) => new(-a.v);
    [MethodImpl(Inline)] public static V512<E> operator &(V512<E> a, V512<E> b) => new(a.v & b.v);
    [MethodImpl(Inline)] public static V512<E> operator |(V512<E> a, V512<E> b) => new(a.v | b.v);
    [MethodImpl(Inline)] public static V512<E> operator ^(V512<E> a, V512<E> b) => new(a.v ^ b.v);
    [MethodImpl(Inline)] public static V512<E> operator ~(V512<E> a) => new(~a.v);
    [MethodImpl(Inline)] public static V512<E> operator <(V512<E> a, V512<E> b) => new(Vector512.LessThan(a.v, b.v));
    [MethodImpl(Inline)] public static V512<E> operator >(V512<E> a, V512<E> b) => new(Vector512.GreaterThan(a.v, b.v));
    [MethodImpl(Inline)] public static V512<E> operator <=(V512<E> a, V512<E> b) => new(Vector512.LessThanOrEqual(a.v, b.v));
    [MethodImpl(Inline)] public static V512<E> operator >=(V512<E> a, V512<E> b) => new(Vector512.GreaterThanOrEqual(a.v, b.v));
    [MethodImpl(Inline)] public static V512<E> Eq(V512<E> a, V512<E> b) => new(Vector512.Equals(a.v, b.v));
    [MethodImpl(Inline)] public static V512<E> Select(V512<E> m, V512<E> a, V512<E> b) => new(Vector512.ConditionalSelect(m.v, a.v, b.v));
    [MethodImpl(Inline)] public static V512<E> Min(V512<E> a, V512<E> b) => new(Vector512.Min(a.v, b.v));
    [MethodImpl(Inline)] public static V512<E> Max(V512<E> a, V512<E> b) => new(Vector512.Max(a.v, b.v));
    [MethodImpl(Inline)] public static V512<E> CopySign(V512<E> a, V512<E> s) => new(Vector512.CopySign(a.v, s.v));

    /// <summary>The smallest integer stays as it is, where the library's function throws.</summary>
    [MethodImpl(Inline)]
    public static V512<E> Abs(V512<E> a) => typeof(E) == typeof(float) || typeof(E) == typeof(double)
        ? new(Vector512.Abs(a.v)) : new(Vector512.ConditionalSelect(Vector512.LessThan(a.v, Vector512<E>.Zero), -a.v, a.v));

    [MethodImpl(Inline)]
    public static V512<E> MulAdd(V512<E> a, V512<E> b, V512<E> c)
    {
        if (typeof(E) == typeof(float)) return new(Vector512.MultiplyAddEstimate(a.v.AsSingle(), b.v.AsSingle(), c.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector512.MultiplyAddEstimate(a.v.AsDouble(), b.v.AsDouble(), c.v.AsDouble()).As<double, E>());
        return a * b + c;
    }

    [MethodImpl(Inline)]
    public static V512<E> Sqrt(V512<E> a) => typeof(E) == typeof(float) || typeof(E) == typeof(double)
        ? new(Vector512.Sqrt(a.v)) : Each<Fn.Sqrt>(a);

    [MethodImpl(Inline)]
    public static V512<E> Floor(V512<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector512.Floor(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector512.Floor(a.v.AsDouble()).As<double, E>());
        return a;
    }

    [MethodImpl(Inline)]
    public static V512<E> Ceil(V512<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector512.Ceiling(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector512.Ceiling(a.v.AsDouble()).As<double, E>());
        return a;
    }

    [MethodImpl(Inline)]
    public static V512<E> Trunc(V512<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector512.Truncate(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector512.Truncate(a.v.AsDouble()).As<double, E>());
        return a;
    }

    [MethodImpl(Inline)]
    public static V512<E> Round(V512<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector512.Round(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector512.Round(a.v.AsDouble()).As<double, E>());
        return a;
    }

    [MethodImpl(Inline)]
    public static V512<E> ScaleSingle(V512<E> a, V512<E> n)
    {
        Vector512<int> whole = Vector512.ConvertToInt32Native(n.v.AsSingle()), half = whole >> 1, bias = Vector512.Create(127);
        return new((a.v.AsSingle() * ((half + bias) << 23).AsSingle() * ((whole - half + bias) << 23).AsSingle()).As<float, E>());
    }

    [MethodImpl(Inline)]
    public static V512<E> Exp(V512<E> a)
    {
        if (typeof(E) == typeof(float)) return LaneFormulas.ExpSingle<V512<E>, E>(a);
        if (typeof(E) == typeof(double)) return new(Vector512.Exp(a.v.AsDouble()).As<double, E>());
        return Each<Fn.Exp>(a);
    }

    [MethodImpl(Inline)]
    public static V512<E> Log(V512<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector512.Log(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector512.Log(a.v.AsDouble()).As<double, E>());
        return Each<Fn.Log>(a);
    }

    [MethodImpl(Inline)]
    public static V512<E> Sin(V512<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector512.Sin(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector512.Sin(a.v.AsDouble()).As<double, E>());
        return Each<Fn.Sin>(a);
    }

    [MethodImpl(Inline)]
    public static V512<E> Cos(V512<E> a)
    {
        if (typeof(E) == typeof(float)) return new(Vector512.Cos(a.v.AsSingle()).As<float, E>());
        if (typeof(E) == typeof(double)) return new(Vector512.Cos(a.v.AsDouble()).As<double, E>());
        return Each<Fn.Cos>(a);
    }

    [MethodImpl(Inline)]
    public static V512<E> Tanh(V512<E> a) => typeof(E) == typeof(float) ? LaneFormulas.TanhSingle(a) : LaneFormulas.TanhDouble(a);

    [MethodImpl(Inline)]
    public static V512<E> Erf(V512<E> a) => typeof(E) == typeof(float) ? LaneFormulas.ErfSingle(a) : Call(ScalarFunction.Erf, a);

    public static V512<E> Call(in ScalarFunction f, V512<E> a)
    {
        var r = stackalloc E[Vector512<E>.Count];
        a.v.Store(r);
        var g = f.Evaluate;
        if (typeof(E) == typeof(float))
        {
            for (var i = 0; i < Vector512<E>.Count; i++) ((float*)r)[i] = (float)g(((float*)r)[i]);
        }
        else
        {
            for (var i = 0; i < Vector512<E>.Count; i++) r[i] = E.CreateTruncating(g(double.CreateTruncating(r[i])));
        }
        return new(Vector512.Load(r));
    }

    public static V512<E> Call(in ScalarFunction2 f, V512<E> a, V512<E> b)
    {
        var r = stackalloc E[Vector512<E>.Count];
        var s = stackalloc E[Vector512<E>.Count];
        a.v.Store(r);
        b.v.Store(s);
        var g = f.Evaluate;
        if (typeof(E) == typeof(float))
        {
            for (var i = 0; i < Vector512<E>.Count; i++) ((float*)r)[i] = (float)g(((float*)r)[i], ((float*)s)[i]);
        }
        else
        {
            for (var i = 0; i < Vector512<E>.Count; i++) r[i] = E.CreateTruncating(g(double.CreateTruncating(r[i]), double.CreateTruncating(s[i])));
        }
        return new(Vector512.Load(r));
    }

    static V512<E> Each<F>(V512<E> a) where F : struct, Fn.IUnary
    {
        var r = stackalloc E[Vector512<E>.Count];
        a.v.Store(r);
        for (var i = 0; i < Vector512<E>.Count; i++) r[i] = F.Apply(r[i]);
        return new(Vector512.Load(r));
    }
}
