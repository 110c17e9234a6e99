using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Complex conjugate; a real tensor as it is.</summary>
    [Op("conj(Tensor self) -> Tensor")]
    public Tensor Conj() => DType.IsComplex() ? ConjPhysical() : this;
}
