namespace Flambeau.Nn;

/// <summary>Axes from <paramref name="startDim"/> to <paramref name="endDim"/> joined into one; by default all but the first.</summary>
public sealed partial class Flatten(int startDim = 1, int endDim = -1) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Flatten(startDim, endDim);
}

/// <summary>One axis taken apart into several; one of their sizes may be −1.</summary>
public sealed partial class Unflatten(int dim, Ints unflattenedSize) : Layer
{
    readonly long[] sizes = unflattenedSize.AsSpan().ToArray();

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Unflatten(dim, sizes);
}
