using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Each element raised to at least <paramref name="min"/>, which broadcasts.</summary>
    [Op("clamp_min(Tensor self, Tensor min) -> Tensor")]
    public Tensor ClampMin(Tensor min) => ClampBetween(min, null);

    /// <summary>Each element raised to at least <paramref name="min"/>.</summary>
    [Op("clamp_min(Tensor self, Scalar min) -> Tensor")]
    public Tensor ClampMin(Scalar min) => Clamp(min, null);

    /// <summary>Each element lowered to at most <paramref name="max"/>, which broadcasts.</summary>
    [Op("clamp_max(Tensor self, Tensor max) -> Tensor")]
    public Tensor ClampMax(Tensor max) => ClampBetween(null, max);

    /// <summary>Each element lowered to at most <paramref name="max"/>.</summary>
    [Op("clamp_max(Tensor self, Scalar max) -> Tensor")]
    public Tensor ClampMax(Scalar max) => Clamp(null, max);

    /// <summary>In place: each element raised to at least <paramref name="min"/>.</summary>
    [Op("clamp_min_(Tensor self, Scalar min) -> Tensor")]
    public Tensor ClampMin_(Scalar min) => Clamp_(min, null);

    /// <summary>In place: each element lowered to at most <paramref name="max"/>.</summary>
    [Op("clamp_max_(Tensor self, Scalar max) -> Tensor")]
    public Tensor ClampMax_(Scalar max) => Clamp_(null, max);

    /// <summary>The larger element; as <see cref="Maximum"/>.</summary>
    public Tensor Max(Tensor other) => Maximum(other);

    /// <summary>The smaller element; as <see cref="Minimum"/>.</summary>
    public Tensor Min(Tensor other) => Minimum(other);
}
