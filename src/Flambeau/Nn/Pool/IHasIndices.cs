namespace Flambeau.Nn;

/// <summary>A pool that can also tell where each maximum lay, for <c>MaxUnpool</c>.</summary>
public interface IHasIndices
{
    /// <summary>Whether the indices were asked for when the layer was made. <c>Forward</c> gives the values alone in any case.</summary>
    bool ReturnIndices { get; }

    /// <summary>The maxima, and their positions in the flattened plane (int64).</summary>
    (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor input);
}
