using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Flambeau.Cpu.Fft;

/// <summary>
/// The discrete Fourier transform of one length, X[k] = Σ x[j]·exp(∓2πi·jk/n), never scaled. Immutable, so any number of threads may share it.
/// </summary>
internal sealed class FftPlan
{
    /// <summary>Beyond this prime factor the direct butterfly costs more than a convolution.</summary>
    const int LargestPrime = 61;

    readonly Pass[] passes = [];
    readonly Bluestein? chirp;

    /// <summary>Prefer <see cref="For"/>, which shares plans.</summary>
    public FftPlan(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Length = length;
        if (Factors(length) is { } factors)
        {
            passes = new Pass[factors.Count];
            int left = length, stride = 1;
            for (int i = 0; i < passes.Length; i++)
            {
                left /= factors[i];
                passes[i] = new(factors[i], left, stride);
                stride *= factors[i];
            }
        }
        else chirp = new(length);
    }

    public int Length { get; }

    /// <summary>Numbers held, for the cache's bound.</summary>
    public long Size => chirp?.Size ?? passes.Sum(p => (long)p.Size);

    /// <summary>The shared plan for a length.</summary>
    public static FftPlan For(int length) => PlanCache.Shared.Get(length);

    /// <summary>Transforms in place; with <paramref name="inverse"/> the exponent's sign is plus. No factor 1/n in either direction.</summary>
    public void Transform(Span<Complex> data, bool inverse = false)
    {
        if (data.Length != Length) throw new ArgumentException($"fft: the plan is for {Length} points, but the data has {data.Length}.", nameof(data));
        if (Length == 1) return;
        if (chirp != null) chirp.Transform(data);
        else
        {
            var scratch = ArrayPool<Complex>.Shared.Rent(Length);
            Forward(data, scratch);
            ArrayPool<Complex>.Shared.Return(scratch);
        }
        // The inverse transform is the forward one read backwards.
        if (inverse) data[1..].Reverse();
    }

    void Forward(Span<Complex> data, Span<Complex> scratch)
    {
        ref double x = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<Complex, double>(data));
        ref double y = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<Complex, double>(scratch));
        for (int i = 0; i < passes.Length; i++)
            if (i % 2 == 0) passes[i].Run(ref x, ref y);
            else passes[i].Run(ref y, ref x);
        if (passes.Length % 2 != 0) scratch[..Length].CopyTo(data);
    }

    /// <summary>Radices, fours first so that the strides after them suit wide registers; null if a prime is too large.</summary>
    static List<int>? Factors(int n)
    {
        List<int> odd = [], even = [];
        for (; n % 4 == 0; n /= 4) even.Add(4);
        if (n % 2 == 0) { even.Add(2); n /= 2; }
        for (int p = 3; p <= LargestPrime && n > 1; p += 2)
            for (; n % p == 0; n /= p) odd.Add(p);
        if (n > 1) return null;
        even.AddRange(odd);
        return even;
    }
}
