using Flambeau.Cpu.Special;
using Xunit;

namespace Flambeau.Tests.Cpu;

/// <summary>Relations between the functions, over whole ranges and across the seams of their approximations.</summary>
public class SpecialIdentityTests
{
    [Fact]
    public void Inverses_return_to_their_arguments()
    {
        for (var x = -5.5; x < 3; x += 0.07) Close(x, ErrorFunctions.Ndtri(ErrorFunctions.Ndtr(x)), 1e-11);
        for (var x = -2.0; x < 2; x += 0.01) Close(x, ErrorFunctions.ErfInv(ErrorFunctions.Erf(x)), 1e-12);
    }

    [Fact]
    public void Gamma_obeys_recurrence_and_reflection()
    {
        for (var x = 0.013; x < 60; x += 0.21)
        {
            Close(GammaFunctions.Lgamma(x + 1), GammaFunctions.Lgamma(x) + Math.Log(x), 1e-13);
            Close(GammaFunctions.Digamma(x + 1), GammaFunctions.Digamma(x) + 1 / x, 1e-13);
            Close(GammaFunctions.Lgamma(x) + GammaFunctions.Lgamma(-x), Math.Log(Math.PI / Math.Abs(x * double.SinPi(x))), 1e-12);
            for (var n = 1; n < 5; n++)
            {
                double factorial = n switch { 1 => 1, 2 => -2, 3 => 6, _ => -24 };
                Close(GammaFunctions.Polygamma(n, x), GammaFunctions.Polygamma(n, x + 1) + factorial * Math.Pow(x, -n - 1), 1e-13);
                Close(GammaFunctions.Polygamma(n, -x), GammaFunctions.Polygamma(n, 1 - x) + factorial * Math.Pow(-x, -n - 1), 1e-12);
            }
        }
    }

    [Fact]
    public void Multivariate_gamma_is_the_product_of_its_factors()
    {
        Close(GammaFunctions.Lgamma(2.7), GammaFunctions.Mvlgamma(2.7, 1), 1e-14);
        Close(0.5 * Math.Log(Math.PI) + GammaFunctions.Lgamma(2.7) + GammaFunctions.Lgamma(2.2), GammaFunctions.Mvlgamma(2.7, 2), 1e-14);
    }

    [Fact]
    public void Incomplete_gammas_are_complements_and_recur()
    {
        foreach (var a in new[] { 1e-4, 0.3, 1, 2.5, 40, 199, 201, 3e3, 1e6 })
            foreach (var ratio in new[] { 1e-3, 0.5, 0.71, 0.95, 1, 1.0001, 1.2, 1.31, 2 })
            {
                var x = a * ratio;
                Close(1, IncompleteGamma.P(a, x) + IncompleteGamma.Q(a, x), 1e-14);
                if (a < 1e4) Close(IncompleteGamma.P(a, x), IncompleteGamma.P(a + 1, x) + IncompleteGamma.Density(a + 1, x), 1e-11);
            }
        for (var x = 0.01; x < 20; x *= 1.3)
        {
            Close(ErrorFunctions.Erf(Math.Sqrt(x)), IncompleteGamma.P(0.5, x), 1e-13);
            Close(Math.Exp(-x), IncompleteGamma.Q(1, x), 1e-13);
        }
    }

    [Fact]
    public void Bessel_functions_obey_their_wronskians()
    {
        for (var x = 0.05; x < 60; x *= 1.03)
        {
            Close(2 / (Math.PI * x), Bessel.J1(x) * Bessel.Y0(x) - Bessel.J0(x) * Bessel.Y1(x), 1e-13);
            Close(1 / x, ModifiedBessel.I0(x) * ModifiedBessel.K1(x) + ModifiedBessel.I1(x) * ModifiedBessel.K0(x), 1e-13);
            Close(1 / x, ModifiedBessel.ScaledI0(x) * ModifiedBessel.ScaledK1(x) + ModifiedBessel.ScaledI1(x) * ModifiedBessel.ScaledK0(x), 1e-13);
        }
    }

    [Theory]
    [InlineData(-6), InlineData(-2), InlineData(2)]
    public void Airy_pieces_meet(double seam) => Close(Airy.Ai(Math.BitDecrement(seam)), Airy.Ai(Math.BitIncrement(seam)), 1e-14);

    [Fact]
    public void Trigonometric_and_recurrent_chebyshev_forms_agree()
    {
        for (var x = -0.99; x < 1; x += 0.03)
            for (var n = 9; n < 14; n++)
            {
                Small(2 * x * OrthogonalPolynomials.ChebyshevT(x, n) - OrthogonalPolynomials.ChebyshevT(x, n - 1) - OrthogonalPolynomials.ChebyshevT(x, n + 1));
                Small(2 * x * OrthogonalPolynomials.ChebyshevU(x, n) - OrthogonalPolynomials.ChebyshevU(x, n - 1) - OrthogonalPolynomials.ChebyshevU(x, n + 1));
                Small(OrthogonalPolynomials.ChebyshevU(x, n) - OrthogonalPolynomials.ChebyshevU(x, n - 1) - OrthogonalPolynomials.ChebyshevV(x, n));
                Small(OrthogonalPolynomials.ChebyshevU(x, n) + OrthogonalPolynomials.ChebyshevU(x, n - 1) - OrthogonalPolynomials.ChebyshevW(x, n));
            }
    }

    static void Small(double residue) => Assert.True(Math.Abs(residue) < 1e-12, $"residue {residue:R}");

    static void Close(double want, double got, double tolerance) =>
        Assert.True(Math.Abs(got - want) <= tolerance * Math.Max(1, Math.Abs(want)), $"expected {want:R}, got {got:R}");
}
