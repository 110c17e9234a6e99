using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Real part, a view; a real tensor as it is.</summary>
    [Op("real(Tensor self) -> Tensor")]
    public Tensor Real() => DType.IsComplex() ? ViewAsReal().Select(-1, 0) : this;

    /// <summary>Imaginary part of a complex tensor, a view.</summary>
    [Op("imag(Tensor self) -> Tensor")]
    public Tensor Imag() => ViewAsReal().Select(-1, 1);
}
