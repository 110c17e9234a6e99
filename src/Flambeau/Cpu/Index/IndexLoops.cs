using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>Reads and writes rows at the places of an <see cref="IndexPlan"/>.</summary>
internal static unsafe class IndexLoops
{
    /// <summary>n elements, <paramref name="step"/> apart in the source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Row<T>(T* to, T* from, long n, long step) where T : unmanaged
    {
        if (step == 1)
        {
            if (n >= 4) Buffer.MemoryCopy(from, to, n * sizeof(T), n * sizeof(T));
            else
            {
                for (long i = 0; i < n; i++) to[i] = from[i];
            }
        }
        else
        {
            for (long i = 0; i < n; i++) to[i] = from[i * step];
        }
    }

    /// <summary>Copies the indexed elements of <paramref name="x"/> to <paramref name="y"/>, which is row-major.</summary>
    internal static void Read<T>(Tensor x, Tensor y, IndexPlan p) where T : unmanaged
    {
        if (y.Numel == 0) return;
        long picks = p.Picked.Length, part = p.Trail.Length * p.Run;
        fixed (T* px = &x.First<T>(), py = &y.First<T>())
        {
            T* src = px, dst = py;
            CpuThreads.For(p.Lead.Length * picks, Math.Max(1, StridedLoop.Grain / part), (from, to) => Read(src, dst, p, from, to));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Read<T>(T* src, T* dst, IndexPlan p, long from, long to) where T : unmanaged
    {
        long run = p.Run, step = p.Step, part = p.Trail.Length * run;
        var l = from / p.Picked.Length;
        var k = from % p.Picked.Length;
        T* d = dst + from * part;
        while (from < to)
        {
            T* lead = src + p.Lead[l];
            var picked = p.Picked.AsSpan((int)k, (int)Math.Min(p.Picked.Length - k, to - from));
            if (part == 1)
            {
                for (var i = 0; i < picked.Length; i++) d[i] = lead[picked[i]];
                d += picked.Length;
            }
            else if (p.Trail.Length == 1)
            {
                foreach (var at in picked)
                {
                    Row(d, lead + at, run, step);
                    d += run;
                }
            }
            else
            {
                foreach (var at in picked)
                {
                    foreach (var t in p.Trail)
                    {
                        Row(d, lead + at + t, run, step);
                        d += run;
                    }
                }
            }
            from += picked.Length;
            k = 0;
            l++;
        }
    }

    /// <summary>
    /// Combines row-major values into the indexed elements of <paramref name="y"/>. Threads own disjoint elements (leading positions, or columns of
    /// the runs), so that repeated indices give the same bits for any number of threads.
    /// </summary>
    internal static void Write<T, C>(Tensor y, Tensor values, IndexPlan p) where T : unmanaged where C : struct, ICombine<T>
    {
        if (values.Numel == 0) return;
        const int narrow = 64;
        fixed (T* py = &y.First<T>(), pv = &values.First<T>())
        {
            T* dst = py, src = pv;
            var part = p.Picked.Length * p.Trail.Length * p.Run;
            if (p.Lead.Length > 1) CpuThreads.For(p.Lead.Length, Math.Max(1, StridedLoop.Grain / part), (from, to) => Write<T, C>(dst, src, p, from, to, 0, p.Run));
            else if (p.Step == 1 && p.Run >= 2 * narrow && part >= StridedLoop.Grain)
            {
                CpuThreads.For((p.Run + narrow - 1) / narrow, 1, (from, to) => Write<T, C>(dst, src, p, 0, 1, from * narrow, Math.Min(p.Run, to * narrow)));
            }
            else Write<T, C>(dst, src, p, 0, 1, 0, p.Run);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Write<T, C>(T* dst, T* src, IndexPlan p, long leadFrom, long leadTo, long from, long to) where T : unmanaged where C : struct, ICombine<T>
    {
        long run = p.Run, step = p.Step, picks = p.Picked.Length, trails = p.Trail.Length;
        for (var l = leadFrom; l < leadTo; l++)
        {
            T* lead = dst + p.Lead[l];
            T* s = src + l * picks * trails * run + from;
            foreach (var at in p.Picked)
            {
                foreach (var t in p.Trail)
                {
                    Combine<T, C>(lead + at + t + from * step, s, to - from, step);
                    s += run;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Combine<T, C>(T* d, T* s, long n, long step) where T : unmanaged where C : struct, ICombine<T>
    {
        long i = 0;
        if (step == 1)
        {
            if (typeof(C) == typeof(Replace<T>))
            {
                Row(d, s, n, 1);
                return;
            }
            if (C.IsVector)
            {
                for (; i <= n - Vector<T>.Count; i += Vector<T>.Count)
                    Unsafe.WriteUnaligned(d + i, C.Of(Unsafe.ReadUnaligned<Vector<T>>(d + i), Unsafe.ReadUnaligned<Vector<T>>(s + i)));
            }
            for (; i < n; i++) d[i] = C.Of(d[i], s[i]);
            return;
        }
        for (; i < n; i++) d[i * step] = C.Of(d[i * step], s[i]);
    }
}
