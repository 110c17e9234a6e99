using Flambeau.Cpu.Special;

namespace Flambeau;

/// <summary>
/// Draws that reject and try again. Each element has a block of its own and walks that block's sub-sequences, so it may take as many
/// words as it needs (pass one draw to a block to <see cref="Generator.Take"/>).
/// </summary>
internal struct RandomDraws(RandomStream stream, long index)
{
    ulong attempt, spare;
    bool hasSpare;

    /// <summary>Uniform strictly inside (0, 1), 52 bits.</summary>
    public double Unit()
    {
        ulong word;
        if (hasSpare) word = spare;
        else
        {
            var (a, b, c, d) = Philox.Block(stream.Key, stream.Block + (ulong)index, attempt++);
            word = a | (ulong)b << 32;
            spare = c | (ulong)d << 32;
        }
        hasSpare = !hasSpare;
        return ((word >> 12) + 0.5) * (1.0 / (1L << 52));
    }

    /// <summary>Standard normal, one of a Box–Muller pair.</summary>
    public double Normal()
    {
        var radius = Math.Sqrt(-2 * Math.Log(Unit()));
        return radius * Math.Cos(Math.Tau * Unit());
    }

    /// <summary>Gamma of the given shape and scale 1 (Marsaglia and Tsang, ACM TOMS 26 (2000) 363); NaN for a negative shape.</summary>
    public double Gamma(double shape)
    {
        if (!(shape > 0)) return shape == 0 ? 0 : double.NaN;
        if (double.IsInfinity(shape)) return shape;
        // below 1, from the next shape up: Gamma(a) = Gamma(a + 1) U^(1/a)
        var boost = shape < 1 ? Math.Pow(Unit(), 1 / shape) : 1;
        double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3, c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = Normal(), root = 1 + c * x;
            if (root <= 0) continue;
            double v = root * root * root, u = Unit(), x2 = x * x;
            if (u < 1 - 0.0331 * x2 * x2 || Math.Log(u) < 0.5 * x2 + d * (1 - v + Math.Log(v))) return boost * d * v;
        }
    }

    /// <summary>Poisson: products of uniforms below a rate of 10, else transformed rejection (Hörmann, Insur. Math. Econ. 12 (1993) 39); NaN for a negative rate.</summary>
    public double Poisson(double rate)
    {
        if (!(rate > 0)) return rate == 0 ? 0 : double.NaN;
        if (rate < 10)
        {
            double limit = Math.Exp(-rate), product = 1;
            for (var k = 0; ; k++)
                if ((product *= Unit()) <= limit) return k;
        }
        double logRate = Math.Log(rate), b = 0.931 + 2.53 * Math.Sqrt(rate), a = -0.059 + 0.02483 * b;
        double inverseAlpha = 1.1239 + 1.1328 / (b - 3.4), squeeze = 0.9277 - 3.6224 / (b - 2);
        while (true)
        {
            double u = Unit() - 0.5, v = Unit(), us = 0.5 - Math.Abs(u);
            var k = Math.Floor((2 * a / us + b) * u + rate + 0.43);
            if (us >= 0.07 && v <= squeeze) return k;
            if (k < 0 || (us < 0.013 && v > us)) continue;
            if (Math.Log(v * inverseAlpha / (a / (us * us) + b)) <= k * logRate - rate - GammaFunctions.Lgamma(k + 1)) return k;
        }
    }

    /// <summary>Binomial: waiting times for a mean below 10, else transformed rejection (Hörmann, J. Stat. Comput. Simul. 46 (1993) 101).</summary>
    public double Binomial(double count, double p)
    {
        if (!(count >= 0 && p >= 0 && p <= 1)) return double.NaN;
        if (p > 0.5) return count - Binomial(count, 1 - p);
        if (count == 0 || p == 0) return 0;
        if (count * p < 10) return Waiting(count, p);
        double spread = Math.Sqrt(count * p * (1 - p)), b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * p;
        double centre = count * p + 0.5, squeeze = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * spread;
        double mode = Math.Floor((count + 1) * p), odds = Math.Log(p / (1 - p));
        var peak = GammaFunctions.Lgamma(mode + 1) + GammaFunctions.Lgamma(count - mode + 1);
        while (true)
        {
            double u = Unit() - 0.5, v = Unit(), us = 0.5 - Math.Abs(u);
            var k = Math.Floor((2 * a / us + b) * u + centre);
            if (us >= 0.07 && v <= squeeze) return k;
            if (k < 0 || k > count) continue;
            var bound = peak - GammaFunctions.Lgamma(k + 1) - GammaFunctions.Lgamma(count - k + 1) + (k - mode) * odds;
            if (Math.Log(v * alpha / (a / (us * us) + b)) <= bound) return k;
        }
    }

    // counts the successes whose geometric waiting times fit into the trials
    double Waiting(double count, double p)
    {
        double perFailure = Elementary.Log1P(-p), trials = 0, successes = -1;
        do
        {
            trials += Math.Ceiling(Math.Log(Unit()) / perFailure);
            successes++;
        } while (trials <= count);
        return successes;
    }
}
