namespace Flambeau.Ops;

/// <summary>Sizes and strides of a reshaped tensor.</summary>
internal static class ReshapeRule
{
    /// <summary>The sizes with -1 replaced.</summary>
    /// <exception cref="ArgumentException">The number of elements differs, or two sizes are -1.</exception>
    internal static long[] Resolve(long numel, Shape shape, string op)
    {
        var sizes = shape.ToArray();
        var free = -1;
        long known = 1;
        for (var i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] == -1)
            {
                if (free >= 0) throw new ArgumentException($"{op}: only one size may be -1 in {shape}");
                free = i;
            }
            else if (sizes[i] < 0) throw new ArgumentException($"{op}: size {sizes[i]} in {shape} is negative");
            else known = checked(known * sizes[i]);
        }
        if (free >= 0)
        {
            if (known == 0 || numel % known != 0) throw new ArgumentException($"{op}: {numel} elements don't fit {shape}: -1 can't be chosen");
            sizes[free] = numel / known;
            known = numel;
        }
        return known == numel ? sizes : throw new ArgumentException($"{op}: {numel} elements don't fit shape {shape}, which has {known}");
    }

    /// <summary>Strides that show the same elements under new sizes, or null if a copy is needed.</summary>
    internal static long[]? Strides(Layout from, long[] sizes)
    {
        if (from.IsContiguous) return Layout.RowMajor(sizes);
        var strides = new long[sizes.Length];
        var view = sizes.Length - 1;
        long chunkBase = from.Rank > 0 ? from.Strides[^1] : 1, chunk = 1, viewed = 1;
        for (var d = from.Rank - 1; d >= 0; d--)
        {
            chunk *= from.Sizes[d];
            if (d > 0 && (from.Sizes[d - 1] == 1 || from.Strides[d - 1] == chunk * chunkBase)) continue;
            while (view >= 0 && (viewed < chunk || sizes[view] == 1))
            {
                strides[view] = viewed * chunkBase;
                viewed *= sizes[view];
                view--;
            }
            if (viewed != chunk) return null;
            if (d == 0) break;
            chunkBase = from.Strides[d - 1];
            chunk = 1;
            viewed = 1;
        }
        return view < 0 ? strides : null;
    }
}
