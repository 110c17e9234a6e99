using System.Globalization;

namespace Flambeau.Cpu;

/// <summary>
/// The process-wide pool that every CPU kernel shares, so that two kernels never oversubscribe the machine.
/// Work is cut by position only; a body whose result for an index does not depend on the range it arrives in
/// gives the same bits for every <see cref="Count"/>.
/// </summary>
public static class CpuThreads
{
    /// <summary>The environment variable that sets the initial <see cref="Count"/>.</summary>
    public const string CountVariable = "FLAMBEAU_NUM_THREADS";

    private static readonly Lock Growth = new();
    private static volatile Worker[] workers = [];
    private static int count;
    private static int held;

    /// <summary>
    /// How many threads a kernel may use, the calling one included. Starts as <c>FLAMBEAU_NUM_THREADS</c>, else as the
    /// processor count. Fewer threads never change a result.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A value below 1.</exception>
    /// <exception cref="FormatException">The environment variable is no positive integer.</exception>
    public static int Count
    {
        get => count > 0 ? count : count = Initial();
        set
        {
            if (value < 1)
                throw new ArgumentOutOfRangeException(nameof(value), value,
                    $"CpuThreads.Count: got {value}; expected at least 1 (the calling thread). Use 1 to run kernels on the caller alone.");
            count = value;
        }
    }

    /// <summary>
    /// Runs <paramref name="body"/> over [0, <paramref name="n"/>) as at most <see cref="Count"/> contiguous ranges of at least
    /// <paramref name="grain"/> indices each. Runs as one range on the calling thread when there is only one, when called from
    /// inside another such loop, or while another thread holds the pool. The first exception of a range is rethrown here.
    /// </summary>
    public static void For(long n, long grain, Action<long, long> body)
    {
        if (n <= 0) return;
        var chunks = Math.Min(Count, n / Math.Max(1, grain));
        if (chunks > 1 && TryHold()) Hold(new Job(n, chunks, body));
        else body(0, n);
    }

    /// <summary>
    /// Runs <paramref name="body"/> for every index of [0, <paramref name="n"/>), each index claimed by whichever thread is free:
    /// for a few uneven, heavy tasks.
    /// </summary>
    public static void Each(long n, Action<long> body)
    {
        if (n > 1 && Count > 1 && TryHold())
            Hold(new Job(n, n, (begin, end) => { for (var i = begin; i < end; i++) body(i); }));
        else
            for (long i = 0; i < n; i++) body(i);
    }

    private static bool TryHold() => Volatile.Read(ref held) == 0 && Interlocked.CompareExchange(ref held, 1, 0) == 0;

    private static void Hold(Job job)
    {
        try
        {
            var helpers = (int)Math.Min(job.Chunks, Count) - 1;
            var pool = workers.Length >= helpers ? workers : Grow(helpers);
            for (var i = 0; i < helpers; i++) pool[i].Post(job);
            job.Run();
            job.Wait();
        }
        finally
        {
            Volatile.Write(ref held, 0);
        }
        job.Throw();
    }

    private static Worker[] Grow(int wanted)
    {
        lock (Growth)
        {
            var old = workers;
            if (old.Length >= wanted) return old;
            var grown = new Worker[wanted];
            old.CopyTo(grown, 0);
            for (var i = old.Length; i < wanted; i++) grown[i] = new Worker(i);
            return workers = grown;
        }
    }

    private static int Initial()
    {
        var text = Environment.GetEnvironmentVariable(CountVariable);
        if (string.IsNullOrWhiteSpace(text)) return Environment.ProcessorCount;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value
            : throw new FormatException(
                $"{CountVariable}: got \"{text}\"; expected a positive integer such as 4. Unset it to use all {Environment.ProcessorCount} processors.");
    }
}
