using Flambeau.Graphs;

namespace Flambeau.Compiler.Passes;

/// <summary>What a program asks of a tensor, where its type tells.</summary>
internal static class ShapeRules
{
    internal static readonly Rule[] All =
    [
        new("size is known", static (n, _) => n.Name == "prim.size" && Size(n.Inputs[0], Match.Int(n.Inputs[1])) is { } s ? s : Rule.No),
        new("shape is known", static (n, _) => n.Name == "prim.shape" && Match.SizesOf(n.Inputs[0]) is { } s ? Operand.Of(s) : Rule.No),
        new("rank is known", static (n, _) => n.Name == "prim.rank" && Match.RankOf(n.Inputs[0]) is { } r ? (long)r : Rule.No),
        new("number of elements is known", static (n, _) => n.Name == "prim.numel" && Match.SizesOf(n.Inputs[0]) is { } s ? s.Numel : Rule.No),
        new("dtype is known", static (n, _) => n.Name == "prim.dtype" && Match.TypeOf(n.Inputs[0]) is { } t ? t : Rule.No),
        new("length of a tensor is known", static (n, _) => n.Name == "prim.len" && n.Inputs[0].Type is TensorType && Size(n.Inputs[0], 0) is { } s ? s : Rule.No),
        new("an element of a shape is a size", static (n, r) => n.Name == "prim.getitem" && Match.Int(n.Inputs[1]) is { } i && Match.By(n.Inputs[0], "prim.shape") is { } shape
            ? r.Emit("prim.size", GraphType.Int, n.Where, shape.Inputs[0], i) : Rule.No),
    ];

    static long? Size(Operand x, long? dim) =>
        (x.Type as TensorType)?.Shape is { } shape && Match.Axes(dim is { } d ? [d] : null, shape.Count) is [var axis] ? shape[(int)axis].Size : null;
}
