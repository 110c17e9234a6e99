using System.Numerics;

namespace Flambeau.Cpu;

/// <summary>
/// Connectionist temporal classification by the forward-backward recursion in log space. Graves et al., "Connectionist Temporal Classification", ICML 2006.
/// Sums are taken in the dtype of the probabilities and in PyTorch's order: exp turns the rounding of a float32 log-likelihood of some hundreds into 1e-5 of the gradient, so another order gives other digits.
/// </summary>
internal static unsafe class CtcKernel<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    static readonly T never = T.NegativeInfinity;

    /// <summary>Labels with blanks between them and at both ends.</summary>
    static long[] Extended(ReadOnlySpan<long> labels, long blank)
    {
        var r = new long[2 * labels.Length + 1];
        Array.Fill(r, blank);
        for (var i = 0; i < labels.Length; i++) r[2 * i + 1] = labels[i];
        return r;
    }

    static T LogAdd(T a, T b, T c)
    {
        var max = T.Max(T.Max(a, b), c);
        return max == never ? never : T.Log(T.Exp(a - max) + T.Exp(b - max) + T.Exp(c - max)) + max;
    }

    static T LogAdd(T a, T b)
    {
        var max = T.Max(a, b);
        return max == never ? never : T.Log(T.Exp(a - max) + T.Exp(b - max)) + max;
    }

    /// <summary>Minus the log-likelihood of one sequence; log-probability of class c at time t at <c>p[t · step + c]</c>. Fills <paramref name="alpha"/> <c>[time, 2 labels + 1]</c>.</summary>
    static T Forward(T* p, long step, long time, long[] z, T[] alpha)
    {
        var s = z.Length;
        Array.Fill(alpha, never);
        if (time == 0) return s == 1 ? T.Zero : T.PositiveInfinity;
        alpha[0] = p[z[0]];
        if (s > 1) alpha[1] = p[z[1]];
        for (long t = 1; t < time; t++)
        {
            for (var k = 0; k < s; k++)
            {
                var before = (t - 1) * s + k;
                var one = k > 0 ? alpha[before - 1] : never;
                var two = k > 1 && z[k] != z[k - 2] ? alpha[before - 2] : never;
                alpha[t * s + k] = LogAdd(alpha[before], one, two) + p[t * step + z[k]];
            }
        }
        var end = time * s - 1;
        return -(s == 1 ? alpha[end] : LogAdd(alpha[end], alpha[end - 1]));
    }

    internal static T Loss(T* p, long step, long time, ReadOnlySpan<long> labels, long blank)
    {
        var z = Extended(labels, blank);
        return Forward(p, step, time, z, new T[time * z.Length]);
    }

    /// <summary>Writes scale times the gradient of <see cref="Loss"/> in what the log-softmax p was taken of to g, which is laid out like p and holds zeros.</summary>
    internal static void Gradient(T* p, T* g, long step, long classes, long time, ReadOnlySpan<long> labels, long blank, bool zeroInfinity, T scale)
    {
        if (time == 0) return;
        var z = Extended(labels, blank);
        var s = z.Length;
        var alpha = new T[time * s];
        var loss = Forward(p, step, time, z, alpha);
        if (zeroInfinity && T.IsPositiveInfinity(loss)) return;
        T[] beta = new T[s], next = new T[s];
        var paths = new T[classes];
        for (var t = time - 1; t >= 0; t--)
        {
            Array.Fill(paths, never);
            for (var k = s - 1; k >= 0; k--)
            {
                var at = p[t * step + z[k]];
                if (t == time - 1) beta[k] = k >= s - 2 ? at : never;
                else
                {
                    var one = k + 1 < s ? next[k + 1] : never;
                    var two = k + 2 < s && z[k] != z[k + 2] ? next[k + 2] : never;
                    beta[k] = LogAdd(next[k], one, two) + at;
                }
                paths[z[k]] = LogAdd(paths[z[k]], alpha[t * s + k] + beta[k]);
            }
            for (var c = 0; c < classes; c++)
            {
                var at = p[t * step + c];
                g[t * step + c] = (T.Exp(at) - T.Exp(paths[c] + loss - at)) * scale;
            }
            (beta, next) = (next, beta);
        }
    }
}
