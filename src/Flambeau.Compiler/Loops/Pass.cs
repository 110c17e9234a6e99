using Flambeau.Cpu;

namespace Flambeau.Compiler.Loops;

/// <summary>Something a pass reads: a node that is not computed but loaded.</summary>
/// <param name="Node">An input, a reduction's result, or an expression that an earlier pass stored.</param>
internal sealed record PassInput(Expr Node)
{
    /// <summary>One element for the whole run.</summary>
    internal bool Splat => Node.Row;

    /// <summary>A bool in memory, one byte; masks that an earlier pass stored are whole elements.</summary>
    internal bool Bytes => Node is { Mask: true, Op: ExprOp.Input };
}

/// <summary>Something a pass writes for each element, or once if the expression is the same for the whole row.</summary>
/// <param name="Value">What.</param>
/// <param name="Bytes">A mask as one 0/1 byte an element.</param>
internal sealed record PassStore(Expr Value, bool Bytes);

/// <summary>
/// One loop over a run of elements: loads, expressions, stores and reductions. A kernel takes pointers to inputs, then stores, then
/// one register for each reduction, into which it takes the elements of the run.
/// </summary>
internal sealed class Pass(ExprBuilder builder, IReadOnlyList<PassInput> inputs, IReadOnlyList<PassStore> stores, IReadOnlyList<Expr> reductions)
{
    internal ExprBuilder Builder => builder;

    internal DType Lane => builder.Lane;

    internal IReadOnlyList<PassInput> Inputs => inputs;

    internal IReadOnlyList<PassStore> Stores => stores;

    /// <summary>Nodes of kind <see cref="ExprOp.Reduce"/>.</summary>
    internal IReadOnlyList<Expr> Reductions => reductions;

    /// <summary>Functions that the pass calls, in the order in which its expressions first name them: equal passes have equal lists.</summary>
    internal (ScalarFunction[] One, ScalarFunction2[] Two) Functions { get; } = Collect(builder, inputs, stores, reductions);

    internal int Pointers => inputs.Count + stores.Count + reductions.Count;

    /// <summary>What makes two passes the same code.</summary>
    internal string Signature()
    {
        var text = new System.Text.StringBuilder(lane(builder.Lane));
        var names = new Dictionary<Expr, string>();
        for (var i = 0; i < inputs.Count; i++) names[inputs[i].Node] = $"{(inputs[i].Splat ? "s" : "v")}{(inputs[i].Bytes ? "m" : "")}{i}";
        string Name(Expr e)
        {
            if (names.TryGetValue(e, out var n)) return n;
            if (e.Op == ExprOp.Const) return names[e] = $"{(e.Mask ? "m" : "c")}{BitConverter.DoubleToInt64Bits(e.Value):X}";
            var args = string.Join(',', e.Args.Select(Name));
            n = $"%{names.Count}";
            var function = e.Op switch { ExprOp.Call1 => builder.One[e.Index].Name, ExprOp.Call2 => builder.Two[e.Index].Name, _ => "" };
            text.Append(n).Append('=').Append(e.Op).Append(function).Append('(').Append(args).Append(')');
            return names[e] = n;
        }
        foreach (var i in inputs) text.Append(names[i.Node]).Append(';');
        foreach (var s in stores)
        {
            var n = Name(s.Value);
            text.Append(s.Bytes ? "bytes " : "store ").Append(s.Value.Row ? "row " : "").Append(n).Append(';');
        }
        foreach (var r in reductions)
        {
            var n = Name(r.Args[0]);
            text.Append((ReduceKind)r.Index).Append(' ').Append(n).Append(';');
        }
        return text.ToString();

        static string lane(DType d) => d.Name() + ":";
    }

    static (ScalarFunction[] One, ScalarFunction2[] Two) Collect(ExprBuilder builder, IReadOnlyList<PassInput> inputs, IReadOnlyList<PassStore> stores, IReadOnlyList<Expr> reductions)
    {
        List<ScalarFunction> one = [];
        List<ScalarFunction2> two = [];
        HashSet<Expr> seen = [.. inputs.Select(static i => i.Node)];
        foreach (var e in stores.Select(static s => s.Value).Concat(reductions.Select(static r => r.Args[0]))) Visit(e);
        return ([.. one], [.. two]);

        void Visit(Expr e)
        {
            if (!seen.Add(e)) return;
            foreach (var a in e.Args) Visit(a);
            if (e.Op == ExprOp.Call1 && !one.Exists(f => f.Name == builder.One[e.Index].Name)) one.Add(builder.One[e.Index]);
            if (e.Op == ExprOp.Call2 && !two.Exists(f => f.Name == builder.Two[e.Index].Name)) two.Add(builder.Two[e.Index]);
        }
    }

    /// <summary>Which of the pass's functions a node calls.</summary>
    internal int Function(Expr e) => e.Op == ExprOp.Call1
        ? Array.FindIndex(Functions.One, f => f.Name == builder.One[e.Index].Name)
        : Array.FindIndex(Functions.Two, f => f.Name == builder.Two[e.Index].Name);
}
