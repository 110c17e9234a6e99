using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Flambeau.Cpu;

/// <summary>
/// Copies a strip of a matrix into a panel [k][width] that a register tile reads in order; missing lanes become zeros.
/// A's rows and B's columns are both "lanes", so one routine packs either.
/// </summary>
internal static unsafe class Pack
{
    // More panels written at once would push one another out of the first-level cache, whose ways their equal distance shares.
    private const int Abreast = 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Panel<T>(T* source, long laneStride, long kStride, long lanes, long k, T* panel, int width) where T : unmanaged
    {
        if (lanes < width) Unsafe.InitBlockUnaligned(panel, 0, checked((uint)(k * width * sizeof(T))));
        if (laneStride == 1)
            for (long p = 0; p < k; p++) Copy((byte*)(source + p * kStride), (byte*)(panel + p * width), (int)lanes * sizeof(T));
        else if (kStride == 1)
            Transpose(source, laneStride, lanes, k, panel, width);
        else
            for (long p = 0; p < k; p++)
                for (long i = 0; i < lanes; i++) panel[p * width + i] = source[p * kStride + i * laneStride];
    }

    /// <summary>Panels of all lanes one after another, from panel <paramref name="first"/> up to <paramref name="end"/>.</summary>
    public static void Panels<T>(T* source, long laneStride, long kStride, long lanes, long k, T* panels, int width, long first, long end)
        where T : unmanaged
    {
        var i = first;
        if (laneStride == 1)
        {
            // Several panels a row: each row is on a page of its own, and a line of it may hold parts of two panels.
            for (long count; i < end && (count = Math.Min(end, lanes / width) - i) > 1; i += count)
            {
                count = Math.Min(count, Abreast);
                Rows((byte*)(source + i * width), kStride * sizeof(T), k, (byte*)(panels + i * width * k), width * sizeof(T), (int)count);
            }
        }
        for (; i < end; i++)
            Panel(source + i * width * laneStride, laneStride, kStride, Math.Min(width, lanes - i * width), k, panels + i * width * k, width);
    }

    /// <summary>Cuts k rows into <paramref name="count"/> panels side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows(byte* source, long stride, long k, byte* panels, int width, int count)
    {
        var apart = k * width;
        for (long p = 0; p < k; p++, source += stride, panels += width)
        {
            byte* from = source, to = panels;
            switch (width)
            {
                case 64:
                    for (var i = 0; i < count; i++, from += 64, to += apart)
                    {
                        Vector256.Load(from).Store(to);
                        Vector256.Load(from + 32).Store(to + 32);
                    }
                    break;
                case 24:
                    for (var i = 0; i < count; i++, from += 24, to += apart)
                    {
                        Vector128.Load(from).Store(to);
                        *(long*)(to + 16) = *(long*)(from + 16);
                    }
                    break;
                default:
                    for (var i = 0; i < count; i++, from += width, to += apart) Copy(from, to, width);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(byte* from, byte* to, int bytes)
    {
        for (; bytes >= 32; bytes -= 32, from += 32, to += 32) Vector256.Load(from).Store(to);
        if (bytes >= 16)
        {
            Vector128.Load(from).Store(to);
            from += 16;
            to += 16;
            bytes -= 16;
        }
        if (bytes >= 8)
        {
            *(long*)to = *(long*)from;
            from += 8;
            to += 8;
            bytes -= 8;
        }
        if (bytes >= 4) *(int*)to = *(int*)from;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose<T>(T* source, long laneStride, long lanes, long k, T* panel, int width) where T : unmanaged
    {
        // The last block overlaps the one before it rather than leave single lanes.
        if (sizeof(T) == 4 && lanes >= 4)
        {
            for (long i = 0; i < lanes; i += 4)
            {
                var lane = Math.Min(i, lanes - 4);
                var p = (float*)(source + lane * laneStride);
                Four(p, p + laneStride, p + 2 * laneStride, p + 3 * laneStride, k, (float*)(panel + lane), width);
            }
        }
        else if (sizeof(T) == 8 && lanes >= 2)
        {
            for (long i = 0; i < lanes; i += 2)
            {
                var lane = Math.Min(i, lanes - 2);
                var p = (double*)(source + lane * laneStride);
                Two(p, p + laneStride, k, (double*)(panel + lane), width);
            }
        }
        else
        {
            for (long p = 0; p < k; p++)
                for (long lane = 0; lane < lanes; lane++) panel[p * width + lane] = source[lane * laneStride + p];
        }
    }

    /// <summary>Four lanes, each contiguous along k, into columns of a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Four(float* p0, float* p1, float* p2, float* p3, long k, float* panel, int width)
    {
        long i = 0;
        for (; i + 4 <= k; i += 4, panel += 4 * width)
        {
            var (v0, v1, v2, v3) = (Vector128.Load(p0 + i), Vector128.Load(p1 + i), Vector128.Load(p2 + i), Vector128.Load(p3 + i));
            var (e0, o0, e1, o1) = (Even(v0, v1), Odd(v0, v1), Even(v2, v3), Odd(v2, v3));
            Even(e0, e1).Store(panel);
            Even(o0, o1).Store(panel + width);
            Odd(e0, e1).Store(panel + 2 * width);
            Odd(o0, o1).Store(panel + 3 * width);
        }
        for (; i < k; i++, panel += width) (panel[0], panel[1], panel[2], panel[3]) = (p0[i], p1[i], p2[i], p3[i]);
    }

    /// <summary>Two lanes, each contiguous along k, into columns of a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Two(double* p0, double* p1, long k, double* panel, int width)
    {
        long i = 0;
        for (; i + 2 <= k; i += 2, panel += 2 * width)
        {
            var (v0, v1) = (Vector128.Load(p0 + i), Vector128.Load(p1 + i));
            Vector128.Create(v0.GetLower(), v1.GetLower()).Store(panel);
            Vector128.Create(v0.GetUpper(), v1.GetUpper()).Store(panel + width);
        }
        for (; i < k; i++, panel += width) (panel[0], panel[1]) = (p0[i], p1[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Even(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.Shuffle(a, b, 0x88)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.UnzipEven(a, b)
        : Vector128.Create(a[0], a[2], b[0], b[2]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Odd(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.Shuffle(a, b, 0xDD)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.UnzipOdd(a, b)
        : Vector128.Create(a[1], a[3], b[1], b[3]);
}
