using System.Diagnostics;

namespace Flambeau.Bench.Harness;

/// <summary>What a case measured; seconds for one run.</summary>
sealed record Measured(Case Case, double Ours, double Peer, double Ratio, double Low, double High, int Pairs, double Difference);

/// <summary>Runs both sides in turns, so that a machine that slows down or speeds up does so for both.</summary>
static class Timing
{
    /// <param name="work">The case.</param>
    /// <param name="budget">Seconds to spend on timing it.</param>
    public static Measured Run(Case work, double budget)
    {
        Side ours = work.Ours(), peer = work.Peer();
        var difference = Difference(ours.Result(), peer.Result());
        int a = Repetitions(ours.Run), b = Repetitions(peer.Run);
        List<double> left = [], right = [], ratios = [];
        var clock = Stopwatch.StartNew();
        while (ratios.Count < 5 || (clock.Elapsed.TotalSeconds < budget && ratios.Count < 60))
        {
            left.Add(Sample(ours.Run, a));
            right.Add(Sample(peer.Run, b));
            ratios.Add(right[^1] / left[^1]);
        }
        return new Measured(work, Median(left), Median(right), Median(right) / Median(left), Quantile(ratios, 0.25), Quantile(ratios, 0.75), ratios.Count, difference);
    }

    /// <summary>Median seconds of one of our runs without the peer, for profiling.</summary>
    public static double Alone(Case work, double budget)
    {
        var run = work.Ours().Run;
        var n = Repetitions(run);
        List<double> times = [];
        var clock = Stopwatch.StartNew();
        while (times.Count < 5 || clock.Elapsed.TotalSeconds < budget) times.Add(Sample(run, n));
        return Median(times);
    }

    /// <summary>Runs that take 5 ms together, after a warm-up that lets the JIT finish: it replaces code in the background, in two steps.</summary>
    static int Repetitions(Action run)
    {
        var once = 1.0;
        for (var round = 0; round < 4; round++)
        {
            var clock = Stopwatch.StartNew();
            var runs = 0;
            while (runs < 1 || (clock.Elapsed.TotalSeconds < 0.05 && runs < 100_000))
            {
                run();
                runs++;
            }
            once = clock.Elapsed.TotalSeconds / runs;
            if (once < 0.05) Thread.Sleep(120);
            else if (round == 1) break;
        }
        return Math.Clamp((int)(0.005 / once), 1, 100_000);
    }

    static double Sample(Action run, int repetitions)
    {
        // The other engine has just used the caches, and its threads still spin: ONNX Runtime's for 40 ms after a run (measured), on a processor that this side needs.
        Thread.Sleep(60);
        // After a sleep a system needs some time to spread threads over its processors again.
        var start = Stopwatch.GetTimestamp();
        do run();
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < 100);
        start = Stopwatch.GetTimestamp();
        for (var i = 0; i < repetitions; i++) run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / repetitions;
    }

    internal static double Median(List<double> values) => Quantile(values, 0.5);

    static double Quantile(List<double> values, double q)
    {
        double[] sorted = [.. values.Order()];
        var at = q * (sorted.Length - 1);
        var low = (int)at;
        return sorted[low] + (at - low) * (sorted[Math.Min(low + 1, sorted.Length - 1)] - sorted[low]);
    }

    /// <summary>Largest difference relative to the largest value; infinite where shapes or NaNs differ.</summary>
    internal static double Difference(float[] a, float[] b)
    {
        if (a.Length != b.Length) return double.PositiveInfinity;
        double largest = 1e-30, difference = 0;
        for (var i = 0; i < a.Length; i++)
        {
            if (float.IsNaN(a[i]) != float.IsNaN(b[i])) return double.PositiveInfinity;
            if (a[i] == b[i] || float.IsNaN(a[i])) continue;
            difference = Math.Max(difference, Math.Abs((double)a[i] - b[i]));
            largest = Math.Max(largest, Math.Abs((double)b[i]));
        }
        return difference / largest;
    }
}
