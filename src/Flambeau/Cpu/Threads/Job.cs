using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Flambeau.Cpu;

/// <summary>
/// One parallel loop. Chunks are claimed, not assigned: a helper that wakes late costs nothing, since the caller takes its share.
/// A fresh object per loop, so a helper still looking at an old one finds nothing left and does no harm.
/// </summary>
internal sealed class Job(long n, long chunks, Action<long, long> body)
{
    private static readonly long Patience = Environment.ProcessorCount > 1 ? Stopwatch.Frequency / 10_000 : 0;

    private long next;
    private long done;
    private int waiting;
    private ExceptionDispatchInfo? error;

    public long Chunks => chunks;

    /// <summary>Claims and runs chunks until none is left to claim.</summary>
    public void Run()
    {
        while (Volatile.Read(ref next) < chunks)
        {
            var i = Interlocked.Increment(ref next) - 1;
            if (i >= chunks) return;
            // The first n % chunks ranges are one longer than the rest.
            long size = n / chunks, longer = n % chunks;
            var begin = i * size + Math.Min(i, longer);
            try
            {
                body(begin, begin + size + (i < longer ? 1 : 0));
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref error, ExceptionDispatchInfo.Capture(e), null);
            }
            if (Interlocked.Increment(ref done) == chunks && Volatile.Read(ref waiting) == 1)
                lock (this) Monitor.PulseAll(this);
        }
    }

    /// <summary>Returns when every chunk has ended; spins first, since the others usually end at about the same time.</summary>
    public void Wait()
    {
        if (Volatile.Read(ref done) == chunks) return;
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetTimestamp() - start < Patience;)
        {
            if (Volatile.Read(ref done) == chunks) return;
            Thread.SpinWait(4);
        }
        lock (this)
        {
            Interlocked.Exchange(ref waiting, 1);
            while (Volatile.Read(ref done) != chunks) Monitor.Wait(this);
        }
    }

    public void Throw() => error?.Throw();
}
