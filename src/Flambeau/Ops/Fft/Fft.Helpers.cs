using Flambeau.Ops;

namespace Flambeau;

public static partial class Fft
{
    /// <summary>Moves frequency zero to the middle of axes (all by default).</summary>
    [Op("fft.fftshift(Tensor self, int[]? dim=None) -> Tensor")]
    public static Tensor FftShift(Tensor self, long[]? dim = null) => Rotate(self, dim, static n => n - n / 2);

    /// <summary>Moves frequency zero from the middle of axes (all by default) to the front: undoes <see cref="FftShift"/>.</summary>
    [Op("fft.ifftshift(Tensor self, int[]? dim=None) -> Tensor")]
    public static Tensor IfftShift(Tensor self, long[]? dim = null) => Rotate(self, dim, static n => n / 2);

    static Tensor Rotate(Tensor x, long[]? dim, Func<long, long> first)
    {
        var y = x;
        foreach (var d in dim ?? [.. Enumerable.Range(0, x.Rank).Select(static d => (long)d)])
        {
            var at = first(y.Size((int)d));
            if (at > 0 && at < y.Size((int)d)) y = Tensor.Cat([y.Slice(d, at), y.Slice(d, 0, at)], d);
        }
        return ReferenceEquals(x, y) ? x.Clone() : y;
    }

    /// <summary>The frequencies of <see cref="Transform"/> for n points <paramref name="d"/> apart: 0, 1, …, −2, −1, over n·d.</summary>
    [Op("fft.fftfreq(int n, float d=1.0, *, dtype? dtype=None) -> Tensor")]
    public static Tensor FftFreq(long n, double d = 1.0, DType? dtype = null) => Frequencies(n, n, d, dtype);

    /// <summary>The frequencies of <see cref="Rfft"/> for n points <paramref name="d"/> apart: 0 to n/2, over n·d.</summary>
    [Op("fft.rfftfreq(int n, float d=1.0, *, dtype? dtype=None) -> Tensor")]
    public static Tensor RfftFreq(long n, double d = 1.0, DType? dtype = null) => Frequencies(n, n / 2 + 1, d, dtype);

    static Tensor Frequencies(long n, long count, double d, DType? dtype)
    {
        if (n < 1) throw new ArgumentException($"fft.fftfreq: n is {n}; expected at least one point");
        var values = new double[count];
        for (long k = 0; k < count; k++) values[k] = (count == n && k > (n - 1) / 2 ? k - n : k) / (n * d);
        return Tensor.From(values).To(dtype ?? DType.Float32);
    }
}
