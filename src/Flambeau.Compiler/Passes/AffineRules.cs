using Flambeau.Graphs;

namespace Flambeau.Compiler.Passes;

/// <summary>What follows a convolution or a linear map channel by channel becomes part of its weight and bias.</summary>
internal static class AffineRules
{
    internal static readonly Rule[] All =
    [
        new("normalisation into convolution", Normalise),
        new("bias into convolution", static (n, r) => Bias(n, r, "_conv", static (shape, channels) => shape.Rank >= 2 && shape.Numel == channels && shape[1] == channels)),
        new("matmul by a transposed weight = linear", Linear),
        new("bias into linear", static (n, r) => Bias(n, r, "linear", static (shape, channels) => shape.Rank == 1 && shape[0] == channels)),
    ];

    /// <summary>The weights' product is worth it where they are no results of the inputs: then it is small, or folded.</summary>
    static Operand? Normalise(OpNode n, RulePass r)
    {
        if (n.Name != "_channel_affine" || Match.By(n.Inputs[0], "_conv") is not { } conv || r.Uses(conv.Output) > 1) return null;
        var (x, w, b, scale, shift) = (conv.Inputs[0], conv.Inputs[1], conv.Inputs[2], n.Inputs[1], n.Inputs[2]);
        if (Match.TypeOf(w) is not { } type || !type.IsFloat() || Match.TypeOf(x) != type || Match.TypeOf(scale) != type || Match.TypeOf(n.Output) != type || Match.SizesOf(w) is not { } sizes) return null;
        if ((!b.IsNone && Match.TypeOf(b) != type) || (!shift.IsNone && Match.TypeOf(shift) != type) || !Fixed(w, r) || !Fixed(scale, r)) return null;
        var column = new long[sizes.Rank];
        Array.Fill(column, 1);
        column[0] = sizes[0];
        var vector = new TensorType(type, [sizes[0]], Place(n));
        var wide = r.Emit("reshape", new TensorType(type, [.. column.Select(static s => new Dim(s))], Place(n)), n.Where, scale, column);
        var weight = r.Emit("mul", new TensorType(type, [.. sizes.ToArray().Select(static s => new Dim(s))], Place(n)), n.Where, w, wide);
        Operand bias = b.IsNone ? shift : r.Emit("mul", vector, n.Where, b, scale);
        if (!b.IsNone && !shift.IsNone) bias = r.Emit("_add", vector, n.Where, bias, shift);
        return r.Emit(conv.Entry, [x, weight, bias, .. conv.Inputs.Skip(3)], n.Output.Type, n.Where);
    }

    static Device? Place(OpNode n) => (n.Output.Type as TensorType)?.Device;

    /// <summary>Made of state alone.</summary>
    static bool Fixed(Operand o, RulePass r, int depth = 0) =>
        o.Values.All(v => r.StateOf(v) is not null || (depth < 12 && v.Definition is OpNode n && Purity.IsPure(n) && n.Inputs.All(i => Fixed(i, r, depth + 1))));

    static Operand? Bias(OpNode n, RulePass r, string op, Func<Shape, long, bool> fits)
    {
        if (n.Name != "_add" || Match.TypeOf(n.Output) is not { } type || !type.IsFloat()) return null;
        for (var i = 0; i < 2; i++)
        {
            var (y, b) = (n.Inputs[i], n.Inputs[1 - i]);
            if (Match.By(y, op) is not { } map || !map.Inputs[2].IsNone || r.Uses(map.Output) > 1 || !Match.Same(y, n.Output)) continue;
            if (Match.SizesOf(b) is not { } shape || Match.TypeOf(b) != type || Match.SizesOf(map.Inputs[1]) is not { Rank: >= 2 } w || !fits(shape, w[0])) continue;
            var rank = Match.RankOf(y)!.Value;
            // A bias of [C, 1, 1] for [N, C, H, W], or of [1, C, 1, 1].
            if (op == "_conv" && shape.Rank != rank) continue;
            var flat = shape.Rank == 1 ? b : r.Emit("reshape", new TensorType(type, [w[0]], Place(n)), n.Where, b, new[] { w[0] });
            return r.Emit(map.Entry, [map.Inputs[0], map.Inputs[1], flat, .. map.Inputs.Skip(3)], n.Output.Type, n.Where);
        }
        return null;
    }

    static Operand? Linear(OpNode n, RulePass r)
    {
        if (n.Name is not "matmul" || Match.By(n.Inputs[1], "permute", "t") is not { } t || Match.RankOf(n.Inputs[0]) is not > 1 || Match.RankOf(t.Inputs[0]) != 2) return null;
        if (t.Name == "permute" && Match.Axes(Match.Ints(t.Inputs[1]), 2) is not [1, 0]) return null;
        return Match.TypeOf(n.Output) is { } type && type.IsFloat() && Match.TypeOf(n.Inputs[0]) == type && Match.TypeOf(t.Inputs[0]) == type
            ? r.Emit("linear", n.Output.Type, n.Where, n.Inputs[0], t.Inputs[0], Operand.None) : Rule.No;
    }
}
