using Flambeau.Ops;

namespace Flambeau.Graphs.Text;

/// <summary>Reads the text form of graphs. The text may come from anywhere: sizes and depths are bounded, nothing is executed.</summary>
internal sealed class GraphParser
{
    const int MaxDepth = 100;

    readonly Tokens t;
    readonly Func<string, Tensor> tensors;
    readonly Dictionary<string, Value> values = new(StringComparer.Ordinal);
    readonly List<StateEntry> state = [];

    GraphParser(string text, Func<string, Tensor> tensors) => (t, this.tensors) = (new(text), tensors);

    internal static Graph Parse(string text, Func<string, Tensor> tensors)
    {
        var p = new GraphParser(text, tensors);
        var g = p.Graph();
        if (!p.t.AtEnd) throw p.t.Error("there is more after the graph");
        Verifier.Verify(g);
        return g;
    }

    Graph Graph()
    {
        t.ExpectWord("graph");
        var name = t.Quoted();
        t.Expect('(');
        var inputs = Declarations(')');
        t.Expect('{');
        while (t.TakeWord("state")) State();
        var nodes = Nodes(0);
        var writes = new List<StateWrite>();
        while (t.TakeWord("write"))
        {
            var target = Use();
            t.Expect('=');
            writes.Add(new(state.Find(s => s.Value == target) ?? throw t.Error("only state can be written"), Operand(0)));
        }
        t.ExpectWord("return");
        var results = Results();
        t.Expect('}');
        return new(name, new Block(inputs, nodes, results), state, writes);
    }

    void State()
    {
        var (name, type) = Declaration();
        t.Expect('=');
        var kind = t.ExpectName("parameter, buffer or constant") switch
        {
            "parameter" => StateKind.Parameter,
            "buffer" => StateKind.Buffer,
            "constant" => StateKind.Constant,
            var w => throw t.Error($"'{w}' is no kind of state; expected parameter, buffer or constant"),
        };
        var key = t.Quoted();
        if (state.Exists(s => s.Name == key)) throw t.Error($"state '{key}' is declared twice");
        state.Add(new(key, kind, tensors(key), Define(name, type)));
    }

    (string Name, GraphType Type) Declaration()
    {
        t.Expect('%');
        var name = t.ExpectName("a value's name");
        t.Expect(':');
        return (name, TypeParser.Parse(t));
    }

    List<Value> Declarations(char end)
    {
        var list = new List<Value>();
        while (!t.Take(end))
        {
            if (list.Count > 0) t.Expect(',');
            var (name, type) = Declaration();
            list.Add(Define(name, type));
        }
        return list;
    }

    Value Define(string name, GraphType type)
    {
        var v = new Value(type, char.IsAsciiDigit(name[0]) ? null : name);
        return values.TryAdd(name, v) ? v : throw t.Error($"%{name} is assigned twice");
    }

    Value Use()
    {
        t.Expect('%');
        var name = t.ExpectName("a value's name");
        return values.TryGetValue(name, out var v) ? v : throw t.Error($"%{name} is used before it is assigned");
    }

    List<Node> Nodes(int depth)
    {
        if (depth > MaxDepth) throw t.Error($"blocks are nested more than {MaxDepth} deep");
        var nodes = new List<Node>();
        while (true)
        {
            var c = t.Peek();
            if (c == '}') throw t.Error("a block ends without 'yield' or 'return'");
            var outputs = new List<(string Name, GraphType Type)>();
            if (c == '%')
            {
                do outputs.Add(Declaration());
                while (t.Take(','));
                t.Expect('=');
            }
            else if (IsEnd()) return nodes;
            nodes.Add(Node(outputs, depth));
        }
    }

    bool IsEnd()
    {
        // Peeks: the words are taken by whoever asked for the nodes.
        foreach (var word in (ReadOnlySpan<string>)["yield", "write", "return"])
        {
            if (t.IsWord(word)) return true;
        }
        return false;
    }

    Node Node(List<(string Name, GraphType Type)> outputs, int depth)
    {
        Value[] Outputs() => [.. outputs.Select(o => Define(o.Name, o.Type))];
        if (t.TakeWord("if"))
        {
            var condition = Operand(0);
            var where = Where();
            var then = Inner([], depth);
            t.ExpectWord("else");
            var otherwise = Inner([], depth);
            return new IfNode(condition, then, otherwise, Outputs(), where);
        }
        if (t.TakeWord("loop"))
        {
            var arguments = Arguments(out var named);
            if (arguments.Count < 2 || named.Count > 0) throw t.Error("a loop takes a count, a condition and the carried values");
            t.ExpectWord("do");
            t.Expect('(');
            var parameters = Declarations(')');
            var where = Where();
            var body = Inner(parameters, depth);
            return new LoopNode(arguments[0], arguments[1], arguments[2..], body, Outputs(), where);
        }
        return Call(Outputs);
    }

    OpNode Call(Func<Value[]> outputs)
    {
        OpEntry entry;
        IReadOnlyList<Operand> bound;
        if (t.Peek() == '"')
        {
            var schema = t.Quoted();
            entry = Registry.BySchema(schema) ?? throw t.Error($"no op has the signature '{schema}'");
            bound = Arguments(out var named);
            if (named.Count > 0 || bound.Count != entry.Schema.Arguments.Count) throw t.Error($"a call by signature takes all {entry.Schema.Arguments.Count} arguments in order");
        }
        else
        {
            var name = t.ExpectName("an op");
            var positional = Arguments(out var named);
            try
            {
                (entry, bound) = Resolver.Resolve(name, positional, named);
            }
            catch (ArgumentException e)
            {
                throw t.Error(e.Message);
            }
        }
        return new(entry, bound, outputs(), Where());
    }

    Block Inner(List<Value> parameters, int depth)
    {
        t.Expect('{');
        var nodes = Nodes(depth + 1);
        t.ExpectWord("yield");
        var results = Results();
        t.Expect('}');
        return new(parameters, nodes, results);
    }

    SourceLocation? Where()
    {
        if (!t.Take('@')) return null;
        var file = t.Quoted();
        t.Expect(':');
        return t.Number() is long line and >= 0 and <= int.MaxValue ? new(file, (int)line) : throw t.Error("a line number was expected");
    }

    List<Operand> Results()
    {
        var list = new List<Operand>();
        if (t.Peek() == '}') return list;
        do list.Add(Operand(0));
        while (t.Take(','));
        return list;
    }

    List<Operand> Arguments(out Dictionary<string, Operand> named)
    {
        t.Expect('(');
        var list = new List<Operand>();
        named = new(StringComparer.Ordinal);
        while (!t.Take(')'))
        {
            if (list.Count + named.Count > 0) t.Expect(',');
            if (t.TakeKeyword() is { } key)
            {
                if (!named.TryAdd(key, Operand(0))) throw t.Error($"argument '{key}' is given twice");
            }
            else if (named.Count > 0) throw t.Error("an argument without a name follows one with a name");
            else list.Add(Operand(0));
        }
        return list;
    }

    Operand Operand(int depth)
    {
        if (depth > MaxDepth) throw t.Error($"lists are nested more than {MaxDepth} deep");
        switch (t.Peek())
        {
            case '%': return Use();
            case '"': return t.Quoted();
            case '[':
                t.Expect('[');
                var list = new List<Operand>();
                while (!t.Take(']'))
                {
                    if (list.Count > 0) t.Expect(',');
                    list.Add(Operand(depth + 1));
                }
                return Graphs.Operand.Of(list);
            case '-' or (>= '0' and <= '9'): return Graphs.Operand.Of(t.Number());
        }
        var word = t.ExpectName("a constant");
        switch (word)
        {
            case "None": return Graphs.Operand.None;
            case "True": return true;
            case "False": return false;
            case "nan": return double.NaN;
            case "inf": return double.PositiveInfinity;
            case "complex":
                t.Expect('(');
                var real = Convert.ToDouble(t.Number(), System.Globalization.CultureInfo.InvariantCulture);
                t.Expect(',');
                var imaginary = Convert.ToDouble(t.Number(), System.Globalization.CultureInfo.InvariantCulture);
                t.Expect(')');
                return Graphs.Operand.Of(new System.Numerics.Complex(real, imaginary));
            default: return TypeParser.DTypeOf(t, word);
        }
    }
}
