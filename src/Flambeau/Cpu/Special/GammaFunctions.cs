namespace Flambeau.Cpu.Special;

/// <summary>Logarithm of the gamma function, its derivatives, and the Hurwitz zeta function.</summary>
/// <remarks>
/// Stirling's and Bernoulli's asymptotic series for large arguments, upward recurrence and reflection elsewhere
/// (NIST DLMF §5.5, §5.11); on the interval that holds the zero, a Chebyshev series of the function over its zero.
/// </remarks>
internal static class GammaFunctions
{
    const double DigammaRoot = 1.4616321449683622, DigammaRootTail = 9.549995429965697e-17;

    /// <summary>ln |Γ(x)|; +inf at 0, at the negative integers and at ±inf.</summary>
    public static double Lgamma(double x)
    {
        if (x <= 0)
        {
            if (x == Math.Floor(x)) return double.PositiveInfinity; // -inf comes here too
            if (x > -1e-20) return -Math.Log(-x);
            return Math.Log(Math.PI / Math.Abs(x * double.SinPi(x))) - Lgamma(-x);
        }
        if (x < 0.5) return x < 1e-20 ? -Math.Log(x) : Lgamma1P(x) - Math.Log(x);
        if (x < 1.5) return Lgamma1P(x - 1);
        if (x < 13)
        {
            double product = 1;
            while (x >= 2.5) product *= --x;
            double t = x - 2, rest = t * Series.Chebyshev(LogGammaAtTwo, 2 * t);
            return product == 1 ? rest : rest + Math.Log(product);
        }
        if (double.IsPositiveInfinity(x) || double.IsNaN(x)) return x;
        return (x - 0.5) * (Math.Log(x) - 1) + (0.9189385332046727418 - 0.5) + StirlingRest(x);
    }

    /// <summary>ln Γ(1 + t) for |t| ≤ 1/2, relatively accurate near 0.</summary>
    public static double Lgamma1P(double t) => t * Series.Chebyshev(LogGammaAtTwo, 2 * t) - Elementary.Log1P(t);

    /// <summary>ln Γ(x) − ((x − ½)·ln x − x + ½·ln 2π), for x ≥ 10.</summary>
    public static double StirlingRest(double x) => Series.Power(StirlingTerms, 1 / x / x) / x;

    /// <summary>ln of the multivariate gamma function of order <paramref name="p"/> (James, Ann. Math. Statist. 35 (1964) 475).</summary>
    public static double Mvlgamma(double x, int p)
    {
        var sum = p * (p - 1) * 0.25 * 1.1447298858494001741; // ln pi
        for (var j = 0; j < p; j++) sum += Lgamma(x - 0.5 * j);
        return sum;
    }

    /// <summary>Γ′/Γ; ∓inf at ±0, NaN at the negative integers.</summary>
    public static double Digamma(double x)
    {
        if (x == 0) return Math.CopySign(double.PositiveInfinity, -x);
        if (x < 0) return x == Math.Floor(x) ? double.NaN : Digamma(1 - x) - Math.PI / double.TanPi(x);
        double shift = 0;
        if (x < 1) shift = -1 / x++;
        else if (x < 10) while (x >= 2) shift += 1 / --x;
        if (x <= 2) return shift + (x - DigammaRoot - DigammaRootTail) * Series.Chebyshev(DigammaOverRoot, 2 * x - 3);
        if (double.IsPositiveInfinity(x) || double.IsNaN(x)) return x;
        var square = 1 / x / x;
        return Math.Log(x) - 0.5 / x - square * Series.Power(DigammaTerms, square);
    }

    /// <summary>Derivative of <see cref="Digamma"/>; +inf at 0 and the negative integers.</summary>
    public static double Trigamma(double x)
    {
        if (x > 0 || double.IsNaN(x)) return Zeta(2, x);
        if (x == Math.Floor(x)) return double.PositiveInfinity;
        var sine = double.SinPi(x) / Math.PI;
        return 1 / (sine * sine) - Zeta(2, 1 - x);
    }

    /// <summary>The n-th derivative of the digamma function, n ≥ 0.</summary>
    public static double Polygamma(long n, double x)
    {
        if (n == 0) return Digamma(x);
        if (n == 1) return Trigamma(x);
        double factorial = 1;
        for (long k = 2; k <= n && factorial < double.PositiveInfinity; k++) factorial *= k;
        var zeta = Zeta(n + 1, x);
        return (n & 1) == 1 ? factorial * zeta : -factorial * zeta;
    }

    /// <summary>Hurwitz zeta Σ (q + k)^(−s): NaN for s &lt; 1, +inf for s = 1 and at the poles q = 0, −1, …; q &lt; 0 needs an integer s.</summary>
    /// <remarks>Euler–Maclaurin (NIST DLMF 25.11.28); negative q by splitting the sum at zero.</remarks>
    public static double Zeta(double s, double q)
    {
        if (double.IsNaN(s) || double.IsNaN(q) || s < 1) return double.NaN;
        if (s == 1) return double.PositiveInfinity;
        if (q > 0) return ZetaPositive(s, q);
        if (q == Math.Floor(q)) return double.PositiveInfinity;
        if (s != Math.Floor(s)) return double.NaN;
        var fraction = Math.Ceiling(-q) == -q ? 0 : -q - Math.Floor(-q);
        var below = ZetaPositive(s, fraction) - ZetaPositive(s, 1 - q);
        return ZetaPositive(s, 1 - fraction) + (Math.IEEERemainder(s, 2) == 0 ? below : -below);
    }

    static double ZetaPositive(double s, double q)
    {
        if (double.IsPositiveInfinity(q) || double.IsPositiveInfinity(s))
            return q > 1 ? 0 : q == 1 ? 1 : double.PositiveInfinity;
        double sum = 0, a = q;
        for (var i = 0; i < 9 || a < 10; i++, a++)
        {
            var term = Math.Pow(a, -s);
            sum += term;
            if (term <= 1e-17 * sum) return sum;
        }
        var power = Math.Pow(a, -s);
        sum += power * (a / (s - 1) + 0.5);
        power *= s / a;
        for (var k = 0; k < EulerMaclaurin.Length; k++)
        {
            var term = power * EulerMaclaurin[k];
            sum += term;
            if (Math.Abs(term) < 1e-17 * sum) break;
            power *= (s + 2 * k + 1) / a * ((s + 2 * k + 2) / a);
        }
        return sum;
    }

    // B_2k / (2k (2k - 1))
    static ReadOnlySpan<double> StirlingTerms =>
    [
        0.08333333333333333, -0.002777777777777778, 0.0007936507936507937, -0.0005952380952380953,
        0.0008417508417508417, -0.0019175269175269176, 0.00641025641025641, -0.029550653594771242,
        0.17964437236883057, -1.3924322169059011,
    ];

    // B_2k / 2k
    static ReadOnlySpan<double> DigammaTerms =>
    [
        0.08333333333333333, -0.008333333333333333, 0.003968253968253968, -0.004166666666666667,
        0.007575757575757576, -0.021092796092796094, 0.08333333333333333, -0.4432598039215686,
        3.0539543302701198, -26.456212121212122,
    ];

    // B_2k / (2k)!
    static ReadOnlySpan<double> EulerMaclaurin =>
    [
        0.08333333333333333, -0.001388888888888889, 3.306878306878307e-05, -8.267195767195768e-07,
        2.08767569878681e-08, -5.284190138687493e-10, 1.3382536530684679e-11, -3.3896802963225827e-13,
        8.586062056277845e-15, -2.174868698558062e-16, 5.5090028283602295e-18, -1.3954464685812522e-19,
        3.534707039629467e-21,
    ];

    // ln Gamma(2 + t) / t for |t| <= 1/2, argument 2t
    static ReadOnlySpan<double> LogGammaAtTwo =>
    [
        0.41418612492156676, 0.16322170068760064, -0.008658972394126285, 0.0006727515726001485,
        -6.139556963628233e-05, 6.110065797003576e-06, -6.410003033826223e-07, 6.962242692768951e-08,
        -7.747248733788217e-09, 8.774075140687239e-10, -1.0070266869830198e-10, 1.1678602130652374e-11,
        -1.3656871334744932e-12, 1.6079351149711552e-13, -1.9039501088488732e-14, 2.2653768767833064e-15,
        -2.706656814831896e-16, 3.245660731626191e-17, -3.904483378457447e-18,
    ];

    // digamma(x) / (x - root) for 1 <= x <= 2, argument 2x - 3
    static ReadOnlySpan<double> DigammaOverRoot =>
    [
        0.983570260441567, -0.2270640863346444, 0.03336889902393011, -0.005320077271596548,
        0.0008788656937820505, -0.00014773492650606044, 2.5060543468359146e-05, -4.2721034029993324e-06,
        7.302769272465923e-07, -1.2502886813559594e-07, 2.1425009322359472e-08, -3.673295918565179e-09,
        6.299717236108931e-10, -1.080593028883266e-10, 1.853735192053638e-11, -3.18023536582553e-12,
        5.456147570322795e-13, -9.360993131036438e-14, 1.606064636295075e-14, -2.7555431377438815e-15,
        4.727736178601912e-16, -8.11148420346509e-17, 1.391707769474154e-17, -2.3877901082188625e-18,
    ];
}
