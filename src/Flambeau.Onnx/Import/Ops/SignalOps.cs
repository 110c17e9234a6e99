using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Fourier transforms and windows.</summary>
internal static class SignalOps
{
    internal static void Add(OpTable t)
    {
        foreach (var name in new[] { "Blackman", "Hann", "Hamming" })
        {
            t.Add(name + "Window", 17, n => Window(n, name));
        }
        t.Add("DFT", 17, static n => Dft(n, (int)n.Int("axis", 1)));
        t.Add("DFT", 20, static n => Dft(n, n.Try(2) is { } a ? (int)n.Known(a, "the axis")[0] : -2));
        t.Add("STFT", 17, Stft);
        t.Add("MelWeightMatrix", 17, Mel);
    }

    static Item Window(OnnxNode n, string name)
    {
        var type = (ElementType)n.Int("output_datatype", 1);
        var size = n[0].To(DType.Int64).Int;
        var periodic = n.Int("periodic", 1) != 0;
        var phase = (n.Op("arange", size, new Kw("dtype", DType.Float64)).As(ElementType.Double) * (2 * Math.PI)).Op("div", periodic ? size : n.Importer.Minus(size, 1)).As(ElementType.Double);
        var cos = phase.Op("cos");
        var y = name switch
        {
            "Hann" => cos * -0.5 + 0.5,
            "Hamming" => cos * -(21.0 / 46) + 25.0 / 46,
            _ => cos * -0.5 + 0.42 + (phase * 2.0).Op("cos") * 0.08,
        };
        return y.Op("to", ElementTypes.Carrier(type)!.Value).As(type);
    }

    static Item Dft(OnnxNode n, int axis)
    {
        var x = n[0];
        var rank = n.Rank(x);
        if (axis < 0) axis += rank;
        var (inverse, oneSided) = (n.Int("inverse", 0) != 0, n.Int("onesided", 0) != 0);
        var length = n.Try(1) is { } l ? l.To(DType.Int64).Int : inverse && oneSided ? n.Importer.Times(n.Importer.Minus(x.Size(axis), 1), 2) : x.Size(axis);
        var isComplex = x.Dims![^1].Size == 2;
        var z = isComplex ? x.Op("view_as_complex") : x.Op("squeeze", -1);
        if (inverse && oneSided)
        {
            // The other half of the spectrum is the mirror image, so the result is real.
            return z.Op("fft.irfft", length, axis).Op("unsqueeze", -1).As(x.Type);
        }
        var y = isComplex || !oneSided ? z.Op(inverse ? "fft.ifft" : "fft.fft", length, axis) : z.Op("fft.rfft", length, axis);
        if (isComplex && oneSided) y = y.Op("narrow", axis, 0, n.Importer.Plus(n.Importer.Over(length, 2), 1));
        return y.Op("view_as_real").As(x.Type);
    }

    static Item Stft(OnnxNode n)
    {
        var signal = n[0];
        var step = n[1].To(DType.Int64).Int;
        var window = n.Try(2);
        var length = n.Try(3) is { } l ? l.To(DType.Int64).Int : window!.Size(0);
        var isComplex = n.Rank(signal) == 3 && signal.Dims![2].Size == 2;
        var x = isComplex ? signal.Op("view_as_complex") : n.Rank(signal) == 3 ? signal.Op("squeeze", -1) : signal;
        var frames = x.Op("unfold", 1, length, step);
        if (window is not null) frames = frames * window;
        var oneSided = n.Int("onesided", 1) != 0 && !isComplex;
        return frames.Op(oneSided ? "fft.rfft" : "fft.fft").Op("view_as_real").As(signal.Type);
    }

    static Item Mel(OnnxNode n)
    {
        long At(int i) => n.Known(n[i], "an argument")[0];
        var (bins, length, rate) = (At(0), At(1), At(2));
        double Number(int i) => n[i].Number ?? throw n.Unknown(n[i], "an argument");
        var (low, high) = (ToMel(Number(3)), ToMel(Number(4)));
        var type = (ElementType)n.Int("output_datatype", 1);
        var rows = length / 2 + 1;
        var edges = Enumerable.Range(0, (int)bins + 2).Select(i => (long)Math.Floor((length + 1) * FromMel(low + i * ((high - low) / (bins + 2))) / rate)).ToArray();
        var m = new double[rows * bins];
        for (var b = 0; b < bins; b++)
        {
            var (a, c, e) = (edges[b], edges[b + 1], edges[b + 2]);
            if (c == a) m[c * bins + b] = 1;
            else for (var j = a; j <= c && j < rows; j++) m[j * bins + b] = (double)(j - a) / (c - a);
            if (e > c) for (var j = c; j < e && j < rows; j++) m[j * bins + b] = (double)(e - j) / (e - c);
        }
        return Item.Of(n.Importer, Tensor.From(m, [rows, bins]).To(ElementTypes.Carrier(type)!.Value), type);

        static double ToMel(double hertz) => 2595 * Math.Log10(1 + hertz / 700);
        static double FromMel(double mel) => 700 * (Math.Pow(10, mel / 2595) - 1);
    }
}
