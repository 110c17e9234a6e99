using System.Runtime.ExceptionServices;

namespace Flambeau.Data;

/// <summary>
/// Background threads that make numbered results, handed over in the order of their numbers. Work is claimed one piece at a time under
/// a lock, so that the source is read by one thread at a time and the results don't depend on the number of workers.
/// </summary>
sealed class Pipeline<TBatch> : IDisposable
{
    readonly Lock claim = new();
    readonly object gate = new(); // for Monitor.Wait
    readonly Func<Func<TBatch>?> next;
    readonly Slot?[] slots;
    readonly Thread[] workers;
    readonly CancellationTokenRegistration registration;
    readonly CancellationToken cancellation;
    long claimed, taken;
    bool stopped, ended;

    sealed record Slot(TBatch? Value, ExceptionDispatchInfo? Error, bool End = false);

    /// <param name="next">Claims the next piece of work; null at the end.</param>
    /// <param name="workers">How many threads.</param>
    /// <param name="capacity">How many results may be under way or waiting.</param>
    /// <param name="cancellation">Ends the waiting of the consumer.</param>
    internal Pipeline(Func<Func<TBatch>?> next, int workers, int capacity, CancellationToken cancellation)
    {
        (this.next, this.cancellation) = (next, cancellation);
        slots = new Slot?[Math.Max(capacity, workers)];
        registration = cancellation.Register(Stop);
        this.workers = new Thread[workers];
        for (var i = 0; i < workers; i++)
        {
            this.workers[i] = new Thread(Work) { IsBackground = true, Name = $"data loader {i}" };
            this.workers[i].Start();
        }
    }

    /// <summary>The next result in order; false at the end. Throws what the worker threw, with its stack.</summary>
    internal bool TryTake(out TBatch value)
    {
        Slot slot;
        lock (gate)
        {
            while (slots[taken % slots.Length] is null && !stopped) Monitor.Wait(gate);
            cancellation.ThrowIfCancellationRequested(); // the token, not our flag: its wait handle is set before its callbacks run
            if (slots[taken % slots.Length] is not { } ready)
            {
                value = default!;
                return false;
            }
            slot = ready;
            slots[taken % slots.Length] = null;
            taken++;
            Monitor.PulseAll(gate);
        }
        slot.Error?.Throw();
        value = slot.Value!;
        return !slot.End;
    }

    void Work()
    {
        while (true)
        {
            Func<TBatch>? make;
            ExceptionDispatchInfo? error = null;
            TBatch? value = default;
            long number;
            lock (claim)
            {
                if (ended || !WaitForRoom()) return;
                number = claimed++;
                make = Guard(next, ref error);
                ended = make is null;
            }
            if (make is not null) value = Guard(make, ref error);
            lock (gate)
            {
                slots[number % slots.Length] = new Slot(value, error, make is null && error is null);
                Monitor.PulseAll(gate);
            }
        }
    }

    static T? Guard<T>(Func<T> action, ref ExceptionDispatchInfo? error)
    {
        try
        {
            return action();
        }
        catch (Exception e)
        {
            error = ExceptionDispatchInfo.Capture(e); // goes on in the consumer
            return default;
        }
    }

    bool WaitForRoom()
    {
        lock (gate)
        {
            while (claimed - taken >= slots.Length && !stopped) Monitor.Wait(gate);
            return !stopped;
        }
    }

    void Stop()
    {
        lock (gate)
        {
            stopped = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Ends the workers, after the piece that each is at.</summary>
    public void Dispose()
    {
        Stop();
        registration.Dispose();
        foreach (var worker in workers) worker.Join();
    }
}
