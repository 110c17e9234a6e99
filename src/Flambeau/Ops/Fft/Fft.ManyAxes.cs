using Flambeau.Ops;

namespace Flambeau;

public static partial class Fft
{
    static readonly long[] lastTwo = [-2, -1];

    /// <summary>Transform along axes (all by default, or the last ones that sizes <paramref name="s"/> are given for); complex.</summary>
    [Op("fft.fftn(Tensor self, int[]? s=None, int[]? dim=None, str? norm=None) -> Tensor")]
    public static Tensor Fftn(Tensor self, long[]? s = null, long[]? dim = null, string? norm = null) => General(self, s, dim, norm, true, "fft.fftn");

    /// <summary>Inverse transform along axes; complex.</summary>
    [Op("fft.ifftn(Tensor self, int[]? s=None, int[]? dim=None, str? norm=None) -> Tensor")]
    public static Tensor Ifftn(Tensor self, long[]? s = null, long[]? dim = null, string? norm = null) => General(self, s, dim, norm, false, "fft.ifftn");

    /// <summary>Transform of a real tensor along axes, with half of the frequencies of the last one.</summary>
    [Op("fft.rfftn(Tensor self, int[]? s=None, int[]? dim=None, str? norm=None) -> Tensor")]
    public static Tensor Rfftn(Tensor self, long[]? s = null, long[]? dim = null, string? norm = null) => FromReal(self, s, dim, norm, "fft.rfftn");

    /// <summary>Inverse of <see cref="Rfftn"/>.</summary>
    [Op("fft.irfftn(Tensor self, int[]? s=None, int[]? dim=None, str? norm=None) -> Tensor")]
    public static Tensor Irfftn(Tensor self, long[]? s = null, long[]? dim = null, string? norm = null) => ToReal(self, s, dim, norm, "fft.irfftn");

    /// <summary>Transform along axes of a signal that is Hermitian in time, half of it given along the last axis: real.</summary>
    [Op("fft.hfftn(Tensor self, int[]? s=None, int[]? dim=None, str? norm=None) -> Tensor")]
    public static Tensor Hfftn(Tensor self, long[]? s = null, long[]? dim = null, string? norm = null) => ToRealForward(self, s, dim, norm, "fft.hfftn");

    /// <summary>Inverse of <see cref="Hfftn"/>.</summary>
    [Op("fft.ihfftn(Tensor self, int[]? s=None, int[]? dim=None, str? norm=None) -> Tensor")]
    public static Tensor Ihfftn(Tensor self, long[]? s = null, long[]? dim = null, string? norm = null) => FromRealInverse(self, s, dim, norm, "fft.ihfftn");

    /// <summary><see cref="Fftn"/> along two axes, the last ones by default.</summary>
    [Op("fft.fft2(Tensor self, int[]? s=None, int[]? dim=[-2,-1], str? norm=None) -> Tensor")]
    public static Tensor Fft2(Tensor self, long[]? s = null, long[]? dim = null, string? norm = null) => General(self, s, dim ?? lastTwo, norm, true, "fft.fft2");

    /// <summary><see cref="Ifftn"/> along two axes, the last ones by default.</summary>
    [Op("fft.ifft2(Tensor self, int[]? s=None, int[]? dim=[-2,-1], str? norm=None) -> Tensor")]
    public static Tensor Ifft2(Tensor self, long[]? s = null, long[]? dim = null, string? norm = null) => General(self, s, dim ?? lastTwo, norm, false, "fft.ifft2");

    /// <summary><see cref="Rfftn"/> along two axes, the last ones by default.</summary>
    [Op("fft.rfft2(Tensor self, int[]? s=None, int[]? dim=[-2,-1], str? norm=None) -> Tensor")]
    public static Tensor Rfft2(Tensor self, long[]? s = null, long[]? dim = null, string? norm = null) => FromReal(self, s, dim ?? lastTwo, norm, "fft.rfft2");

    /// <summary><see cref="Irfftn"/> along two axes, the last ones by default.</summary>
    [Op("fft.irfft2(Tensor self, int[]? s=None, int[]? dim=[-2,-1], str? norm=None) -> Tensor")]
    public static Tensor Irfft2(Tensor self, long[]? s = null, long[]? dim = null, string? norm = null) => ToReal(self, s, dim ?? lastTwo, norm, "fft.irfft2");

    /// <summary><see cref="Hfftn"/> along two axes, the last ones by default.</summary>
    [Op("fft.hfft2(Tensor self, int[]? s=None, int[]? dim=[-2,-1], str? norm=None) -> Tensor")]
    public static Tensor Hfft2(Tensor self, long[]? s = null, long[]? dim = null, string? norm = null) => ToRealForward(self, s, dim ?? lastTwo, norm, "fft.hfft2");

    /// <summary><see cref="Ihfftn"/> along two axes, the last ones by default.</summary>
    [Op("fft.ihfft2(Tensor self, int[]? s=None, int[]? dim=[-2,-1], str? norm=None) -> Tensor")]
    public static Tensor Ihfft2(Tensor self, long[]? s = null, long[]? dim = null, string? norm = null) => FromRealInverse(self, s, dim ?? lastTwo, norm, "fft.ihfft2");
}
