namespace Flambeau.Graphs;

/// <summary>
/// A runtime of somebody else that runs graphs or parts of them: it says which nodes it takes, is given parts made of these, and runs them.
/// <see cref="DelegatedGraph"/> does the rest.
/// </summary>
public interface IGraphDelegate
{
    /// <summary>What it is called in reports.</summary>
    string Name { get; }

    /// <summary>Whether it may take a node. It can still refuse a part, which then runs op by op.</summary>
    bool Supports(Node node);

    /// <summary>Makes a part ready to run. Its inputs and outputs are tensors, numbers and lists of integers; it writes no state.</summary>
    /// <exception cref="NotSupportedException">It can't run the part; says why.</exception>
    IDelegatedPart Compile(Graph part);
}

/// <summary>A part of a graph that a delegate runs.</summary>
public interface IDelegatedPart : IDisposable
{
    /// <summary>Outputs for inputs, each in the part's order.</summary>
    object?[] Run(object?[] inputs);
}
