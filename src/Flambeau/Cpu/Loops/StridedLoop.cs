using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>The innermost loop of an elementwise kernel: <c>p[0]</c> is written, the rest read, strides are in bytes.</summary>
internal unsafe interface IInnerLoop
{
    void Run(byte** p, long* strides, long n);

    /// <summary>Whether it computes by registers where inputs are dense: then elements that lie apart are gathered first.</summary>
    static virtual bool Gathers => false;
}

/// <summary>
/// Runs an inner loop over tensors that broadcast to the output: axes are merged where all operands allow it, ordered by the output's
/// strides, and split over the threads.
/// </summary>
internal static unsafe class StridedLoop
{
    internal const long Grain = 32768;
    const long Unit = 64;
    const int MaxOperands = 4;
    const int MaxRank = 64;

    /// <summary>Output first; the inputs' sizes broadcast to its sizes.</summary>
    internal static void Run<K>(K kernel, Tensor output, Tensor? a = null, Tensor? b = null, Tensor? c = null) where K : struct, IInnerLoop
    {
        var n = output.Layout.Numel;
        if (n == 0) return;
        var operands = new Operands { O = output, A = a, B = b, C = c, Count = c is not null ? 4 : b is not null ? 3 : a is not null ? 2 : 1 };
        fixed (byte* po = &output.FirstByte(), pa = &Byte(a), pb = &Byte(b), pc = &Byte(c))
        {
            byte** p = stackalloc byte*[MaxOperands] { po, pa, pb, pc };
            long* s = stackalloc long[MaxOperands];
            if (Flat(operands, s)) RunFlat(kernel, p, s, n);
            else RunStrided(kernel, operands, p);
        }
    }

    struct Operands
    {
        internal Tensor O;
        internal Tensor? A, B, C;
        internal int Count;

        internal readonly Tensor this[int i] => i switch { 0 => O, 1 => A!, 2 => B!, _ => C! };
    }

    static ref byte Byte(Tensor? t) => ref t is null ? ref Unsafe.NullRef<byte>() : ref t.FirstByte();

    /// <summary>All operands in the output's dense order, or a single element.</summary>
    static bool Flat(in Operands ops, long* s)
    {
        var layout = ops.O.Layout;
        if (!layout.IsDense) return false;
        s[0] = ops.O.DType.Size();
        for (var i = 1; i < ops.Count; i++)
        {
            var t = ops[i];
            if (t.Layout.Numel == 1) s[i] = 0;
            else if (t.Layout.SameStrides(layout) || (layout.IsContiguous && t.Layout.IsContiguous && t.Layout.SameSizes(layout))) s[i] = t.DType.Size();
            else return false;
        }
        return true;
    }

    static void RunFlat<K>(K kernel, byte** p, long* s, long n) where K : struct, IInnerLoop
    {
        if (n <= Grain)
        {
            kernel.Run(p, s, n);
            return;
        }
        nint p0 = (nint)p[0], p1 = (nint)p[1], p2 = (nint)p[2], p3 = (nint)p[3];
        long s0 = s[0], s1 = s[1], s2 = s[2], s3 = s[3];
        // Ranges end at whole registers, so that which elements are the rest that is done one by one depends on n only.
        CpuThreads.For((n + Unit - 1) / Unit, Grain / Unit, (first, last) =>
        {
            long from = first * Unit, to = Math.Min(last * Unit, n);
            byte** q = stackalloc byte*[MaxOperands] { (byte*)p0 + from * s0, (byte*)p1 + from * s1, (byte*)p2 + from * s2, (byte*)p3 + from * s3 };
            long* t = stackalloc long[MaxOperands] { s0, s1, s2, s3 };
            kernel.Run(q, t, to - from);
        });
    }

    static void RunStrided<K>(K kernel, in Operands ops, byte** p) where K : struct, IInnerLoop
    {
        long* sizes = stackalloc long[MaxRank];
        long* strides = stackalloc long[MaxRank * MaxOperands];
        var rank = Build(ops, sizes, strides);
        var inner = rank == 0 ? 1 : sizes[rank - 1];
        long outer = 1;
        for (var d = 0; d < rank - 1; d++) outer *= sizes[d];
        var walk = new Walk<K> { Kernel = kernel, Rank = rank, Count = ops.Count, Inner = inner, Sizes = sizes, Strides = strides, P = p, Apart = K.Gathers ? Apart(ops, strides, rank, inner) : 0 };
        if (outer * inner <= Grain || outer == 1)
        {
            walk.Run(0, outer);
            return;
        }
        CpuThreads.For(outer, Math.Max(1, Grain / Math.Max(inner, 1)), walk.Run);
    }

    /// <summary>Inputs to gather, a bit each: their elements lie apart along the inner axis, and the output's don't.</summary>
    static int Apart(in Operands ops, long* strides, int rank, long inner)
    {
        if (rank == 0 || inner < 16 || strides[rank - 1] != ops.O.DType.Size()) return 0;
        var apart = 0;
        for (var i = 1; i < ops.Count; i++)
        {
            var step = strides[i * MaxRank + rank - 1];
            if (step != 0 && step != ops[i].DType.Size()) apart |= ops[i].DType.Size() << (8 * i);
        }
        return apart;
    }

    const int Gathered = 256;

    /// <summary>Runs the kernel on pieces of a row of which some inputs are gathered; <paramref name="apart"/> has their element sizes, a byte each.</summary>
    static void RunApart<K>(K kernel, byte** p, long* s, long n, int apart, byte* buffers) where K : struct, IInnerLoop
    {
        byte** q = stackalloc byte*[MaxOperands];
        long* t = stackalloc long[MaxOperands];
        for (long at = 0; at < n; at += Gathered)
        {
            var count = Math.Min(Gathered, n - at);
            for (var i = 0; i < MaxOperands; i++)
            {
                var size = apart >> (8 * i) & 255;
                var from = p[i] + at * s[i];
                q[i] = size == 0 ? from : buffers + i * Gathered * 16;
                t[i] = size == 0 ? s[i] : size;
                switch (size)
                {
                    case 1: Gather((byte*)q[i], from, s[i], count); break;
                    case 2: Gather((ushort*)q[i], from, s[i], count); break;
                    case 4: Gather((uint*)q[i], from, s[i], count); break;
                    case 8: Gather((ulong*)q[i], from, s[i], count); break;
                    case 16: Gather((UInt128*)q[i], from, s[i], count); break;
                }
            }
            kernel.Run(q, t, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Gather<T>(T* to, byte* from, long step, long n) where T : unmanaged
    {
        long i = 0;
        for (; i < n - 3; i += 4, from += 4 * step)
        {
            T a = *(T*)from, b = *(T*)(from + step), c = *(T*)(from + 2 * step), d = *(T*)(from + 3 * step);
            (to[i], to[i + 1], to[i + 2], to[i + 3]) = (a, b, c, d);
        }
        for (; i < n; i++, from += step) to[i] = *(T*)from;
    }

    sealed class Walk<K> where K : struct, IInnerLoop
    {
        internal K Kernel;
        internal int Rank, Count, Apart;
        internal long Inner;
        internal long* Sizes, Strides;
        internal byte** P;

        [SkipLocalsInit]
        internal void Run(long from, long to)
        {
            byte** p = stackalloc byte*[MaxOperands];
            long* s = stackalloc long[MaxOperands];
            long* index = stackalloc long[MaxRank];
            byte* buffers = stackalloc byte[Apart == 0 ? 0 : MaxOperands * Gathered * 16];
            for (var i = Count; i < MaxOperands; i++)
            {
                p[i] = null;
                s[i] = 0;
            }
            for (var i = 0; i < Count; i++)
            {
                p[i] = P[i];
                s[i] = Rank == 0 ? 0 : Strides[i * MaxRank + Rank - 1];
            }
            var rest = from;
            for (var d = Rank - 2; d >= 0; d--)
            {
                index[d] = rest % Sizes[d];
                rest /= Sizes[d];
                for (var i = 0; i < Count; i++) p[i] += index[d] * Strides[i * MaxRank + d];
            }
            for (var k = from; k < to; k++)
            {
                if (Apart == 0) Kernel.Run(p, s, Inner);
                else RunApart(Kernel, p, s, Inner, Apart, buffers);
                for (var d = Rank - 2; d >= 0; d--)
                {
                    for (var i = 0; i < Count; i++) p[i] += Strides[i * MaxRank + d];
                    if (++index[d] < Sizes[d]) break;
                    for (var i = 0; i < Count; i++) p[i] -= Sizes[d] * Strides[i * MaxRank + d];
                    index[d] = 0;
                }
            }
        }
    }

    static int Build(in Operands ops, long* sizes, long* strides)
    {
        var full = ops.O.Layout;
        if (full.Rank > MaxRank) throw new NotSupportedException($"a tensor of {full.Rank} axes; at most {MaxRank} are supported");
        Span<int> order = stackalloc int[full.Rank];
        var rank = 0;
        for (var d = 0; d < full.Rank; d++)
        {
            if (full.Sizes[d] == 1) continue;
            var at = rank++;
            while (at > 0 && full.Strides[order[at - 1]] < full.Strides[d])
            {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = d;
        }
        var merged = 0;
        for (var k = 0; k < rank; k++)
        {
            var d = order[k];
            for (var i = 0; i < ops.Count; i++) strides[i * MaxRank + merged] = StrideOf(ops[i], d, full.Rank);
            sizes[merged] = full.Sizes[d];
            if (merged > 0 && CanMerge(ops.Count, sizes, strides, merged))
            {
                sizes[merged - 1] *= sizes[merged];
                for (var i = 0; i < ops.Count; i++) strides[i * MaxRank + merged - 1] = strides[i * MaxRank + merged];
            }
            else
            {
                merged++;
            }
        }
        return merged;
    }

    static bool CanMerge(int count, long* sizes, long* strides, int at)
    {
        for (var i = 0; i < count; i++)
        {
            if (strides[i * MaxRank + at - 1] != strides[i * MaxRank + at] * sizes[at]) return false;
        }
        return true;
    }

    static long StrideOf(Tensor t, int dim, int rank)
    {
        var d = dim - (rank - t.Layout.Rank);
        return d < 0 || t.Layout.Sizes[d] == 1 ? 0 : t.Layout.Strides[d] * t.DType.Size();
    }
}
