using Flambeau.Ops;

namespace Flambeau.Graphs;

/// <summary>Where in somebody's program a node comes from.</summary>
public sealed record SourceLocation(string File, int Line)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}";
}

/// <summary>A step of a graph. Never changed once made: passes make new ones.</summary>
public abstract class Node
{
    private protected Node(IReadOnlyList<Value> outputs, SourceLocation? where)
    {
        Outputs = outputs;
        Where = where;
        for (var i = 0; i < outputs.Count; i++)
        {
            if (outputs[i].Definition is not null) throw new ArgumentException($"{outputs[i]} is already the result of a node");
            (outputs[i].Definition, outputs[i].Index) = (this, i);
        }
    }

    /// <summary>What it gives.</summary>
    public IReadOnlyList<Value> Outputs { get; }

    /// <summary>Where it comes from, if known.</summary>
    public SourceLocation? Where { get; }

    /// <summary>What it takes, without what its blocks take from outside.</summary>
    public abstract IReadOnlyList<Operand> Inputs { get; }

    /// <summary>Blocks that it runs.</summary>
    public virtual IReadOnlyList<Block> Blocks => [];

    /// <summary>The only result.</summary>
    public Value Output => Outputs.Count == 1 ? Outputs[0] : throw new InvalidOperationException($"a node with {Outputs.Count} results has no single one");
}

/// <summary>An op of the registry with its arguments, in the order of its signature.</summary>
public sealed class OpNode : Node
{
    IOp? op;

    /// <summary>Makes a node; outputs are new values.</summary>
    /// <exception cref="ArgumentException">The number of arguments isn't the signature's.</exception>
    public OpNode(OpEntry entry, IReadOnlyList<Operand> arguments, IReadOnlyList<Value> outputs, SourceLocation? where = null) : base(outputs, where)
    {
        if (arguments.Count != entry.Schema.Arguments.Count)
            throw new ArgumentException($"{entry.Name}: {arguments.Count} arguments were given for signature {entry.Text}");
        Entry = entry;
        Inputs = arguments;
    }

    /// <summary>The op's row of the registry.</summary>
    public OpEntry Entry { get; }

    /// <summary>PyTorch's name of the op.</summary>
    public string Name => Entry.Name;

    /// <inheritdoc/>
    public override IReadOnlyList<Operand> Inputs { get; }

    /// <summary>The op as a value, as eager dispatch runs it; null if it is no primitive, or an attribute of it isn't constant.</summary>
    public IOp? Op => op ??= Entry.IsPrimitive ? Entry.Create(this.Attributes()) : null;

    object?[]? Attributes()
    {
        var schema = Entry.Schema.Arguments;
        var attributes = new object?[schema.Count];
        for (var i = 0; i < attributes.Length; i++)
        {
            if (schema[i].Element == "Tensor") continue;
            if (!Inputs[i].IsConstant) return null;
            attributes[i] = Inputs[i].Constant;
        }
        return attributes;
    }

    /// <summary>The argument with this name.</summary>
    public Operand this[string argument]
    {
        get
        {
            for (var i = 0; i < Inputs.Count; i++)
            {
                if (Entry.Schema.Arguments[i].Name == argument) return Inputs[i];
            }
            throw new ArgumentException($"{Entry.Name} has no argument '{argument}': {Entry.Text}");
        }
    }
}

/// <summary>Runs one of two blocks.</summary>
public sealed class IfNode(Operand condition, Block then, Block otherwise, IReadOnlyList<Value> outputs, SourceLocation? where = null) : Node(outputs, where)
{
    /// <summary>A bool.</summary>
    public Operand Condition => condition;

    /// <summary>Runs when the condition holds; has no parameters.</summary>
    public Block Then => then;

    /// <summary>Runs otherwise; has no parameters.</summary>
    public Block Else => otherwise;

    /// <inheritdoc/>
    public override IReadOnlyList<Operand> Inputs { get; } = [condition];

    /// <inheritdoc/>
    public override IReadOnlyList<Block> Blocks { get; } = [then, otherwise];
}

/// <summary>
/// Runs a block while a condition holds, at most a number of times. The block's parameters are the step's number and the carried values; it yields
/// the next condition and the next carried values. The results are the last carried values.
/// </summary>
public sealed class LoopNode(Operand count, Operand condition, IReadOnlyList<Operand> carried, Block body, IReadOnlyList<Value> outputs, SourceLocation? where = null) : Node(outputs, where)
{
    /// <summary>An int, the most times to run; none for no bound.</summary>
    public Operand Count => count;

    /// <summary>A bool, whether to run at all.</summary>
    public Operand Condition => condition;

    /// <summary>First values of what is carried from step to step.</summary>
    public IReadOnlyList<Operand> Carried => carried;

    /// <summary>One step.</summary>
    public Block Body => body;

    /// <inheritdoc/>
    public override IReadOnlyList<Operand> Inputs { get; } = [count, condition, .. carried];

    /// <inheritdoc/>
    public override IReadOnlyList<Block> Blocks { get; } = [body];
}

/// <summary>Nodes in order, between parameters and results; it sees the values of the blocks around it.</summary>
public sealed class Block(IReadOnlyList<Value> parameters, IReadOnlyList<Node> nodes, IReadOnlyList<Operand> results)
{
    /// <summary>Values it is given.</summary>
    public IReadOnlyList<Value> Parameters => parameters;

    /// <summary>Steps, each after those whose results it takes.</summary>
    public IReadOnlyList<Node> Nodes => nodes;

    /// <summary>What it gives.</summary>
    public IReadOnlyList<Operand> Results => results;

    /// <summary>All nodes, those of inner blocks after the node that has them.</summary>
    public IEnumerable<Node> AllNodes()
    {
        foreach (var n in nodes)
        {
            yield return n;
            foreach (var b in n.Blocks)
            {
                foreach (var inner in b.AllNodes()) yield return inner;
            }
        }
    }
}
