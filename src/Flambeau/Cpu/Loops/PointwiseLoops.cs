using System.Runtime.CompilerServices;
using Flambeau.Ops;

namespace Flambeau.Cpu;

/// <summary>Inner loop of a formula of one input: whole registers, then one element at a time.</summary>
internal readonly unsafe struct Loop1<TOp, E, V, S>(TOp op) : IInnerLoop
    where TOp : struct, IPointwise1 where E : unmanaged where V : struct, IMemoryLane<V, E> where S : struct, IMemoryLane<S, E>
{
    public static bool Gathers => V.Width > 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(byte** p, long* s, long n)
    {
        byte* y = p[0], x = p[1];
        long sy = s[0], sx = s[1], i = 0;
        if (TOp.Rule == Rule.Predicate)
        {
            if (V.Width > 1 && sy == 1 && sx == sizeof(E))
            {
                for (; i <= n - V.Width; i += V.Width) V.StoreMask(y + i, op.Apply(V.Load((E*)x + i)));
            }
            for (; i < n; i++) S.StoreMask(y + i * sy, op.Apply(S.Load((E*)(x + i * sx))));
            return;
        }
        if (V.Width > 1 && sy == sizeof(E) && sx == sizeof(E))
        {
            for (; i <= n - V.Width; i += V.Width) V.Store((E*)y + i, op.Apply(V.Load((E*)x + i)));
        }
        for (; i < n; i++) S.Store((E*)(y + i * sy), op.Apply(S.Load((E*)(x + i * sx))));
    }
}

/// <summary>Inner loop of a formula of two inputs, either of which may be one repeated element.</summary>
internal readonly unsafe struct Loop2<TOp, E, V, S>(TOp op) : IInnerLoop
    where TOp : struct, IPointwise2 where E : unmanaged where V : struct, IMemoryLane<V, E> where S : struct, IMemoryLane<S, E>
{
    public static bool Gathers => V.Width > 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(byte** p, long* s, long n)
    {
        byte* y = p[0], a = p[1], b = p[2];
        long sy = s[0], sa = s[1], sb = s[2], i = 0;
        var predicate = TOp.Rule == Rule.Predicate;
        if (V.Width > 1 && n >= V.Width && sy == (predicate ? 1 : sizeof(E)) && (sa == sizeof(E) || sa == 0) && (sb == sizeof(E) || sb == 0))
        {
            var ca = V.Broadcast(*(E*)a);
            var cb = V.Broadcast(*(E*)b);
            if (predicate)
            {
                for (; i <= n - V.Width; i += V.Width)
                    V.StoreMask(y + i, op.Apply(sa == 0 ? ca : V.Load((E*)a + i), sb == 0 ? cb : V.Load((E*)b + i)));
            }
            else if (sa != 0 && sb != 0)
            {
                for (; i <= n - V.Width; i += V.Width) V.Store((E*)y + i, op.Apply(V.Load((E*)a + i), V.Load((E*)b + i)));
            }
            else if (sa != 0)
            {
                for (; i <= n - V.Width; i += V.Width) V.Store((E*)y + i, op.Apply(V.Load((E*)a + i), cb));
            }
            else
            {
                for (; i <= n - V.Width; i += V.Width) V.Store((E*)y + i, op.Apply(ca, sb == 0 ? cb : V.Load((E*)b + i)));
            }
        }
        if (predicate)
        {
            for (; i < n; i++) S.StoreMask(y + i * sy, op.Apply(S.Load((E*)(a + i * sa)), S.Load((E*)(b + i * sb))));
            return;
        }
        for (; i < n; i++) S.Store((E*)(y + i * sy), op.Apply(S.Load((E*)(a + i * sa)), S.Load((E*)(b + i * sb))));
    }
}

/// <summary>Inner loop of a formula of three inputs.</summary>
internal readonly unsafe struct Loop3<TOp, E, V, S>(TOp op) : IInnerLoop
    where TOp : struct, IPointwise3 where E : unmanaged where V : struct, IMemoryLane<V, E> where S : struct, IMemoryLane<S, E>
{
    public static bool Gathers => V.Width > 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(byte** p, long* s, long n)
    {
        byte* y = p[0], a = p[1], b = p[2], c = p[3];
        long sy = s[0], sa = s[1], sb = s[2], sc = s[3], i = 0;
        if (V.Width > 1 && n >= V.Width && sy == sizeof(E) && (sa == sizeof(E) || sa == 0) && (sb == sizeof(E) || sb == 0) && (sc == sizeof(E) || sc == 0))
        {
            var ca = V.Broadcast(*(E*)a);
            var cb = V.Broadcast(*(E*)b);
            var cc = V.Broadcast(*(E*)c);
            for (; i <= n - V.Width; i += V.Width)
            {
                V.Store((E*)y + i, op.Apply(sa == 0 ? ca : V.Load((E*)a + i), sb == 0 ? cb : V.Load((E*)b + i), sc == 0 ? cc : V.Load((E*)c + i)));
            }
        }
        for (; i < n; i++) S.Store((E*)(y + i * sy), op.Apply(S.Load((E*)(a + i * sa)), S.Load((E*)(b + i * sb)), S.Load((E*)(c + i * sc))));
    }
}

/// <summary>Makes 0 and 1 of bytes a bool formula left.</summary>
internal readonly unsafe struct NormalizeBool : IInnerLoop
{
    public void Run(byte** p, long* s, long n)
    {
        for (long i = 0; i < n; i++)
        {
            var y = p[0] + i * s[0];
            if (*y > 1) *y = 1;
        }
    }
}
