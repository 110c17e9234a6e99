using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lane = System.Runtime.Intrinsics.Vector256<float>;

namespace Flambeau.Cpu;

/// <summary>The gradient of the weights of a <see cref="Winograd"/> convolution: for each point, tiles of the input by tiles of the gradient.</summary>
internal static unsafe class WinogradWeight<F, V, S> where F : struct, IWinogradForm where V : struct where S : struct, ISimd<float, V>
{
    /// <summary>Entries of the matrices of a batch of tiles.</summary>
    const long BatchFloats = 1 << 19, CopyFloats = 1 << 20;

    const int Rows = 6;

    static int Points => (F.Outputs + 2) * (F.Outputs + 2);

    internal static void Run(in ConvShape c, float* x, float* dy, float* dw)
    {
        var s = new BlockedShape
        {
            N = c.N, Cin = c.Cin, Cout = c.Cout, Block = S.Count, H = c.In[1], W = c.In[2], OutH = c.Out[1], OutW = c.Out[2], KernelH = 3, KernelW = 3, StrideH = 1, StrideW = 1,
            PadH = c.Pad[1], PadW = c.Pad[2], DilationH = 1, DilationW = 1,
        };
        long from = s.InBlocks * s.Block, to = s.OutBlocks * s.Block, perImage = (s.OutH + F.Outputs - 1) / F.Outputs * ((s.OutW + F.Outputs - 1) / F.Outputs);
        long round = Math.Clamp(CopyFloats / Math.Max(1, from * s.H * s.W + to * s.OutH * s.OutW), 1, c.N), most = Math.Min(Math.Max(48, BatchFloats / (Points * (from + to))), round * perImage);
        // Tiles are not a power of two apart: what a register tile reads would share a cache set.
        long wide = 2 * S.Count, pairs = (to + wide - 1) / wide, tile = from + S.Count, pointIn = most * tile + 16, pointOut = most * pairs * wide + 16, pointSum = from * to;
        float* v = Scratch.Rent<float>(Scratch.Slot.Right, Points * pointIn), q = Scratch.Rent<float>(Scratch.Slot.Left, Points * pointOut), sums = Scratch.Rent<float>(Scratch.Slot.Partial, Points * pointSum);
        var groups = (s.Cin + Rows - 1) / Rows;
        for (long n = 0; n < c.N; n += round)
        {
            s.N = Math.Min(round, c.N - n);
            float* images = Winograd.Copy(s.N, c.Cin, c.In.Volume, s.Block, x + n * c.Cin * c.In.Volume, Scratch.Slot.Source);
            float* gradients = Winograd.Copy(s.N, c.Cout, c.Out.Volume, s.Block, dy + n * c.Cout * c.Out.Volume, Scratch.Slot.Table);
            var shape = s;
            for (long first = 0; first < s.N * perImage; first += most)
            {
                long at = first, count = Math.Min(most, s.N * perImage - first);
                var beta = n > 0 || first > 0;
                CpuThreads.For(count, Math.Max(1, 1024 / (from + to)), (begin, end) =>
                {
                    WinogradTiles<F, V, S>.Input(shape, images, at, begin, end, v, tile, pointIn);
                    Adjoint(shape, gradients, at, begin, end, q, most * wide, pointOut);
                });
                CpuThreads.For(Points * groups, Math.Max(1, 150_000 / (count * Rows * to)), (begin, end) =>
                {
                    for (var i = begin; i < end; i++)
                    {
                        var (point, group) = Math.DivRem(i, groups);
                        var row = group * Rows;
                        float* a = v + point * pointIn + row, b = q + point * pointOut, sum = sums + point * pointSum + row * to;
                        var rows = Math.Min(Rows, shape.Cin - row);
                        for (long j = 0; j < to; j += wide, b += most * wide)
                        {
                            if (j + wide <= to) Two(a, tile, b, wide, count, rows, sum + j, to, beta);
                            else One(a, tile, b, wide, count, rows, sum + j, to, beta);
                        }
                    }
                });
            }
        }
        WinogradFilters.Gradient<F>(c.Cin, c.Cout, to, pointSum, sums, dw);
    }

    /// <summary>A dY Aᵀ of tiles first + begin … first + end, to [point][pair of registers][tile][channels of the pair]; pixels past the image are zeros.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Adjoint(in BlockedShape s, float* dy, long first, long begin, long end, float* result, long pairStride, long pointStride)
    {
        int n = F.Outputs + 2, m = F.Outputs, row = (int)(s.OutW * s.Block / 8), pixel = s.Block / 8, point = (int)(pointStride / 8);
        long wide = 2 * S.Count, down = (s.OutH + m - 1) / m, across = (s.OutW + m - 1) / m;
        var d = stackalloc Lane[16];
        var v = stackalloc Lane[24];
        for (var t = begin; t < end; t++)
        {
            var (r, q) = Math.DivRem(first + t, across);
            var (image, down0) = Math.DivRem(r, down);
            long top = down0 * m, left = q * m;
            var inside = top + m <= s.OutH && left + m <= s.OutW;
            for (long block = 0; block < s.OutBlocks; block++)
                for (var half = 0; half < s.Block; half += 8)
                {
                    var channel = block * s.Block + half;
                    var to = result + channel / wide * pairStride + t * wide + channel % wide;
                    var at = (Lane*)(dy + (((image * s.OutBlocks + block) * s.OutH + top) * s.OutW + left) * s.Block + half);
                    if (inside)
                    {
                        for (var j = 0; j < m; j++) F.OutputAdjoint(at + j * pixel, row, v + j, m);
                    }
                    else
                    {
                        for (var i = 0; i < m; i++)
                            for (var j = 0; j < m; j++) d[i * m + j] = top + i >= s.OutH || left + j >= s.OutW ? default : at[i * row + j * pixel];
                        for (var j = 0; j < m; j++) F.OutputAdjoint(d + j, m, v + j, m);
                    }
                    for (var i = 0; i < n; i++) F.OutputAdjoint(v + i * m, 1, (Lane*)to + i * n * point, point);
                }
        }
    }

    /// <summary>sum[i, j] (+)= Σ a[k, i] · b[k, j] for up to six rows by two registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Two(float* a, long aStep, float* b, long bStep, long count, long rows, float* sum, long sumStep, bool add)
    {
        var n = S.Count;
        V a0, a1, a2, a3, a4, a5, b0, b1, b2, b3, b4, b5;
        a0 = a1 = a2 = a3 = a4 = a5 = b0 = b1 = b2 = b3 = b4 = b5 = S.All(0);
        // Rows beyond the last are the last once more.
        nint i1 = rows > 1 ? 1 : 0, i2 = rows > 2 ? 2 : i1, i3 = rows > 3 ? 3 : i2, i4 = rows > 4 ? 4 : i3, i5 = rows > 5 ? 5 : i4;
        if (add)
        {
            a0 = S.Load(sum); b0 = S.Load(sum + n);
            a1 = S.Load(sum + i1 * sumStep); b1 = S.Load(sum + i1 * sumStep + n);
            a2 = S.Load(sum + i2 * sumStep); b2 = S.Load(sum + i2 * sumStep + n);
            a3 = S.Load(sum + i3 * sumStep); b3 = S.Load(sum + i3 * sumStep + n);
            a4 = S.Load(sum + i4 * sumStep); b4 = S.Load(sum + i4 * sumStep + n);
            a5 = S.Load(sum + i5 * sumStep); b5 = S.Load(sum + i5 * sumStep + n);
        }
        float* p1 = a + i1, p2 = a + i2, p3 = a + i3, p4 = a + i4, p5 = a + i5;
        for (long k = 0, at = 0; k < count; k++, at += aStep, b += bStep)
        {
            V x = S.Load(b), y = S.Load(b + n), z = S.All(a[at]);
            a0 = S.Fma(z, x, a0); b0 = S.Fma(z, y, b0);
            z = S.All(p1[at]);
            a1 = S.Fma(z, x, a1); b1 = S.Fma(z, y, b1);
            z = S.All(p2[at]);
            a2 = S.Fma(z, x, a2); b2 = S.Fma(z, y, b2);
            z = S.All(p3[at]);
            a3 = S.Fma(z, x, a3); b3 = S.Fma(z, y, b3);
            z = S.All(p4[at]);
            a4 = S.Fma(z, x, a4); b4 = S.Fma(z, y, b4);
            z = S.All(p5[at]);
            a5 = S.Fma(z, x, a5); b5 = S.Fma(z, y, b5);
        }
        S.Store(sum, a0); S.Store(sum + n, b0);
        S.Store(sum + i1 * sumStep, a1); S.Store(sum + i1 * sumStep + n, b1);
        S.Store(sum + i2 * sumStep, a2); S.Store(sum + i2 * sumStep + n, b2);
        S.Store(sum + i3 * sumStep, a3); S.Store(sum + i3 * sumStep + n, b3);
        S.Store(sum + i4 * sumStep, a4); S.Store(sum + i4 * sumStep + n, b4);
        S.Store(sum + i5 * sumStep, a5); S.Store(sum + i5 * sumStep + n, b5);
    }

    /// <summary>The same by one register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void One(float* a, long aStep, float* b, long bStep, long count, long rows, float* sum, long sumStep, bool add)
    {
        for (long i = 0; i < rows; i++)
        {
            var total = add ? S.Load(sum + i * sumStep) : S.All(0);
            for (long k = 0; k < count; k++) total = S.Fma(S.All(a[k * aStep + i]), S.Load(b + k * bStep), total);
            S.Store(sum + i * sumStep, total);
        }
    }
}
