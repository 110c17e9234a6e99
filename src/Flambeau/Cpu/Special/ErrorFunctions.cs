namespace Flambeau.Cpu.Special;

/// <summary>The error function, its relatives, its inverse, and the normal distribution's forms of them.</summary>
/// <remarks>
/// One Chebyshev series for (1 + 2x)·erfcx(x) covers the half line (Shepherd and Laframboise, Math. Comp. 36 (1981) 249);
/// erf near zero is x times a series in x². The inverse is Wichura's AS 241 (Appl. Statist. 37 (1988) 477).
/// </remarks>
internal static class ErrorFunctions
{
    const double HalfSqrt2 = 0.7071067811865476, FoldErfcx = 3.75;

    /// <summary>2/√π ∫₀ˣ e^(−t²) dt.</summary>
    public static double Erf(double x)
    {
        var a = Math.Abs(x);
        if (a < 1) return x * Series.Chebyshev(SmallErf, 2 * x * x - 1);
        if (double.IsNaN(x)) return x;
        return a > 6 ? Math.CopySign(1, x) : Math.CopySign(1 - Tail(a), x);
    }

    /// <summary>1 − erf(x), relatively accurate in the upper tail.</summary>
    public static double Erfc(double x)
    {
        if (x < 0.5) return x < -6 ? 2 : x < -1 ? 2 - Tail(-x) : 1 - Erf(x);
        return x > 28 ? 0 : Tail(x);
    }

    /// <summary>e^(x²)·erfc(x): about 1/(x√π) for large x, +inf below −26.7.</summary>
    public static double Erfcx(double x)
    {
        if (x >= 0) return Scaled(x);
        if (double.IsNaN(x)) return x;
        return x < -27 ? double.PositiveInfinity : 2 * Elementary.ExpSquare(x, 1) - Scaled(-x);
    }

    /// <summary>The x with erf(x) = y; NaN for |y| &gt; 1, ±inf at ±1.</summary>
    public static double ErfInv(double y)
    {
        var a = Math.Abs(y);
        if (!(a <= 1)) return double.NaN;
        if (a == 1) return Math.CopySign(double.PositiveInfinity, y);
        if (a <= 0.85) return HalfSqrt2 * Central(y / 2);
        return Math.CopySign(HalfSqrt2 * Outer((1 - a) / 2), y);
    }

    /// <summary>Standard normal distribution function.</summary>
    public static double Ndtr(double x)
    {
        if (!(x < -1)) return 0.5 * Erfc(-x * HalfSqrt2);
        if (x < -39) return 0;
        // e^(-x^2/2) from x itself: rounding x/sqrt(2) first would cost x^2 ulps
        double head = Math.Truncate(x * 16) / 16, tail = (x - head) * (x + head);
        return 0.5 * Math.Exp(-0.5 * head * head) * Math.Exp(-0.5 * tail) * Scaled(-x * HalfSqrt2);
    }

    /// <summary>Logarithm of <see cref="Ndtr"/>, finite far into the lower tail.</summary>
    public static double LogNdtr(double x) => x < -1
        ? Math.Log(Scaled(-x * HalfSqrt2) / 2) - 0.5 * x * x
        : Elementary.Log1P(-Erfc(x * HalfSqrt2) / 2);

    /// <summary>Quantile of the standard normal distribution; NaN outside [0, 1], ∓inf at 0 and 1.</summary>
    public static double Ndtri(double p)
    {
        if (!(p >= 0 && p <= 1)) return double.NaN;
        if (p == 0) return double.NegativeInfinity;
        if (p == 1) return double.PositiveInfinity;
        var q = p - 0.5;
        return Math.Abs(q) <= 0.425 ? Central(q) : q < 0 ? -Outer(p) : Outer(1 - p);
    }

    static double Tail(double x) => Elementary.ExpSquare(x, -1) * Scaled(x);

    static double Scaled(double x) => double.IsPositiveInfinity(x) ? 0
        : Series.Chebyshev(ScaledErfc, (x - FoldErfcx) / (x + FoldErfcx)) / (1 + 2 * x);

    static double Central(double q)
    {
        var r = 0.180625 - q * q;
        return q * (Series.Power(CentralUpper, r) / Series.Power(CentralLower, r));
    }

    /// <summary>Minus the quantile of a small upper-tail probability.</summary>
    static double Outer(double tail)
    {
        var r = Math.Sqrt(-Math.Log(tail));
        return r <= 5
            ? Series.Power(OuterUpper, r - 1.6) / Series.Power(OuterLower, r - 1.6)
            : Series.Power(FarUpper, r - 5) / Series.Power(FarLower, r - 5);
    }

    static ReadOnlySpan<double> CentralUpper =>
    [
        3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
        45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
    ];

    static ReadOnlySpan<double> CentralLower =>
    [
        1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077,
        21213.794301586595867, 39307.895800092710610, 28729.085735721942674, 5226.4952788528545610,
    ];

    static ReadOnlySpan<double> OuterUpper =>
    [
        1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
        1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.74545014278341407640e-4,
    ];

    static ReadOnlySpan<double> OuterLower =>
    [
        1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550,
        0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
    ];

    static ReadOnlySpan<double> FarUpper =>
    [
        6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230,
        0.0265321895265761230930, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
    ];

    static ReadOnlySpan<double> FarLower =>
    [
        1, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525,
        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
    ];

    // erf(x)/x for |x| <= 1, argument 2x^2 - 1
    static ReadOnlySpan<double> SmallErf =>
    [
        0.9754769393826541, -0.14226120510371365, 0.010035582187599796, -0.0005768764699767485,
        2.741993125219606e-05, -1.1043175507344507e-06, 3.8488755420345036e-08, -1.1808582533875466e-09,
        3.2334215826050907e-11, -7.991015947004549e-13, 1.7990725113961456e-14, -3.718635487818693e-16,
        7.103599003714253e-18,
    ];

    // (1 + 2x) erfcx(x) for x >= 0
    static ReadOnlySpan<double> ScaledErfc =>
    [
        1.1775789345674017, -0.004590054580646478, -0.08424913336651792, 0.05920993999819189,
        -0.026658668435305753, 0.009074997670705265, -0.002413163540417608, 0.0004907758365258086,
        -6.916973302501207e-05, 4.13902798607301e-06, 7.74038306619849e-07, -2.1886401049234397e-07,
        1.076499946567091e-08, 4.521959811218287e-09, -7.754400208831351e-10, -6.318088340886684e-11,
        2.86879501093067e-11, 1.9455868545777347e-13, -9.65469674843344e-13, 3.25254814814874e-14,
        3.3478119482868056e-14, -1.864562880419313e-15, -1.2507950530688648e-15, 7.418235256624044e-17,
        5.068148904796111e-17,
    ];
}
