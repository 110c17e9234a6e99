using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>Cross entropy of rows of scores and its gradient; of the probabilities only those of the row at hand exist.</summary>
internal static unsafe class CrossEntropyKernel
{
    /// <summary>Losses [n] and logarithms of the rows' sums [n] from scores [n, c] (c at least 1) and classes below c, or <paramref name="ignore"/>.</summary>
    internal static void Forward<E>(E* x, long* classes, E* loss, E* logSum, long n, long c, long ignore) where E : unmanaged, INumber<E> =>
        Lanes(x, classes, null, logSum, loss, n, c, ignore);

    /// <summary>The gradient of the scores from that of the losses.</summary>
    internal static void Backward<E>(E* dy, E* x, long* classes, E* logSum, E* dx, long n, long c, long ignore) where E : unmanaged, INumber<E> =>
        Lanes(x, classes, dy, logSum, dx, n, c, ignore);

    static void Lanes<E>(E* x, long* classes, E* dy, E* logSum, E* y, long n, long c, long ignore) where E : unmanaged, INumber<E>
    {
        if (Vector512.IsHardwareAccelerated) Exec<E, V512<E>>(x, classes, dy, logSum, y, n, c, ignore);
        else if (Vector256.IsHardwareAccelerated) Exec<E, V256<E>>(x, classes, dy, logSum, y, n, c, ignore);
        else if (Vector128.IsHardwareAccelerated) Exec<E, V128<E>>(x, classes, dy, logSum, y, n, c, ignore);
        else Exec<E, ScalarLane<E>>(x, classes, dy, logSum, y, n, c, ignore);
    }

    static void Exec<E, V>(E* x, long* classes, E* dy, E* logSum, E* y, long n, long c, long ignore) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E> =>
        CpuThreads.For(n, Math.Max(1, StridedLoop.Grain / 8 / c), (first, end) =>
        {
            for (var i = first; i < end; i++)
            {
                var row = x + i * c;
                var at = classes[i] == ignore ? -1 : classes[i];
                if (dy != null)
                {
                    Gradient<E, V>(row, dy[i], logSum[i], at, y + i * c, c);
                    continue;
                }
                var (max, total) = SoftmaxKernel.Sums<E, V>(row, null, c);
                var log = SoftmaxKernel.Log(total);
                logSum[i] = max + log;
                y[i] = at < 0 ? E.Zero : log - (row[at] - max);
            }
        });

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Gradient<E, V>(E* x, E up, E log, long at, E* dx, long n) where E : unmanaged, INumber<E> where V : struct, IMemoryLane<V, E>
    {
        if (at < 0)
        {
            new Span<E>(dx, checked((int)n)).Clear();
            return;
        }
        V vlog = V.Broadcast(log), vup = V.Broadcast(up);
        var slog = ScalarLane<E>.Broadcast(log);
        long i = 0;
        for (; i <= n - V.Width; i += V.Width) V.Store(dx + i, V.Exp(V.Load(x + i) - vlog) * vup);
        for (; i < n; i++)
        {
            ScalarLane<E>.Store(dx + i, ScalarLane<E>.Exp(ScalarLane<E>.Load(x + i) - slog));
            dx[i] *= up;
        }
        dx[at] -= up;
    }
}
