namespace Flambeau.Cpu.Special;

/// <summary>Orthogonal polynomials of an integer degree; a negative degree gives 0, as in PyTorch.</summary>
/// <remarks>
/// Three-term recurrences and special values of NIST DLMF §18.5, §18.6 and §18.9. Chebyshev polynomials of higher degree inside
/// their interval take the trigonometric form, so that the cost does not grow with the degree. A degree that is not a number
/// counts as negative.
/// </remarks>
internal static class OrthogonalPolynomials
{
    // Hermite values overflow beyond this degree, so PyTorch answers NaN rather than recur
    const long HermiteLimit = 512;

    public static double ChebyshevT(double x, long n) => Chebyshev(x, n, 6, x, static (x, n) => Math.Cos(n * Math.Acos(x)), 1, Sign(n));

    public static double ChebyshevU(double x, long n) => Chebyshev(x, n, 8, 2 * x,
        static (x, n) => Math.Sin((n + 1.0) * Math.Acos(x)) / Math.Sqrt((1 - x) * (1 + x)), n + 1.0, Sign(n) * (n + 1.0));

    public static double ChebyshevV(double x, long n) => Chebyshev(x, n, 8, 2 * x - 1,
        static (x, n) => Math.Cos((n + 0.5) * Math.Acos(x)) / Math.Sqrt((1 + x) / 2), 1, Sign(n) * (2.0 * n + 1));

    public static double ChebyshevW(double x, long n) => Chebyshev(x, n, 8, 2 * x + 1,
        static (x, n) => Math.Sin((n + 0.5) * Math.Acos(x)) / Math.Sqrt((1 - x) / 2), 2.0 * n + 1, Sign(n));

    public static double ShiftedChebyshevT(double x, long n) => ChebyshevT(2 * x - 1, n);

    public static double ShiftedChebyshevU(double x, long n) => ChebyshevU(2 * x - 1, n);

    public static double ShiftedChebyshevV(double x, long n) => ChebyshevV(2 * x - 1, n);

    public static double ShiftedChebyshevW(double x, long n) => ChebyshevW(2 * x - 1, n);

    /// <summary>Physicists' Hermite polynomial: H₁ = 2x.</summary>
    public static double HermiteH(double x, long n)
    {
        if (n > HermiteLimit) return double.NaN;
        if (n <= 0) return n == 0 ? 1 : 0;
        double before = 1, last = 2 * x;
        for (long k = 1; k < n && !double.IsNaN(last); k++) (before, last) = (last, 2 * x * last - 2 * k * before);
        return last;
    }

    /// <summary>Probabilists' Hermite polynomial: He₁ = x.</summary>
    public static double HermiteHe(double x, long n)
    {
        if (n > HermiteLimit) return double.NaN;
        if (n <= 0) return n == 0 ? 1 : 0;
        double before = 1, last = x;
        for (long k = 1; k < n && !double.IsNaN(last); k++) (before, last) = (last, x * last - k * before);
        return last;
    }

    public static double LaguerreL(double x, long n)
    {
        if (n <= 0) return n == 0 ? 1 : 0;
        if (x == 0) return 1;
        double before = 1, last = 1 - x;
        for (long k = 1; k < n && !double.IsNaN(last); k++)
            (before, last) = (last, ((2.0 * k + 1 - x) * last - k * before) / (k + 1));
        return last;
    }

    public static double LegendreP(double x, long n)
    {
        if (n <= 0) return n == 0 ? 1 : 0;
        if (Math.Abs(x) == 1) return x > 0 ? 1 : Sign(n);
        double before = 1, last = x;
        for (long k = 1; k < n && !double.IsNaN(last); k++)
            (before, last) = (last, ((2.0 * k + 1) * x * last - k * before) / (k + 1));
        return last;
    }

    /// <summary>The degree that a floating-point tensor holds: truncated, NaN as a negative one.</summary>
    public static long Degree(double n) => double.IsNaN(n) ? -1 : (long)Math.Clamp(n, -1, 9e18);

    static double Sign(long n) => (n & 1) == 0 ? 1 : -1;

    static double Chebyshev(double x, long n, int recurUpTo, double first, Func<double, long, double> inside, double atOne, double atMinusOne)
    {
        if (n < 0) return 0;
        if (x == 1) return atOne;
        if (x == -1) return atMinusOne;
        if (n > recurUpTo && Math.Abs(x) < 1) return inside(x, n);
        if (n == 0) return 1;
        double before = 1, last = first, twice = 2 * x;
        for (long k = 1; k < n && !double.IsNaN(last); k++) (before, last) = (last, twice * last - before);
        return last;
    }
}
