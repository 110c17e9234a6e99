namespace Flambeau.Tests.Autograd.Samples;

internal sealed class SpecialSamples : IOpSamples
{
    static readonly Tensor signed = Draw.Real([2, 3], -1.7, 1.6);

    static readonly Tensor mask = Tensor.From<bool>([true, false, true, true, false, true], [2, 3]);

    public IEnumerable<OpSample> Samples =>
    [
        new("erf", signed),
        new("erfc", signed),
        new("erfinv", Draw.Real([2, 3], -0.9, 0.9)),
        new("i0", signed),
        new("lgamma", signed),
        new("digamma", signed),
        new("polygamma", Draw.Real([2, 3]), 1L),
        new("polygamma", Draw.Real([2, 3]), 2L),
        new("special.polygamma", Draw.Real([2, 3]), 1L),
        new("igamma", Draw.Real([2, 3]), Draw.Real([2, 3], seed: 2)) { Fixed = [0] },
        new("igammac", Draw.Real([2, 3]), Draw.Real([2, 3], seed: 2)) { Fixed = [0] },
        new("special.zeta", Draw.Real([2, 3], 1.5, 4), Draw.Real([3], seed: 2)) { Fixed = [0] },
        new("special.bessel_j0", signed),
        new("special.bessel_j1", signed),
        new("special.erfcx", signed),
        new("special.i0e", signed),
        new("special.i1", signed),
        new("special.i1e", signed),
        new("special.log_ndtr", Draw.Real([2, 3], -6, 2)),
        new("special.modified_bessel_i1", signed),
        new("special.ndtr", signed),
        new("special.ndtri", Draw.Real([2, 3], 0.05, 0.9)),
        new("special.spherical_bessel_j0", signed),
        new("special.xlog1py", signed, Draw.Real([3], -0.6, 2, seed: 2)),
        // the mask of a training pass is drawn anew at each call, which a difference can't be taken of
        new("native_dropout", signed, 0.4, false),
        new("native_dropout_backward", signed, mask, 1.25),
    ];
}
