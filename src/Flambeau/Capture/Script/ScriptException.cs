using Flambeau.Graphs;

namespace Flambeau.Capture;

/// <summary>A script can't be made into a graph; the message says where and what to write instead.</summary>
public sealed class ScriptException : Exception
{
    /// <summary>With a message and where in the source it applies.</summary>
    public ScriptException(string message, SourceLocation? where = null) : base(where is null ? message : $"{where}: {message}") => Where = where;

    /// <summary>With a message, where in the source it applies, and what caused it.</summary>
    public ScriptException(string message, SourceLocation? where, Exception inner) : base(where is null ? message : $"{where}: {message}", inner) => Where = where;

    /// <summary>Where in the source it applies.</summary>
    public SourceLocation? Where { get; }
}
