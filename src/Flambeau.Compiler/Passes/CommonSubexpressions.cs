using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Passes;

/// <summary>What was computed already, in this block or one around it, isn't computed again.</summary>
internal sealed class CommonSubexpressions : Rewriter
{
    readonly record struct Key(OpEntry Entry, Operand[] Arguments);

    /// <summary>Tells apart what operands don't: minus zero from zero.</summary>
    sealed class Keys : IEqualityComparer<Key>
    {
        public bool Equals(Key x, Key y)
        {
            if (x.Entry != y.Entry || x.Arguments.Length != y.Arguments.Length) return false;
            for (var i = 0; i < x.Arguments.Length; i++)
            {
                if (!Same(x.Arguments[i], y.Arguments[i])) return false;
            }
            return true;
        }

        public int GetHashCode(Key k)
        {
            var h = k.Entry.GetHashCode();
            foreach (var a in k.Arguments) h = HashCode.Combine(h, a);
            return h;
        }

        static bool Same(Operand a, Operand b)
        {
            if (a != b) return false;
            if (a.List is { } x && b.List is { } y) return x.Zip(y).All(static p => Same(p.First, p.Second));
            return a.Value is not null || a.Constant is not double d || (b.Constant is double e && BitConverter.DoubleToInt64Bits(d) == BitConverter.DoubleToInt64Bits(e));
        }
    }

    readonly PassLog log;
    readonly Flow flow;
    readonly List<(List<Node> Block, Dictionary<Key, Node> Known)> scopes = [];

    internal CommonSubexpressions(Graph graph, PassLog log) : base(graph)
    {
        this.log = log;
        flow = new(graph);
    }

    /// <inheritdoc/>
    protected override void Visit(Node n)
    {
        while (scopes.Count > Frames.Count || (scopes.Count > 0 && scopes[^1].Block != Frames[scopes.Count - 1].Nodes)) scopes.RemoveAt(scopes.Count - 1);
        while (scopes.Count < Frames.Count) scopes.Add((Frames[scopes.Count].Nodes, new(new Keys())));
        if (n is not OpNode op || !Purity.IsPure(op))
        {
            Copy(n);
            return;
        }
        var made = Rebuilt(op);
        var key = new Key(made.Entry, [.. made.Inputs]);
        // Two results of the program stay two pieces of memory.
        if (!(Purity.IsFresh(made) && op.Outputs.Any(flow.Leaves)))
        {
            foreach (var (_, known) in scopes)
            {
                if (!known.TryGetValue(key, out var before) || before.Outputs.Where((o, i) => !made.Outputs[i].Type.Accepts(o.Type)).Any()) continue;
                log.Fired("common subexpression", made);
                Stand(n, before);
                return;
            }
        }
        scopes[^1].Known.TryAdd(key, made);
        Add(made);
        Stand(n, made);
    }
}
