using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>
/// Attention by blocks of keys, with the softmax corrected as larger scores turn up, so that no more than a block of scores exists at a time.
/// M. Milakov and N. Gimelshein, "Online normalizer calculation for softmax", arXiv:1805.02867; T. Dao et al., "FlashAttention", arXiv:2205.14135.
/// </summary>
internal static unsafe class AttentionForward<E> where E : unmanaged, IFloatingPointIeee754<E>
{
    /// <summary>Queries of a block of scores, which stays in the first-level cache with <see cref="KeyBlock"/> keys; queries of a task, which share packed keys.</summary>
    const long RowBlock = 24, KeyBlock = 256, TaskRows = 240;

    /// <summary>So few queries don't repay packing the keys and values.</summary>
    const long FewRows = 4;

    internal static void Run(AttentionArgs<E> g)
    {
        if (Vector512.IsHardwareAccelerated) Run<V512<E>>(g);
        else if (Vector256.IsHardwareAccelerated) Run<V256<E>>(g);
        else if (Vector128.IsHardwareAccelerated) Run<V128<E>>(g);
        else Run<ScalarLane<E>>(g);
    }

    static void Run<V>(AttentionArgs<E> g) where V : struct, IMemoryLane<V, E>
    {
        long heads = g.Batch * g.Heads, share = TaskRows;
        // A row's bits don't depend on the task it is in, so tasks may be cut to the number of threads.
        while (share > 2 * RowBlock && heads * PanelProduct.Ceil(g.Rows, share) < 2L * CpuThreads.Count) share /= 2;
        var each = PanelProduct.Ceil(g.Rows, share);
        void Body(long i)
        {
            var (head, r0) = (i / each, i % each * share);
            Task<V>(g, head / g.Heads, head % g.Heads, r0, Math.Min(g.Rows, r0 + share));
        }
        if (heads * g.Rows * g.Keys * (g.Width + g.ValueWidth) > 1 << 18) CpuThreads.Each(heads * each, Body);
        else
            for (long i = 0; i < heads * each; i++) Body(i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Task<V>(AttentionArgs<E> g, long b, long h, long r0, long r1) where V : struct, IMemoryLane<V, E>
    {
        var width = TileKernel<E>.Best.Cols;
        long keys = Math.Min(KeyBlock, PanelProduct.Ceil(g.Keys, width) * width), panels = PanelProduct.Ceil(g.ValueWidth, width), columns = panels * width, rows = r1 - r0;
        E* left = Scratch.Rent<E>(Scratch.Slot.Partial, keys * (g.Width + columns + RowBlock) + rows * (columns + 2)), right = left + keys * g.Width, scores = right + keys * columns, sums = scores + keys * RowBlock;
        E* max = sums + rows * columns, total = max + rows;
        E* q = g.Q.At(b, h), k = g.K.At(b, h), v = g.V.At(b, h);
        var few = !g.Again && g.Rows <= FewRows;
        new Span<E>(max, (int)rows).Fill(E.NegativeInfinity);
        new Span<E>(total, (int)rows).Clear();
        for (long c0 = 0; c0 < g.Seen(r1, g.Keys); c0 += KeyBlock)
        {
            var inHand = g.Seen(r1, Math.Min(g.Keys, c0 + KeyBlock)) - c0;
            E* someKeys = k + c0 * g.K.Row, someValues = v + c0 * g.V.Row;
            if (!few)
            {
                Pack.Panels(someKeys, g.K.Row, 1, inHand, g.Width, left, width, 0, PanelProduct.Ceil(inHand, width));
                Pack.Panels(someValues, 1, g.V.Row, g.ValueWidth, inHand, right, width, 0, panels);
            }
            for (var i0 = r0; i0 < r1; i0 += RowBlock)
            {
                var i1 = Math.Min(r1, i0 + RowBlock);
                var seen = Math.Min(inHand, g.Seen(i1, g.Keys) - c0);
                if (seen <= 0) continue;
                if (few) Gemm.Run(i1 - i0, seen, g.Width, g.Scale, q + i0 * g.Q.Row, g.Q.Row, 1, someKeys, 1, g.K.Row, E.Zero, scores, keys, 1);
                else PanelProduct.Run(i1 - i0, PanelProduct.Ceil(seen, width), g.Width, q + i0 * g.Q.Row, g.Q.Row, 1, left, g.Width, g.Scale, E.Zero, scores, keys);
                for (var i = i0; i < i1; i++)
                {
                    var row = scores + (i - i0) * keys;
                    AttentionRows.AddMask<E, V>(g, b, h, i, c0, seen, row);
                    Weigh<V>(row, Math.Clamp(g.Seen(i + 1, g.Keys) - c0, 0, seen), seen, max + (i - r0), total + (i - r0), c0 > 0 ? sums + (i - r0) * columns : null, columns);
                }
                E* to = sums + (i0 - r0) * columns;
                var before = c0 > 0 ? E.One : E.Zero;
                if (few) Gemm.Run(i1 - i0, g.ValueWidth, seen, E.One, scores, keys, 1, someValues, g.V.Row, 1, before, to, columns, 1);
                else PanelProduct.Run(i1 - i0, panels, seen, scores, keys, 1, right, inHand, E.One, before, to, columns);
            }
        }
        var y = g.Y.At(b, h);
        var log = g.LogSum + (b * g.Heads + h) * g.Rows;
        for (var i = r0; i < r1; i++)
        {
            var sum = total[i - r0];
            AttentionRows.Scaled<E, V>(sums + (i - r0) * columns, sum == E.Zero ? E.Zero : E.One / sum, y + i * g.Y.Row, g.ValueWidth);
            log[i] = sum == E.Zero ? E.NegativeInfinity : max[i - r0] + E.Log(sum);
        }
    }

    /// <summary>Scores become weights relative to the row's largest score so far, to which the sums of earlier blocks are brought. Those from <paramref name="n"/> to <paramref name="end"/> are hidden.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Weigh<V>(E* s, long n, long end, E* max, E* total, E* sums, long columns) where V : struct, IMemoryLane<V, E>
    {
        var spill = stackalloc E[64];
        var most = *max;
        long i = 0;
        if (n >= V.Width)
        {
            var m = V.Load(s);
            for (i = V.Width; i <= n - V.Width; i += V.Width) m = V.Max(m, V.Load(s + i));
            V.Store(spill, m);
            for (var k = 0; k < V.Width; k++) most = E.Max(most, spill[k]);
        }
        for (; i < n; i++) most = E.Max(most, s[i]);
        if (E.IsNegativeInfinity(most)) n = 0;
        var vmost = V.Broadcast(most);
        var sum = V.Zero;
        for (i = 0; i <= n - V.Width; i += V.Width)
        {
            var e = V.Exp(V.Load(s + i) - vmost);
            V.Store(s + i, e);
            sum += e;
        }
        V.Store(spill, sum);
        var all = E.Zero;
        for (var k = 0; k < V.Width; k++) all += spill[k];
        for (; i < n; i++)
        {
            ScalarLane<E>.Store(s + i, ScalarLane<E>.Exp(ScalarLane<E>.Broadcast(s[i] - most)));
            all += s[i];
        }
        for (; i < end; i++) s[i] = E.Zero;
        if (sums != null && most != *max)
        {
            var less = E.Exp(*max - most);
            *total *= less;
            AttentionRows.Scaled<E, V>(sums, less, sums, columns);
        }
        *total += all;
        *max = most;
    }
}

internal static unsafe class AttentionRows
{
    /// <summary>Adds the mask of query <paramref name="i"/> and <paramref name="n"/> keys from <paramref name="c0"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddMask<E, V>(in AttentionArgs<E> g, long b, long h, long i, long c0, long n, E* s) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>
    {
        if (g.Mask.First == null) return;
        var m = g.Mask.At(b, h) + i * g.Mask.Row + c0 * g.MaskStep;
        long j = 0;
        if (g.MaskStep == 0)
        {
            for (; j < n; j++) s[j] += *m;
            return;
        }
        for (; j <= n - V.Width; j += V.Width) V.Store(s + j, V.Load(s + j) + V.Load(m + j));
        for (; j < n; j++) s[j] += m[j];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Scaled<E, V>(E* x, E by, E* y, long n) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>
    {
        var all = V.Broadcast(by);
        long j = 0;
        for (; j <= n - V.Width; j += V.Width) V.Store(y + j, V.Load(x + j) * all);
        for (; j < n; j++) y[j] = x[j] * by;
    }
}
