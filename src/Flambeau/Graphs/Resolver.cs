using Flambeau.Ops;

namespace Flambeau.Graphs;

/// <summary>Finds the row of the registry that arguments fit, by their types.</summary>
public static class Resolver
{
    /// <summary>The best overload and the arguments in its order, with defaults filled in.</summary>
    /// <exception cref="ArgumentException">No such op, or no signature takes the arguments.</exception>
    public static (OpEntry Entry, IReadOnlyList<Operand> Arguments) Resolve(string op, IReadOnlyList<Operand> arguments, IReadOnlyDictionary<string, Operand>? named = null)
    {
        var positional = arguments.Select(static a => a.Argument).ToArray();
        var (entry, bound) = Registry.Match(op, positional, named?.ToDictionary(static n => n.Key, static n => n.Value.Argument));
        return (entry, Array.ConvertAll(bound, static b => Operand.Of(b)));
    }

    /// <summary>Types of the results of a call.</summary>
    public static IReadOnlyList<GraphType> Results(OpEntry entry, IReadOnlyList<Operand> arguments) =>
        PrimTypes.Rules.TryGetValue(entry.Name, out var rule) ? [rule(arguments)] : [.. OpSchemaTypes.Components(entry.Schema.Returns).Where(static c => c != "None").Select(GraphType.OfSchema)];
}
