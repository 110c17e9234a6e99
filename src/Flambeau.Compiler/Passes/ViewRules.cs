using Flambeau.Graphs;

namespace Flambeau.Compiler.Passes;

/// <summary>Looks at memory that cancel, join, or do nothing.</summary>
internal static class ViewRules
{
    internal static readonly Rule[] All =
    [
        new("permute of permute", static (n, r) =>
        {
            if (n.Name != "permute" || Match.By(n.Inputs[0], "permute") is not { } inner) return null;
            var rank = Match.RankOf(n.Output) ?? Match.Ints(n.Inputs[1])?.Length;
            if (Match.Axes(Match.Ints(n.Inputs[1]), rank) is not { } b || Match.Axes(Match.Ints(inner.Inputs[1]), rank) is not { } a || a.Length != b.Length) return null;
            return r.Emit(n.Entry, [inner.Inputs[0], Operand.Of(Array.ConvertAll(b, i => a[i]))], n.Output.Type, n.Where);
        }),
        new("permute to the same order", static (n, _) => n.Name == "permute" && Match.Ints(n.Inputs[1]) is { } d && Match.Axes(d, d.Length) is { } a && a.Select(static (v, i) => v == i).All(static b => b) ? n.Inputs[0] : Rule.No),
        new("transpose of transpose", static (n, _) => n.Name is "transpose" or "swapaxes" or "swapdims" && Match.By(n.Inputs[0], "transpose", "swapaxes", "swapdims") is { } i && Match.Int(n.Inputs[1]) is { } a && Match.Int(n.Inputs[2]) is { } b
            && Match.Int(i.Inputs[1]) is { } c && Match.Int(i.Inputs[2]) is { } d && ((a == c && b == d) || (a == d && b == c)) ? i.Inputs[0] : Rule.No),
        new("transpose twice", static (n, _) => n.Name is "t" or "T" or "mT" && Match.By(n.Inputs[0], n.Name) is { } i ? i.Inputs[0] : Rule.No),
        new("reshape of reshape", static (n, r) => n.Name == "reshape" && Match.By(n.Inputs[0], "reshape", "view", "_unsafe_view", "unsqueeze", "squeeze", "flatten", "ravel") is { } i && i.Inputs[0].Value is not null && (i.Name != "view" || Match.TypeOf(i.Inputs[0]) == Match.TypeOf(n.Output) && Match.TypeOf(n.Output) is not null)
            ? r.Emit(n.Entry, [i.Inputs[0], n.Inputs[1]], n.Output.Type, n.Where) : Rule.No),
        new("reshape to the same shape", static (n, _) => n.Name is "reshape" or "view" or "_unsafe_view" or "flatten" or "ravel" && n.Inputs[0].Value is not null && Match.Same(n.Inputs[0], n.Output) && (n.Name != "view" || n.Inputs[1].List is not null) ? n.Inputs[0] : Rule.No),
        new("expand to the same shape", static (n, _) => n.Name is "expand" or "broadcast_to" or "expand_as" && Match.Same(n.Inputs[0], n.Output) ? n.Inputs[0] : Rule.No),
        new("expand of expand", static (n, r) => n.Name == "expand" && Match.By(n.Inputs[0], "expand") is { } i && Match.Ints(n.Inputs[1]) is { } s && Array.TrueForAll(s, static d => d >= 0)
            ? r.Emit(n.Entry, [i.Inputs[0], .. n.Inputs.Skip(1)], n.Output.Type, n.Where) : Rule.No),
        new("squeeze of unsqueeze", static (n, _) => n is { Name: "squeeze", Inputs.Count: 2 } && Match.Int(n.Inputs[1]) is { } d && Match.By(n.Inputs[0], "unsqueeze") is { } i && Match.Int(i.Inputs[1]) == d ? i.Inputs[0] : Rule.No),
        new("slice of everything", static (n, _) => n.Name == "slice" && Match.Is(n.Inputs[4], 1) && (n.Inputs[2].IsNone || Match.Is(n.Inputs[2], 0)) && (n.Inputs[3].IsNone || Match.Same(n.Inputs[0], n.Output)) ? n.Inputs[0] : Rule.No),
        new("narrow to everything", static (n, _) => n.Name == "narrow" && Match.Is(n.Inputs[2], 0) && Match.Same(n.Inputs[0], n.Output) ? n.Inputs[0] : Rule.No),
        new("flip of flip", static (n, _) => n.Name == "flip" && Match.By(n.Inputs[0], "flip") is { } i && n.Inputs[1] == i.Inputs[1] && n.Inputs[1].IsConstant ? i.Inputs[0] : Rule.No),
        new("cat of one", static (n, _) => n.Name is "cat" or "concat" or "concatenate" && n.Inputs[0].List is [{ Value: not null } one] && Match.Same(one, n.Output) ? one : Rule.No),
        new("cat of cat", CatOfCat),
        new("one of a stack", static (n, _) => n.Name == "select" && Match.By(n.Inputs[0], "stack") is { } s && s.Inputs[0].List is { } items && n.Inputs[1] == s.Inputs[1] && n.Inputs[1].IsConstant
            && Match.Int(n.Inputs[2]) is { } i && i < items.Count && i >= -items.Count && items[(int)(i < 0 ? i + items.Count : i)] is var item && Match.Same(item, n.Output) ? item : Rule.No),
        new("detach where nobody takes gradients", static (n, r) => n.Name == "detach" && !r.Options.KeepsGradients ? n.Inputs[0] : Rule.No),
        new("detach of detach", static (n, _) => n.Name == "detach" && Match.By(n.Inputs[0], "detach") is not null ? n.Inputs[0] : Rule.No),
    ];

    static Operand? CatOfCat(OpNode n, RulePass r)
    {
        if (n.Name != "cat" || n.Inputs[0].List is not { } list || Match.Int(n.Inputs[1]) is null) return null;
        var parts = new List<Operand>();
        foreach (var o in list)
        {
            // Parts of the same rank and dtype only: empty ones of one axis may stand beside any others.
            if (Match.By(o, "cat") is { } c && c.Inputs[1] == n.Inputs[1] && c.Inputs[0].List is { Count: > 0 } inner && r.Uses(c.Output) <= 1
                && inner.All(p => Match.RankOf(p) == Match.RankOf(n.Output) && Match.TypeOf(p) == Match.TypeOf(n.Output) && Match.TypeOf(p) is not null && Match.RankOf(p) is not null)) parts.AddRange(inner);
            else parts.Add(o);
        }
        return parts.Count == list.Count ? Rule.No : r.Emit(n.Entry, [Operand.Of(parts), n.Inputs[1]], n.Output.Type, n.Where);
    }
}
