using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>
    /// Short-time Fourier transform of signals <c>[L]</c> or <c>[B, L]</c>: windowed frames of <paramref name="nFft"/> points every <paramref name="hopLength"/> (a quarter by default),
    /// transformed. The result is complex <c>[(B,) frequencies, frames]</c>, with a last axis of 2 and real when <paramref name="returnComplex"/> is false.
    /// </summary>
    /// <param name="nFft">Points in a frame.</param>
    /// <param name="hopLength">Distance of frames; nFft / 4 by default.</param>
    /// <param name="winLength">Size of the window, centred in the frame; nFft by default.</param>
    /// <param name="window">The window, ones by default.</param>
    /// <param name="center">Pad the signal by nFft / 2 at both ends, so that frame t is centred at t · hopLength.</param>
    /// <param name="padMode">How: "reflect", "replicate", "circular" or "constant" (zeros).</param>
    /// <param name="normalized">Divide by the square root of nFft.</param>
    /// <param name="onesided">Only the nFft/2 + 1 frequencies of a real signal; true for real signals by default.</param>
    /// <param name="returnComplex">Complex numbers rather than pairs; true by default.</param>
    /// <param name="alignToWindow">Without centring: let frames begin where the window does rather than its padding.</param>
    /// <exception cref="ArgumentException">The sizes don't fit each other.</exception>
    [Op("stft(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool center=True, str pad_mode='reflect', bool normalized=False, bool? onesided=None, bool? return_complex=None, bool? align_to_window=None) -> Tensor")]
    public Tensor Stft(long nFft, long? hopLength = null, long? winLength = null, Tensor? window = null, bool center = true, string padMode = "reflect",
        bool normalized = false, bool? onesided = null, bool? returnComplex = null, bool? alignToWindow = null)
    {
        long hop = hopLength ?? nFft / 4, win = winLength ?? nFft;
        Frames.Check("stft", nFft, hop, win, window);
        if (Rank is not (1 or 2)) throw new ArgumentException($"stft: the signal has shape {Shape}; expected [L] or [B, L]");
        if (center && alignToWindow is true) throw new ArgumentException("stft: align_to_window only makes sense without centring; pass center: false");
        using var here = Beside(this);
        var x = Rank == 1 ? Unsqueeze(0) : this;
        x = x.DType.IsDifferentiable() ? x : throw new ArgumentException($"stft: the signal is {DType.Name()}; expected a floating-point or complex dtype");
        if (center) x = Frames.Pad(x, nFft / 2, padMode);
        var frame = alignToWindow is true ? win : nFft;
        if (x.Size(1) < frame) throw new ArgumentException($"stft: the signal{(center ? ", padded," : "")} has {x.Size(1)} points, less than one frame of {frame}");
        var weights = Frames.Window(window, frame, win, x);
        var frames = x.IndexTensors([null, Frames.Positions(x.Size(1), frame, hop)]) * weights;
        frames = FftArguments.Resize(frames, [2], [nFft], "stft");
        var one = onesided ?? !frames.DType.IsComplex();
        if (one && frames.DType.IsComplex()) throw new ArgumentException("stft: a complex signal or window has no one-sided transform; pass onesided: false");
        var mode = normalized ? 1 : 0;
        var y = one ? Fft.RealToComplex(frames, [2], mode) : Fft.ComplexToComplex(FftArguments.Complex(frames), [2], mode, true);
        y = y.Tr();
        if (Rank == 1) y = y.Select(0, 0);
        return returnComplex ?? true ? y : y.ViewAsReal();
    }

    /// <summary>
    /// Inverse of <see cref="Stft"/> by overlap and add, each point divided by the sum of squared windows there (Griffin and Lim 1984).
    /// This is <c>[(B,) frequencies, frames]</c>, complex; the result is <c>[(B,) L]</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The sizes don't fit, or the windows leave a point uncovered.</exception>
    [Op("istft(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool center=True, bool normalized=False, bool? onesided=None, int? length=None, bool return_complex=False) -> Tensor")]
    public Tensor Istft(long nFft, long? hopLength = null, long? winLength = null, Tensor? window = null, bool center = true,
        bool normalized = false, bool? onesided = null, long? length = null, bool returnComplex = false)
    {
        long hop = hopLength ?? nFft / 4, win = winLength ?? nFft;
        Frames.Check("istft", nFft, hop, win, window);
        if (!DType.IsComplex() || Rank is not (2 or 3)) throw new ArgumentException($"istft: a {DType.Name()} tensor of shape {Shape} was given; expected complex [(B,) frequencies, frames]");
        using var here = Beside(this);
        var x = Rank == 2 ? Unsqueeze(0) : this;
        var one = onesided ?? x.Size(1) != nFft;
        if (x.Size(1) != (one ? nFft / 2 + 1 : nFft)) throw new ArgumentException($"istft: {x.Size(1)} frequencies don't fit n_fft {nFft}; expected {(one ? nFft / 2 + 1 : nFft)}");
        if (one && returnComplex) throw new ArgumentException("istft: a one-sided transform is that of a real signal; pass onesided: false for a complex result");
        var mode = normalized ? 1 : 2;
        x = x.Tr();
        var frames = one ? Fft.ComplexToReal(x, [2], mode, nFft) : Fft.ComplexToComplex(x, [2], mode, false);
        if (!one && !returnComplex) frames = frames.Real();
        var weights = Frames.Window(window, nFft, win, frames);
        long total = nFft + hop * (x.Size(1) - 1), from = center ? nFft / 2 : 0;
        var positions = Frames.Positions(total, nFft, hop);
        var y = frames.NewZeros([x.Size(0), total]).IndexPut([null, positions], frames * weights, accumulate: true);
        var squares = (weights * weights).Expand(positions.Shape);
        var envelope = squares.NewZeros([total]).IndexPut([positions], squares, accumulate: true);
        var to = length is { } n ? from + n : center ? total - nFft / 2 : total;
        y = y.Slice(1, from, Math.Min(to, total));
        envelope = envelope.Slice(0, from, Math.Min(to, total));
        if (Array.Exists(envelope.Detach().Abs().ToArray<double>(), static v => v < 1e-11))
            throw new ArgumentException("istft: some point lies under no window, so it can't be restored; use a smaller hop_length, or a window without zeros");
        y = FftArguments.Resize(y / envelope, [1], [to - from], "istft");
        return Rank == 2 ? y.Select(0, 0) : y;
    }
}

file static class Frames
{
    internal static void Check(string op, long nFft, long hop, long win, Tensor? window)
    {
        if (nFft < 1 || hop < 1 || win < 1 || win > nFft) throw new ArgumentException($"{op}: n_fft is {nFft}, hop_length {hop}, win_length {win}; expected 0 < win_length <= n_fft and a positive hop");
        if (window is not null && (window.Rank != 1 || window.Size(0) != win)) throw new ArgumentException($"{op}: the window has shape {window.Shape}; expected [{win}], the win_length");
    }

    /// <summary>Which point of the signal stands at each place of each frame: <c>[frames, n]</c>.</summary>
    internal static Tensor Positions(long length, long n, long hop)
    {
        var count = 1 + (length - n) / hop;
        var at = new long[count * n];
        for (long f = 0; f < count; f++)
        {
            for (long i = 0; i < n; i++) at[f * n + i] = f * hop + i;
        }
        return Tensor.From(at, [count, n]);
    }

    internal static Tensor Window(Tensor? window, long n, long win, Tensor like)
    {
        var w = window ?? Tensor.Ones([win], like.DType.ToReal());
        var left = (n - win) / 2;
        return win == n ? w : w.SliceBackward([n], 0, left, left + win, 1);
    }

    internal static Tensor Pad(Tensor x, long by, string mode)
    {
        var n = x.Size(1);
        if (mode == "constant") return x.SliceBackward([x.Size(0), n + 2 * by], 1, by, by + n, 1);
        if ((mode == "reflect" && by >= n) || n == 0) throw new ArgumentException($"stft: {by} points can't be padded by '{mode}' to a signal of {n}; use a smaller n_fft, center: false, or pad_mode 'constant'");
        var at = new long[n + 2 * by];
        for (long i = 0; i < at.Length; i++)
        {
            var k = i - by;
            at[i] = mode switch
            {
                "reflect" => k < 0 ? -k : k >= n ? 2 * (n - 1) - k : k,
                "replicate" => Math.Clamp(k, 0, n - 1),
                "circular" => (k % n + n) % n,
                _ => throw new ArgumentException($"stft: pad_mode is '{mode}'; expected 'reflect', 'replicate', 'circular' or 'constant'"),
            };
        }
        return x.IndexTensors([null, Tensor.From(at)]);
    }
}
