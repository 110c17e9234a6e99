namespace Flambeau.Cuda.Kernels;

/// <summary>
/// How a kernel walks over tensors that broadcast to an output: axes ordered by the output's strides and merged where all operands allow it.
/// Sizes and strides in elements, outermost first.
/// </summary>
internal unsafe struct Walk(long* sizes, long* strides)
{
    internal const int MaxRank = 16, MaxOperands = 5;

    /// <summary>Number of axes left; at least 1.</summary>
    internal int Rank;

    /// <summary>Sizes of the axes.</summary>
    internal readonly long* Sizes = sizes;

    /// <summary>Of operand i from <c>i · MaxRank</c> on; the output is operand 0.</summary>
    internal readonly long* Strides = strides;

    internal void Build(Tensor output, ReadOnlySpan<Tensor?> inputs, string op)
    {
        var full = output.Layout;
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
        var count = inputs.Length + 1;
        for (var k = 0; k < rank; k++)
        {
            var d = order[k];
            if (merged >= MaxRank) throw new NotSupportedException($"{op}: tensors of {full.Rank} axes that can't be merged to {MaxRank}; call Contiguous() first");
            Sizes[merged] = full.Sizes[d];
            Strides[merged] = full.Strides[d];
            for (var i = 1; i < count; i++) Strides[i * MaxRank + merged] = inputs[i - 1] is { } t ? StrideOf(t, d, full.Rank) : 0;
            if (merged > 0 && CanMerge(count, merged))
            {
                Sizes[merged - 1] *= Sizes[merged];
                for (var i = 0; i < count; i++) Strides[i * MaxRank + merged - 1] = Strides[i * MaxRank + merged];
            }
            else merged++;
        }
        if (merged == 0)
        {
            Sizes[0] = 1;
            for (var i = 0; i < count; i++) Strides[i * MaxRank] = 0;
            merged = 1;
        }
        Rank = merged;
    }

    readonly bool CanMerge(int count, int at)
    {
        for (var i = 0; i < count; i++)
        {
            if (Strides[i * MaxRank + at - 1] != Strides[i * MaxRank + at] * Sizes[at]) return false;
        }
        return true;
    }

    static long StrideOf(Tensor t, int dim, int rank)
    {
        var d = dim - (rank - t.Layout.Rank);
        return d < 0 || t.Layout.Sizes[d] == 1 ? 0 : t.Layout.Strides[d];
    }

    /// <summary>Whether so many neighbours along the innermost axis can be taken at once: they lie side by side, or are one element, in all operands.</summary>
    internal readonly bool Fits(int vector, int count)
    {
        if (vector == 1) return true;
        var last = Rank - 1;
        if (Sizes[last] % vector != 0 || Strides[last] != 1) return false;
        for (var i = 0; i < count; i++)
        {
            var s = Strides + i * MaxRank;
            if (s[last] == 0) continue;
            if (s[last] != 1) return false;
            for (var d = 0; d < last; d++)
            {
                if (s[d] % vector != 0) return false;
            }
        }
        return true;
    }

    /// <summary>Counts the innermost axis in groups of neighbours.</summary>
    internal readonly void Group(int vector, int count)
    {
        var last = Rank - 1;
        Sizes[last] /= vector;
        for (var i = 0; i < count; i++) Strides[i * MaxRank + last] *= vector;
    }

    /// <summary>Whether an operand has one element for all neighbours.</summary>
    internal readonly bool Repeats(int operand) => Strides[operand * MaxRank + Rank - 1] == 0;

    /// <summary>Whether offsets fit in 32 bits.</summary>
    internal readonly bool Fits32(long numel, int count)
    {
        if (numel > int.MaxValue) return false;
        for (var i = 0; i < count; i++)
        {
            long last = 0;
            for (var d = 0; d < Rank; d++)
            {
                if (Strides[i * MaxRank + d] < 0) return false;
                last += (Sizes[d] - 1) * Strides[i * MaxRank + d];
            }
            if (last > int.MaxValue) return false;
        }
        return true;
    }

    /// <summary>Writes sizes, then the strides of each operand.</summary>
    internal readonly void Put(ref Args args, int count)
    {
        args.Put(new ReadOnlySpan<long>(Sizes, Rank));
        for (var i = 0; i < count; i++) args.Put(new ReadOnlySpan<long>(Strides + i * MaxRank, Rank));
    }
}
