namespace Flambeau.Cpu.Special;

/// <summary>Small functions that the run-time library lacks or rounds badly; NaN and infinity behave as in PyTorch.</summary>
internal static class Elementary
{
    /// <summary>e^x − 1 without cancellation near zero.</summary>
    /// <remarks>Kahan's correction: the rounding error of e^x is undone by taking its logarithm (Higham 2002, §1.14.1).</remarks>
    public static double ExpM1(double x)
    {
        if (Math.Abs(x) >= 40) return Math.Exp(x) - 1;
        if (Math.Abs(x) < 1e-9) return x * (1 + 0.5 * x);
        double u = Math.Exp(x), less = u - 1;
        return u == 1 ? x : less == -1 ? -1 : less * (x / Math.Log(u));
    }

    /// <summary>ln(1 + x) without cancellation near zero; NaN below −1, −inf at −1.</summary>
    /// <remarks>Kahan's correction of the rounding of 1 + x (Goldberg 1991, theorem 4).</remarks>
    public static double Log1P(double x)
    {
        var u = 1 + x;
        if (u == 1) return x;
        return double.IsInfinity(u) || u <= 0 ? Math.Log(u) : Math.Log(u) * (x / (u - 1));
    }

    /// <summary>ln(1 + x) − x for |x| &lt; 0.5, with full relative accuracy near zero.</summary>
    public static double Log1PMinus(double x)
    {
        // ln(1+x) = 2 artanh(s), s = x/(2+x), and 2s - x = -x s exactly
        double s = x / (2 + x), s2 = s * s, sum = 0;
        for (var k = 29; k >= 3; k -= 2) sum = sum * s2 + 1.0 / k;
        return s * (2 * s2 * sum - x);
    }

    /// <summary>e^(−x²) (or e^(x²)) without the error that rounding x² would bring.</summary>
    public static double ExpSquare(double x, int sign)
    {
        double head = Math.Truncate(x * 16) / 16, tail = (x - head) * (x + head);
        return Math.Exp(sign * head * head) * Math.Exp(sign * tail);
    }

    /// <summary>Entropy term −x ln x: 0 at 0, −inf below.</summary>
    public static double Entr(double x) => double.IsNaN(x) ? x : x > 0 ? -x * Math.Log(x) : x == 0 ? 0 : double.NegativeInfinity;

    /// <summary>Normalised sinc, sin(πx)/(πx), 1 at 0.</summary>
    public static double Sinc(double x) => x == 0 ? 1 : double.SinPi(x) / (Math.PI * x);

    /// <summary>Derivative of <see cref="Sinc"/>.</summary>
    public static double SincGrad(double x)
    {
        var y = Math.PI * x;
        // the Maclaurin series, where cos(y) - sin(y)/y cancels
        if (Math.Abs(y) < 0.35)
        {
            double y2 = y * y;
            return Math.PI * y * (-1.0 / 3 + y2 * (1.0 / 30 + y2 * (-1.0 / 840 + y2 * (1.0 / 45360 + y2 * (-1.0 / 3991680 + y2 / 518918400)))));
        }
        return (double.CosPi(x) - double.SinPi(x) / y) / x;
    }

    /// <summary>x ln y, 0 where x is 0 and y is not NaN.</summary>
    public static double XLogY(double x, double y) => double.IsNaN(y) ? double.NaN : x == 0 ? 0 : x * Math.Log(y);

    /// <summary>x ln(1 + y), 0 where x is 0 and y is not NaN.</summary>
    public static double XLog1PY(double x, double y) => double.IsNaN(y) ? double.NaN : x == 0 ? 0 : x * Log1P(y);

    /// <summary>ln(x / (1 − x)); NaN outside [0, 1]. With <paramref name="eps"/> ≥ 0, x is first clamped to [eps, 1 − eps].</summary>
    public static double Logit(double x, double eps = -1)
    {
        if (eps >= 0) x = x < eps ? eps : x > 1 - eps ? 1 - eps : x;
        // near 1/2 the quotient's logarithm would cancel
        return x is > 0.25 and < 0.75 ? Log1P((x - 0.5) * 2 / (1 - x)) : Math.Log(x / (1 - x));
    }

    /// <summary>The next float64 after <paramref name="x"/> towards <paramref name="y"/>.</summary>
    public static double NextAfter(double x, double y)
    {
        if (double.IsNaN(x) || double.IsNaN(y)) return double.NaN;
        return x == y ? y : x < y ? Math.BitIncrement(x) : Math.BitDecrement(x);
    }

    /// <summary>The next float32 after <paramref name="x"/> towards <paramref name="y"/>.</summary>
    public static float NextAfter(float x, float y)
    {
        if (float.IsNaN(x) || float.IsNaN(y)) return float.NaN;
        return x == y ? y : x < y ? MathF.BitIncrement(x) : MathF.BitDecrement(x);
    }

    /// <summary>Mantissa in [0.5, 1) and exponent with x = mantissa·2^exponent; 0, NaN and infinities keep themselves and exponent 0.</summary>
    public static (double Mantissa, int Exponent) FrExp(double x)
    {
        if (x == 0 || !double.IsFinite(x)) return (x, 0);
        var exponent = Math.ILogB(x) + 1;
        return (Math.ScaleB(x, -exponent), exponent);
    }

    /// <summary>x·2^exponent.</summary>
    public static double LdExp(double x, double exponent) => x * Math.Pow(2, exponent);

    /// <summary>Greatest common divisor, never negative (save for gcd of long.MinValue with itself or 0); gcd(0, 0) = 0.</summary>
    public static long Gcd(long a, long b)
    {
        ulong x = Magnitude(a), y = Magnitude(b);
        while (y != 0) (x, y) = (y, x % y);
        return (long)x;
    }

    /// <summary>Least common multiple, never negative; 0 where an argument is 0; wraps on overflow.</summary>
    public static long Lcm(long a, long b)
    {
        var g = Gcd(a, b);
        return g == 0 ? 0 : unchecked((long)Magnitude(a / g * b));
    }

    static ulong Magnitude(long x) => x < 0 ? unchecked(0UL - (ulong)x) : (ulong)x;
}
