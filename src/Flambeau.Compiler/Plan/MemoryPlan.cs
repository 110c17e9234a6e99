namespace Flambeau.Compiler.Plan;

/// <summary>A block of memory that a step writes first and a later one reads last; steps are numbered from 0.</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="First">The step that writes it.</param>
/// <param name="Last">The last step that uses it.</param>
/// <param name="Into">The block whose memory it takes over in its first step, which is that one's last; or -1.</param>
public sealed record PlannedBlock(long Bytes, int First, int Last, int Into = -1);

/// <summary>
/// Where blocks lie in one arena. Larger ones are placed first, each in the smallest gap that is free for as long as it lives
/// (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", arXiv:2001.03288).
/// </summary>
public sealed class MemoryPlan
{
    const long Alignment = 64;

    MemoryPlan(IReadOnlyList<PlannedBlock> blocks, long[] offsets, long bytes, long bound)
    {
        (Blocks, Offsets, Bytes, LowerBound) = (blocks, offsets, bytes, bound);
    }

    /// <summary>What was planned.</summary>
    public IReadOnlyList<PlannedBlock> Blocks { get; }

    /// <summary>Byte offset of each block.</summary>
    public IReadOnlyList<long> Offsets { get; }

    /// <summary>Size of the arena.</summary>
    public long Bytes { get; }

    /// <summary>Bytes alive at the step where most are: no arena can be smaller.</summary>
    public long LowerBound { get; }

    /// <summary>Lays out the blocks.</summary>
    public static MemoryPlan Make(IReadOnlyList<PlannedBlock> blocks)
    {
        // Blocks that hand on their memory are one chain, placed as one.
        var root = new int[blocks.Count];
        var (first, last, size) = (new int[blocks.Count], new int[blocks.Count], new long[blocks.Count]);
        for (var i = 0; i < blocks.Count; i++)
        {
            var b = blocks[i];
            root[i] = b.Into < 0 ? i : root[b.Into];
            if (b.Into < 0) first[i] = b.First;
            last[root[i]] = Math.Max(last[root[i]], b.Last);
            size[root[i]] = Math.Max(size[root[i]], Align(b.Bytes));
        }
        var chains = Enumerable.Range(0, blocks.Count).Where(i => root[i] == i && size[i] > 0).OrderByDescending(i => size[i]).ThenBy(i => first[i]).ToList();
        var offsets = new long[blocks.Count];
        var placed = new List<int>();
        long total = 0;
        foreach (var c in chains)
        {
            long at = 0, best = -1, gap = long.MaxValue;
            foreach (var o in placed.Where(o => first[o] <= last[c] && first[c] <= last[o]).OrderBy(o => offsets[o]))
            {
                var room = offsets[o] - at;
                if (room >= size[c] && room < gap) (best, gap) = (at, room);
                at = Math.Max(at, offsets[o] + size[o]);
            }
            offsets[c] = best >= 0 ? best : at;
            placed.Add(c);
            total = Math.Max(total, offsets[c] + size[c]);
        }
        for (var i = 0; i < offsets.Length; i++) offsets[i] = offsets[root[i]];
        var plan = new MemoryPlan(blocks, offsets, total, Bound(chains, first, last, size));
        plan.Verify();
        return plan;
    }

    static long Align(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    static long Bound(List<int> chains, int[] first, int[] last, long[] size)
    {
        var change = new SortedDictionary<int, long>();
        foreach (var c in chains)
        {
            change[first[c]] = change.GetValueOrDefault(first[c]) + size[c];
            change[last[c] + 1] = change.GetValueOrDefault(last[c] + 1) - size[c];
        }
        long now = 0, most = 0;
        foreach (var d in change.Values) most = Math.Max(most, now += d);
        return most;
    }

    /// <summary>Checks that no two blocks that live at the same time overlap, save where one takes over the other's memory.</summary>
    /// <exception cref="InvalidOperationException">They do.</exception>
    public void Verify()
    {
        for (var i = 0; i < Blocks.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                PlannedBlock a = Blocks[i], b = Blocks[j];
                if (a.First > b.Last || b.First > a.Last || a.Bytes == 0 || b.Bytes == 0) continue;
                if (Offsets[i] >= Offsets[j] + b.Bytes || Offsets[j] >= Offsets[i] + a.Bytes) continue;
                if (a.Into == j && a.First == b.Last && a.Bytes <= b.Bytes) continue;
                throw new InvalidOperationException($"the memory plan lets blocks {j} (steps {b.First} to {b.Last}) and {i} (steps {a.First} to {a.Last}) overlap at byte {Math.Max(Offsets[i], Offsets[j])}");
            }
        }
    }
}
