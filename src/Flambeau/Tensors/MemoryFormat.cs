namespace Flambeau;

/// <summary>In which order the elements of <c>[N, C, spatial…]</c> lie in memory. It shows in the strides alone: shapes and results are the same.</summary>
public enum MemoryFormat
{
    /// <summary>Row-major: the last axis is innermost.</summary>
    Contiguous,

    /// <summary>The channels (axis 1) are innermost, then the last axis; for tensors of 4 or 5 axes. GPUs convolve half precision fastest so, and networks keep the order of their input.</summary>
    ChannelsLast,
}

/// <summary>Row-major layouts, and those whose channels (axis 1) lie innermost.</summary>
internal static class MemoryOrder
{
    /// <summary>Whether a tensor has its channels innermost and isn't row-major as well.</summary>
    internal static bool IsChannelsLast(Layout l) => l.Rank >= 4 && !l.IsContiguous && Lies(l, true);

    /// <summary>Whether the elements lie gapless in the order asked for; the strides of axes of size 1 don't matter.</summary>
    internal static bool Lies(Layout l, bool channelsLast)
    {
        if (!channelsLast || l.IsContiguous && l.Numel == 0) return l.IsContiguous;
        if (l.Rank < 3) return false;
        long step = 1;
        for (var i = 0; i < l.Rank; i++)
        {
            var axis = i == 0 ? 1 : i == l.Rank - 1 ? 0 : l.Rank - i;
            if (l.Sizes[axis] != 1 && l.Strides[axis] != step) return false;
            step *= l.Sizes[axis];
        }
        return true;
    }

    /// <summary>Strides of a gapless tensor.</summary>
    internal static long[] Strides(ReadOnlySpan<long> sizes, bool channelsLast)
    {
        if (!channelsLast) return Layout.RowMajor(sizes);
        var strides = new long[sizes.Length];
        var step = Math.Max(sizes[1], 1);
        strides[1] = 1;
        for (var i = sizes.Length - 1; i >= 2; i--)
        {
            strides[i] = step;
            step *= Math.Max(sizes[i], 1);
        }
        strides[0] = step;
        return strides;
    }

    internal static Layout Of(long[] sizes, bool channelsLast) => new(sizes, Strides(sizes, channelsLast));
}
