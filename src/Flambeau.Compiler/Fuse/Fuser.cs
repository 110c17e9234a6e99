using Flambeau.Compiler.Plan;
using Flambeau.Graphs;

namespace Flambeau.Compiler.Fuse;

/// <summary>Nodes that run as one step: pointwise ones that belong together, or a single other one.</summary>
internal sealed class Group(int first)
{
    /// <summary>Positions in the graph.</summary>
    internal SortedSet<int> Nodes { get; } = [first];

    internal DType? Lane { get; set; }

    /// <summary>Dense layout of everything the group writes.</summary>
    internal Layout? Space { get; set; }
}

/// <summary>
/// Groups nodes into steps. A pointwise node joins the groups of what it reads, if they run over the same elements in the same order,
/// compute in the same lane type, and nothing outside lies between them.
/// </summary>
internal sealed class Fuser
{
    const int LargestGroup = 128;

    readonly Profile profile;
    readonly IReadOnlyList<Node> nodes;
    readonly PointwiseNode?[] pointwise;
    readonly Group[] groups;
    readonly int[][] needs;
    readonly Dictionary<Slot, int> producer = [];

    Fuser(Graph graph, Profile profile)
    {
        this.profile = profile;
        nodes = graph.Body.Nodes;
        pointwise = new PointwiseNode?[nodes.Count];
        groups = new Group[nodes.Count];
        needs = new int[nodes.Count][];
    }

    /// <summary>Which node wrote each memory's slot, the pointwise nodes, and the groups in an order in which they can run.</summary>
    internal static (IReadOnlyList<Group> Groups, PointwiseNode?[] Pointwise) Run(Graph graph, Profile profile, bool fuse)
    {
        var f = new Fuser(graph, profile);
        for (var i = 0; i < f.nodes.Count; i++) f.Add(i, fuse);
        return (f.Order(), f.pointwise);
    }

    void Add(int i, bool fuse)
    {
        var n = (OpNode)nodes[i];
        needs[i] = [.. n.Inputs.SelectMany(o => Profile.SlotsIn(profile.Content(o))).Select(s => producer.GetValueOrDefault(s, -1)).Where(static p => p >= 0).Distinct()];
        foreach (var s in n.Outputs.SelectMany(v => Profile.SlotsIn(profile[v]))) producer.TryAdd(s, i);
        groups[i] = new(i);
        if (!fuse || (pointwise[i] = PointwiseNode.Of(n, profile)) is not { } p0) return;
        groups[i].Lane = p0.Lane;
        groups[i].Space = p0.Output.Layout;
        foreach (var p in needs[i])
        {
            if (pointwise[p] is not null && groups[p] != groups[i] && Fit(groups[p], groups[i])) Merge(groups[p], groups[i]);
        }
    }

    bool Fit(Group a, Group b)
    {
        if (a.Nodes.Count + b.Nodes.Count > LargestGroup || !SameSpace(a.Space!, b.Space!)) return false;
        if (a.Lane is { } x && b.Lane is { } y && x != y) return false;
        return !Encloses(a, b);
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

    void Merge(Group from, Group into)
    {
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
