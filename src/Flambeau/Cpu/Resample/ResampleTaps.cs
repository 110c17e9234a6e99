namespace Flambeau.Cpu;

/// <summary>How positions of a resampled axis are made of the original's: for output o the taps Start[o] to Start[o + 1], each an input index and a weight.</summary>
internal sealed class ResampleTaps
{
    internal readonly int[] Start, Index;
    internal readonly double[] Weight;

    ResampleTaps(List<int> start, List<int> index, List<double> weight) => (Start, Index, Weight) = ([.. start], [.. index], [.. weight]);

    /// <param name="mode">nearest, nearest-exact, linear or cubic.</param>
    /// <param name="input">Size of the axis.</param>
    /// <param name="output">Size wanted.</param>
    /// <param name="align">The ends of both axes are the centres of their outer elements, not their outer edges.</param>
    /// <param name="factor">Output to input scale if it was given; else the ratio of the sizes.</param>
    /// <param name="antialias">Going down, the filter is stretched to the distance of the outputs.</param>
    /// <param name="single">Positions are computed in single precision, as befits float32 data: where they fall next to a boundary this decides.</param>
    internal static ResampleTaps Create(string mode, long input, long output, bool align, double? factor, bool antialias, bool single)
    {
        double R(double v) => single ? (float)v : v;
        List<int> start = [0], index = [];
        List<double> weight = [];
        var nearest = mode is "nearest" or "nearest-exact";
        var scale = align && !nearest ? output > 1 ? R((input - 1) / R(output - 1)) : 0 : factor is > 0 ? R(1 / factor.Value) : R(R(input) / R(output));
        for (long o = 0; o < output; o++)
        {
            if (nearest) Add(Math.Min((int)Math.Floor(R((mode == "nearest" ? o : o + 0.5) * scale)), (int)input - 1), 1);
            else if (antialias) Filter(o);
            else if (mode == "linear") Linear(o);
            else Cubic(o);
            start.Add(index.Count);
        }
        return new(start, index, weight);

        void Add(int i, double w)
        {
            index.Add(i);
            weight.Add(w);
        }

        double Source(long o, bool clamp)
        {
            if (align) return R(scale * o);
            var s = R(R(scale * R(o + 0.5)) - 0.5);
            return clamp && s < 0 ? 0 : s;
        }

        void Linear(long o)
        {
            if (input == output)
            {
                Add((int)o, 1);
                return;
            }
            var s = Source(o, clamp: true);
            var i = Math.Min((int)s, (int)input - 1);
            var t = Math.Clamp(R(s - i), 0, 1);
            Add(i, R(1 - t));
            if (i < input - 1) Add(i + 1, t);
            else weight[^1] = 1;
        }

        void Cubic(long o)
        {
            var s = Source(o, clamp: false);
            var i = (int)Math.Min(Math.Floor(s), input - 1);
            var t = Math.Clamp(R(s - i), 0, 1);
            for (var k = -1; k <= 2; k++) Add((int)Math.Clamp(i + k, 0, input - 1), Keys(Math.Abs(k - t), -0.75));
        }

        void Filter(long o)
        {
            var half = mode == "linear" ? 1.0 : 2.0;
            double support = scale >= 1 ? R(half * scale) : half, center = R(scale * R(o + 0.5)), squeeze = scale >= 1 ? R(1 / scale) : 1;
            long low = Math.Max((long)R(R(center - support) + 0.5), 0), high = Math.Min((long)R(R(center + support) + 0.5), input);
            var first = weight.Count;
            double total = 0;
            for (var j = low; j < high; j++)
            {
                var x = Math.Abs((j - center + 0.5) * squeeze);
                var w = mode == "linear" ? Math.Max(0, 1 - x) : Keys(x, -0.5);
                Add((int)j, w);
                total += w;
            }
            for (var k = first; k < weight.Count && total != 0; k++) weight[k] /= total;
        }
    }

    /// <summary>Cubic convolution kernel; R. Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981.</summary>
    static double Keys(double x, double a) =>
        x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0;
}
