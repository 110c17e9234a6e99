namespace Flambeau.Cpu.Special;

/// <summary>Regularised incomplete gamma functions P(a, x) and Q(a, x).</summary>
/// <remarks>
/// Taylor series, Legendre's continued fraction (NIST DLMF §8.7, §8.9), and for a &gt; 200 near x = a Temme's uniform expansion
/// (DLMF §8.12; Temme, SIAM J. Math. Anal. 10 (1979) 757). Domain rules: negative a or x is NaN; P(0, x) = 1 for x &gt; 0, NaN at 0.
/// </remarks>
internal static partial class IncompleteGamma
{
    /// <summary>Lower regularised function, γ(a, x)/Γ(a).</summary>
    public static double P(double a, double x)
    {
        if (double.IsNaN(a) || double.IsNaN(x) || x < 0 || a < 0) return double.NaN;
        if (a == 0) return x > 0 ? 1 : double.NaN;
        if (x == 0) return 0;
        if (double.IsInfinity(a)) return double.IsInfinity(x) ? double.NaN : 0;
        if (double.IsInfinity(x)) return 1;
        if (Uniform(a, x)) return Temme(a, x, lower: true);
        return x > 1 && x > a ? 1 - Q(a, x) : Lower(a, x);
    }

    /// <summary>Upper regularised function, Γ(a, x)/Γ(a) = 1 − P.</summary>
    public static double Q(double a, double x)
    {
        if (double.IsNaN(a) || double.IsNaN(x) || x < 0 || a < 0) return double.NaN;
        if (a == 0) return x > 0 ? 0 : double.NaN;
        if (x == 0) return 1;
        if (double.IsInfinity(a)) return double.IsInfinity(x) ? double.NaN : 1;
        if (double.IsInfinity(x)) return 0;
        if (Uniform(a, x)) return Temme(a, x, lower: false);
        if (x > 1.1) return x < a ? 1 - Lower(a, x) : Upper(a, x);
        var threshold = x <= 0.5 ? -0.4 / Math.Log(x) : 1.1 * x;
        return a > threshold ? 1 - Lower(a, x) : UpperSmall(a, x);
    }

    /// <summary>∂P/∂x = x^(a−1)·e^(−x)/Γ(a).</summary>
    public static double Density(double a, double x)
    {
        if (!(a >= 0 && x >= 0)) return double.NaN;
        if (a == 0 || double.IsInfinity(x) || double.IsInfinity(a)) return 0;
        return x > 0 ? Prefactor(a, x) / x : a < 1 ? double.PositiveInfinity : a == 1 ? 1 : 0;
    }

    static bool Uniform(double a, double x) => a > 200 && Math.Abs(x - a) < 0.3 * a;

    /// <summary>x^a·e^(−x)/Γ(a).</summary>
    static double Prefactor(double a, double x)
    {
        if (a < 10)
        {
            var scale = a / Math.Exp(a <= 0.5 ? GammaFunctions.Lgamma1P(a) : GammaFunctions.Lgamma(a + 1));
            return x < 700 ? Math.Pow(x, a) * Math.Exp(-x) * scale : Math.Exp(a * Math.Log(x) - x) * scale;
        }
        var mu = (x - a) / a;
        var exponent = Math.Abs(mu) < 0.4 ? a * Elementary.Log1PMinus(mu) : a * Math.Log(x / a) + (a - x);
        return Math.Exp(exponent - GammaFunctions.StirlingRest(a)) * Math.Sqrt(a / (2 * Math.PI));
    }

    static double Lower(double a, double x)
    {
        double term = 1, sum = 1;
        for (var n = 1; n < 100_000 && term > 1e-17 * sum; n++) sum += term *= x / (a + n);
        return Prefactor(a, x) / a * sum;
    }

    /// <summary>Continued fraction by Lentz's method (Thompson and Barnett, J. Comput. Phys. 64 (1986) 490).</summary>
    static double Upper(double a, double x)
    {
        double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
        for (var n = 1; n < 100_000; n++)
        {
            var numerator = -n * (n - a);
            b += 2;
            d = 1 / NonZero(numerator * d + b);
            c = NonZero(b + numerator / c);
            h *= c * d;
            if (Math.Abs(c * d - 1) < 1e-16) break;
        }
        return Prefactor(a, x) * h;
    }

    static double NonZero(double value) => Math.Abs(value) < 1e-300 ? 1e-300 : value;

    /// <summary>Q for small a and x, where 1 − P would cancel.</summary>
    static double UpperSmall(double a, double x)
    {
        double power = 1, sum = 0;
        for (var n = 1; n < 200; n++)
        {
            power *= -x / n;
            var term = power * a / (a + n);
            sum += term;
            if (Math.Abs(term) <= 1e-17 * Math.Abs(sum)) break;
        }
        var log = a * Math.Log(x) - (a <= 0.5 ? GammaFunctions.Lgamma1P(a) : GammaFunctions.Lgamma(a + 1));
        return -Elementary.ExpM1(log) - Math.Exp(log) * sum;
    }

    static double Temme(double a, double x, bool lower)
    {
        var mu = (x - a) / a;
        var half = -Elementary.Log1PMinus(mu);
        var eta = Math.CopySign(Math.Sqrt(2 * half), mu);
        double sum = 0;
        for (var k = TemmeOrder - 1; k >= 0; k--)
            sum = sum / a + Series.Power(TemmeD.Slice(k * TemmeDegree, TemmeDegree), eta);
        var rest = Math.Exp(-a * half) / Math.Sqrt(2 * Math.PI * a) * sum;
        var root = eta * Math.Sqrt(a / 2);
        return lower ? 0.5 * ErrorFunctions.Erfc(-root) - rest : 0.5 * ErrorFunctions.Erfc(root) + rest;
    }
}
