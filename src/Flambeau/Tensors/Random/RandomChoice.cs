namespace Flambeau;

/// <summary>Permutations and draws from weighted categories.</summary>
internal static class RandomChoice
{
    /// <summary>A uniform permutation of 0 … n−1 (Fisher–Yates, in Durstenfeld's inside-out form); takes n draws of two words.</summary>
    public static void Permutation(Span<long> target, RandomStream stream)
    {
        Span<long> words = stackalloc long[256];
        for (var from = 0; from < target.Length; from += words.Length)
        {
            var part = words[..Math.Min(words.Length, target.Length - from)];
            RandomFill.Integers(part, stream, from, long.MinValue, long.MinValue);
            for (var k = 0; k < part.Length; k++)
            {
                var i = from + k;
                var j = (int)Math.BigMul((ulong)part[k], (ulong)i + 1, out _);
                target[i] = target[j];
                target[j] = i;
            }
        }
    }

    /// <summary>Independent categories, each with probability proportional to its weight. Draw k of the stream is target[k − start].</summary>
    public static void WithReplacement(Span<long> target, RandomStream stream, long start, ReadOnlySpan<double> weights)
    {
        var cumulative = new double[weights.Length];
        double total = 0;
        var last = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            cumulative[i] = total += weights[i];
            if (weights[i] > 0) last = i;
        }
        Span<double> units = stackalloc double[256];
        for (var from = 0; from < target.Length; from += units.Length)
        {
            var part = units[..Math.Min(units.Length, target.Length - from)];
            RandomFill.Uniform(part, stream, start + from);
            for (var k = 0; k < part.Length; k++) target[from + k] = Math.Min(last, FirstAbove(cumulative, part[k] * total));
        }
    }

    /// <summary>
    /// Distinct categories in the order of successive draws: those of the smallest exponential waiting times
    /// (Efraimidis and Spirakis, Inf. Process. Lett. 97 (2006) 181). Takes one draw of two words a category, the first being <paramref name="start"/>.
    /// </summary>
    public static void WithoutReplacement(Span<long> target, RandomStream stream, long start, ReadOnlySpan<double> weights)
    {
        var waiting = new double[weights.Length];
        var index = new int[weights.Length];
        RandomFill.Inverse(waiting.AsSpan(), stream, start, new ExponentialQuantile(1));
        for (var i = 0; i < index.Length; i++)
        {
            index[i] = i;
            waiting[i] /= weights[i];
        }
        Array.Sort(waiting, index);
        for (var k = 0; k < target.Length; k++) target[k] = index[k];
    }

    static int FirstAbove(double[] sorted, double value)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (sorted[middle] > value) high = middle;
            else low = middle + 1;
        }
        return low;
    }
}
