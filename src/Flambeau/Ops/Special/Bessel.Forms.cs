using Flambeau.Ops;

namespace Flambeau;

public static partial class Special
{
    /// <summary>Modified Bessel function of the first kind, order 0: PyTorch's second name of <see cref="Tensor.I0"/>.</summary>
    [Op("special.modified_bessel_i0(Tensor self) -> Tensor")]
    public static Tensor ModifiedBesselI0(Tensor self) => self.I0();

    /// <summary>Modified Bessel function of the first kind, order 1: PyTorch's second name of <see cref="I1"/>.</summary>
    [Op("special.modified_bessel_i1(Tensor self) -> Tensor")]
    public static Tensor ModifiedBesselI1(Tensor self) => I1(self);
}
