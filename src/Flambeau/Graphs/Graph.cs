namespace Flambeau.Graphs;

/// <summary>What a piece of state is to the program.</summary>
public enum StateKind
{
    /// <summary>Trained.</summary>
    Parameter,
    /// <summary>Belongs to the module and may change, such as running statistics.</summary>
    Buffer,
    /// <summary>Never changes.</summary>
    Constant,
}

/// <summary>A tensor that belongs to a graph.</summary>
/// <param name="Name">Unique in the graph; a state-dict key for a module's parameters and buffers.</param>
/// <param name="Kind">What it is to the program.</param>
/// <param name="Tensor">The tensor itself, not a copy: an optimizer's steps are seen by the graph.</param>
/// <param name="Value">What nodes take.</param>
public sealed record StateEntry(string Name, StateKind Kind, Tensor Tensor, Value Value);

/// <summary>At the end of a run the tensor's elements become the operand's.</summary>
public sealed record StateWrite(StateEntry State, Operand Value);

/// <summary>A program as data: typed values, each assigned once, and nodes that hold the ops eager execution runs.</summary>
public sealed class Graph
{
    /// <summary>Puts a graph together; <see cref="GraphBuilder"/> is the usual way.</summary>
    public Graph(string name, Block body, IReadOnlyList<StateEntry> state, IReadOnlyList<StateWrite> writes)
    {
        (Name, Body, State, Writes) = (name, body, state, writes);
    }

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>All nodes; its parameters are the inputs, its results the outputs.</summary>
    public Block Body { get; }

    /// <summary>Values given by the caller.</summary>
    public IReadOnlyList<Value> Inputs => Body.Parameters;

    /// <summary>What the caller gets.</summary>
    public IReadOnlyList<Operand> Outputs => Body.Results;

    /// <summary>Parameters, buffers and constant tensors.</summary>
    public IReadOnlyList<StateEntry> State { get; }

    /// <summary>State that a run changes.</summary>
    public IReadOnlyList<StateWrite> Writes { get; }

    /// <summary>All nodes, also those of inner blocks.</summary>
    public IEnumerable<Node> Nodes => Body.AllNodes();

    /// <summary>Runs the graph op by op through eager dispatch: the meaning of a graph, against which all executors are tested.</summary>
    /// <param name="inputs">As many as <see cref="Inputs"/>: tensors, bool, long, double, string, arrays of these, null.</param>
    /// <returns>One object for each output.</returns>
    public object?[] Run(params object?[] inputs) => Interpreter.Run(this, inputs);

    /// <summary>The name of each value in the text form, without the percent sign.</summary>
    public IReadOnlyDictionary<Value, string> Names => new Text.Names(this).All;

    /// <summary>The text form.</summary>
    public override string ToString() => Text.GraphPrinter.Print(this);

    /// <summary>Reads the text form.</summary>
    /// <param name="text">As <see cref="ToString"/> writes it.</param>
    /// <param name="state">Gives the tensor for a name of state.</param>
    /// <exception cref="FormatException">The text is no graph; says where.</exception>
    public static Graph Parse(string text, Func<string, Tensor> state) => Text.GraphParser.Parse(text, state);
}
