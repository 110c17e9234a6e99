using Flambeau.Graphs;

namespace Flambeau.Capture;

/// <summary>An axis whose size may differ from call to call.</summary>
/// <param name="Input">Number of the input.</param>
/// <param name="Dim">Axis; negative values count from the end.</param>
/// <param name="Name">What the size is called; the same name on several axes says that they are equal.</param>
public sealed record DynamicDim(int Input, int Dim, string Name);

/// <summary>How to trace.</summary>
public sealed record TraceOptions
{
    /// <summary>What the graph is called.</summary>
    public string Name { get; init; } = "forward";

    /// <summary>Axes whose sizes may differ; all others are fixed to the examples'.</summary>
    public IReadOnlyList<DynamicDim> Dynamic { get; init; } = [];

    /// <summary>Whether history of eager code is kept: <c>Detach</c> and <c>Grad.No()</c> become detach nodes. Off for graphs that hold their own backward pass.</summary>
    public bool KeepsGradients { get; init; } = true;

    /// <summary>Whether nodes know the lines they come from; costs some time an op.</summary>
    public bool Locations { get; init; } = true;

    /// <summary>Whether the graph is compared with the program on fresh inputs of the same shapes (and of others, where axes are dynamic).</summary>
    public bool Check { get; init; } = true;

    /// <summary>How far the graph's results may be from the program's in a check, relative and absolute.</summary>
    public double Tolerance { get; init; } = 1e-4;
}

/// <summary>Something a trace can't hold.</summary>
/// <param name="Message">What happened and what to do.</param>
/// <param name="Where">At which line, if known.</param>
public sealed record TraceNote(string Message, SourceLocation? Where)
{
    /// <inheritdoc/>
    public override string ToString() => Where is null ? Message : $"{Where}: {Message}";
}

/// <summary>A traced program.</summary>
/// <param name="Graph">What ran.</param>
/// <param name="Notes">Places where C# looked at values, which the graph doesn't do again.</param>
public sealed record TraceResult(Graph Graph, IReadOnlyList<TraceNote> Notes);

/// <summary>A program that a trace can't hold: it does something else on other inputs.</summary>
public sealed class TraceException(string message, SourceLocation? where = null, Exception? inner = null) : Exception(where is null ? message : $"{where}: {message}", inner)
{
    /// <summary>Line of the program.</summary>
    public SourceLocation? Where => where;
}
