namespace Flambeau.Cpu.Fft;

/// <summary>
/// Plans by length. The least recently used go when their tables exceed the bound; a plan in use elsewhere stays valid, it is only forgotten.
/// </summary>
/// <param name="limit">Largest total of numbers held, in doubles.</param>
internal sealed class PlanCache(long limit)
{
    readonly Lock gate = new();
    readonly Dictionary<int, LinkedListNode<FftPlan>> byLength = [];
    readonly LinkedList<FftPlan> recent = [];
    long held;

    /// <summary>The process's cache: 4M doubles, 32 MB.</summary>
    public static PlanCache Shared { get; } = new(1L << 22);

    public int Count { get { lock (gate) return byLength.Count; } }

    public FftPlan Get(int length)
    {
        lock (gate)
            if (byLength.TryGetValue(length, out var node))
            {
                if (recent.First != node)
                {
                    recent.Remove(node);
                    recent.AddFirst(node);
                }
                return node.Value;
            }
        // Built outside the lock: it may be long, and may itself ask for an inner plan.
        var plan = new FftPlan(length);
        lock (gate)
        {
            if (byLength.TryGetValue(length, out var other)) return other.Value;
            byLength[length] = recent.AddFirst(plan);
            held += plan.Size;
            while (held > limit && recent.Count > 1)
            {
                var oldest = recent.Last!.Value;
                recent.RemoveLast();
                byLength.Remove(oldest.Length);
                held -= oldest.Size;
            }
        }
        return plan;
    }
}
