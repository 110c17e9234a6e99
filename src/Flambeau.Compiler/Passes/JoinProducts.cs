using Flambeau.Graphs;

namespace Flambeau.Compiler.Passes;

/// <summary>
/// Many small products become a large one, as in a recurrence written step by step: products of the parts of one tensor with the same matrix, and products whose results are added up.
/// Likewise sums over rows that are added up, and gradients of the slices that make up a tensor. Results are rounded in another order.
/// </summary>
internal sealed class JoinProducts : Rewriter
{
    const int Fewest = 4;

    /// <summary>Products of more rows fill the machine by themselves.</summary>
    const long MostRows = 256;

    readonly PassLog log;
    readonly Flow flow;
    readonly Dictionary<Value, int> position = [];
    readonly Dictionary<Node, Part[]> batches = [];
    readonly HashSet<Node> joined = [];
    readonly Dictionary<Node, Terms> sums = [];

    /// <summary>A product whose left side is one index of an axis of a tensor.</summary>
    sealed record Part(OpNode Product, Value Base, int Axis, long Index);

    /// <summary>What is added up: products, sums over rows of matrices, gradients of slices, and the rest.</summary>
    sealed record Terms(List<Operand> Products, List<Operand> Rows, List<List<OpNode>> Wholes, List<Operand> Others);

    JoinProducts(Graph graph, PassLog log) : base(graph)
    {
        this.log = log;
        flow = new(graph);
        var nodes = graph.Body.Nodes.OfType<OpNode>().ToList();
        for (var i = 0; i < nodes.Count; i++)
        {
            foreach (var v in nodes[i].Outputs) position[v] = i;
        }
        foreach (var group in nodes.Select(PartOf).OfType<Part>().GroupBy(static p => (p.Base, p.Axis, p.Product.Inputs[1].Value)))
        {
            Part[] parts = [.. group.OrderBy(static p => p.Index)];
            if (parts.Length < Fewest || parts[^1].Index - parts[0].Index != parts.Length - 1 || parts.DistinctBy(static p => p.Index).Count() != parts.Length) continue;
            batches.Add(parts.MinBy(p => position[p.Product.Output])!.Product, parts);
            joined.UnionWith(parts.Select(static p => p.Product));
        }
        var inner = new HashSet<Value>();
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            if (nodes[i].Name == "_add" && !inner.Contains(nodes[i].Output) && TermsOf(nodes[i], inner) is { } terms) sums.Add(nodes[i], terms);
        }
    }

    internal static Graph Apply(Graph graph, PassLog? log = null)
    {
        log ??= new();
        var pass = new JoinProducts(graph, log);
        if (pass.batches.Count == 0 && pass.sums.Count == 0) return graph;
        return new DeadCode(new CommonSubexpressions(pass.Run(), log).Run(), log).Run();
    }

    /// <inheritdoc/>
    protected override void Visit(Node n)
    {
        if (batches.TryGetValue(n, out var parts)) Batch(parts);
        else if (sums.TryGetValue(n, out var terms)) Sum((OpNode)n, terms);
        else if (!joined.Contains(n)) Copy(n);
    }

    Part? PartOf(OpNode n)
    {
        if (n.Name != "mm" || flow.Leaves(n.Output) || Type(n.Output) is not { } y || Type(n.Inputs[1]) is null || y.Sizes!.Value[0] > MostRows) return null;
        return n.Inputs[0].Value is { } left && Match.By(left, "select") is { } s && IndexOf(s) is { } at ? new(n, s.Inputs[0].Value!, at.Axis, at.Index) : null;
    }

    static (int Axis, long Index)? IndexOf(OpNode select)
    {
        if (Type(select.Inputs[0])?.Sizes is not { Rank: 3 } s || Match.Int(select.Inputs[1]) is not { } axis || Match.Int(select.Inputs[2]) is not { } index) return null;
        if (axis < 0) axis += 3;
        return ((int)axis, index < 0 ? index + s[(int)axis] : index);
    }

    /// <summary>A tensor of which everything is known.</summary>
    static TensorType? Type(Operand o) => o.Type is TensorType { Type: not null, Sizes: not null } t ? t : null;

    Terms? TermsOf(OpNode root, HashSet<Value> inner)
    {
        if (Type(root.Output) is not { Type: DType.Float32 or DType.Float64 } type) return null;
        var leaves = new List<Operand>();
        var waiting = new Stack<Operand>([root.Inputs[1], root.Inputs[0]]);
        while (waiting.TryPop(out var o))
        {
            if (Own(o, root) is { Name: "_add" } sum)
            {
                inner.Add(sum.Output);
                waiting.Push(sum.Inputs[1]);
                waiting.Push(sum.Inputs[0]);
            }
            else leaves.Add(o);
        }
        List<Operand> products = [.. leaves.Where(o => IsSmallProduct(Own(o, root), type))], rows = [.. leaves.Where(o => Rows(Own(o, root)) is not null)];
        if (products.Count < Fewest) products.Clear();
        if (rows.Count < Fewest) rows.Clear();
        var wholes = Wholes([.. leaves.Select(o => Own(o, root)).OfType<OpNode>().Where(static n => n.Name == "slice_backward" && n.Inputs.Skip(1).All(static i => i.IsConstant) && Match.Is(n.Inputs[5], 1))], type);
        if (products.Count + rows.Count + wholes.Count == 0) return null;
        HashSet<Operand> taken = [.. products, .. rows, .. wholes.SelectMany(static w => w).Select(static n => (Operand)n.Output)];
        return new(products, rows, wholes, [.. leaves.Where(o => !taken.Contains(o))]);
    }

    /// <summary>What makes a term that has the sum's type and that nobody else uses.</summary>
    OpNode? Own(Operand o, OpNode root) =>
        o.Value is { Definition: OpNode n } v && position.ContainsKey(v) && flow.Uses(v) == 1 && !flow.Leaves(v) && Match.Same(v, root.Output) ? n : null;

    /// <summary>A product for which it takes less to copy its sides than to add its result.</summary>
    static bool IsSmallProduct(OpNode? n, TensorType sum) => n is { Name: "mm" } && sum.Sizes is { Rank: 2 } s
        && Type(n.Inputs[0]) is { } left && Type(n.Inputs[1]) is not null && left.Sizes!.Value[1] * (s[0] + s[1]) <= s[0] * s[1];

    /// <summary>The matrix whose rows a node adds up.</summary>
    static Operand? Rows(OpNode? n)
    {
        if (n is { Name: "reshape" } && Match.By(n.Inputs[0], "sum") is { } kept && Type(kept.Output)?.Sizes is { Rank: 2 } k && k[0] == 1 && Type(n.Output)?.Sizes is { Rank: 1 }) n = kept;
        if (n is not { Name: "sum" } || Match.Ints(n.Inputs[1]) is not [0 or -2] || !n.Inputs[3].IsNone) return null;
        return Type(n.Inputs[0]) is { Sizes: { Rank: 2 } s } && s[0] <= MostRows ? n.Inputs[0] : Rule.No;
    }

    /// <summary>Gradients of slices that together are all of a tensor, each element once; there may be several such sets.</summary>
    static List<List<OpNode>> Wholes(List<OpNode> slices, TensorType type)
    {
        var wholes = new List<List<OpNode>>();
        foreach (var axis in slices.Select(n => Axis(n, type)).Distinct())
        {
            // A slice stands for no more than one axis if the others are whole, which its gradient's sizes tell.
            var left = slices.Where(n => Axis(n, type) == axis && Bounds(n) is { } b && Type(n.Inputs[0])?.Sizes is { } s && s.Rank == type.Sizes!.Value.Rank && s[axis] == b.End - b.Start && b.End > b.Start).ToList();
            while (true)
            {
                var (whole, at) = (new List<OpNode>(), 0L);
                while (left.Find(n => Bounds(n)!.Value.Start == at && !whole.Contains(n)) is { } next)
                {
                    whole.Add(next);
                    at = Bounds(next)!.Value.End;
                }
                if (whole.Count < 2 || at != type.Sizes!.Value[axis]) break;
                wholes.Add(whole);
                left.RemoveAll(whole.Contains);
            }
        }
        return wholes;
    }

    static (long Start, long End)? Bounds(OpNode n) => Match.Int(n.Inputs[3]) is >= 0 and var start && Match.Int(n.Inputs[4]) is { } end ? (start, end) : null;

    static int Axis(OpNode n, TensorType type) => (int)Match.Int(n.Inputs[2])! is var d && d < 0 ? d + type.Sizes!.Value.Rank : d;

    void Batch(Part[] parts)
    {
        var first = batches.First(b => b.Value == parts).Key;
        var (type, left, where) = (Type(first.Output)!, Type(first.Inputs[0])!.Sizes!.Value, first.Where);
        var rows = Stack(Map(parts[0].Base), parts[0].Axis, parts[0].Index, parts[^1].Index, left, type, where);
        var all = Emit("mm", new TensorType(type.Type, [parts.Length * left[0], type.Sizes!.Value[1]], type.Device), where, rows, Map(first.Inputs[1]));
        for (var i = 0; i < parts.Length; i++)
            Replace(parts[i].Product.Output, Emit("slice", parts[i].Product.Output.Type, where, all, 0L, i * left[0], (i + 1) * left[0], 1L));
        log.Fired("products of the parts of a tensor", first);
    }

    /// <summary>The matrices at some indices of an axis, one below the other.</summary>
    Value Stack(Operand tensor, int axis, long from, long to, Shape one, TensorType type, SourceLocation? where)
    {
        var s = Type(tensor)!.Sizes!.Value;
        if (axis != 0)
        {
            long[] order = [axis, .. ((long[])[0, 1, 2]).Where(d => d != axis)];
            tensor = Emit("permute", new TensorType(type.Type, [s[axis], one[0], one[1]], type.Device), where, tensor, Operand.Of(order));
        }
        var count = to - from + 1;
        if (count != s[axis]) tensor = Emit("slice", new TensorType(type.Type, [count, one[0], one[1]], type.Device), where, tensor, 0L, from, to + 1, 1L);
        return Emit("reshape", new TensorType(type.Type, [count * one[0], one[1]], type.Device), where, tensor, Operand.Of((long[])[count * one[0], one[1]]));
    }

    void Sum(OpNode root, Terms terms)
    {
        var type = Type(root.Output)!;
        Operand? total = null;
        void Plus(Operand o) => total = total is { } t ? (Operand)Emit("_add", type, root.Where, t, o) : o;
        if (terms.Products.Count > 0)
        {
            // In the order of the steps of a recurrence, whose gradients come last step first: then what stands for them is one tensor for several sums.
            var ordered = terms.Products.Select(static o => (OpNode)o.Value!.Definition!).OrderByDescending(p => At(p.Inputs[1])).ToList();
            var left = Below([.. ordered.Select(static p => p.Inputs[0])], true, type, root.Where);
            var right = Below([.. ordered.Select(static p => p.Inputs[1])], false, type, root.Where);
            var sizes = left.Tensor!.Sizes!.Value;
            var turned = Emit("permute", new TensorType(type.Type, [sizes[1], sizes[0]], type.Device), root.Where, left, Operand.Of((long[])[1, 0]));
            Plus(Emit("mm", type, root.Where, turned, right));
            log.Fired("sum of products", root);
        }
        if (terms.Rows.Count > 0)
        {
            var rows = Below([.. terms.Rows.Select(static o => Rows((OpNode)o.Value!.Definition!)!.Value).OrderByDescending(At)], false, type, root.Where);
            Plus(Emit("sum", type, root.Where, rows, Operand.Of((long[])[0]), type.Sizes!.Value.Rank == 2));
            log.Fired("sum of sums over rows", root);
        }
        foreach (var whole in terms.Wholes)
        {
            Plus(Emit("cat", type, root.Where, Operand.Of(whole.Select(n => Map(n.Inputs[0]))), (long)Axis(whole[0], type)));
            log.Fired("sum of slices' gradients", root);
        }
        // Last, since these may be of fewer elements than the sum.
        foreach (var o in terms.Others) Plus(Map(o));
        Replace(root.Output, total!.Value);
    }

    int At(Operand o) => o.Value is { } v ? position.GetValueOrDefault(v, -1) : -1;

    /// <summary>Matrices of the old graph one below the other, each turned first if asked for.</summary>
    Value Below(IReadOnlyList<Operand> matrices, bool turn, TensorType type, SourceLocation? where)
    {
        List<Operand> parts = [.. matrices.Select(o => turn ? Inside(o) ?? Operand.None : o)];
        if (Whole(parts) is { } w) return Stack(Map(w.Base), w.Axis, w.From, w.From + parts.Count - 1, Type(parts[0])!.Sizes!.Value, type, where);
        Operand[] list = [.. matrices.Select(o => turn ? Inside(o) is { } inside ? Map(inside) : Turn(o) : Map(o))];
        var columns = Type(list[0])!.Sizes!.Value[1];
        return Emit("cat", new TensorType(type.Type, [list.Sum(static o => Type(o)!.Sizes!.Value[0]), columns], type.Device), where, Operand.Of((IEnumerable<Operand>)list), 0L);

        static Operand? Inside(Operand o) => Match.By(o, "permute") is { } p && Match.Ints(p.Inputs[1]) is [1, 0] ? p.Inputs[0] : Rule.No;

        Operand Turn(Operand o)
        {
            var s = Type(o)!.Sizes!.Value;
            return Emit("permute", new TensorType(type.Type, [s[1], s[0]], type.Device), where, Map(o), Operand.Of((long[])[1, 0]));
        }
    }

    /// <summary>The tensor of which these are the parts, in order.</summary>
    static (Value Base, int Axis, long From)? Whole(List<Operand> parts)
    {
        (Value Base, int Axis, long From)? found = null;
        for (var i = 0; i < parts.Count; i++)
        {
            if (Match.By(parts[i], "select") is not { } s || IndexOf(s) is not { } at) return null;
            found ??= (s.Inputs[0].Value!, at.Axis, at.Index);
            if (found is not { } f || f.Base != s.Inputs[0].Value || f.Axis != at.Axis || f.From + i != at.Index) return null;
        }
        return found;
    }
}
