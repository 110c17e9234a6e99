using Flambeau.Ops;

namespace Flambeau;

/// <summary>
/// PyTorch's <c>torch.signal.windows</c>: window functions of m points, computed in float64 and rounded once. A symmetric window (the default) is for
/// filter design; <c>sym: false</c> gives a periodic one, for spectra. Every window of one point is [1] where its formula would divide by zero.
/// </summary>
public static partial class Windows
{
    /// <summary>Triangle that is 0 at both ends.</summary>
    [Op("signal.windows.bartlett(int M, *, bool sym=True, dtype? dtype=None) -> Tensor")]
    public static Tensor Bartlett(long m, bool sym = true, DType? dtype = null)
    {
        var step = 2.0 / Intervals(m, sym);
        return Fill("bartlett", m, dtype, k => m == 1 ? 1 : 1 - Math.Abs(k * step - 1));
    }

    /// <summary>Sum of three cosines that is nearly optimal among such (0.42, 0.5, 0.08).</summary>
    [Op("signal.windows.blackman(int M, *, bool sym=True, dtype? dtype=None) -> Tensor")]
    public static Tensor Blackman(long m, bool sym = true, DType? dtype = null) => Cosines("blackman", m, [0.42, 0.5, 0.08], sym, dtype);

    /// <summary>One half wave of a sine.</summary>
    [Op("signal.windows.cosine(int M, *, bool sym=True, dtype? dtype=None) -> Tensor")]
    public static Tensor Cosine(long m, bool sym = true, DType? dtype = null)
    {
        var step = Math.PI / (!sym && m > 1 ? m + 1 : m);
        return Fill("cosine", m, dtype, k => Math.Sin((k + 0.5) * step));
    }

    /// <summary>exp(−|k − center| / tau).</summary>
    /// <exception cref="ArgumentException">A center is given for a symmetric window, or tau isn't positive.</exception>
    [Op("signal.windows.exponential(int M, *, float? center=None, float tau=1.0, bool sym=True, dtype? dtype=None) -> Tensor")]
    public static Tensor Exponential(long m, double? center = null, double tau = 1, bool sym = true, DType? dtype = null)
    {
        if (tau <= 0) throw new ArgumentException($"signal.windows.exponential: tau is {tau}; expected a positive number");
        if (sym && center is not null) throw new ArgumentException("signal.windows.exponential: a symmetric window has its center in the middle; leave center out or pass sym: false");
        var middle = center ?? Last(m, sym) / 2.0;
        return Fill("exponential", m, dtype, k => Math.Exp(-Math.Abs(k - middle) / tau));
    }

    /// <summary>Gaussian of the given standard deviation, in points.</summary>
    /// <exception cref="ArgumentException">The standard deviation isn't positive.</exception>
    [Op("signal.windows.gaussian(int M, *, float std=1.0, bool sym=True, dtype? dtype=None) -> Tensor")]
    public static Tensor Gaussian(long m, double std = 1, bool sym = true, DType? dtype = null)
    {
        if (std <= 0) throw new ArgumentException($"signal.windows.gaussian: std is {std}; expected a positive number");
        var middle = Last(m, sym) / 2.0;
        return Fill("gaussian", m, dtype, k => Math.Exp(-0.5 * (k - middle) * (k - middle) / (std * std)));
    }

    /// <summary>Σ (−1)ⁱ aᵢ cos(2πik / (m − 1)).</summary>
    /// <exception cref="ArgumentException">No coefficient is given.</exception>
    [Op("signal.windows.general_cosine(int M, *, float[] a, bool sym=True, dtype? dtype=None) -> Tensor")]
    public static Tensor GeneralCosine(long m, double[] a, bool sym = true, DType? dtype = null) => Cosines("general_cosine", m, a, sym, dtype);

    /// <summary>alpha − (1 − alpha) cos(2πk / (m − 1)).</summary>
    [Op("signal.windows.general_hamming(int M, *, float alpha=0.54, bool sym=True, dtype? dtype=None) -> Tensor")]
    public static Tensor GeneralHamming(long m, double alpha = 0.54, bool sym = true, DType? dtype = null) => Cosines("general_hamming", m, [alpha, 1 - alpha], sym, dtype);

    /// <summary>Raised cosine that doesn't quite reach 0.</summary>
    [Op("signal.windows.hamming(int M, *, bool sym=True, dtype? dtype=None) -> Tensor")]
    public static Tensor Hamming(long m, bool sym = true, DType? dtype = null) => Cosines("hamming", m, [0.54, 0.46], sym, dtype);

    /// <summary>Raised cosine that is 0 at both ends.</summary>
    [Op("signal.windows.hann(int M, *, bool sym=True, dtype? dtype=None) -> Tensor")]
    public static Tensor Hann(long m, bool sym = true, DType? dtype = null) => Cosines("hann", m, [0.5, 0.5], sym, dtype);

    /// <summary>I₀(β √(1 − t²)) / I₀(β), t from −1 to 1.</summary>
    /// <exception cref="ArgumentException">beta is negative.</exception>
    [Op("signal.windows.kaiser(int M, *, float beta=12.0, bool sym=True, dtype? dtype=None) -> Tensor")]
    public static Tensor Kaiser(long m, double beta = 12, bool sym = true, DType? dtype = null)
    {
        if (beta < 0) throw new ArgumentException($"signal.windows.kaiser: beta is {beta}; expected 0 or more");
        var step = 2.0 / Intervals(m, sym);
        return Fill("kaiser", m, dtype, k =>
        {
            // quotient of scaled functions, which don't overflow
            double t = k * step - 1, x = beta * Math.Sqrt(Math.Max(0, 1 - t * t));
            return m == 1 ? 1 : Cpu.Special.ModifiedBessel.ScaledI0(x) / Cpu.Special.ModifiedBessel.ScaledI0(beta) * Math.Exp(x - beta);
        });
    }

    /// <summary>Sum of four cosines with small side lobes (Nuttall, IEEE Trans. ASSP 29 (1981) 84).</summary>
    [Op("signal.windows.nuttall(int M, *, bool sym=True, dtype? dtype=None) -> Tensor")]
    public static Tensor Nuttall(long m, bool sym = true, DType? dtype = null) => Cosines("nuttall", m, [0.3635819, 0.4891775, 0.1365995, 0.0106411], sym, dtype);

    static long Intervals(long m, bool sym) => Math.Max(1, sym ? m - 1 : m);

    static long Last(long m, bool sym) => !sym && m > 1 ? m : m - 1;

    internal static Tensor Cosines(string name, long m, double[] a, bool sym, DType? dtype)
    {
        if (a.Length == 0) throw new ArgumentException($"signal.windows.{name}: no coefficient is given; expected one or more");
        var step = Math.Tau / Intervals(m, sym);
        return Fill(name, m, dtype, k =>
        {
            if (m == 1) return 1;
            double sum = 0;
            for (var i = 0; i < a.Length; i++) sum += ((i & 1) == 0 ? a[i] : -a[i]) * Math.Cos(i * k * step);
            return sum;
        });
    }

    static Tensor Fill(string name, long m, DType? dtype, Func<long, double> at)
    {
        if (m < 0) throw new ArgumentOutOfRangeException(nameof(m), m, $"signal.windows.{name}: the number of points is negative; expected 0 or more");
        if (dtype is { } d && !d.IsFloat()) throw new ArgumentException($"signal.windows.{name}: a window of {d.Name()} was asked for; expected a floating-point dtype");
        var values = new double[m];
        for (long k = 0; k < m; k++) values[k] = at(k);
        return Tensor.From(values).To(dtype ?? DType.Float32);
    }
}
