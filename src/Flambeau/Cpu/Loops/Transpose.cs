using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Flambeau.Cpu;

/// <summary>Copies whose fast axis changes: in square blocks, so that both sides are read and written by whole cache lines.</summary>
internal static unsafe class Transpose
{
    const int Tile = 64;

    /// <summary>Copies if the layouts are a transposition worth blocking: the destination's fast axis isn't the source's.</summary>
    internal static bool TryCopy(Tensor x, Tensor y)
    {
        Layout from = x.Layout, to = y.Layout;
        if (to.Numel < 1024 || !from.SameSizes(to) || from.IsContiguous && to.IsContiguous) return false;
        int inner = Fast(to), outer = Fast(from);
        if (inner < 0 || outer < 0 || inner == outer || to.Sizes[inner] < 4 || to.Sizes[outer] < 4) return false;
        switch (x.DType.Size())
        {
            case 1: Run<byte>(x, y, inner, outer); break;
            case 2: Run<ushort>(x, y, inner, outer); break;
            case 4: Run<uint>(x, y, inner, outer); break;
            case 8: Run<ulong>(x, y, inner, outer); break;
            default: Run<UInt128>(x, y, inner, outer); break;
        }
        return true;
    }

    static int Fast(Layout l)
    {
        for (var d = l.Rank - 1; d >= 0; d--)
        {
            if (l.Sizes[d] > 1 && l.Strides[d] == 1) return d;
        }
        return -1;
    }

    /// <summary>For every position of the other axes, y[i, j] = x[i, j] where j is y's fast axis and i is x's.</summary>
    static void Run<T>(Tensor x, Tensor y, int inner, int outer) where T : unmanaged
    {
        Layout from = x.Layout, to = y.Layout;
        var rest = Enumerable.Range(0, to.Rank).Where(d => d != inner && d != outer && to.Sizes[d] > 1).ToArray();
        long[] sizes = [.. rest.Select(d => to.Sizes[d])];
        var sources = Offsets.Of(sizes, [.. rest.Select(d => from.Strides[d])]);
        var targets = Offsets.Of(sizes, [.. rest.Select(d => to.Strides[d])]);
        long rows = to.Sizes[outer], columns = to.Sizes[inner], rowStep = to.Strides[outer], columnStep = from.Strides[inner];
        long across = (columns + Tile - 1) / Tile, tiles = (rows + Tile - 1) / Tile * across;
        fixed (T* px = &x.First<T>(), py = &y.First<T>())
        {
            T* src = px, dst = py;
            CpuThreads.For(sources.Length * tiles, Math.Max(1, StridedLoop.Grain / (Math.Min(rows, Tile) * Math.Min(columns, Tile))), (first, last) =>
            {
                for (var k = first; k < last; k++)
                {
                    long r = k / tiles, i = k % tiles / across * Tile, j = k % tiles % across * Tile;
                    Block(src + sources[r] + i + j * columnStep, dst + targets[r] + i * rowStep + j, Math.Min(Tile, rows - i), Math.Min(Tile, columns - j), columnStep, rowStep);
                }
            });
        }
    }

    /// <summary>y[i·rowStep + j] = x[i + j·columnStep].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Block<T>(T* x, T* y, long rows, long columns, long columnStep, long rowStep) where T : unmanaged
    {
        long i = 0;
        if (sizeof(T) == 4 && Avx.IsSupported)
        {
            for (; i <= rows - 8; i += 8)
            {
                long j = 0;
                for (; j <= columns - 8; j += 8) Eight((float*)(x + i + j * columnStep), (float*)(y + i * rowStep + j), columnStep, rowStep);
                Plain(x + i + j * columnStep, y + i * rowStep + j, 8, columns - j, columnStep, rowStep);
            }
        }
        else if (sizeof(T) == 8 && Avx.IsSupported)
        {
            for (; i <= rows - 4; i += 4)
            {
                long j = 0;
                for (; j <= columns - 4; j += 4) Four((double*)(x + i + j * columnStep), (double*)(y + i * rowStep + j), columnStep, rowStep);
                Plain(x + i + j * columnStep, y + i * rowStep + j, 4, columns - j, columnStep, rowStep);
            }
        }
        Plain(x + i, y + i * rowStep, rows - i, columns, columnStep, rowStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Plain<T>(T* x, T* y, long rows, long columns, long columnStep, long rowStep) where T : unmanaged
    {
        for (long i = 0; i < rows; i++)
        {
            for (long j = 0; j < columns; j++) y[i * rowStep + j] = x[i + j * columnStep];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Eight(float* x, float* y, long sx, long sy)
    {
        var a = Avx.LoadVector256(x);
        var b = Avx.LoadVector256(x + sx);
        var c = Avx.LoadVector256(x + 2 * sx);
        var d = Avx.LoadVector256(x + 3 * sx);
        var e = Avx.LoadVector256(x + 4 * sx);
        var f = Avx.LoadVector256(x + 5 * sx);
        var g = Avx.LoadVector256(x + 6 * sx);
        var h = Avx.LoadVector256(x + 7 * sx);
        Quads(a, b, c, d, out var p0, out var p1, out var p2, out var p3);
        Quads(e, f, g, h, out var q0, out var q1, out var q2, out var q3);
        Avx.Store(y, Avx.Permute2x128(p0, q0, 0x20));
        Avx.Store(y + sy, Avx.Permute2x128(p1, q1, 0x20));
        Avx.Store(y + 2 * sy, Avx.Permute2x128(p2, q2, 0x20));
        Avx.Store(y + 3 * sy, Avx.Permute2x128(p3, q3, 0x20));
        Avx.Store(y + 4 * sy, Avx.Permute2x128(p0, q0, 0x31));
        Avx.Store(y + 5 * sy, Avx.Permute2x128(p1, q1, 0x31));
        Avx.Store(y + 6 * sy, Avx.Permute2x128(p2, q2, 0x31));
        Avx.Store(y + 7 * sy, Avx.Permute2x128(p3, q3, 0x31));
    }

    /// <summary>Transposes the 4×4 matrices in the lower and in the upper halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Quads(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d,
        out Vector256<float> r0, out Vector256<float> r1, out Vector256<float> r2, out Vector256<float> r3)
    {
        Vector256<float> ab = Avx.UnpackLow(a, b), cd = Avx.UnpackLow(c, d), ab2 = Avx.UnpackHigh(a, b), cd2 = Avx.UnpackHigh(c, d);
        r0 = Avx.Shuffle(ab, cd, 0x44);
        r1 = Avx.Shuffle(ab, cd, 0xEE);
        r2 = Avx.Shuffle(ab2, cd2, 0x44);
        r3 = Avx.Shuffle(ab2, cd2, 0xEE);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Four(double* x, double* y, long sx, long sy)
    {
        Vector256<double> a = Avx.LoadVector256(x), b = Avx.LoadVector256(x + sx), c = Avx.LoadVector256(x + 2 * sx), d = Avx.LoadVector256(x + 3 * sx);
        Vector256<double> low = Avx.UnpackLow(a, b), high = Avx.UnpackHigh(a, b), low2 = Avx.UnpackLow(c, d), high2 = Avx.UnpackHigh(c, d);
        Avx.Store(y, Avx.Permute2x128(low, low2, 0x20));
        Avx.Store(y + sy, Avx.Permute2x128(high, high2, 0x20));
        Avx.Store(y + 2 * sy, Avx.Permute2x128(low, low2, 0x31));
        Avx.Store(y + 3 * sy, Avx.Permute2x128(high, high2, 0x31));
    }
}
