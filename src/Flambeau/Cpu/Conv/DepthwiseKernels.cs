using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>The passes of a <see cref="Depthwise"/> convolution over one block of channels, [pixel][lane].</summary>
internal static unsafe class DepthwiseKernels<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Terms that are added up in a register before they go to the sum: its error grows with the square root of their number.</summary>
    const long Run = 256;

    internal static void Correlate(in DepthwisePlane p, T* x, T* w, long* offsets, long taps, T* bias, T* y)
    {
        if (Vector512.IsHardwareAccelerated) Correlate<Vector512<T>, Simd512<T>>(p, x, w, offsets, taps, bias, y);
        else if (Vector256.IsHardwareAccelerated) Correlate<Vector256<T>, Simd256<T>>(p, x, w, offsets, taps, bias, y);
        else Correlate<Vector128<T>, Simd128<T>>(p, x, w, offsets, taps, bias, y);
    }

    internal static void Spread(in DepthwisePlane p, T* dy, T* w, long* offsets, long taps, T* dx)
    {
        if (Vector512.IsHardwareAccelerated) Spread<Vector512<T>, Simd512<T>>(p, dy, w, offsets, taps, dx);
        else if (Vector256.IsHardwareAccelerated) Spread<Vector256<T>, Simd256<T>>(p, dy, w, offsets, taps, dx);
        else Spread<Vector128<T>, Simd128<T>>(p, dy, w, offsets, taps, dx);
    }

    internal static void Weight(in DepthwisePlane p, T* x, T* dy, long* offsets, long taps, T* sums)
    {
        if (Vector512.IsHardwareAccelerated) Weight<Vector512<T>, Simd512<T>>(p, x, dy, offsets, taps, sums);
        else if (Vector256.IsHardwareAccelerated) Weight<Vector256<T>, Simd256<T>>(p, x, dy, offsets, taps, sums);
        else Weight<Vector128<T>, Simd128<T>>(p, x, dy, offsets, taps, sums);
    }

    /// <summary>Four pixels of a row at once; the last four may have been computed before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Correlate<V, S>(DepthwisePlane p, T* x, T* w, long* offsets, long taps, T* bias, T* y) where V : struct where S : struct, ISimd<T, V>
    {
        var start = bias == null ? S.All(T.Zero) : S.Load(bias);
        long step = p.StrideW * S.Count, width = p.OutW;
        for (long r = 0; r < p.OutH; r++, y += width * S.Count)
        {
            var row = x + r * p.StrideH * p.PaddedW * S.Count;
            if (width < 4)
            {
                for (long c = 0; c < width; c++)
                {
                    V a = start;
                    for (long t = 0; t < taps; t++) a = S.Fma(S.Load(w + t * S.Count), S.Load(row + c * step + offsets[t]), a);
                    S.Store(y + c * S.Count, a);
                }
                continue;
            }
            for (long c = 0; c < width; c += 4)
            {
                c = Math.Min(c, width - 4);
                V a0 = start, a1 = start, a2 = start, a3 = start;
                var from = row + c * step;
                for (long t = 0; t < taps; t++)
                {
                    var at = from + offsets[t];
                    var k = S.Load(w + t * S.Count);
                    a0 = S.Fma(k, S.Load(at), a0);
                    a1 = S.Fma(k, S.Load(at + step), a1);
                    a2 = S.Fma(k, S.Load(at + 2 * step), a2);
                    a3 = S.Fma(k, S.Load(at + 3 * step), a3);
                }
                var to = y + c * S.Count;
                S.Store(to, a0);
                S.Store(to + S.Count, a1);
                S.Store(to + 2 * S.Count, a2);
                S.Store(to + 3 * S.Count, a3);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Spread<V, S>(DepthwisePlane p, T* dy, T* w, long* offsets, long taps, T* dx) where V : struct where S : struct, ISimd<T, V>
    {
        long step = p.StrideW * S.Count, width = p.OutW * S.Count;
        for (long r = 0; r < p.OutH; r++, dy += width)
        {
            var row = dx + r * p.StrideH * p.PaddedW * S.Count;
            for (long t = 0; t < taps; t++)
            {
                var k = S.Load(w + t * S.Count);
                var to = row + offsets[t];
                for (long c = 0; c < width; c += S.Count, to += step) S.Store(to, S.Fma(k, S.Load(dy + c), S.Load(to)));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Weight<V, S>(DepthwisePlane p, T* x, T* dy, long* offsets, long taps, T* sums) where V : struct where S : struct, ISimd<T, V>
    {
        var rows = Math.Max(1, Run / p.OutW);
        for (long t = 0; t < taps; t += 9)
        {
            for (long r = 0; r < p.OutH; r += rows) Nine<V, S>(p, x, dy, r, Math.Min(p.OutH, r + rows), offsets + t, Math.Min(9, taps - t), sums + t * S.Count);
        }
    }

    /// <summary>Nine taps; missing ones repeat the last and are dropped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Nine<V, S>(DepthwisePlane p, T* x, T* dy, long first, long end, long* offsets, long taps, T* sums) where V : struct where S : struct, ISimd<T, V>
    {
        long At(long t) => offsets[Math.Min(t, taps - 1)];
        long o0 = At(0), o1 = At(1), o2 = At(2), o3 = At(3), o4 = At(4), o5 = At(5), o6 = At(6), o7 = At(7), o8 = At(8), step = p.StrideW * S.Count;
        V s0 = S.All(T.Zero), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0, s8 = s0;
        for (var r = first; r < end; r++)
        {
            T* at = x + r * p.StrideH * p.PaddedW * S.Count, g = dy + r * p.OutW * S.Count, stop = g + p.OutW * S.Count;
            for (; g < stop; g += S.Count, at += step)
            {
                var v = S.Load(g);
                s0 = S.Fma(v, S.Load(at + o0), s0);
                s1 = S.Fma(v, S.Load(at + o1), s1);
                s2 = S.Fma(v, S.Load(at + o2), s2);
                s3 = S.Fma(v, S.Load(at + o3), s3);
                s4 = S.Fma(v, S.Load(at + o4), s4);
                s5 = S.Fma(v, S.Load(at + o5), s5);
                s6 = S.Fma(v, S.Load(at + o6), s6);
                s7 = S.Fma(v, S.Load(at + o7), s7);
                s8 = S.Fma(v, S.Load(at + o8), s8);
            }
        }
        Add<V, S>(sums, 0, taps, s0);
        Add<V, S>(sums, 1, taps, s1);
        Add<V, S>(sums, 2, taps, s2);
        Add<V, S>(sums, 3, taps, s3);
        Add<V, S>(sums, 4, taps, s4);
        Add<V, S>(sums, 5, taps, s5);
        Add<V, S>(sums, 6, taps, s6);
        Add<V, S>(sums, 7, taps, s7);
        Add<V, S>(sums, 8, taps, s8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<V, S>(T* sums, long tap, long taps, V s) where V : struct where S : struct, ISimd<T, V>
    {
        if (tap < taps) S.Store(sums + tap * S.Count, S.Fma(S.All(T.One), s, S.Load(sums + tap * S.Count)));
    }
}
