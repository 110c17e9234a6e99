using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>The gradient of a recurrent layer: steps in reverse order for what flows along the states, then one product over all steps for the weights.</summary>
internal static unsafe class RecurrentBackward<E, C> where E : unmanaged, IFloatingPointIeee754<E> where C : struct, IRecurrentCell
{
    /// <summary>Depth of a piece of a panel, which fits the first-level cache.</summary>
    const long Depth = 256;

    /// <param name="g">What the forward pass saw and gave; Carry holds zeros and receives the gradient of the initial cell, or of the hidden state but for what passes the weights.</param>
    /// <param name="dh0">Gradient of the initial hidden state; Carry itself where the hidden state passes beside the weights. Null if not wanted.</param>
    /// <param name="dw">Gradient of the state's weights, or null.</param>
    internal static void Run(RecurrentArgs<E> g, E* dh0, E* dw)
    {
        if (Vector512.IsHardwareAccelerated) Run<V512<E>>(g);
        else if (Vector256.IsHardwareAccelerated) Run<V256<E>>(g);
        else if (Vector128.IsHardwareAccelerated) Run<V128<E>>(g);
        else Run<ScalarLane<E>>(g);
        long rows = C.Gates * g.Hidden, step = g.Batch * rows, first = g.Time(0);
        if (dh0 != null)
            Gemm.Run(false, false, g.Batch, g.Hidden, rows, E.One, g.DU + first * step, rows, g.Weight, g.Hidden, C.PassesHidden ? E.One : E.Zero, dh0, g.Hidden);
        if (dw == null) return;
        Gemm.Run(true, false, rows, g.Hidden, g.Batch, E.One, g.DU + first * step, rows, g.H0, g.Hidden, E.Zero, dw, g.Hidden);
        // All steps but the first meet the hidden state of the step before.
        E* du = g.Reverse ? g.DU : g.DU + step, h = g.Reverse ? g.H + g.Batch * g.Hidden : g.H;
        if (g.Steps > 1) Gemm.Run(true, false, rows, g.Hidden, (g.Steps - 1) * g.Batch, E.One, du, rows, h, g.Hidden, E.One, dw, g.Hidden);
    }

    static void Run<V>(RecurrentArgs<E> g) where V : struct, IMemoryLane<V, E>
    {
        var width = TileKernel<E>.Best.Cols;
        long panels = RecurrentShares.Ceil(g.Hidden, width), depth = C.Gates * g.Hidden, work = g.Batch * depth * width;
        var packed = g.Steps == 1 ? null : Scratch.Rent<E>(Scratch.Slot.Source, panels * depth * width);
        if (g.Steps > 1)
            CpuThreads.For(panels, Math.Max(1, (1 << 14) / (width * depth)), (first, end) => Pack.Panels(g.Weight, 1, g.Hidden, g.Hidden, depth, packed, width, first, end));
        if (RecurrentShares.ByRows(g.Batch))
        {
            CpuThreads.For(g.Batch, Math.Max(4, (1 << 18) / Math.Max(1, g.Steps * g.Hidden * depth)), (first, end) =>
            {
                for (var s = g.Steps - 1; s >= 0; s--) Step<V>(g, packed, s, first, end, 0, panels);
            });
            return;
        }
        for (var i = g.Steps - 1; i >= 0; i--)
        {
            var s = i;
            CpuThreads.For(panels, Math.Max(1, (1 << 17) / work), (first, end) => Step<V>(g, packed, s, 0, g.Batch, first, end));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Step<V>(RecurrentArgs<E> g, E* packed, long s, long r0, long r1, long p0, long p1) where V : struct, IMemoryLane<V, E>
    {
        var kernel = TileKernel<E>.Best;
        int width = kernel.Cols, height = kernel.Rows;
        var depth = C.Gates * g.Hidden;
        long stride = (p1 - p0) * width, rows = RecurrentShares.Rows(stride);
        var flow = Scratch.Rent<E>(Scratch.Slot.Partial, Math.Min(rows, r1 - r0) * stride);
        var last = s == g.Steps - 1;
        var later = last ? null : g.DU + g.Time(s + 1) * g.Batch * depth;
        for (; r0 < r1; r0 += rows)
        {
            var end = Math.Min(r1, r0 + rows);
            for (var p = last ? p1 : p0; p < p1; p++)
            {
                for (long k = 0; k < depth; k += Depth)
                {
                    for (var r = r0; r < end; r += height)
                        kernel.Strided(Math.Min(height, end - r), Math.Min(Depth, depth - k), later + r * depth + k, depth, 1, packed + (p * depth + k) * width, width,
                            E.One, k == 0 ? E.Zero : E.One, flow + (r - r0) * stride + (p - p0) * width, stride);
                }
            }
            Formulas<V>(g, s, r0, end, p0 * width, Math.Min(stride, g.Hidden - p0 * width), last ? null : flow, stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Formulas<V>(RecurrentArgs<E> g, long s, long r0, long r1, long unit, long units, E* flow, long stride) where V : struct, IMemoryLane<V, E>
    {
        long t = g.Time(s) * g.Batch, hidden = g.Hidden;
        E* hBefore = g.Before(s, g.H0, g.H), cBefore = C.HasCell ? g.Before(s, g.C0, g.C) : null;
        for (var r = r0; r < r1; r++)
        {
            long at = r * hidden + unit, all = t * hidden + at, gates = (t + r) * C.Gates * hidden + unit;
            var row = new BackRow<E>
            {
                Hidden = hidden, U = flow == null ? null : flow + (r - r0) * stride,
                Kept = g.Kept + (t + r) * C.Kept * hidden + unit,
                HBefore = hBefore + at, CBefore = cBefore + at, H = g.H + all, C = g.C + all,
                DH = g.DH == null ? null : g.DH + all, DC = g.DC == null ? null : g.DC + all,
                Carry = g.Carry + at, DX = g.DX + gates, DU = g.DU + gates,
            };
            long i = 0;
            for (; i <= units - V.Width; i += V.Width) C.Backward<E, V>(row, i);
            for (; i < units; i++) C.Backward<E, ScalarLane<E>>(row, i);
        }
    }
}
