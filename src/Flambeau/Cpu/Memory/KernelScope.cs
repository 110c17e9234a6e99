namespace Flambeau.Cpu;

/// <summary>
/// Marks a thread as running kernels. A block whose storage dies while a kernel may still use its address is not handed out
/// again until every thread that was inside at that moment has left (epoch-based reclamation; Fraser, "Practical lock-freedom", 2004).
/// So kernels need no <c>GC.KeepAlive</c>.
/// </summary>
internal static class KernelScope
{
    internal sealed class Slot : IDisposable
    {
        internal long Epoch = long.MaxValue;
        internal int Depth;

        public void Dispose() => Exit(this);
    }

    static readonly bool check = AppContext.TryGetSwitch("Flambeau.CheckKernelScopes", out var on) && on;

    /// <summary>
    /// Whether every look into a storage is checked to happen inside a scope: the AppContext switch <c>Flambeau.CheckKernelScopes</c>, on in the tests. Where it is off nothing is left of it:
    /// the JIT folds the field, the ahead-of-time compiler the property (ILLink.Substitutions.xml).
    /// </summary>
    internal static bool Checked => check;

    static readonly List<WeakReference<Slot>> slots = [];
    static long epoch = 1;

    [ThreadStatic] static Slot? mine;

    internal static Slot Enter()
    {
        var slot = mine ?? Create();
        if (slot.Depth++ == 0) Interlocked.Exchange(ref slot.Epoch, Volatile.Read(ref epoch));
        return slot;
    }

    internal static void Exit(Slot slot)
    {
        if (--slot.Depth == 0) Volatile.Write(ref slot.Epoch, long.MaxValue);
    }

    /// <exception cref="InvalidOperationException">This thread is in no scope.</exception>
    internal static void Require()
    {
        if (mine is not { Depth: > 0 })
            throw new InvalidOperationException("a kernel looks into a storage outside a KernelScope, so the block may be reused under it: compute with tensor methods or in an op's Forward, or open a scope");
    }

    static Slot Create()
    {
        var slot = mine = new Slot();
        lock (slots)
        {
            slots.RemoveAll(static w => !w.TryGetTarget(out _));
            slots.Add(new(slot));
        }
        return slot;
    }

    /// <summary>The stamp of a block that dies now.</summary>
    internal static long Stamp() => Interlocked.Increment(ref epoch);

    /// <summary>Blocks with a stamp up to this one are used by no kernel.</summary>
    internal static long SafeStamp()
    {
        var min = long.MaxValue;
        lock (slots)
        {
            foreach (var w in slots)
            {
                if (w.TryGetTarget(out var s)) min = Math.Min(min, Volatile.Read(ref s.Epoch));
            }
        }
        return min;
    }
}
