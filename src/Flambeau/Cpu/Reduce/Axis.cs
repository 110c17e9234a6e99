namespace Flambeau.Cpu;

/// <summary>A row-major tensor seen along one axis: <c>Outer × Size × Inner</c> elements.</summary>
internal readonly record struct Axis(long Outer, long Size, long Inner)
{
    /// <summary>Number of lines along the axis.</summary>
    internal long Lines => Outer * Inner;

    /// <summary>Index of the first element of a line; its others follow at distance <see cref="Inner"/>.</summary>
    internal long Start(long line) => line / Inner * Size * Inner + line % Inner;

    internal static Axis Of(ReadOnlySpan<long> sizes, int dim)
    {
        if (sizes.Length == 0) return new(1, 1, 1);
        long outer = 1, inner = 1;
        for (var d = 0; d < dim; d++) outer *= sizes[d];
        for (var d = dim + 1; d < sizes.Length; d++) inner *= sizes[d];
        return new(outer, sizes[dim], inner);
    }

    /// <summary>The same tensor with another size along the axis.</summary>
    internal Axis Resized(long size) => new(Outer, size, Inner);

    /// <summary>Lines a thread should take at least.</summary>
    internal long Grain => Math.Max(1, StridedLoop.Grain / Math.Max(1, Size));

    /// <summary>Sizes after reducing the axis to <paramref name="size"/> elements, or away if null.</summary>
    internal static long[] Sizes(ReadOnlySpan<long> sizes, int dim, long? size)
    {
        if (sizes.Length == 0) return [];
        var r = sizes.ToArray();
        if (size is { } n)
        {
            r[dim] = n;
            return r;
        }
        return [.. r[..dim], .. r[(dim + 1)..]];
    }
}
