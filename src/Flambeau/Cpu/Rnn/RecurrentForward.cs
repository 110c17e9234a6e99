using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>
/// A recurrent layer over all its steps. The state's weights are packed once; a step multiplies into a buffer of some units' gates and the formulas take them from there.
/// After J. Appleyard, T. Kocisky and P. Blunsom, "Optimizing Performance of Recurrent Neural Networks on GPUs", arXiv:1604.01946.
/// </summary>
internal static unsafe class RecurrentForward<E, C> where E : unmanaged, IFloatingPointIeee754<E> where C : struct, IRecurrentCell
{
    internal static void Run(RecurrentArgs<E> g)
    {
        if (Vector512.IsHardwareAccelerated) Run<V512<E>>(g);
        else if (Vector256.IsHardwareAccelerated) Run<V256<E>>(g);
        else if (Vector128.IsHardwareAccelerated) Run<V128<E>>(g);
        else Run<ScalarLane<E>>(g);
    }

    static void Run<V>(RecurrentArgs<E> g) where V : struct, IMemoryLane<V, E>
    {
        if (g.Steps == 1)
        {
            Single<V>(g);
            return;
        }
        var width = TileKernel<E>.Best.Cols;
        long panels = RecurrentShares.Ceil(g.Hidden, width), work = g.Batch * g.Hidden * width * C.Gates;
        var packed = Scratch.Rent<E>(Scratch.Slot.Source, panels * C.Gates * g.Hidden * width);
        CpuThreads.For(panels * C.Gates, Math.Max(1, (1 << 14) / (width * g.Hidden)), (first, end) =>
        {
            for (var i = first; i < end; i++)
            {
                long p = i / C.Gates * width, gate = i % C.Gates;
                Pack.Panel(g.Weight + (gate * g.Hidden + p) * g.Hidden, g.Hidden, 1, Math.Min(width, g.Hidden - p), g.Hidden, packed + i * g.Hidden * width, width);
            }
        });
        if (RecurrentShares.ByRows(g.Batch))
        {
            CpuThreads.For(g.Batch, Math.Max(4, (1 << 18) / Math.Max(1, g.Steps * g.Hidden * g.Hidden * C.Gates)), (first, end) =>
            {
                for (long s = 0; s < g.Steps; s++) Step<V>(g, packed, s, first, end, 0, panels);
            });
            return;
        }
        for (long i = 0; i < g.Steps; i++)
        {
            var s = i;
            CpuThreads.For(panels, Math.Max(1, (1 << 17) / work), (first, end) => Step<V>(g, packed, s, 0, g.Batch, first, end));
        }
    }

    /// <summary>A step of rows [r0, r1) and the units of panels [p0, p1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Step<V>(RecurrentArgs<E> g, E* packed, long s, long r0, long r1, long p0, long p1) where V : struct, IMemoryLane<V, E>
    {
        var kernel = TileKernel<E>.Best;
        int width = kernel.Cols, height = kernel.Rows;
        long apart = (p1 - p0) * width, stride = C.Gates * apart, rows = RecurrentShares.Rows(stride);
        var gates = Scratch.Rent<E>(Scratch.Slot.Partial, Math.Min(rows, r1 - r0) * stride);
        var before = g.Before(s, g.H0, g.H);
        for (; r0 < r1; r0 += rows)
        {
            var end = Math.Min(r1, r0 + rows);
            for (var i = p0 * C.Gates; i < p1 * C.Gates; i++)
            {
                var to = gates + i % C.Gates * apart + (i / C.Gates - p0) * width;
                for (var r = r0; r < end; r += height)
                    kernel.Strided(Math.Min(height, end - r), g.Hidden, before + r * g.Hidden, g.Hidden, 1, packed + i * g.Hidden * width, width, E.One, E.Zero, to + (r - r0) * stride, stride);
            }
            Formulas<V>(g, s, r0, end, p0 * width, Math.Min(apart, g.Hidden - p0 * width), gates, stride, apart);
        }
    }

    /// <summary>One step only doesn't repay packing.</summary>
    static void Single<V>(RecurrentArgs<E> g) where V : struct, IMemoryLane<V, E>
    {
        var stride = C.Gates * g.Hidden;
        var gates = Scratch.Rent<E>(Scratch.Slot.Source, g.Batch * stride);
        Gemm.Run(false, true, g.Batch, stride, g.Hidden, E.One, g.H0, g.Hidden, g.Weight, g.Hidden, E.Zero, gates, stride);
        CpuThreads.For(g.Batch, Math.Max(1, StridedLoop.Grain / 8 / stride), (first, end) =>
            Formulas<V>(g, 0, first, end, 0, g.Hidden, gates + first * stride, stride, g.Hidden));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Formulas<V>(RecurrentArgs<E> g, long s, long r0, long r1, long unit, long units, E* gates, long stride, long apart) where V : struct, IMemoryLane<V, E>
    {
        long t = g.Time(s) * g.Batch, hidden = g.Hidden;
        E* hBefore = g.Before(s, g.H0, g.H), cBefore = C.HasCell ? g.Before(s, g.C0, g.C) : null;
        for (var r = r0; r < r1; r++, gates += stride)
        {
            var at = r * hidden + unit;
            var row = new StepRow<E>
            {
                Hidden = hidden, Apart = apart, U = gates,
                X = g.X + (t + r) * C.Gates * hidden + unit,
                Bias = g.Bias == null ? null : g.Bias + unit,
                Kept = g.Kept == null ? null : g.Kept + (t + r) * C.Kept * hidden + unit,
                HBefore = hBefore + at, H = g.H + t * hidden + at,
                CBefore = cBefore + at, C = g.C + t * hidden + at,
            };
            long i = 0;
            for (; i <= units - V.Width; i += V.Width) C.Forward<E, V>(row, i);
            for (; i < units; i++) C.Forward<E, ScalarLane<E>>(row, i);
        }
    }
}
