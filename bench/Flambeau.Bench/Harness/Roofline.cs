using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Bench.Harness;

/// <summary>What the machine can do at most, measured at start: multiply-adds from registers, and copying of arrays far larger than the caches.</summary>
sealed record Roofline(double Flops, double BytesPerSecond)
{
    /// <param name="threads">How many threads the cases will use.</param>
    public static Roofline Measure(int threads) => new(Best(threads, Multiply), Best(threads, Copy));

    static double Best(int threads, Func<int, double> work)
    {
        double best = 0;
        for (var round = 0; round < 5; round++)
        {
            var amounts = new double[threads];
            var clock = new Stopwatch();
            using var start = new Barrier(threads, _ => clock.Start());
            var team = Enumerable.Range(0, threads).Select(i => new Thread(() =>
            {
                work(i); // pages, clock frequency
                start.SignalAndWait();
                amounts[i] = work(i);
            })).ToList();
            team.ForEach(static t => t.Start());
            team.ForEach(static t => t.Join());
            best = Math.Max(best, amounts.Sum() / clock.Elapsed.TotalSeconds);
        }
        return best;
    }

    static double Multiply(int thread) => Vector512.IsHardwareAccelerated ? Multiply512() : Multiply256();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static double Multiply512()
    {
        const int Rounds = 4_000_000;
        Vector512<float> x = Vector512.Create(0.999f), y = Vector512.Create(1e-3f);
        Vector512<float> a = y, b = a + y, c = b + y, d = c + y, e = d + y, f = e + y, g = f + y, h = g + y, i = h + y, j = i + y; // else they would be computed once
        for (var r = 0; r < Rounds; r++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y); b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y); d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y); f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y); h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y); j = Vector512.FusedMultiplyAdd(j, x, y);
        }
        return Rounds * 10.0 * 16 * 2 + Unused(Vector512.Sum(a + b + c + d + e + f + g + h + i + j));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static double Multiply256()
    {
        const int Rounds = 4_000_000;
        Vector256<float> x = Vector256.Create(0.999f), y = Vector256.Create(1e-3f);
        Vector256<float> a = y, b = a + y, c = b + y, d = c + y, e = d + y, f = e + y, g = f + y, h = g + y, i = h + y, j = i + y; // else they would be computed once
        for (var r = 0; r < Rounds; r++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y); b = Vector256.FusedMultiplyAdd(b, x, y);
            c = Vector256.FusedMultiplyAdd(c, x, y); d = Vector256.FusedMultiplyAdd(d, x, y);
            e = Vector256.FusedMultiplyAdd(e, x, y); f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y); h = Vector256.FusedMultiplyAdd(h, x, y);
            i = Vector256.FusedMultiplyAdd(i, x, y); j = Vector256.FusedMultiplyAdd(j, x, y);
        }
        return Rounds * 10.0 * 8 * 2 + Unused(Vector256.Sum(a + b + c + d + e + f + g + h + i + j));
    }

    // Zero, which the compiler can't know: it would drop sums that nothing depends on.
    static double Unused(float sum) => sum == -1 ? 1 : 0;

    [ThreadStatic] static (float[] From, float[] To)? buffers;

    static double Copy(int thread)
    {
        const int Length = 16 << 20;
        var (from, to) = buffers ??= (new float[Length], new float[Length]);
        from.AsSpan().CopyTo(to);
        return 2.0 * sizeof(float) * Length;
    }
}
