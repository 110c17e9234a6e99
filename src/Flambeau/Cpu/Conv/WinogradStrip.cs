using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lane = System.Runtime.Intrinsics.Vector256<float>;

namespace Flambeau.Cpu;

/// <summary>
/// Tiles of one row of tiles of one channel, eight side by side in the lanes of a vector: their input and output transforms,
/// between image rows and matrices [point][channel][tile].
/// </summary>
internal static unsafe class WinogradStrip<F> where F : struct, IWinogradForm
{
    /// <summary>Points of a tile along one axis.</summary>
    public static int Points => F.Outputs + 2;

    /// <summary>
    /// Bᵀ d B of the tiles whose first rows and columns lie at image row <paramref name="top"/> and column <paramref name="left"/>, which may be outside: zeros are read there.
    /// Stores whole vectors: up to 7 entries after the last tile.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input(float* image, long height, long width, long top, long left, long tiles, float* to, long pointStride, float* row)
    {
        var n = Points;
        var m = F.Outputs;
        var d = stackalloc Lane[36];
        var v = stackalloc Lane[36];
        for (long group = 0; group < tiles; group += 8, to += 8)
        {
            for (var i = 0; i < n; i++)
            {
                var y = top + i;
                if (y < 0 || y >= height)
                {
                    for (var j = 0; j < n; j++) d[i * n + j] = default;
                    continue;
                }
                var x = left + group * m;
                var from = image + y * width + x;
                if (x < 0 || x + 8 * m + 2 > width)
                {
                    Row(image + y * width, width, x, 8 * m + 2, row);
                    from = row;
                }
                Columns(from, d + i * n);
            }
            for (var j = 0; j < n; j++) F.Input(d + j, n, v + j, n);
            for (var i = 0; i < n; i++) F.Input(v + i * n, 1, d + i * n, 1);
            for (var i = 0; i < n * n; i++) d[i].Store(to + i * pointStride);
        }
    }

    /// <summary>A dY Aᵀ of tiles of m × m; entries past the image are zeros.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OutputAdjoint(float* image, long height, long width, long top, long tiles, float* to, long pointStride, float* row)
    {
        var n = Points;
        var m = F.Outputs;
        var y = stackalloc Lane[36];
        var v = stackalloc Lane[36];
        for (long group = 0; group < tiles; group += 8, to += 8)
        {
            for (var i = 0; i < m; i++)
            {
                if (top + i >= height)
                {
                    for (var j = 0; j < m; j++) y[i * n + j] = default;
                    continue;
                }
                var from = image + (top + i) * width + group * m;
                if (group * m + 8 * m + 2 > width)
                {
                    Row(image + (top + i) * width, width, group * m, 8 * m + 2, row);
                    from = row;
                }
                Columns(from, y + i * n);
            }
            for (var j = 0; j < m; j++) F.OutputAdjoint(y + j, n, v + j, n);
            for (var i = 0; i < n; i++) F.OutputAdjoint(v + i * n, 1, y + i * n, 1);
            for (var i = 0; i < n * n; i++) y[i].Store(to + i * pointStride);
        }
    }

    /// <summary>Aᵀ p A of tiles, plus the bias, to m image rows from <paramref name="top"/>; what lies outside is dropped.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output(float* from, long pointStride, long tiles, float bias, float* image, long height, long width, long top, float* row)
    {
        var n = Points;
        var m = F.Outputs;
        var p = stackalloc Lane[36];
        var q = stackalloc Lane[36];
        var add = Vector256.Create(bias);
        for (long group = 0; group < tiles; group += 8, from += 8)
        {
            for (var i = 0; i < n * n; i++) p[i] = Vector256.Load(from + i * pointStride);
            for (var j = 0; j < n; j++) F.Output(p + j, n, q + j, n);
            for (var i = 0; i < m; i++) F.Output(q + i * n, 1, p + i * n, 1);
            var left = group * m;
            var count = Math.Min(8 * m, width - left);
            for (var i = 0; i < m && top + i < height; i++)
            {
                for (var j = 0; j < m; j++) p[i * n + j] += add;
                var to = image + (top + i) * width + left;
                if (count == 8 * m)
                {
                    Interleave(p + i * n, to);
                    continue;
                }
                Interleave(p + i * n, row);
                Unsafe.CopyBlockUnaligned(to, row, (uint)count * sizeof(float));
            }
        }
    }

    /// <summary>Entries x .. x + count of an image row, zeros outside.</summary>
    static void Row(float* image, long width, long x, int count, float* row)
    {
        var all = new Span<float>(row, count);
        var begin = (int)Math.Clamp(-x, 0, count);
        var end = (int)Math.Clamp(width - x, begin, count);
        all[..begin].Clear();
        new ReadOnlySpan<float>(image + x + begin, end - begin).CopyTo(all[begin..]);
        all[end..].Clear();
    }

    /// <summary>Lane k of column j is entry m·k + j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Columns(float* from, Lane* to)
    {
        if (F.Outputs == 4)
        {
            Split4(Vector256.Load(from), Vector256.Load(from + 8), Vector256.Load(from + 16), Vector256.Load(from + 24), out var a, out var b, out var c, out var d);
            (to[0], to[1], to[2], to[3]) = (a, b, c, d);
            to[4] = Next(a, from[32]);
            to[5] = Next(b, from[33]);
        }
        else
        {
            Lane low = Vector256.Load(from), high = Vector256.Load(from + 8);
            var (e, o) = (Vector256.Shuffle(low, Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7)), Vector256.Shuffle(high, Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7)));
            to[0] = Vector256.Create(e.GetLower(), o.GetLower());
            to[1] = Vector256.Create(e.GetUpper(), o.GetUpper());
            to[2] = Next(to[0], from[16]);
            to[3] = Next(to[1], from[17]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Lane Next(Lane a, float last) => Vector256.Shuffle(a, Vector256.Create(1, 2, 3, 4, 5, 6, 7, 0)).WithElement(7, last);

    /// <summary>The inverse of taking columns: entry m·k + j is lane k of column j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Interleave(Lane* from, float* to)
    {
        if (F.Outputs == 4)
        {
            var order = Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7);
            Transpose(from[0].AsDouble(), from[1].AsDouble(), from[2].AsDouble(), from[3].AsDouble(), out var a, out var b, out var c, out var d);
            Vector256.Shuffle(a.AsSingle(), order).Store(to);
            Vector256.Shuffle(b.AsSingle(), order).Store(to + 8);
            Vector256.Shuffle(c.AsSingle(), order).Store(to + 16);
            Vector256.Shuffle(d.AsSingle(), order).Store(to + 24);
        }
        else
        {
            var order = Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7);
            Vector256.Shuffle(Vector256.Create(from[0].GetLower(), from[1].GetLower()), order).Store(to);
            Vector256.Shuffle(Vector256.Create(from[0].GetUpper(), from[1].GetUpper()), order).Store(to + 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Split4(Lane a, Lane b, Lane c, Lane d, out Lane p, out Lane q, out Lane r, out Lane s)
    {
        var order = Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7);
        Transpose(Vector256.Shuffle(a, order).AsDouble(), Vector256.Shuffle(b, order).AsDouble(), Vector256.Shuffle(c, order).AsDouble(), Vector256.Shuffle(d, order).AsDouble(),
            out var w, out var x, out var y, out var z);
        (p, q, r, s) = (w.AsSingle(), x.AsSingle(), y.AsSingle(), z.AsSingle());
    }

    /// <summary>Rows to columns of a 4 × 4 matrix of pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Transpose(Vector256<double> a, Vector256<double> b, Vector256<double> c, Vector256<double> d,
        out Vector256<double> w, out Vector256<double> x, out Vector256<double> y, out Vector256<double> z)
    {
        if (Avx.IsSupported)
        {
            Vector256<double> e = Avx.UnpackLow(a, b), f = Avx.UnpackHigh(a, b), g = Avx.UnpackLow(c, d), h = Avx.UnpackHigh(c, d);
            w = Avx.Permute2x128(e, g, 0x20);
            x = Avx.Permute2x128(f, h, 0x20);
            y = Avx.Permute2x128(e, g, 0x31);
            z = Avx.Permute2x128(f, h, 0x31);
            return;
        }
        w = Vector256.Create(a[0], b[0], c[0], d[0]);
        x = Vector256.Create(a[1], b[1], c[1], d[1]);
        y = Vector256.Create(a[2], b[2], c[2], d[2]);
        z = Vector256.Create(a[3], b[3], c[3], d[3]);
    }
}
