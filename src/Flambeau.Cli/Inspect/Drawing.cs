using Flambeau.Graphs;

namespace Flambeau.Cli.Inspect;

/// <summary>A box of a drawn graph.</summary>
/// <param name="Kind">A class of the page's style: input, output, op, control.</param>
/// <param name="Title">What it says.</param>
/// <param name="Node">The node, if it is one.</param>
internal sealed record Box(string Kind, string Title, Node? Node)
{
    public double X { get; set; }
    public double Y { get; set; }
    public double Width { get; init; }
}

/// <summary>An edge between boxes by number, with the points it passes between them.</summary>
internal sealed record Wire(int From, int To, bool Weak)
{
    public List<(double X, double Y)> Bends { get; } = [];
}

/// <summary>
/// A graph as boxes and wires with places: branches and loops are drawn between a box that opens and one that closes them. State isn't drawn; it is told with the node that uses it.
/// </summary>
internal sealed class Drawing
{
    readonly List<Box> boxes = [];
    readonly List<Wire> wires = [];
    readonly HashSet<(int, int)> known = [];
    readonly Dictionary<Value, int> makers = [];

    public IReadOnlyList<Box> Boxes => boxes;

    public IReadOnlyList<Wire> Wires => wires;

    public double Width { get; private set; }

    public double Height { get; private set; }

    public static Drawing Of(Graph graph, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs)
    {
        var d = new Drawing();
        for (var i = 0; i < graph.Inputs.Count; i++) d.makers[graph.Inputs[i]] = d.Add("input", inputs[i], null);
        d.Nodes(graph.Body, -1);
        for (var i = 0; i < graph.Outputs.Count; i++) d.Feed(graph.Outputs[i], d.Add("output", outputs[i], null));
        foreach (var w in graph.Writes) d.Feed(w.Value, d.Add("output", "write " + w.State.Name, null));
        (d.Width, d.Height) = Layering.Arrange(d.boxes, d.wires);
        return d;
    }

    int Add(string kind, string title, Node? node)
    {
        if (title.Length > 40) title = string.Concat(title.AsSpan(0, 39), "…");
        boxes.Add(new(kind, title, node) { Width = 24 + 7.3 * title.Length });
        return boxes.Count - 1;
    }

    void Connect(int from, int to, bool weak = false)
    {
        if (known.Add((from, to))) wires.Add(new(from, to, weak));
    }

    void Feed(Operand o, int to)
    {
        foreach (var v in o.Values)
        {
            if (makers.TryGetValue(v, out var from)) Connect(from, to);
        }
    }

    void Nodes(Block block, int opener)
    {
        foreach (var n in block.Nodes)
        {
            var before = wires.Count;
            var name = n switch { OpNode o => o.Name, IfNode => "if", _ => "loop" };
            var box = Add(n is OpNode ? "op" : "control", name, n);
            foreach (var o in n.Inputs) Feed(o, box);
            // What takes nothing of its block would float above the box that opens it.
            if (opener >= 0 && wires.Count == before) Connect(opener, box, weak: true);
            var last = n.Blocks.Count > 0 ? Inner(n, box, name) : box;
            foreach (var v in n.Outputs) makers[v] = last;
        }
    }

    int Inner(Node node, int box, string name)
    {
        foreach (var b in node.Blocks)
        {
            foreach (var p in b.Parameters) makers[p] = box;
            Nodes(b, box);
        }
        var end = Add("control", "end " + name, node);
        foreach (var r in node.Blocks.SelectMany(static b => b.Results)) Feed(r, end);
        Connect(box, end, weak: true);
        return end;
    }
}
