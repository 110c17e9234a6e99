using Flambeau.Compiler.Fold;
using Flambeau.Compiler.Passes;
using Flambeau.Cpu;
using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Blocked;

/// <summary>
/// Holds images in blocked order from convolution to convolution: convolutions over two axes, what follows them element by element, pools and means work on blocks of channels,
/// and conversions stand only where something else reads or gives an image. Batch norms that follow a convolution become part of its weights, additions and activations of its end.
/// For graphs whose results need no history.
/// </summary>
internal sealed partial class BlockedLayout
{
    /// <summary>A value of the old graph in the new one: in plain order, in blocked order, as channels of other values in blocked order, or more than one of these.</summary>
    sealed record Image(long Channels)
    {
        internal Operand? Plain { get; set; }

        internal Value? Blocked { get; set; }

        internal Channel[]? Lanes { get; init; }

        /// <summary>Axes that the channels are seen as.</summary>
        internal long[] Axes { get; init; } = [Channels];

        /// <summary>The channels are seen as the last axis.</summary>
        internal bool Last { get; init; }

        /// <summary>What makes it in plain order.</summary>
        internal OpNode? Origin { get; init; }

        internal bool IsBlocked => Blocked is not null || Lanes is not null;
    }

    readonly Graph graph;
    readonly GraphBuilder b;
    readonly Dictionary<Value, Image> images = [];
    readonly Dictionary<Value, List<OpNode>> uses = [];
    readonly HashSet<Value> outward = [];
    readonly HashSet<Value> fixedValues = [];
    readonly HashSet<Node> done = [];
    readonly long block = BlockedConv.Block;

    BlockedLayout(Graph graph)
    {
        this.graph = graph;
        b = new(graph.Name);
        foreach (var n in graph.Nodes)
        {
            foreach (var v in n.Inputs.SelectMany(static o => o.Values))
            {
                if (n is OpNode op) (uses.TryGetValue(v, out var list) ? list : uses[v] = []).Add(op);
                else outward.Add(v);
            }
            foreach (var v in n.Blocks.SelectMany(static x => x.Results).SelectMany(static r => r.Values)) outward.Add(v);
        }
        outward.UnionWith(graph.Outputs.SelectMany(static o => o.Values));
        outward.UnionWith(graph.Writes.SelectMany(static w => w.Value.Values));
        var written = graph.Writes.Select(static w => w.State.Value).ToHashSet();
        fixedValues.UnionWith(graph.State.Select(static s => s.Value).Where(v => !written.Contains(v)));
    }

    /// <summary>The same graph with images in blocked order; the graph itself if it has no convolution that gains.</summary>
    internal static Graph Apply(Graph graph) =>
        graph.Body.Nodes.Any(static n => n.Blocks.Count > 0) || !graph.Body.Nodes.OfType<OpNode>().Any(Gains) ? graph : new BlockedLayout(graph).Run();

    Graph Run()
    {
        foreach (var v in graph.Inputs) images.Add(v, new(0) { Plain = b.Input(v.Type, v.Hint) });
        var states = new Dictionary<StateEntry, StateEntry>();
        foreach (var s in graph.State)
        {
            states.Add(s, b.AddState(s.Name, s.Tensor, s.Kind));
            images.Add(s.Value, new(0) { Plain = states[s].Value });
        }
        // What parameters alone decide comes first: a convolution takes up the factors of the norm behind it.
        foreach (var n in graph.Body.Nodes.OfType<OpNode>())
        {
            if (n.Outputs.Count == 0 || !Purity.IsPure(n) || !n.Inputs.All(o => o.Values.All(fixedValues.Contains)) || !n.Inputs.Any(static o => o.Values.Any())) continue;
            fixedValues.UnionWith(n.Outputs);
            Copy(n);
            done.Add(n);
        }
        foreach (var n in graph.Body.Nodes.OfType<OpNode>())
        {
            if (done.Contains(n)) continue;
            b.Where = n.Where;
            if (!(Convolution(n) || Pool(n) || Mean(n) || Scale(n) || Pointwise(n) || View(n) || Norm(n))) Copy(n);
        }
        b.Where = null;
        foreach (var w in graph.Writes) b.Write(states[w.State], w.Value.Map(Plain));
        return Unused.Remove(b.Finish([.. graph.Outputs.Select(o => o.Map(Plain))]));
    }

    void Copy(OpNode n)
    {
        b.Where = n.Where;
        var outputs = b.Add(n.Entry, [.. n.Inputs.Select(o => o.Map(Plain))], [.. n.Outputs.Select(static o => o.Type)]);
        for (var i = 0; i < outputs.Count; i++) images.Add(n.Outputs[i], new(0) { Plain = outputs[i] });
    }

    /// <summary>The value in plain order.</summary>
    Operand Plain(Value v)
    {
        var image = images[v];
        if (image.Plain is { } plain) return plain;
        if (image.Origin is { } n)
        {
            var made = b.Add(n.Entry, [.. n.Inputs.Select(o => o.Map(Plain))], [.. n.Outputs.Select(static o => o.Type)])[0];
            image.Plain = made;
            return made;
        }
        if (image.Last) throw new InvalidOperationException("an image with channels last has no plain order of its own");
        var y = Call("_from_blocked", v.Type, image.Blocked!, image.Channels);
        // A mean over the plane without its axes.
        if (v.Tensor!.Shape!.Count == 2) y = Call("reshape", v.Type, y, Operand.Of(v.Tensor.Sizes!.Value));
        image.Plain = y;
        return y;
    }

    /// <summary>The value, an image of four axes, in blocked order.</summary>
    /// <param name="v">The value.</param>
    /// <param name="keepLanes">Channels of other values may stay where they are.</param>
    Value Blocked(Value v, bool keepLanes = false)
    {
        var image = images[v];
        if (image.Blocked is { } known) return known;
        if (image.Lanes is { } lanes)
        {
            if (keepLanes) return v;
            var s = lanes[0].Source.Tensor!.Sizes!.Value;
            return image.Blocked = Gather(lanes, new(v.Tensor!.Type, [s[0], (lanes.Length + block - 1) / block, s[2], s[3], block], v.Tensor.Device));
        }
        return image.Blocked = Call("_to_blocked", BlockedType(v.Tensor!), image.Plain!.Value, block);
    }

    /// <summary>Remembers a result in blocked order.</summary>
    void Give(Value old, Value blocked) => images.Add(old, new(old.Tensor!.Shape![1].Size!.Value) { Blocked = blocked });

    TensorType BlockedType(TensorType plain)
    {
        var s = plain.Sizes!.Value;
        return new(plain.Type, [s[0], (s[1] + block - 1) / block, s.Rank > 2 ? s[2] : 1, s.Rank > 3 ? s[3] : 1, block], plain.Device);
    }

    Value Call(string op, GraphType type, params Operand[] arguments)
    {
        var (entry, bound) = Resolver.Resolve(op, arguments);
        return b.Add(entry, bound, [type])[0];
    }

    bool IsBlocked(Operand o) => o.Value is { } v && images[v] is { IsBlocked: true, Last: false, Axes.Length: 1 };

    static bool IsImage(Value v) => v.Tensor is { Type: DType.Float32, Sizes: { Rank: 4 } };

    /// <summary>The only node that takes the value; null if there are more, or it leaves the graph.</summary>
    OpNode? OnlyUse(Value v) => !outward.Contains(v) && uses.TryGetValue(v, out var list) && list is [var one] && one.Inputs.Count(o => o.Value == v) == 1 ? one : null;
}
