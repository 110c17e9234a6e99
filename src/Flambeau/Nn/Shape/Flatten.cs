namespace Flambeau.Nn;

/// <summary>Axes from <paramref name="startDim"/> to <paramref name="endDim"/> joined into one; by default all but the first.</summary>
public sealed class Flatten(int startDim = 1, int endDim = -1) : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        if (input.Rank == 0) return input.Reshape([1]);
        var (first, last) = (Axis(startDim), Axis(endDim));
        if (first > last) throw new ArgumentException($"Flatten: axis {startDim} comes after axis {endDim} in an input of shape {input.Shape}");
        var sizes = input.Shape.AsSpan();
        var joined = 1L;
        foreach (var s in sizes[first..(last + 1)]) joined *= s;
        return input.Reshape([.. sizes[..first], joined, .. sizes[(last + 1)..]]);

        int Axis(int d) => d >= -input.Rank && d < input.Rank ? (d + input.Rank) % input.Rank : throw new ArgumentException($"Flatten: there is no axis {d} in an input of shape {input.Shape}");
    }
}

/// <summary>One axis taken apart into several; one of their sizes may be −1.</summary>
public sealed class Unflatten(int dim, Ints unflattenedSize) : Layer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var at = dim < 0 ? dim + input.Rank : dim;
        if (at < 0 || at >= input.Rank) throw new ArgumentException($"Unflatten: there is no axis {dim} in an input of shape {input.Shape}");
        var sizes = unflattenedSize.AsSpan().ToArray();
        var hole = Array.IndexOf(sizes, -1L);
        var known = sizes.Where(static s => s != -1).Aggregate(1L, static (n, s) => n * s);
        if (hole >= 0 && known > 0) sizes[hole] = input.Size(at) / known;
        if (sizes.Aggregate(1L, static (n, s) => n * s) != input.Size(at)) throw new ArgumentException($"Unflatten: axis {dim} of an input of shape {input.Shape} can't be taken apart into {unflattenedSize}");
        var all = input.Shape.AsSpan();
        return input.Reshape([.. all[..at], .. sizes, .. all[(at + 1)..]]);
    }
}
