using System.Numerics;

namespace Flambeau.Cpu.Fft;

/// <summary>Roots of unity, each within half a unit of the last place or so.</summary>
internal static class Roots
{
    /// <summary>
    /// exp(−2πi·k/n). The angle is first reduced to an eighth of the circle in integers, so that no rounding of 2πk/n is amplified
    /// and the symmetries of the circle hold exactly.
    /// </summary>
    public static Complex Of(long k, long n)
    {
        k %= n;
        if (k < 0) k += n;
        long octant = 8 * k / n, rest = 8 * k - octant * n;             // angle = (octant + rest/n)·π/4
        if ((octant & 1) != 0) rest = n - rest;
        double angle = Math.PI / 4 * ((double)rest / n);
        var (sin, cos) = rest == n ? (Math.Sqrt(0.5), Math.Sqrt(0.5)) : Math.SinCos(angle);
        return octant switch
        {
            0 => new(cos, -sin),
            1 => new(sin, -cos),
            2 => new(-sin, -cos),
            3 => new(-cos, -sin),
            4 => new(-cos, sin),
            5 => new(-sin, cos),
            6 => new(sin, cos),
            _ => new(cos, sin),
        };
    }
}
