using System.Diagnostics;

namespace Flambeau.Cpu;

/// <summary>A pool thread with a mailbox of one job: it spins briefly after a job, because ops come in bursts, then parks.</summary>
internal sealed class Worker
{
    private static readonly long Patience = Environment.ProcessorCount > 1 ? Stopwatch.Frequency / 40_000 : 0;

    private readonly SemaphoreSlim wake = new(0);
    private Job? posted;
    private int parked;

    public Worker(int index) =>
        new Thread(Loop) { IsBackground = true, Name = $"Flambeau CPU {index + 1}" }.UnsafeStart();

    /// <summary>Hands over a job. An older one not yet looked at is dropped: its caller has finished it alone.</summary>
    public void Post(Job job)
    {
        Interlocked.Exchange(ref posted, job);
        if (Volatile.Read(ref parked) == 1 && Interlocked.Exchange(ref parked, 0) == 1) wake.Release();
    }

    private void Loop()
    {
        while (true) Take().Run();
    }

    private Job Take()
    {
        while (true)
        {
            for (var start = Stopwatch.GetTimestamp(); ;)
            {
                if (Volatile.Read(ref posted) is not null && Interlocked.Exchange(ref posted, null) is { } job) return job;
                if (Stopwatch.GetTimestamp() - start >= Patience) break;
                Thread.SpinWait(4);
            }
            // The full fences here and in Post leave no order in which both sides miss the other's write.
            Interlocked.Exchange(ref parked, 1);
            if (Volatile.Read(ref posted) is null) wake.Wait();
            else if (Interlocked.Exchange(ref parked, 0) == 0) wake.Wait();
        }
    }
}
