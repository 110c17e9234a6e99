using Flambeau.Graphs;

namespace Flambeau.Compiler.Passes;

/// <summary>Makes graphs smaller and cheaper without changing what they mean: the pass manager.</summary>
public static class Simplifier
{
    static readonly Rule[] rules = [.. ShapeRules.All, .. ListRules.All, .. NumberRules.All, .. Algebra.All, .. ViewRules.All, .. CastRules.All];

    static readonly Rule[] all = [.. rules, .. AffineRules.All];

    static readonly Rule[] ends = [.. all, .. ConvolutionRules.All];

    static readonly (string Name, Func<Graph, PassLog, SimplifyOptions, Graph> Run)[] passes =
    [
        ("rules", static (g, log, o) => new RulePass(g, o.EndsConvolutions ? ends : o.Rounds ? all : rules, log, o).Run()),
        ("fold", static (g, log, o) => new FoldConstants(g, log, o).Run()),
        ("control", static (g, log, o) => new SimplifyControl(g, log, o).Run()),
        ("common", static (g, log, _) => new CommonSubexpressions(g, log).Run()),
        ("hoist", static (g, log, _) => new HoistInvariants(g, log).Run()),
        ("dead", static (g, log, _) => new DeadCode(g, log).Run()),
    ];

    /// <summary>Names of all rules.</summary>
    public static IEnumerable<string> RuleNames => all.Select(static r => r.Name);

    /// <summary>Runs all passes until nothing changes.</summary>
    /// <param name="graph">Stays as it is; state is shared.</param>
    /// <param name="options">How far to go.</param>
    /// <param name="log">Hears what happens.</param>
    /// <returns>A graph that gives the same results from the same inputs, state and random numbers.</returns>
    /// <exception cref="GraphException">A pass made something that isn't well formed, where that is checked; says which.</exception>
    public static Graph Run(Graph graph, SimplifyOptions? options = null, PassLog? log = null)
    {
        options ??= new();
        log ??= new();
        for (var round = 0; round < options.MaxRounds; round++)
        {
            var before = log.Total;
            foreach (var (name, run) in passes)
            {
                graph = run(graph, log, options);
                if (options.Verify) Verify(graph, name);
            }
            if (log.Total == before) break;
        }
        return graph;
    }

    static void Verify(Graph graph, string pass)
    {
        try
        {
            Verifier.Verify(graph);
        }
        catch (GraphException e)
        {
            throw new GraphException($"after the pass '{pass}': {e.Message}\n{graph}", e);
        }
    }
}
