using Flambeau.Graphs;

namespace Flambeau.Compiler.Passes;

/// <summary>Lists and optional values that the graph itself puts together.</summary>
internal static class ListRules
{
    internal static readonly Rule[] All =
    [
        new("element of a known list", static (n, _) =>
            n.Name == "prim.getitem" && Match.Items(n.Inputs[0]) is { } items && Match.Int(n.Inputs[1]) is { } i && i < items.Count && i >= -items.Count
                ? items[(int)(i < 0 ? i + items.Count : i)] : Rule.No),
        new("last element of a list appended to", static (n, _) =>
            n.Name == "prim.getitem" && Match.Int(n.Inputs[1]) == -1 && Match.By(n.Inputs[0], "prim.append") is { } a ? a.Inputs[1] : Rule.No),
        new("length of a known list", static (n, _) => n.Name == "prim.len" && Match.Items(n.Inputs[0]) is { } items ? (long)items.Count : Rule.No),
        new("a known list as an argument", Spread),
        new("whether a value that is there is none", static (n, _) => n.Name == "prim.is_none" ? n.Inputs[0].Type switch
        {
            var t when t == GraphType.None => true,
            OptionalType => Rule.No,
            var t when t == GraphType.Any => Rule.No,
            _ => false,
        } : Rule.No),
        new("a value that is there", static (n, _) => n.Name == "prim.unwrap" && !n.Inputs[0].IsNone && n.Inputs[0].Type is not OptionalType && n.Inputs[0].Type != GraphType.Any ? n.Inputs[0] : Rule.No),
    ];

    /// <summary>Ops of tensors take the parts themselves, so that the list need not be made.</summary>
    static Operand? Spread(OpNode n, RulePass r)
    {
        if (n.Name.StartsWith("prim.", StringComparison.Ordinal)) return null;
        Operand[]? arguments = null;
        for (var i = 0; i < n.Inputs.Count; i++)
        {
            if (n.Inputs[i].Value is not { Type: ListType } || Match.Items(n.Inputs[i]) is not { } items) continue;
            arguments ??= [.. n.Inputs];
            arguments[i] = Operand.Of(items);
        }
        return arguments is null ? Rule.No : r.Emit(n.Entry, arguments, n.Output.Type, n.Where);
    }
}
