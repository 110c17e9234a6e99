using Flambeau.Compiler.Plan;
using Flambeau.Graphs;

namespace Flambeau.Compiler.Fuse;

/// <summary>Nodes that run as one step: pointwise ones that belong together, or a single other one.</summary>
internal sealed class Group(int first)
{
    /// <summary>Positions in the graph.</summary>
    internal SortedSet<int> Nodes { get; } = [first];

    internal DType? Lane { get; set; }

    /// <summary>Dense layout of what the group runs over, and of everything it writes but reductions.</summary>
    internal Layout? Space { get; set; }

    /// <summary>Axes of the space that make up a row, if rows are reduced.</summary>
    internal bool[]? Reduced { get; set; }

    /// <summary>Layout of what has one element a row, with the row's axes kept at size 1.</summary>
    internal bool IsPerRow(Layout x) => Reduced is not null && IsPerRow(x, Space!, Reduced);

    internal static bool IsPerRow(Layout x, Layout space, bool[] reduced)
    {
        if (x.Rank != space.Rank) return false;
        long step = 1;
        foreach (var d in ReductionNode.Order(space).Reverse())
        {
            if (x.Sizes[d] != (reduced[d] ? 1 : space.Sizes[d])) return false;
            if (x.Sizes[d] == 1) continue;
            if (x.Strides[d] != step) return false;
            step *= x.Sizes[d];
        }
        return true;
    }
}

/// <summary>
/// Groups nodes into steps. A pointwise node joins the groups of what it reads, if they run over the same elements in the same order,
/// compute in the same lane type, and nothing outside lies between them. So does a reduction of rows, and what is computed for each row from its results.
/// </summary>
internal sealed class Fuser
{
    const int LargestGroup = 128;

    readonly Profile profile;
    readonly IReadOnlyList<Node> nodes;
    readonly Member?[] members;
    readonly Group[] groups;
    readonly int[][] needs;
    readonly Dictionary<Slot, int> producer = [];

    Fuser(Graph graph, Profile profile)
    {
        this.profile = profile;
        nodes = graph.Body.Nodes;
        members = new Member?[nodes.Count];
        groups = new Group[nodes.Count];
        needs = new int[nodes.Count][];
    }

    /// <summary>The groups in an order in which they can run, and the nodes that can be in regions.</summary>
    internal static (IReadOnlyList<Group> Groups, Member?[] Members) Run(Graph graph, Profile profile, bool fuse)
    {
        var f = new Fuser(graph, profile);
        for (var i = 0; i < f.nodes.Count; i++) f.Add(i, fuse);
        return (f.Order(), f.members);
    }

    void Add(int i, bool fuse)
    {
        var n = (OpNode)nodes[i];
        needs[i] = [.. n.Inputs.SelectMany(o => Profile.SlotsIn(profile.Content(o))).Select(s => producer.GetValueOrDefault(s, -1)).Where(static p => p >= 0).Distinct()];
        foreach (var s in n.Outputs.SelectMany(v => Profile.SlotsIn(profile[v]))) producer.TryAdd(s, i);
        groups[i] = new(i);
        if (!fuse || (members[i] = (Member?)PointwiseNode.Of(n, profile) ?? ReductionNode.Of(n, profile)) is not { } member) return;
        var mine = groups[i];
        mine.Lane = member.Lane;
        (mine.Space, mine.Reduced) = member is ReductionNode r ? (r.Input.Layout, r.Reduced) : (member.Output.Layout, null);
        foreach (var p in needs[i])
        {
            if (members[p] is not null && groups[p] != groups[i] && Fit(groups[p], groups[i]) is { } fit) Merge(groups[p], groups[i], fit);
        }
    }

    /// <summary>The space in which both groups fit, and its rows; null if they don't.</summary>
    (Layout Space, bool[]? Reduced)? Fit(Group a, Group b)
    {
        if (a.Nodes.Count + b.Nodes.Count > LargestGroup) return null;
        if (a.Lane is { } x && b.Lane is { } y && x != y) return null;
        if (members[a.Nodes.Min]!.Output.Memory.Backend != members[b.Nodes.Min]!.Output.Memory.Backend) return null;
        (Layout, bool[]?) fit;
        if (SameSpace(a.Space!, b.Space!))
        {
            if (a.Reduced is not null && b.Reduced is not null && !a.Reduced.AsSpan().SequenceEqual(b.Reduced)) return null;
            fit = (a.Space!, a.Reduced ?? b.Reduced);
        }
        else if (b.Reduced is null && a.IsPerRow(b.Space!)) fit = (a.Space!, a.Reduced);
        else if (a.Reduced is null && b.IsPerRow(a.Space!)) fit = (b.Space!, b.Reduced);
        else return null;
        return Encloses(a, b) || !Agree(a, b, fit) ? null : fit;
    }

    /// <summary>Whether what one node reads of another lies as the space does, or has one element for each row: a sum without its axis may be spread along another.</summary>
    bool Agree(Group a, Group b, (Layout Space, bool[]? Reduced) fit)
    {
        if (fit.Reduced is null) return true;
        foreach (var n in a.Nodes.Concat(b.Nodes))
        {
            foreach (var s in members[n]!.Reads)
            {
                if (producer.GetValueOrDefault(s, -1) is >= 0 and var p && (groups[p] == a || groups[p] == b) && !SameSpace(s.Layout, fit.Space) && !Group.IsPerRow(s.Layout, fit.Space, fit.Reduced)) return false;
            }
        }
        return true;
    }

    /// <summary>Whether something outside needs the one and is needed by the other.</summary>
    bool Encloses(Group a, Group b)
    {
        var first = Math.Min(a.Nodes.Min, b.Nodes.Min);
        var seen = new HashSet<Group> { a, b };
        var stack = new Stack<Group>();
        foreach (var n in a.Nodes.Concat(b.Nodes))
        {
            foreach (var p in needs[n]) Push(groups[p]);
        }
        while (stack.TryPop(out var g))
        {
            foreach (var n in g.Nodes)
            {
                foreach (var p in needs[n])
                {
                    if (groups[p] == a || groups[p] == b) return true;
                    Push(groups[p]);
                }
            }
        }
        return false;

        // Nodes come after those they need, so that older groups can't need these.
        void Push(Group g)
        {
            if (g.Nodes.Max > first && seen.Add(g)) stack.Push(g);
        }
    }

    static bool SameSpace(Layout a, Layout b)
    {
        if (ReferenceEquals(a, b)) return true;
        if (!a.SameSizes(b)) return false;
        for (var d = 0; d < a.Rank; d++)
        {
            if (a.Sizes[d] != 1 && a.Strides[d] != b.Strides[d]) return false;
        }
        return true;
    }

    void Merge(Group from, Group into, (Layout Space, bool[]? Reduced) fit)
    {
        (into.Space, into.Reduced) = fit;
        into.Nodes.UnionWith(from.Nodes);
        into.Lane ??= from.Lane;
        foreach (var n in from.Nodes) groups[n] = into;
    }

    /// <summary>Each group after those it reads from; among those that could be next, the one whose last node came first.</summary>
    List<Group> Order()
    {
        var all = groups.Distinct().ToList();
        var waits = new Dictionary<Group, int>();
        var users = all.ToDictionary(static g => g, static _ => new List<Group>());
        foreach (var g in all)
        {
            var needed = g.Nodes.SelectMany(n => needs[n]).Select(p => groups[p]).Where(p => p != g).Distinct().ToList();
            waits[g] = needed.Count;
            foreach (var p in needed) users[p].Add(g);
        }
        var ready = new PriorityQueue<Group, int>(all.Where(g => waits[g] == 0).Select(static g => (g, g.Nodes.Max)));
        var order = new List<Group>(all.Count);
        while (ready.TryDequeue(out var g, out _))
        {
            order.Add(g);
            foreach (var u in users[g])
            {
                if (--waits[u] == 0) ready.Enqueue(u, u.Nodes.Max);
            }
        }
        return order.Count == all.Count ? order : throw new InvalidOperationException("groups of nodes need each other in a circle");
    }
}
