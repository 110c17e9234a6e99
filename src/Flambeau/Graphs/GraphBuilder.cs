using Flambeau.Ops;

namespace Flambeau.Graphs;

/// <summary>Builds a graph from front to back. Blocks of If and Loop are built between Begin and End calls.</summary>
public sealed class GraphBuilder(string name)
{
    sealed class Frame(List<Value> parameters)
    {
        internal readonly List<Value> Parameters = parameters;
        internal readonly List<Node> Nodes = [];
    }

    readonly Stack<Frame> frames = new([new Frame([])]);
    readonly List<StateEntry> state = [];
    readonly List<StateWrite> writes = [];
    readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <summary>Given to nodes that are added without a location of their own.</summary>
    public SourceLocation? Where { get; set; }

    /// <summary>State so far.</summary>
    public IReadOnlyList<StateEntry> State => state;

    /// <summary>Adds an input of the graph.</summary>
    public Value Input(GraphType type, string? hint = null)
    {
        var v = new Value(type, hint);
        frames.Last().Parameters.Add(v);
        return v;
    }

    /// <summary>Adds a tensor that belongs to the graph.</summary>
    /// <param name="name">Made unique by a number if it is taken.</param>
    /// <param name="tensor">The tensor itself.</param>
    /// <param name="kind">What it is to the program.</param>
    /// <param name="type">By default the tensor's.</param>
    public StateEntry AddState(string name, Tensor tensor, StateKind kind, TensorType? type = null)
    {
        var unique = name;
        for (var i = 1; !names.Add(unique); i++) unique = $"{name}.{i}";
        var entry = new StateEntry(unique, kind, tensor, new Value(type ?? TensorType.Of(tensor), unique));
        state.Add(entry);
        return entry;
    }

    /// <summary>Makes state of another kind, as when a tensor turns out to be written.</summary>
    /// <returns>The entry that stands for it from now on.</returns>
    public StateEntry Promote(StateEntry entry, StateKind kind)
    {
        var promoted = entry with { Kind = kind };
        state[state.IndexOf(entry)] = promoted;
        return promoted;
    }

    /// <summary>At the end of a run the state's elements become the operand's; the last write of a state counts.</summary>
    public void Write(StateEntry entry, Operand value)
    {
        writes.RemoveAll(w => w.State.Name == entry.Name);
        writes.Add(new(entry, value));
    }

    /// <summary>Adds a call of the op that these arguments fit.</summary>
    /// <returns>Its results.</returns>
    /// <exception cref="ArgumentException">No such op, or no signature takes the arguments.</exception>
    public IReadOnlyList<Value> Call(string op, IReadOnlyList<Operand> arguments, IReadOnlyDictionary<string, Operand>? named = null)
    {
        var (entry, bound) = Resolver.Resolve(op, arguments, named);
        return Add(entry, bound);
    }

    /// <summary>Adds a call with one result.</summary>
    public Value Call(string op, params Operand[] arguments) => Call(op, arguments, null) is [var one] ? one
        : throw new ArgumentException($"{op} doesn't give one result");

    /// <summary>Adds a call of this row of the registry.</summary>
    /// <param name="entry">The op.</param>
    /// <param name="arguments">All arguments of the signature, in its order.</param>
    /// <param name="outputs">Types of the results; by default those of the signature.</param>
    public IReadOnlyList<Value> Add(OpEntry entry, IReadOnlyList<Operand> arguments, IReadOnlyList<GraphType>? outputs = null)
    {
        var values = (outputs ?? Resolver.Results(entry, arguments)).Select(static t => new Value(t)).ToArray();
        frames.Peek().Nodes.Add(new OpNode(entry, arguments, values, Where));
        return values;
    }

    /// <summary>Adds a node made elsewhere.</summary>
    public void Add(Node node) => frames.Peek().Nodes.Add(node);

    /// <summary>Begins an inner block with these parameters.</summary>
    public IReadOnlyList<Value> BeginBlock(params GraphType[] parameters) => BeginBlock([.. parameters.Select(static t => new Value(t))]);

    /// <summary>Begins an inner block with these parameters.</summary>
    public IReadOnlyList<Value> BeginBlock(IReadOnlyList<Value> parameters)
    {
        frames.Push(new([.. parameters]));
        return parameters;
    }

    /// <summary>Ends the innermost block.</summary>
    public Block EndBlock(params IReadOnlyList<Operand> results)
    {
        if (frames.Count == 1) throw new InvalidOperationException("EndBlock without BeginBlock");
        var f = frames.Pop();
        return new(f.Parameters, f.Nodes, results);
    }

    /// <summary>Adds an If of two finished blocks. Types of the results are what both give, unless stated.</summary>
    /// <exception cref="ArgumentException">The blocks give different numbers or types of results.</exception>
    public IReadOnlyList<Value> If(Operand condition, Block then, Block otherwise, IReadOnlyList<GraphType>? outputs = null)
    {
        if (then.Results.Count != otherwise.Results.Count)
            throw new ArgumentException($"the branches of an If give {then.Results.Count} and {otherwise.Results.Count} results");
        outputs ??= [.. then.Results.Zip(otherwise.Results, static (a, b) => GraphType.Join(a.Type, b.Type)
            ?? throw new ArgumentException($"the branches of an If give {a.Type} and {b.Type} for the same result"))];
        var values = outputs.Select(static t => new Value(t)).ToArray();
        Add(new IfNode(condition, then, otherwise, values, Where));
        return values;
    }

    /// <summary>Adds a Loop of a finished body, whose parameters are the step's number and the carried values. Types of the results are the parameters'.</summary>
    public IReadOnlyList<Value> Loop(Operand count, Operand condition, IReadOnlyList<Operand> carried, Block body)
    {
        var values = body.Parameters.Skip(1).Select(static p => new Value(p.Type)).ToArray();
        Add(new LoopNode(count, condition, carried, body, values, Where));
        return values;
    }

    /// <summary>Ends the graph, and verifies it.</summary>
    /// <exception cref="GraphException">It isn't well formed.</exception>
    public Graph Finish(params IReadOnlyList<Operand> outputs)
    {
        if (frames.Count != 1) throw new InvalidOperationException("an inner block hasn't ended");
        var f = frames.Peek();
        var graph = new Graph(name, new Block([.. f.Parameters], [.. f.Nodes], outputs), [.. state], [.. writes]);
        Verifier.Verify(graph);
        return graph;
    }
}
