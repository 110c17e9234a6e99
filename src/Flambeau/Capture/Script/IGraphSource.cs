using Flambeau.Capture.Ast;
using Flambeau.Graphs;

namespace Flambeau.Capture;

/// <summary>Something that is a graph, such as a traced function: scripts that call it take its nodes over.</summary>
public interface IGraphSource
{
    /// <summary>The graph, its parameters (tuples and records among them are several inputs) and what it gives.</summary>
    (Graph Graph, IReadOnlyList<Parameter> Parameters, TypeRef Returns) Use();
}
