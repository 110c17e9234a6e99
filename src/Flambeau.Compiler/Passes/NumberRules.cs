using Flambeau.Graphs;

namespace Flambeau.Compiler.Passes;

/// <summary>Arithmetic of plain numbers. What is constant altogether is folded elsewhere.</summary>
internal static class NumberRules
{
    internal static readonly Rule[] All =
    [
        new("int + 0 = int", static (n, _) => n.Name is "prim.add_int" or "prim.sub_int" ? Neutral(n, 0, bothSides: n.Name == "prim.add_int") : Rule.No),
        new("int * 1 = int", static (n, _) => n.Name is "prim.mul_int" or "prim.div_int" or "prim.floordiv_int" ? Neutral(n, 1, bothSides: n.Name == "prim.mul_int") : Rule.No),
        new("int * 0 = 0", static (n, _) => n.Name == "prim.mul_int" && (Match.Is(n.Inputs[0], 0) || Match.Is(n.Inputs[1], 0)) ? 0L : Rule.No),
        new("int - int = 0", static (n, _) => n.Name == "prim.sub_int" && n.Inputs[0] == n.Inputs[1] ? 0L : Rule.No),
        new("int compared with itself", static (n, _) => n.Inputs.Count == 2 && n.Inputs[0] == n.Inputs[1] ? n.Name switch
        {
            "prim.eq_int" or "prim.le_int" or "prim.ge_int" or "prim.eq_str" => true,
            "prim.ne_int" or "prim.lt_int" or "prim.gt_int" or "prim.ne_str" => false,
            _ => Rule.No,
        } : Rule.No),
        new("min or max of an int and itself", static (n, _) => n.Name is "prim.min_int" or "prim.max_int" && n.Inputs[0] == n.Inputs[1] ? n.Inputs[0] : Rule.No),
        new("-(-number)", static (n, _) => n.Name is "prim.neg_int" or "prim.neg_float" && Match.By(n.Inputs[0], n.Name) is { } inner ? inner.Inputs[0] : Rule.No),
        new("float * 1 = float", static (n, _) => n.Name is "prim.mul_float" or "prim.div_float" ? Neutral(n, 1, bothSides: n.Name == "prim.mul_float") : Rule.No),
        new("not not", static (n, _) => n.Name == "prim.not_bool" && Match.By(n.Inputs[0], "prim.not_bool") is { } inner ? inner.Inputs[0] : Rule.No),
        new("and of a constant", static (n, _) => n.Name == "prim.and_bool" ? Logic(n, neutral: true) : Rule.No),
        new("or of a constant", static (n, _) => n.Name == "prim.or_bool" ? Logic(n, neutral: false) : Rule.No),
        new("(int + constant) + constant", static (n, r) =>
            n.Name == "prim.add_int" && Match.Int(n.Inputs[1]) is { } b && Match.By(n.Inputs[0], "prim.add_int") is { } inner && Match.Int(inner.Inputs[1]) is { } a
                ? r.Emit(n.Entry, [inner.Inputs[0], unchecked(a + b)], GraphType.Int, n.Where) : Rule.No),
    ];

    static Operand? Neutral(OpNode n, double number, bool bothSides)
    {
        // A real argument given as an integer becomes a real.
        var type = n.Output.Type;
        if (Match.Is(n.Inputs[1], number) && n.Inputs[0].Type == type) return n.Inputs[0];
        return bothSides && Match.Is(n.Inputs[0], number) && n.Inputs[1].Type == type ? n.Inputs[1] : Rule.No;
    }

    static Operand? Logic(OpNode n, bool neutral)
    {
        for (var i = 0; i < 2; i++)
        {
            if (n.Inputs[i].IsConstant && n.Inputs[i].Constant is bool b) return b == neutral ? n.Inputs[1 - i] : b;
        }
        return n.Inputs[0] == n.Inputs[1] ? n.Inputs[0] : Rule.No;
    }
}
