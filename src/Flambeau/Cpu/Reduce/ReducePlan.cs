namespace Flambeau.Cpu;

/// <summary>Kept and reduced axes of a reduction, the reduced ones merged and ordered so that the smallest stride is last.</summary>
internal sealed class ReducePlan
{
    internal readonly long[] KeptSizes, KeptStrides, Sizes, Strides;
    internal readonly long ReducedCount;

    /// <summary>Neighbouring outputs come from neighbouring elements, so columns vectorise.</summary>
    internal readonly bool InnerIsKept;

    internal ReducePlan(Layout x, bool[] reduced)
    {
        var kept = Enumerable.Range(0, x.Rank).Where(d => !reduced[d]).ToArray();
        KeptSizes = [.. kept.Select(d => x.Sizes[d])];
        KeptStrides = [.. kept.Select(d => x.Strides[d])];
        var order = Enumerable.Range(0, x.Rank).Where(d => reduced[d] && x.Sizes[d] != 1).OrderByDescending(d => x.Strides[d]).ToList();
        var sizes = new List<long>();
        var strides = new List<long>();
        foreach (var d in order)
        {
            if (sizes.Count > 0 && strides[^1] == x.Strides[d] * x.Sizes[d])
            {
                sizes[^1] *= x.Sizes[d];
                strides[^1] = x.Strides[d];
            }
            else
            {
                sizes.Add(x.Sizes[d]);
                strides.Add(x.Strides[d]);
            }
        }
        if (sizes.Count == 0)
        {
            sizes.Add(1);
            strides.Add(1);
        }
        Sizes = [.. sizes];
        Strides = [.. strides];
        ReducedCount = 1;
        foreach (var s in Sizes) ReducedCount *= s;
        InnerIsKept = KeptSizes.Length > 0 && KeptStrides[^1] == 1 && KeptSizes[^1] > 1 && Strides[^1] != 1;
    }

    /// <summary>Element offset of the first input element of an output; with <paramref name="outer"/>, of a row of outputs.</summary>
    internal long KeptOffset(long index, bool outer)
    {
        long offset = 0;
        for (var d = KeptSizes.Length - (outer ? 2 : 1); d >= 0; d--)
        {
            offset += index % KeptSizes[d] * KeptStrides[d];
            index /= KeptSizes[d];
        }
        return offset;
    }

    /// <summary>Element offset of the start of an innermost run of reduced elements.</summary>
    internal long RunOffset(long index)
    {
        long offset = 0;
        for (var d = Sizes.Length - 2; d >= 0; d--)
        {
            offset += index % Sizes[d] * Strides[d];
            index /= Sizes[d];
        }
        return offset;
    }
}
