using Flambeau.Cpu.Special;
using Xunit;

namespace Flambeau.Tests.Cpu;

public class SpecialEdgeTests
{
    const double Inf = double.PositiveInfinity, NaN = double.NaN;

    [Fact]
    public void Nan_gives_nan_everywhere()
    {
        Func<double, double>[] functions =
        [
            ErrorFunctions.Erf, ErrorFunctions.Erfc, ErrorFunctions.Erfcx, ErrorFunctions.ErfInv, ErrorFunctions.Ndtr, ErrorFunctions.LogNdtr,
            ErrorFunctions.Ndtri, GammaFunctions.Lgamma, GammaFunctions.Digamma, GammaFunctions.Trigamma, ModifiedBessel.I0, ModifiedBessel.I1,
            ModifiedBessel.ScaledI0, ModifiedBessel.ScaledI1, ModifiedBessel.K0, ModifiedBessel.K1, ModifiedBessel.ScaledK0, ModifiedBessel.ScaledK1,
            Bessel.J0, Bessel.J1, Bessel.Y0, Bessel.Y1, Bessel.SphericalJ0, Airy.Ai, Elementary.Entr, Elementary.Sinc, Elementary.ExpM1,
            Elementary.Log1P, x => Elementary.Logit(x), x => GammaFunctions.Zeta(2, x), x => GammaFunctions.Zeta(x, 2),
            x => IncompleteGamma.P(x, 1), x => IncompleteGamma.P(1, x), x => IncompleteGamma.Q(1, x), x => OrthogonalPolynomials.ChebyshevT(x, 3),
        ];
        for (var i = 0; i < functions.Length; i++) Assert.True(double.IsNaN(functions[i](NaN)), $"function {i}");
    }

    [Fact]
    public void Error_functions_at_their_ends()
    {
        Assert.Equal((1, -1, 0), (ErrorFunctions.Erf(Inf), ErrorFunctions.Erf(-Inf), ErrorFunctions.Erf(0)));
        Assert.Equal((0, 2, 1), (ErrorFunctions.Erfc(Inf), ErrorFunctions.Erfc(-Inf), ErrorFunctions.Erfc(0)));
        Assert.Equal((0, Inf, 1), (ErrorFunctions.Erfcx(Inf), ErrorFunctions.Erfcx(-Inf), Math.Round(ErrorFunctions.Erfcx(0), 15)));
        Assert.Equal((Inf, -Inf, NaN), (ErrorFunctions.ErfInv(1), ErrorFunctions.ErfInv(-1), ErrorFunctions.ErfInv(1.5)));
        Assert.Equal((1, 0, 0.5), (ErrorFunctions.Ndtr(Inf), ErrorFunctions.Ndtr(-Inf), ErrorFunctions.Ndtr(0)));
        Assert.Equal((0, -Inf), (ErrorFunctions.LogNdtr(Inf), ErrorFunctions.LogNdtr(-Inf)));
        Assert.Equal((-Inf, Inf, NaN, 0), (ErrorFunctions.Ndtri(0), ErrorFunctions.Ndtri(1), ErrorFunctions.Ndtri(-0.1), ErrorFunctions.Ndtri(0.5)));
    }

    [Fact]
    public void Gamma_functions_at_their_poles()
    {
        Assert.Equal((Inf, Inf, Inf, Inf), (GammaFunctions.Lgamma(0), GammaFunctions.Lgamma(-3), GammaFunctions.Lgamma(Inf), GammaFunctions.Lgamma(-Inf)));
        Assert.Equal((0, 0), (GammaFunctions.Lgamma(1), GammaFunctions.Lgamma(2)));
        Assert.Equal((-Inf, Inf, NaN, Inf), (GammaFunctions.Digamma(0), GammaFunctions.Digamma(-0.0), GammaFunctions.Digamma(-2), GammaFunctions.Digamma(Inf)));
        Assert.Equal((Inf, Inf, 0), (GammaFunctions.Trigamma(0), GammaFunctions.Trigamma(-2), GammaFunctions.Trigamma(Inf)));
        Assert.Equal((NaN, Inf, Inf, NaN), (GammaFunctions.Zeta(0.5, 1), GammaFunctions.Zeta(1, 3), GammaFunctions.Zeta(2, -3), GammaFunctions.Zeta(2.5, -0.5)));
    }

    [Fact]
    public void Incomplete_gamma_on_its_border()
    {
        Assert.Equal((NaN, 1, NaN), (IncompleteGamma.P(0, 0), IncompleteGamma.P(0, 2), IncompleteGamma.P(-1, 2)));
        Assert.Equal((0, 1, 0, NaN), (IncompleteGamma.P(2, 0), IncompleteGamma.P(2, Inf), IncompleteGamma.P(Inf, 2), IncompleteGamma.P(Inf, Inf)));
        Assert.Equal((NaN, 0, 1, 0, 1), (IncompleteGamma.Q(0, 0), IncompleteGamma.Q(0, 2), IncompleteGamma.Q(2, 0), IncompleteGamma.Q(2, Inf), IncompleteGamma.Q(Inf, 2)));
    }

    [Fact]
    public void Bessel_and_airy_functions_at_their_ends()
    {
        Assert.Equal((Inf, Inf, NaN, 0), (ModifiedBessel.K0(0), ModifiedBessel.ScaledK1(0), ModifiedBessel.K1(-1), ModifiedBessel.K0(Inf)));
        Assert.Equal((Inf, -Inf, 0), (ModifiedBessel.I0(-Inf), ModifiedBessel.I1(-Inf), ModifiedBessel.ScaledI0(Inf)));
        Assert.Equal((-Inf, -Inf, NaN), (Bessel.Y0(0), Bessel.Y1(0), Bessel.Y0(-1)));
        Assert.Equal((1, 0, 1), (Bessel.SphericalJ0(0), Bessel.SphericalJ0(-Inf), Math.Round(Bessel.J0(0), 15)));
        Assert.Equal((NaN, NaN, 0), (Airy.Ai(Inf), Airy.Ai(-Inf), Airy.Ai(200)));
    }

    [Fact]
    public void Entropy_terms_and_logarithms()
    {
        Assert.Equal((0, -Inf, -Inf), (Elementary.Entr(0), Elementary.Entr(-1), Elementary.Entr(Inf)));
        Assert.Equal((0, 0, NaN, NaN), (Elementary.XLogY(0, 0), Elementary.XLogY(0, Inf), Elementary.XLogY(0, NaN), Elementary.XLogY(2, -1)));
        Assert.Equal((0, NaN, -Inf), (Elementary.XLog1PY(0, -1), Elementary.XLog1PY(0, NaN), Elementary.XLog1PY(1, -1)));
        Assert.Equal((-Inf, Inf, NaN), (Elementary.Logit(0), Elementary.Logit(1), Elementary.Logit(1.1)));
        Assert.Equal(Elementary.Logit(0.1), Elementary.Logit(-5, eps: 0.1), 14);
        Assert.Equal((-Inf, NaN, Inf, -1), (Elementary.Log1P(-1), Elementary.Log1P(-2), Elementary.Log1P(Inf), Elementary.ExpM1(-Inf)));
        Assert.True(double.IsNegative(Elementary.Log1P(-0.0)) && double.IsNegative(Elementary.ExpM1(-0.0)));
    }

    [Fact]
    public void Polynomials_at_their_special_degrees_and_points()
    {
        Assert.Equal((0, 0, 0), (OrthogonalPolynomials.ChebyshevT(2, -1), OrthogonalPolynomials.HermiteH(2, -3), OrthogonalPolynomials.LegendreP(0.5, -1)));
        Assert.Equal((1, -1, 8, -8), (OrthogonalPolynomials.ChebyshevT(1, 7), OrthogonalPolynomials.ChebyshevT(-1, 7), OrthogonalPolynomials.ChebyshevU(1, 7), OrthogonalPolynomials.ChebyshevU(-1, 7)));
        Assert.Equal((1, -15, 15, -1), (OrthogonalPolynomials.ChebyshevV(1, 7), OrthogonalPolynomials.ChebyshevV(-1, 7), OrthogonalPolynomials.ChebyshevW(1, 7), OrthogonalPolynomials.ChebyshevW(-1, 7)));
        Assert.Equal((1, -1, 15), (OrthogonalPolynomials.ShiftedChebyshevT(1, 7), OrthogonalPolynomials.ShiftedChebyshevW(0, 7), OrthogonalPolynomials.ShiftedChebyshevW(1, 7)));
        Assert.Equal((1, 1, NaN), (OrthogonalPolynomials.LaguerreL(0, 9), OrthogonalPolynomials.LegendreP(-1, 8), OrthogonalPolynomials.HermiteH(0.1, 600)));
        Assert.Equal((3, -1, 0), (OrthogonalPolynomials.Degree(3.9), OrthogonalPolynomials.Degree(NaN), OrthogonalPolynomials.Degree(-0.5)));
    }

    [Fact]
    public void Integers_and_representations()
    {
        Assert.Equal((6, 6, 0, 5), (Elementary.Gcd(54, 24), Elementary.Gcd(-54, 24), Elementary.Gcd(0, 0), Elementary.Gcd(0, -5)));
        Assert.Equal((12, 12, 0), (Elementary.Lcm(4, 6), Elementary.Lcm(-4, 6), Elementary.Lcm(0, 6)));
        Assert.Equal((0.75, 3), Elementary.FrExp(6));
        Assert.Equal((-0.5, -1073), Elementary.FrExp(-double.Epsilon));
        Assert.Equal((Inf, 0), Elementary.FrExp(Inf));
        Assert.Equal((double.Epsilon, -float.Epsilon), (Elementary.NextAfter(0.0, 1), Elementary.NextAfter(0f, -1)));
        Assert.Equal((1f, double.MaxValue), (Elementary.NextAfter(1f, 1), Elementary.NextAfter(Inf, 0)));
        Assert.Equal(12, Elementary.LdExp(1.5, 3));
    }
}
