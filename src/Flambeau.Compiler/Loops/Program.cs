namespace Flambeau.Compiler.Loops;

/// <summary>Where a pointer of a pass points.</summary>
internal enum PointerKind
{
    /// <summary>An input of the region.</summary>
    Input,
    /// <summary>An output of the region.</summary>
    Output,
    /// <summary>A row that stays between passes.</summary>
    Temporary,
    /// <summary>A reduction's register.</summary>
    Reduction,
}

/// <summary>A pass with what its pointers point to, in the pass's order.</summary>
internal sealed record Step(Pass Pass, (PointerKind Kind, int Index)[] Pointers);

/// <summary>
/// An expression of rows cut into passes: a reduction ends one, and what needs its result is in a later one. What a later pass needs of an
/// earlier one is kept in a row of its own where computing it again would cost more.
/// </summary>
internal sealed class RowProgram
{
    const int CheapNodes = 3;
    const int LongestPath = 60;

    RowProgram(IReadOnlyList<Step> steps, int temporaries, IReadOnlyList<Expr> reductions) =>
        (Steps, Temporaries, Reductions) = (steps, temporaries, reductions);

    internal IReadOnlyList<Step> Steps { get; }

    /// <summary>Rows that stay between passes, in the lane type.</summary>
    internal int Temporaries { get; }

    internal IReadOnlyList<Expr> Reductions { get; }

    /// <summary>The pass that writes each output; the last one that reads each input.</summary>
    internal int[] WrittenBy { get; private set; } = [];

    internal int[] LastReadBy { get; private set; } = [];

    /// <param name="builder">Owner of the expressions.</param>
    /// <param name="inputs">Inputs in order.</param>
    /// <param name="outputs">What to compute; a mask is stored as bytes.</param>
    internal static RowProgram Build(ExprBuilder builder, IReadOnlyList<Expr> inputs, IReadOnlyList<Expr> outputs)
    {
        var reductions = new List<Expr>();
        var stages = new Dictionary<Expr, (int Stage, int Path)>();
        foreach (var o in outputs) Place(o, stages, reductions);
        var last = outputs.Max(o => stages[o].Stage);
        var roots = new List<Expr>[last + 1];
        for (var s = 0; s <= last; s++)
            roots[s] = [.. reductions.Where(r => stages[r.Args[0]].Stage == s).Select(static r => r.Args[0]), .. outputs.Where(o => stages[o].Stage == s)];

        var visited = new HashSet<(Expr, int)>();
        var kept = new List<Expr>();
        for (var s = 0; s <= last; s++)
        {
            foreach (var root in roots[s]) Visit(root, s);
        }

        void Visit(Expr e, int s)
        {
            if (e.Op is ExprOp.Input or ExprOp.Const or ExprOp.Reduce) return;
            var mine = stages[e].Stage;
            if (mine < s && !e.Row && (Cost(e, []) > CheapNodes || stages[e].Path > CheapNodes * 4))
            {
                if (!kept.Contains(e)) kept.Add(e);
                Visit(e, mine);
                return;
            }
            if (!visited.Add((e, s))) return;
            foreach (var a in e.Args) Visit(a, s);
        }

        var steps = new List<Step>();
        var program = new RowProgram(steps, kept.Count, reductions) { WrittenBy = new int[outputs.Count], LastReadBy = new int[inputs.Count] };
        for (var s = 0; s <= last; s++)
        {
            var stores = new List<PassStore>();
            var slots = new List<(PointerKind, int)>();
            for (var i = 0; i < outputs.Count; i++)
            {
                if (stages[outputs[i]].Stage != s) continue;
                stores.Add(new(outputs[i], outputs[i].Mask));
                slots.Add((PointerKind.Output, i));
                program.WrittenBy[i] = s;
            }
            for (var i = 0; i < kept.Count; i++)
            {
                if (stages[kept[i]].Stage != s) continue;
                stores.Add(new(kept[i], false));
                slots.Add((PointerKind.Temporary, i));
            }
            var reduced = reductions.Where(r => stages[r.Args[0]].Stage == s).ToList();
            foreach (var r in reduced) slots.Add((PointerKind.Reduction, reductions.IndexOf(r)));
            var bound = new List<PassInput>();
            var loads = new List<(PointerKind, int)>();
            var reached = new HashSet<Expr>();
            foreach (var root in stores.Select(static x => x.Value).Concat(reduced.Select(static r => r.Args[0]))) Bind(root, root);
            steps.Add(new(new Pass(builder, bound, stores, reduced), [.. loads, .. slots]));

            void Bind(Expr e, Expr root)
            {
                if (!reached.Add(e)) return;
                var k = kept.IndexOf(e);
                if (e.Op == ExprOp.Input)
                {
                    var i = IndexOf(inputs, e);
                    program.LastReadBy[i] = s;
                    bound.Add(new(e));
                    loads.Add((PointerKind.Input, i));
                }
                else if (e.Op == ExprOp.Reduce)
                {
                    bound.Add(new(e));
                    loads.Add((PointerKind.Reduction, reductions.IndexOf(e)));
                }
                else if (k >= 0 && stages[e].Stage < s)
                {
                    bound.Add(new(e));
                    loads.Add((PointerKind.Temporary, k));
                }
                else
                {
                    foreach (var a in e.Args) Bind(a, root);
                }
            }
        }
        return program;
    }

    static int IndexOf(IReadOnlyList<Expr> list, Expr e)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] == e) return i;
        }
        throw new InvalidOperationException($"{e} is no input of the region");
    }

    static int Cost(Expr e, HashSet<Expr> seen) => !seen.Add(e) || e.Args.Length == 0 || e.Op == ExprOp.Reduce ? 0
        : (e.Op is >= ExprOp.Exp and <= ExprOp.Erf or ExprOp.Call1 or ExprOp.Call2 or ExprOp.Div or ExprOp.Sqrt ? 4 : 1) + e.Args.Sum(a => Cost(a, seen));

    /// <summary>
    /// Gives each node its pass: after the reductions it needs, and in a new one where the operations that wait for one another would take longer
    /// than a processor looks ahead, so that the next elements can't begin meanwhile.
    /// </summary>
    static (int Stage, int Path) Place(Expr e, Dictionary<Expr, (int Stage, int Path)> stages, List<Expr> reductions)
    {
        if (stages.TryGetValue(e, out var known)) return known;
        int stage = 0, path = 0;
        foreach (var a in e.Args)
        {
            var (s, p) = Place(a, stages, reductions);
            if (s > stage) (stage, path) = (s, p);
            else if (s == stage) path = Math.Max(path, p);
        }
        if (e.Op == ExprOp.Reduce)
        {
            reductions.Add(e);
            return stages[e] = (stage + 1, 0);
        }
        if (!e.Row)
        {
            path += Latency(e.Op);
            if (path > LongestPath) (stage, path) = (stage + 1, Latency(e.Op));
        }
        return stages[e] = (stage, path);
    }

    /// <summary>Cycles until the result is there, roughly.</summary>
    static int Latency(ExprOp op) => op switch
    {
        ExprOp.Input or ExprOp.Const => 0,
        >= ExprOp.And and <= ExprOp.Eq or ExprOp.Neg or ExprOp.Not or ExprOp.Abs => 1,
        ExprOp.Div => 11,
        ExprOp.Sqrt => 15,
        ExprOp.Exp => 50,
        ExprOp.Log or ExprOp.Sin or ExprOp.Cos => 60,
        ExprOp.Tanh or ExprOp.Erf => 75,
        ExprOp.Call1 or ExprOp.Call2 => 40,
        >= ExprOp.Floor and <= ExprOp.Round => 8,
        _ => 4,
    };
}
