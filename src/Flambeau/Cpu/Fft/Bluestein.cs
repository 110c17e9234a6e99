using System.Buffers;
using System.Numerics;

namespace Flambeau.Cpu.Fft;

/// <summary>
/// A transform of any length as a convolution with a chirp, since jk = (j² + k² − (k−j)²)/2
/// (Bluestein, "A linear filtering approach to the computation of the discrete Fourier transform", 1970).
/// </summary>
internal sealed class Bluestein
{
    readonly int length;
    readonly FftPlan inner;
    readonly Complex[] chirp, filter;

    public Bluestein(int length)
    {
        this.length = length;
        inner = FftPlan.For(SmoothAtLeast(2L * length - 1));
        chirp = new Complex[length];
        // exp(−πi·j²/n), the square reduced modulo 2n in integers.
        for (int j = 0; j < length; j++) chirp[j] = Roots.Of((long)j * j % (2L * length), 2L * length);
        filter = new Complex[inner.Length];
        for (int j = 0; j < length; j++) filter[j] = Complex.Conjugate(chirp[j]) / inner.Length;
        for (int j = 1; j < length; j++) filter[^j] = filter[j];
        inner.Transform(filter);
    }

    public long Size => 2L * (chirp.Length + filter.Length);

    public void Transform(Span<Complex> data)
    {
        var buffer = ArrayPool<Complex>.Shared.Rent(inner.Length);
        var work = buffer.AsSpan(0, inner.Length);
        for (int j = 0; j < length; j++) work[j] = data[j] * chirp[j];
        work[length..].Clear();
        inner.Transform(work);
        for (int j = 0; j < work.Length; j++) work[j] *= filter[j];
        inner.Transform(work, inverse: true);
        for (int j = 0; j < length; j++) data[j] = work[j] * chirp[j];
        ArrayPool<Complex>.Shared.Return(buffer);
    }

    /// <summary>The least 2ᵃ·3ᵇ·5ᶜ not below n.</summary>
    static int SmoothAtLeast(long n)
    {
        long best = long.MaxValue;
        for (long five = 1; five < 5 * n; five *= 5)
            for (long three = five; three < 3 * n; three *= 3)
            {
                long all = three;
                while (all < n) all *= 2;
                best = Math.Min(best, all);
            }
        return checked((int)best);
    }
}
