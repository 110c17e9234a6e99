namespace Flambeau;

/// <summary>Sizes and strides (in elements) of a tensor. Immutable, so that tensors share it.</summary>
internal sealed class Layout
{
    internal static readonly Layout Scalar = new([], []);

    internal readonly long[] Sizes;
    internal readonly long[] Strides;
    internal readonly long Numel;

    /// <summary>Row-major without gaps.</summary>
    internal readonly bool IsContiguous;

    /// <summary>Every element of a gapless block exactly once, in any axis order.</summary>
    internal readonly bool IsDense;

    internal Layout(long[] sizes, long[] strides)
    {
        Sizes = sizes;
        Strides = strides;
        long n = 1;
        foreach (var s in sizes) n = checked(n * s);
        Numel = n;
        IsContiguous = ComputeContiguous();
        IsDense = IsContiguous || ComputeDense();
    }

    internal Layout(ReadOnlySpan<long> sizes) : this(sizes.ToArray(), RowMajor(sizes)) { }

    internal int Rank => Sizes.Length;

    internal static long[] RowMajor(ReadOnlySpan<long> sizes)
    {
        var strides = new long[sizes.Length];
        long step = 1;
        for (var i = sizes.Length - 1; i >= 0; i--)
        {
            strides[i] = step;
            step = checked(step * Math.Max(sizes[i], 1));
        }
        return strides;
    }

    bool ComputeContiguous()
    {
        if (Numel == 0) return true;
        long step = 1;
        for (var i = Sizes.Length - 1; i >= 0; i--)
        {
            if (Sizes[i] == 1) continue;
            if (Strides[i] != step) return false;
            step *= Sizes[i];
        }
        return true;
    }

    bool ComputeDense()
    {
        var order = Order();
        long step = 1;
        for (var i = order.Length - 1; i >= 0; i--)
        {
            if (Sizes[order[i]] == 1) continue;
            if (Strides[order[i]] != step) return false;
            step *= Sizes[order[i]];
        }
        return true;
    }

    int[] Order()
    {
        var order = new int[Rank];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(order, (a, b) => Strides[a] != Strides[b] ? Strides[b].CompareTo(Strides[a]) : a.CompareTo(b));
        return order;
    }

    /// <summary>This layout if it is dense (a new tensor may keep the axis order), else the row-major one of the same sizes.</summary>
    internal Layout DenseLike() => IsDense ? this : new Layout(Sizes);

    internal bool SameSizes(Layout other) => ReferenceEquals(this, other) || Sizes.AsSpan().SequenceEqual(other.Sizes);

    internal bool SameStrides(Layout other) => ReferenceEquals(this, other) || (SameSizes(other) && Strides.AsSpan().SequenceEqual(other.Strides));

    /// <summary>Whether two positions may show the same element; false is certain.</summary>
    internal bool Overlaps()
    {
        if (IsDense || Numel <= 1) return false;
        long reached = 0;
        foreach (var d in Order().Reverse())
        {
            if (Sizes[d] == 1) continue;
            if (Strides[d] <= reached) return true;
            reached += (Sizes[d] - 1) * Strides[d];
        }
        return false;
    }

    /// <summary>One past the highest element reached, relative to the offset; 0 when empty. Strides are never negative.</summary>
    internal long Extent()
    {
        if (Numel == 0) return 0;
        long last = 0;
        for (var i = 0; i < Sizes.Length; i++) last += (Sizes[i] - 1) * Strides[i];
        return last + 1;
    }
}
