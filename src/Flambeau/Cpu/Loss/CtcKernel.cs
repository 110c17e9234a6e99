namespace Flambeau.Cpu;

/// <summary>
/// Connectionist temporal classification by the forward-backward recursion in log space. Graves et al., "Connectionist Temporal Classification", ICML 2006.
/// </summary>
internal static unsafe class CtcKernel
{
    /// <summary>Labels with blanks between them and at both ends.</summary>
    static long[] Extended(ReadOnlySpan<long> labels, long blank)
    {
        var r = new long[2 * labels.Length + 1];
        Array.Fill(r, blank);
        for (var i = 0; i < labels.Length; i++) r[2 * i + 1] = labels[i];
        return r;
    }

    static double LogAdd(double a, double b)
    {
        if (double.IsNegativeInfinity(a)) return b;
        if (double.IsNegativeInfinity(b)) return a;
        return a > b ? a + Math.Log(1 + Math.Exp(b - a)) : b + Math.Log(1 + Math.Exp(a - b));
    }

    /// <summary>Minus the log-likelihood of one sequence; log-probability of class c at time t at <c>p[t · step + c]</c>. Fills <paramref name="alpha"/> <c>[time, 2 labels + 1]</c>.</summary>
    static double Forward(double* p, long step, long time, long[] z, double[] alpha)
    {
        var s = z.Length;
        Array.Fill(alpha, double.NegativeInfinity);
        if (time == 0) return s == 1 ? 0 : double.PositiveInfinity;
        alpha[0] = p[z[0]];
        if (s > 1) alpha[1] = p[z[1]];
        for (long t = 1; t < time; t++)
        {
            for (var k = 0; k < s; k++)
            {
                var before = (t - 1) * s + k;
                var a = alpha[before];
                if (k > 0) a = LogAdd(a, alpha[before - 1]);
                if (k > 1 && z[k] != z[k - 2]) a = LogAdd(a, alpha[before - 2]);
                alpha[t * s + k] = a + p[t * step + z[k]];
            }
        }
        var end = (time - 1) * s;
        return -(s == 1 ? alpha[end] : LogAdd(alpha[end + s - 1], alpha[end + s - 2]));
    }

    internal static double Loss(double* p, long step, long time, ReadOnlySpan<long> labels, long blank)
    {
        var z = Extended(labels, blank);
        return Forward(p, step, time, z, new double[time * z.Length]);
    }

    /// <summary>Adds scale times the gradient of <see cref="Loss"/> in p to g, which is laid out like p.</summary>
    internal static void Gradient(double* p, double* g, long step, long time, ReadOnlySpan<long> labels, long blank, double scale)
    {
        if (time == 0) return;
        var z = Extended(labels, blank);
        var s = z.Length;
        var alpha = new double[time * s];
        var loss = Forward(p, step, time, z, alpha);
        double[] beta = new double[s], next = new double[s];
        for (var t = time - 1; t >= 0; t--)
        {
            for (var k = 0; k < s; k++)
            {
                var b = t < time - 1 ? next[k] : k >= s - 2 ? 0 : double.NegativeInfinity;
                if (t < time - 1 && k + 1 < s) b = LogAdd(b, next[k + 1]);
                if (t < time - 1 && k + 2 < s && z[k] != z[k + 2]) b = LogAdd(b, next[k + 2]);
                beta[k] = b + p[t * step + z[k]];
                var share = alpha[t * s + k] + b + loss;
                if (!double.IsNegativeInfinity(share)) g[t * step + z[k]] -= scale * Math.Exp(share);
            }
            (beta, next) = (next, beta);
        }
    }
}
