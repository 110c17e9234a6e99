using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Largest element of all; equal ones share the gradient.</summary>
    [Op("max(Tensor self) -> Tensor")]
    public Tensor Max() => Amax();

    /// <summary>Smallest element of all; equal ones share the gradient.</summary>
    [Op("min(Tensor self) -> Tensor")]
    public Tensor Min() => Amin();

    /// <summary>Largest element along an axis, and the position of the first such. The gradient goes to that position.</summary>
    public (Tensor Values, Tensor Indices) Max(long dim, bool keepdim = false) => MaxDim(dim, keepdim);

    /// <summary>Smallest element along an axis, and the position of the first such. The gradient goes to that position.</summary>
    public (Tensor Values, Tensor Indices) Min(long dim, bool keepdim = false) => MinDim(dim, keepdim);

    /// <summary>Smallest and largest element, of all or along an axis.</summary>
    [Op("aminmax(Tensor self, *, int? dim=None, bool keepdim=False) -> (Tensor, Tensor)")]
    public (Tensor Min, Tensor Max) Aminmax(long? dim = null, bool keepdim = false)
    {
        long[]? dims = dim is { } d ? [d] : null;
        return (Amin(dims, keepdim), Amax(dims, keepdim));
    }
}
