using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>Gradients of attention; weights are computed again, block by block, from the rows' logarithms of sums. T. Dao et al., "FlashAttention", arXiv:2205.14135.</summary>
internal static unsafe class AttentionBackward<E> where E : unmanaged, IFloatingPointIeee754<E>
{
    const long RowBlock = 64, KeyBlock = 128;

    internal static void Run(AttentionArgs<E> g)
    {
        if (Vector512.IsHardwareAccelerated) Run<V512<E>>(g);
        else if (Vector256.IsHardwareAccelerated) Run<V256<E>>(g);
        else if (Vector128.IsHardwareAccelerated) Run<V128<E>>(g);
        else Run<ScalarLane<E>>(g);
    }

    static void Run<V>(AttentionArgs<E> g) where V : struct, IMemoryLane<V, E>
    {
        var heads = g.Batch * g.Heads;
        if (heads * g.Rows * g.Keys * (g.Width + g.ValueWidth) <= 1 << 17)
        {
            for (long i = 0; i < heads; i++) Pass<V>(g, i / g.Heads, i % g.Heads, 0, g.Rows, 0, g.Keys, true, true);
        }
        else if (heads >= CpuThreads.Count)
        {
            CpuThreads.Each(heads, i => Pass<V>(g, i / g.Heads, i % g.Heads, 0, g.Rows, 0, g.Keys, true, true));
        }
        else
        {
            // The same blocks meet in the same order as in one pass, so the bits are the same, too.
            long rows = PanelProduct.Ceil(g.Rows, RowBlock), keys = PanelProduct.Ceil(g.Keys, KeyBlock), each = rows + keys;
            CpuThreads.Each(heads * each, i =>
            {
                long b = i / each / g.Heads, h = i / each % g.Heads, at = i % each;
                if (at < rows) Pass<V>(g, b, h, at * RowBlock, Math.Min(g.Rows, (at + 1) * RowBlock), 0, g.Keys, true, false);
                else Pass<V>(g, b, h, 0, g.Rows, (at - rows) * KeyBlock, Math.Min(g.Keys, (at - rows + 1) * KeyBlock), false, true);
            });
        }
    }

    /// <summary>What queries [r0, r1) and keys [k0, k1) of a head give to the gradient of those queries, or of those keys and values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Pass<V>(AttentionArgs<E> g, long b, long h, long r0, long r1, long k0, long k1, bool forQueries, bool forKeys) where V : struct, IMemoryLane<V, E>
    {
        var width = TileKernel<E>.Best.Cols;
        long panels = PanelProduct.Ceil(g.Width, width), valuePanels = PanelProduct.Ceil(g.ValueWidth, width), columns = panels * width, valueColumns = valuePanels * width;
        long keys = Math.Min(KeyBlock, PanelProduct.Ceil(k1 - k0, width) * width), rows = Math.Min(RowBlock, r1 - r0);
        var at = Scratch.Rent<E>(Scratch.Slot.Partial, 2 * rows * keys + keys * (g.Width + g.ValueWidth + 2 * columns + valueColumns) + rows * (columns + valueColumns) + (r1 - r0) * (1 + columns));
        E* Take(long n)
        {
            var taken = at;
            at += n;
            return taken;
        }
        E* weights = Take(rows * keys), slopes = Take(rows * keys), keysTurned = Take(keys * g.Width), valuesTurned = Take(keys * g.ValueWidth), keyPanels = Take(keys * columns);
        E* dk = Take(keys * columns), dv = Take(keys * valueColumns), queryPanels = Take(rows * columns), dyPanels = Take(rows * valueColumns), dots = Take(r1 - r0), dq = Take((r1 - r0) * columns);
        E* q = g.Q.At(b, h), k = g.K.At(b, h), v = g.V.At(b, h), y = g.Y.At(b, h), dy = g.DY.At(b, h), log = g.LogSum + (b * g.Heads + h) * g.Rows;
        for (var i = r0; i < r1; i++) dots[i - r0] = Dot<V>(y + i * g.Y.Row, dy + i * g.DY.Row, g.ValueWidth);
        if (forQueries) new Span<E>(dq, (int)((r1 - r0) * columns)).Clear();
        for (var c0 = k0; c0 < k1; c0 += KeyBlock)
        {
            var c1 = Math.Min(k1, c0 + KeyBlock);
            var inHand = g.Seen(r1, c1) - c0;
            if (inHand > 0)
            {
                Pack.Panels(k + c0 * g.K.Row, g.K.Row, 1, inHand, g.Width, keysTurned, width, 0, PanelProduct.Ceil(inHand, width));
                Pack.Panels(v + c0 * g.V.Row, g.V.Row, 1, inHand, g.ValueWidth, valuesTurned, width, 0, PanelProduct.Ceil(inHand, width));
                if (forQueries) Pack.Panels(k + c0 * g.K.Row, 1, g.K.Row, g.Width, inHand, keyPanels, width, 0, panels);
            }
            new Span<E>(dk, (int)(keys * (columns + valueColumns))).Clear();
            for (var i0 = r0; i0 < r1; i0 += RowBlock)
            {
                var i1 = Math.Min(r1, i0 + RowBlock);
                long n = i1 - i0, seen = Math.Min(inHand, g.Seen(i1, c1) - c0), across = PanelProduct.Ceil(seen, width);
                if (seen <= 0) continue;
                PanelProduct.Run(n, across, g.Width, q + i0 * g.Q.Row, g.Q.Row, 1, keysTurned, g.Width, g.Scale, E.Zero, weights, keys);
                PanelProduct.Run(n, across, g.ValueWidth, dy + i0 * g.DY.Row, g.DY.Row, 1, valuesTurned, g.ValueWidth, E.One, E.Zero, slopes, keys);
                for (var i = i0; i < i1; i++)
                {
                    var row = weights + (i - i0) * keys;
                    AttentionRows.AddMask<E, V>(g, b, h, i, c0, seen, row);
                    Slopes<V>(row, slopes + (i - i0) * keys, Math.Clamp(g.Seen(i + 1, c1) - c0, 0, seen), seen, log[i], dots[i - r0]);
                }
                if (forQueries) PanelProduct.Run(n, panels, seen, slopes, keys, 1, keyPanels, inHand, g.Scale, E.One, dq + (i0 - r0) * columns, columns);
                if (!forKeys) continue;
                Pack.Panels(q + i0 * g.Q.Row, 1, g.Q.Row, g.Width, n, queryPanels, width, 0, panels);
                Pack.Panels(dy + i0 * g.DY.Row, 1, g.DY.Row, g.ValueWidth, n, dyPanels, width, 0, valuePanels);
                PanelProduct.Run(seen, panels, n, slopes, 1, keys, queryPanels, n, g.Scale, E.One, dk, columns);
                PanelProduct.Run(seen, valuePanels, n, weights, 1, keys, dyPanels, n, E.One, E.One, dv, valueColumns);
            }
            if (!forKeys) continue;
            Write(dk, columns, g.DK.At(b, h) + c0 * g.DK.Row, g.DK.Row, c1 - c0, g.Width);
            Write(dv, valueColumns, g.DV.At(b, h) + c0 * g.DV.Row, g.DV.Row, c1 - c0, g.ValueWidth);
        }
        if (forQueries) Write(dq, columns, g.DQ.At(b, h) + r0 * g.DQ.Row, g.DQ.Row, r1 - r0, g.Width);
    }

    static void Write(E* from, long stride, E* to, long row, long rows, long n)
    {
        for (long i = 0; i < rows; i++) new ReadOnlySpan<E>(from + i * stride, (int)n).CopyTo(new Span<E>(to + i * row, (int)n));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static E Dot<V>(E* a, E* b, long n) where V : struct, IMemoryLane<V, E>
    {
        var spill = stackalloc E[64];
        var sum = V.Zero;
        long j = 0;
        for (; j <= n - V.Width; j += V.Width) sum = V.MulAdd(V.Load(a + j), V.Load(b + j), sum);
        V.Store(spill, sum);
        var total = E.Zero;
        for (var k = 0; k < V.Width; k++) total += spill[k];
        for (; j < n; j++) total += a[j] * b[j];
        return total;
    }

    /// <summary>Scores become weights, gradients of weights become those of scores; hidden ones, from <paramref name="n"/> to <paramref name="end"/>, zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Slopes<V>(E* s, E* d, long n, long end, E log, E dot) where V : struct, IMemoryLane<V, E>
    {
        if (E.IsNegativeInfinity(log)) n = 0;
        V vlog = V.Broadcast(log), vdot = V.Broadcast(dot);
        long j = 0;
        for (; j <= n - V.Width; j += V.Width)
        {
            var p = V.Exp(V.Load(s + j) - vlog);
            V.Store(s + j, p);
            V.Store(d + j, p * (V.Load(d + j) - vdot));
        }
        for (; j < n; j++)
        {
            ScalarLane<E>.Store(s + j, ScalarLane<E>.Exp(ScalarLane<E>.Broadcast(s[j] - log)));
            d[j] = s[j] * (d[j] - dot);
        }
        for (; j < end; j++) s[j] = d[j] = E.Zero;
    }
}
