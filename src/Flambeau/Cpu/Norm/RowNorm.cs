using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>Normalisation of each row of <c>[rows, n]</c>: layer norm, and root-mean-square norm with the mean left alone.</summary>
internal static unsafe class RowNorm
{
    const long Grain = 1 << 14;

    internal static void Forward<T>(T* x, T* weight, T* bias, T* y, T* mean, T* rstd, long rows, long n, double eps, bool centered) where T : unmanaged, IFloatingPointIeee754<T> =>
        CpuThreads.For(rows, Math.Max(1, Grain / Math.Max(1, n)), (from, to) =>
        {
            for (var r = from; r < to; r++)
            {
                var row = x + r * n;
                var m = centered ? NormSums.Sum(row, n) / n : 0;
                var s = 1 / Math.Sqrt(NormSums.Squares(row, m, n) / n + eps);
                if (centered) mean[r] = T.CreateTruncating(m);
                rstd[r] = T.CreateTruncating(s);
                NormSums.Normalize(row, y + r * n, T.CreateTruncating(m), rstd[r], weight, bias, n);
            }
        });

    internal static void BackwardInput<T>(T* dy, T* x, T* weight, T* mean, T* rstd, T* dx, long rows, long n, bool centered) where T : unmanaged, IFloatingPointIeee754<T> =>
        CpuThreads.For(rows, Math.Max(1, Grain / Math.Max(1, n)), (from, to) =>
        {
            for (var r = from; r < to; r++)
            {
                double m = centered ? double.CreateTruncating(mean[r]) : 0, s = double.CreateTruncating(rstd[r]);
                var (sum, dot) = NormSums.Pair(dy + r * n, x + r * n, weight, m, n);
                var c = centered ? -s * sum / n : 0;
                NormSums.Gradient(dy + r * n, x + r * n, weight, dx + r * n, T.CreateTruncating(m), rstd[r], T.CreateTruncating(-s * s * s * dot / n), T.CreateTruncating(c), n);
            }
        });

    /// <summary>Gradients of weight and bias, either of which may be null. Threads share out columns, so the sums don't depend on their number.</summary>
    internal static void BackwardAffine<T>(T* dy, T* x, T* mean, T* rstd, T* dw, T* db, long rows, long n, bool centered) where T : unmanaged, IFloatingPointIeee754<T> =>
        CpuThreads.For(n, Math.Max(64, Grain / Math.Max(1, rows)), (from, to) =>
        {
            if (dw != null) new Span<T>(dw + from, checked((int)(to - from))).Clear();
            if (db != null) new Span<T>(db + from, checked((int)(to - from))).Clear();
            for (long r = 0; r < rows; r++)
                AddRow(dy + r * n, x + r * n, centered ? mean[r] : T.Zero, rstd[r], dw, db, from, to);
        });

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddRow<T>(T* dy, T* x, T mean, T rstd, T* dw, T* db, long from, long to) where T : unmanaged, INumber<T>
    {
        Vector<T> vm = new(mean), vr = new(rstd);
        var i = from;
        for (; i <= to - Vector<T>.Count; i += Vector<T>.Count)
        {
            var g = Vector.Load(dy + i);
            if (dw != null) Vector.Store(Vector.Load(dw + i) + g * ((Vector.Load(x + i) - vm) * vr), dw + i);
            if (db != null) Vector.Store(Vector.Load(db + i) + g, db + i);
        }
        for (; i < to; i++)
        {
            if (dw != null) dw[i] += dy[i] * ((x[i] - mean) * rstd);
            if (db != null) db[i] += dy[i];
        }
    }
}
