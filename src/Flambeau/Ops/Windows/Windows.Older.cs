using Flambeau.Ops;

namespace Flambeau;

/// <summary>The windows under their older names, periodic by default.</summary>
public sealed partial class Tensor
{
    /// <summary><see cref="Windows.Bartlett"/>, periodic by default.</summary>
    [Op("bartlett_window(int window_length, bool periodic=True, *, dtype? dtype=None) -> Tensor")]
    public static Tensor BartlettWindow(long windowLength, bool periodic = true, DType? dtype = null) => Windows.Bartlett(windowLength, !periodic, dtype);

    /// <summary><see cref="Windows.Blackman"/>, periodic by default.</summary>
    [Op("blackman_window(int window_length, bool periodic=True, *, dtype? dtype=None) -> Tensor")]
    public static Tensor BlackmanWindow(long windowLength, bool periodic = true, DType? dtype = null) => Windows.Blackman(windowLength, !periodic, dtype);

    /// <summary>alpha − beta cos(2πk / n), periodic by default.</summary>
    [Op("hamming_window(int window_length, bool periodic=True, float alpha=0.54, float beta=0.46, *, dtype? dtype=None) -> Tensor")]
    public static Tensor HammingWindow(long windowLength, bool periodic = true, double alpha = 0.54, double beta = 0.46, DType? dtype = null) =>
        Windows.GeneralCosine(windowLength, [alpha, beta], !periodic, dtype);

    /// <summary><see cref="Windows.Hann"/>, periodic by default.</summary>
    [Op("hann_window(int window_length, bool periodic=True, *, dtype? dtype=None) -> Tensor")]
    public static Tensor HannWindow(long windowLength, bool periodic = true, DType? dtype = null) => Windows.Hann(windowLength, !periodic, dtype);

    /// <summary><see cref="Windows.Kaiser"/>, periodic by default.</summary>
    [Op("kaiser_window(int window_length, bool periodic=True, float beta=12.0, *, dtype? dtype=None) -> Tensor")]
    public static Tensor KaiserWindow(long windowLength, bool periodic = true, double beta = 12, DType? dtype = null) => Windows.Kaiser(windowLength, beta, !periodic, dtype);
}
