using System.Runtime.CompilerServices;
using Flambeau.Ops;

namespace Flambeau.Cpu;

/// <summary>Loops of a reduction formula for one element type and lane.</summary>
internal static unsafe class ReduceLoops<TOp, E, V, S>
    where TOp : struct, IReduction where E : unmanaged where V : struct, IMemoryLane<V, E> where S : struct, IMemoryLane<S, E>
{
    const int Block = 1024;
    const int Levels = 48;

    /// <summary>All reduced elements of one output.</summary>
    internal static E Row(in TOp op, E* x, ReducePlan plan)
    {
        long length = plan.Sizes[^1], stride = plan.Strides[^1], runs = plan.ReducedCount == 0 ? 0 : plan.ReducedCount / length;
        if (runs == 1) return Run(op, x, length, stride);
        var partial = stackalloc E[Levels];
        for (long r = 0; r < runs; r++) Push(op, partial, r, Run(op, x + plan.RunOffset(r), length, stride));
        return Total(op, partial, runs);
    }

    /// <summary>A single run of elements, for reductions that have no plan.</summary>
    internal static E Run(in TOp op, E* x, long length, long stride)
    {
        if (stride == 1 && length <= Block) return Short(op, x, length);
        if (stride == 1 && V.Width is > 1 and <= 16) return Dense(op, x, length);
        var partial = stackalloc E[Levels];
        long blocks = 0;
        for (long start = 0; start < length; start += Block) Push(op, partial, blocks++, Strided(op, x + start * stride, stride, Math.Min(Block, length - start)));
        return Total(op, partial, blocks);
    }

    /// <summary>Joins partial results pairwise.</summary>
    internal static E Join(in TOp op, ReadOnlySpan<E> parts)
    {
        var partial = stackalloc E[Levels];
        for (var i = 0; i < parts.Length; i++) Push(op, partial, i, parts[i]);
        return Total(op, partial, parts.Length);
    }

    /// <summary>Joins like a binary counter, so that every element passes a logarithmic number of roundings.</summary>
    static void Push(in TOp op, E* partial, long count, E value)
    {
        var level = 0;
        var acc = S.Broadcast(value);
        for (; (count >> level & 1) != 0; level++) acc = op.Merge(S.Load(partial + level), acc);
        S.Store(partial + level, acc);
    }

    static E Total(in TOp op, E* partial, long count)
    {
        var acc = op.Start<S>();
        var first = true;
        for (var level = 0; count >> level != 0; level++)
        {
            if ((count >> level & 1) == 0) continue;
            acc = first ? S.Load(partial + level) : op.Merge(S.Load(partial + level), acc);
            first = false;
        }
        E r;
        S.Store(&r, acc);
        return r;
    }

    /// <summary>
    /// A few neighbouring elements: four registers abreast, then their lanes in order, then what is left. Line searches that stop by the last
    /// bit of a loss depend on this order of rounding.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static E Short(in TOp op, E* x, long n)
    {
        long i = 0;
        var acc = op.Start<S>();
        if (V.Width > 1 && n >= 4 * V.Width)
        {
            V a = op.Start<V>(), b = a, c = a, d = a;
            for (; i <= n - 4 * V.Width; i += 4 * V.Width)
            {
                a = op.Step(a, V.Load(x + i));
                b = op.Step(b, V.Load(x + i + V.Width));
                c = op.Step(c, V.Load(x + i + 2 * V.Width));
                d = op.Step(d, V.Load(x + i + 3 * V.Width));
            }
            a = op.Merge(op.Merge(a, b), op.Merge(c, d));
            var lanes = stackalloc E[64];
            V.Store(lanes, a);
            for (var k = 0; k < V.Width; k++) acc = op.Merge(acc, S.Load(lanes + k));
        }
        for (; i < n; i++) acc = op.Step(acc, S.Load(x + i));
        E r;
        S.Store(&r, acc);
        return r;
    }

    /// <summary>Neighbouring elements: whole registers to the end, joined pairwise by blocks; then their lanes, then the few elements left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    static E Dense(in TOp op, E* x, long n)
    {
        const int Wide = 2 * Block;
        long i = 0;
        var acc = op.Start<S>();
        if (n >= V.Width)
        {
            V total = op.Start<V>();
            if (n >= 2 * V.Width)
            {
                var partial = stackalloc E[Levels * 16];
                long blocks = 0;
                while (i <= n - 2 * V.Width)
                {
                    var end = Math.Min(n, i + Wide);
                    V a = op.Start<V>(), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
                    for (; i <= end - 8 * V.Width; i += 8 * V.Width)
                    {
                        a = op.Step(a, V.Load(x + i));
                        b = op.Step(b, V.Load(x + i + V.Width));
                        c = op.Step(c, V.Load(x + i + 2 * V.Width));
                        d = op.Step(d, V.Load(x + i + 3 * V.Width));
                        e = op.Step(e, V.Load(x + i + 4 * V.Width));
                        f = op.Step(f, V.Load(x + i + 5 * V.Width));
                        g = op.Step(g, V.Load(x + i + 6 * V.Width));
                        h = op.Step(h, V.Load(x + i + 7 * V.Width));
                    }
                    for (; i <= end - 2 * V.Width; i += 2 * V.Width)
                    {
                        a = op.Step(a, V.Load(x + i));
                        b = op.Step(b, V.Load(x + i + V.Width));
                    }
                    a = op.Merge(op.Merge(op.Merge(a, b), op.Merge(c, d)), op.Merge(op.Merge(e, f), op.Merge(g, h)));
                    var level = partial;
                    for (var bit = 0; (blocks >> bit & 1) != 0; bit++, level += V.Width) a = op.Merge(V.Load(level), a);
                    V.Store(level, a);
                    blocks++;
                }
                total = blocks == 1 ? V.Load(partial) : TotalLanes(op, partial, V.Width, blocks);
            }
            for (; i <= n - V.Width; i += V.Width) total = op.Step(total, V.Load(x + i));
            acc = Fold(op, total);
        }
        for (; i < n; i++) acc = op.Step(acc, S.Load(x + i));
        E r;
        S.Store(&r, acc);
        return r;
    }

    /// <summary>The lanes of a register joined, halves first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static S Fold(in TOp op, V v)
    {
        var lanes = stackalloc E[16];
        V.Store(lanes, v);
        if (V.Width == 16)
        {
            for (var k = 0; k < 8; k++) S.Store(lanes + k, op.Merge(S.Load(lanes + k), S.Load(lanes + k + 8)));
        }
        if (V.Width >= 8)
        {
            S a = op.Merge(S.Load(lanes), S.Load(lanes + 4)), b = op.Merge(S.Load(lanes + 1), S.Load(lanes + 5));
            S c = op.Merge(S.Load(lanes + 2), S.Load(lanes + 6)), d = op.Merge(S.Load(lanes + 3), S.Load(lanes + 7));
            return op.Merge(op.Merge(a, c), op.Merge(b, d));
        }
        return V.Width == 4
            ? op.Merge(op.Merge(S.Load(lanes), S.Load(lanes + 2)), op.Merge(S.Load(lanes + 1), S.Load(lanes + 3)))
            : op.Merge(S.Load(lanes), S.Load(lanes + 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static E Strided(in TOp op, E* x, long stride, long n)
    {
        S a = op.Start<S>(), b = a, c = a, d = a;
        long i = 0;
        for (; i <= n - 4; i += 4)
        {
            a = op.Step(a, S.Load(x + i * stride));
            b = op.Step(b, S.Load(x + (i + 1) * stride));
            c = op.Step(c, S.Load(x + (i + 2) * stride));
            d = op.Step(d, S.Load(x + (i + 3) * stride));
        }
        for (; i < n; i++) a = op.Step(a, S.Load(x + i * stride));
        a = op.Merge(op.Merge(a, b), op.Merge(c, d));
        E r;
        S.Store(&r, a);
        return r;
    }

    /// <summary>Outputs that lie side by side, each taking the element above it from every reduced position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    internal static void Columns(in TOp op, E* x, E* y, long width, ReducePlan plan)
    {
        const int RowBlock = 128;
        long length = plan.Sizes[^1], stride = plan.Strides[^1], runs = plan.ReducedCount == 0 ? 0 : plan.ReducedCount / length;
        long i = 0;
        var partial = stackalloc E[Levels * 64];
        if (V.Width > 1 && V.Width <= 16)
        {
            for (; i <= width - 4 * V.Width; i += 4 * V.Width)
            {
                long blocks = 0;
                for (long r = 0; r < runs; r++)
                {
                    var run = x + i + plan.RunOffset(r);
                    for (long start = 0; start < length; start += RowBlock)
                    {
                        V a = op.Start<V>(), b = a, c = a, d = a;
                        var end = Math.Min(length, start + RowBlock);
                        for (var k = start; k < end; k++)
                        {
                            var row = run + k * stride;
                            a = op.Step(a, V.Load(row));
                            b = op.Step(b, V.Load(row + V.Width));
                            c = op.Step(c, V.Load(row + 2 * V.Width));
                            d = op.Step(d, V.Load(row + 3 * V.Width));
                        }
                        var level = partial;
                        for (var bit = 0; (blocks >> bit & 1) != 0; bit++, level += 4 * V.Width)
                        {
                            a = op.Merge(V.Load(level), a);
                            b = op.Merge(V.Load(level + V.Width), b);
                            c = op.Merge(V.Load(level + 2 * V.Width), c);
                            d = op.Merge(V.Load(level + 3 * V.Width), d);
                        }
                        V.Store(level, a);
                        V.Store(level + V.Width, b);
                        V.Store(level + 2 * V.Width, c);
                        V.Store(level + 3 * V.Width, d);
                        blocks++;
                    }
                }
                for (var q = 0; q < 4; q++) V.Store(y + i + q * V.Width, TotalLanes(op, partial + q * V.Width, 4 * V.Width, blocks));
            }
        }
        if (V.Width > 1)
        {
            for (; i <= width - V.Width; i += V.Width)
            {
                long blocks = 0;
                for (long r = 0; r < runs; r++)
                {
                    var run = x + i + plan.RunOffset(r);
                    for (long start = 0; start < length; start += RowBlock)
                    {
                        var acc = op.Start<V>();
                        var end = Math.Min(length, start + RowBlock);
                        for (var k = start; k < end; k++) acc = op.Step(acc, V.Load(run + k * stride));
                        var level = 0;
                        for (; (blocks >> level & 1) != 0; level++) acc = op.Merge(V.Load(partial + level * V.Width), acc);
                        V.Store(partial + level * V.Width, acc);
                        blocks++;
                    }
                }
                V.Store(y + i, TotalLanes(op, partial, V.Width, blocks));
            }
        }
        for (; i < width; i++) y[i] = Row(op, x + i, plan);
    }

    static V TotalLanes(in TOp op, E* partial, long step, long blocks)
    {
        var total = op.Start<V>();
        var first = true;
        for (var level = 0; blocks >> level != 0; level++)
        {
            if ((blocks >> level & 1) == 0) continue;
            total = first ? V.Load(partial + level * step) : op.Merge(V.Load(partial + level * step), total);
            first = false;
        }
        return total;
    }
}
