namespace Flambeau.Cpu;

/// <summary>Element offsets of the positions that some axes span, in row-major order.</summary>
internal static class Offsets
{
    /// <summary>One offset a position; strides beyond the sizes are ignored.</summary>
    internal static long[] Of(ReadOnlySpan<long> sizes, ReadOnlySpan<long> strides)
    {
        long n = 1;
        foreach (var s in sizes) n = checked(n * s);
        var r = new long[n];
        if (n == 0) return r;
        long filled = 1;
        for (var d = sizes.Length - 1; d >= 0; d--)
        {
            // The block of the inner axes is repeated, shifted by this axis' stride.
            for (long k = 1; k < sizes[d]; k++)
            {
                long shift = k * strides[d], at = k * filled;
                for (long i = 0; i < filled; i++) r[at + i] = r[i] + shift;
            }
            filled *= sizes[d];
        }
        return r;
    }

    /// <summary>Splits off the innermost axes that one stride walks over.</summary>
    internal static (long Run, long Step, int Axes) Inner(ReadOnlySpan<long> sizes, ReadOnlySpan<long> strides)
    {
        long run = 1, step = 1;
        var d = sizes.Length;
        for (; d > 0; d--)
        {
            if (sizes[d - 1] == 1) continue;
            if (run == 1) (run, step) = (sizes[d - 1], strides[d - 1]);
            else if (strides[d - 1] == run * step) run *= sizes[d - 1];
            else break;
        }
        return (run, step, d);
    }
}
