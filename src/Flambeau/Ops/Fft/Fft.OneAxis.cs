using Flambeau.Ops;

namespace Flambeau;

/// <summary>
/// Discrete Fourier transforms: <c>torch.fft</c>. Integers are transformed as float32; sums are made in double precision. A size cuts the axis or fills it with zeros.
/// norm: "backward" (the default) divides in the inverse transform by the number of points, "forward" in the forward one, "ortho" in both by its square root.
/// </summary>
public static partial class Fft
{
    /// <summary>Transform along an axis; complex. (<c>torch.fft.fft</c>)</summary>
    [Op("fft.fft(Tensor self, int? n=None, int dim=-1, str? norm=None) -> Tensor")]
    public static Tensor Transform(Tensor self, long? n = null, long dim = -1, string? norm = null) => General(self, Sizes(n), [dim], norm, true, "fft.fft");

    /// <summary>Inverse transform along an axis; complex.</summary>
    [Op("fft.ifft(Tensor self, int? n=None, int dim=-1, str? norm=None) -> Tensor")]
    public static Tensor Ifft(Tensor self, long? n = null, long dim = -1, string? norm = null) => General(self, Sizes(n), [dim], norm, false, "fft.ifft");

    /// <summary>Transform of a real tensor along an axis: the n/2 + 1 frequencies that aren't conjugates of others.</summary>
    [Op("fft.rfft(Tensor self, int? n=None, int dim=-1, str? norm=None) -> Tensor")]
    public static Tensor Rfft(Tensor self, long? n = null, long dim = -1, string? norm = null) => FromReal(self, Sizes(n), [dim], norm, "fft.rfft");

    /// <summary>Inverse of <see cref="Rfft"/>: real, of size n (by default twice the number of frequencies less one).</summary>
    [Op("fft.irfft(Tensor self, int? n=None, int dim=-1, str? norm=None) -> Tensor")]
    public static Tensor Irfft(Tensor self, long? n = null, long dim = -1, string? norm = null) => ToReal(self, Sizes(n), [dim], norm, "fft.irfft");

    /// <summary>Transform of half of a signal that is Hermitian in time: real.</summary>
    [Op("fft.hfft(Tensor self, int? n=None, int dim=-1, str? norm=None) -> Tensor")]
    public static Tensor Hfft(Tensor self, long? n = null, long dim = -1, string? norm = null) => ToRealForward(self, Sizes(n), [dim], norm, "fft.hfft");

    /// <summary>Inverse of <see cref="Hfft"/>: the n/2 + 1 points of the Hermitian signal.</summary>
    [Op("fft.ihfft(Tensor self, int? n=None, int dim=-1, str? norm=None) -> Tensor")]
    public static Tensor Ihfft(Tensor self, long? n = null, long dim = -1, string? norm = null) => FromRealInverse(self, Sizes(n), [dim], norm, "fft.ihfft");

    static long[]? Sizes(long? n) => n is { } v ? [v] : null;

    static Tensor General(Tensor self, long[]? s, long[]? dim, string? norm, bool forward, string op)
    {
        var mode = FftArguments.Mode(norm, forward, op);
        var (axes, sizes) = FftArguments.Resolve(self, s, dim, op);
        return ComplexToComplex(FftArguments.Resize(FftArguments.Complex(self), axes, sizes, op), axes, mode, forward);
    }

    static Tensor FromReal(Tensor self, long[]? s, long[]? dim, string? norm, string op)
    {
        var mode = FftArguments.Mode(norm, true, op);
        var (axes, sizes) = FftArguments.Resolve(self, s, dim, op);
        RequireAxis(axes, op);
        return RealToComplex(FftArguments.Resize(FftArguments.Real(self, op), axes, sizes, op), axes, mode);
    }

    static Tensor FromRealInverse(Tensor self, long[]? s, long[]? dim, string? norm, string op)
    {
        var mode = FftArguments.Mode(norm, false, op);
        var (axes, sizes) = FftArguments.Resolve(self, s, dim, op);
        RequireAxis(axes, op);
        var y = RealToComplex(FftArguments.Resize(FftArguments.Real(self, op), axes, sizes, op), axes[^1..], mode).Conj();
        return axes.Length == 1 ? y : ComplexToComplex(y, axes[..^1], mode, false);
    }

    static Tensor ToReal(Tensor self, long[]? s, long[]? dim, string? norm, string op)
    {
        var mode = FftArguments.Mode(norm, false, op);
        var (x, axes, last) = HalfSpectrum(self, s, dim, op);
        return ComplexToReal(x, axes, mode, last);
    }

    static Tensor ToRealForward(Tensor self, long[]? s, long[]? dim, string? norm, string op)
    {
        var mode = FftArguments.Mode(norm, true, op);
        var (x, axes, last) = HalfSpectrum(self, s, dim, op);
        if (axes.Length > 1) x = ComplexToComplex(x, axes[..^1], mode, true);
        return ComplexToReal(x.Conj(), axes[^1..], mode, last);
    }

    static (Tensor X, long[] Axes, long Last) HalfSpectrum(Tensor self, long[]? s, long[]? dim, string op)
    {
        var (axes, sizes) = FftArguments.Resolve(self, s, dim, op);
        RequireAxis(axes, op);
        var last = s is null || s[^1] == -1 ? 2 * (sizes[^1] - 1) : sizes[^1];
        if (last < 1) throw new ArgumentException($"{op}: {last} data points in the result; expected at least one. Give its size explicitly");
        sizes[^1] = last / 2 + 1;
        return (FftArguments.Resize(FftArguments.Complex(self), axes, sizes, op), axes, last);
    }

    static void RequireAxis(long[] axes, string op)
    {
        if (axes.Length == 0) throw new ArgumentException($"{op}: no axis was given; expected at least one");
    }
}
