using System.Runtime.CompilerServices;

namespace Flambeau.Cpu.Special;

/// <summary>Evaluation of Chebyshev and power series.</summary>
/// <remarks>
/// Clenshaw, "A note on the summation of Chebyshev series", MTAC 9 (1955). The tables beside each function are Chebyshev
/// interpolants of the named analytic form, computed with 45 decimal digits and cut where terms fall below 2e-18 of the first.
/// </remarks>
internal static class Series
{
    /// <summary>Σ c[k]·T_k(t) for t in [-1, 1].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Chebyshev(ReadOnlySpan<double> c, double t)
    {
        double t2 = t + t, b0 = 0, b1 = 0;
        for (var k = c.Length - 1; k > 0; k--)
            (b0, b1) = (Math.FusedMultiplyAdd(t2, b0, c[k] - b1), b0);
        return Math.FusedMultiplyAdd(t, b0, c[0] - b1);
    }

    /// <summary>Σ c[k]·x^k.</summary>
    public static double Power(ReadOnlySpan<double> c, double x)
    {
        double sum = 0;
        for (var k = c.Length - 1; k >= 0; k--) sum = Math.FusedMultiplyAdd(sum, x, c[k]);
        return sum;
    }
}
