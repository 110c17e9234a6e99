using System.Numerics;

namespace Flambeau.Cpu;

/// <summary>Kernels over <c>[N, C, S]</c> with numbers that belong to a channel: batch norm and its affine map.</summary>
internal static unsafe class ChannelNorm
{
    const long Grain = 1 << 14;

    /// <summary>y = x·scale[c] + shift[c]; shift may be null.</summary>
    internal static void Affine<T>(T* x, T* scale, T* shift, T* y, long n, long c, long s) where T : unmanaged, INumber<T> =>
        CpuThreads.For(n * c, Math.Max(1, Grain / Math.Max(1, s)), (from, to) =>
        {
            for (var r = from; r < to; r++)
                NormSums.Affine(x + r * s, y + r * s, T.Zero, scale[r % c], shift != null ? shift[r % c] : T.Zero, s);
        });

    /// <summary>Normalises each channel by its own mean and (biased) variance. Weight and bias may be null.</summary>
    internal static void Forward<T>(T* x, T* weight, T* bias, T* y, T* mean, T* invstd, T* variance, long n, long c, long s, double eps) where T : unmanaged, IFloatingPointIeee754<T> =>
        CpuThreads.For(c, Math.Max(1, Grain / Math.Max(1, n * s)), (from, to) =>
        {
            for (var k = from; k < to; k++)
            {
                double sum = 0, squares = 0;
                for (long i = 0; i < n; i++) sum += NormSums.Sum(x + (i * c + k) * s, s);
                var m = sum / (n * s);
                for (long i = 0; i < n; i++) squares += NormSums.Squares(x + (i * c + k) * s, m, s);
                var r = 1 / Math.Sqrt(squares / (n * s) + eps);
                mean[k] = T.CreateTruncating(m);
                invstd[k] = T.CreateTruncating(r);
                variance[k] = T.CreateTruncating(squares / (n * s));
                var scale = weight != null ? invstd[k] * weight[k] : invstd[k];
                for (long i = 0; i < n; i++)
                    NormSums.Affine(x + (i * c + k) * s, y + (i * c + k) * s, mean[k], scale, bias != null ? bias[k] : T.Zero, s);
            }
        });

    /// <summary>Gradients of <see cref="Forward"/>; dw and db may be null.</summary>
    internal static void Backward<T>(T* dy, T* x, T* weight, T* mean, T* invstd, T* dx, T* dw, T* db, long n, long c, long s) where T : unmanaged, IFloatingPointIeee754<T> =>
        CpuThreads.For(c, Math.Max(1, Grain / Math.Max(1, n * s)), (from, to) =>
        {
            for (var k = from; k < to; k++)
            {
                double sum = 0, dot = 0, m = double.CreateTruncating(mean[k]), r = double.CreateTruncating(invstd[k]);
                for (long i = 0; i < n; i++)
                {
                    var (a, b) = NormSums.Pair(dy + (i * c + k) * s, x + (i * c + k) * s, null, m, s);
                    sum += a;
                    dot += b;
                }
                if (dw != null) dw[k] = T.CreateTruncating(dot * r);
                if (db != null) db[k] = T.CreateTruncating(sum);
                var w = weight != null ? double.CreateTruncating(weight[k]) : 1;
                T scale = T.CreateTruncating(w * r), slope = T.CreateTruncating(-w * r * r * r * dot / (n * s)), shift = T.CreateTruncating(-w * r * sum / (n * s));
                for (long i = 0; i < n; i++)
                    NormSums.Gradient(dy + (i * c + k) * s, x + (i * c + k) * s, null, dx + (i * c + k) * s, mean[k], scale, slope, shift, s);
            }
        });
}
