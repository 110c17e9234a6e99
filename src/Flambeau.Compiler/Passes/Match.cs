using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Passes;

/// <summary>Questions that rules ask.</summary>
internal static class Match
{
    /// <summary>The op that makes a value, if it has one of these names.</summary>
    internal static OpNode? By(Operand o, params ReadOnlySpan<string> names)
    {
        if (o.Value?.Definition is not OpNode n) return null;
        foreach (var name in names)
        {
            if (n.Name == name) return n;
        }
        return null;
    }

    /// <summary>Dtype of a tensor, if known.</summary>
    internal static DType? TypeOf(Operand o) => (o.Type as TensorType)?.Type;

    /// <summary>Sizes of a tensor, if all are known.</summary>
    internal static Shape? SizesOf(Operand o) => (o.Type as TensorType)?.Sizes;

    /// <summary>Number of axes, if known.</summary>
    internal static int? RankOf(Operand o) => (o.Type as TensorType)?.Shape?.Count;

    /// <summary>Both are tensors of the same known dtype and sizes.</summary>
    internal static bool Same(Operand a, Operand b) => TypeOf(a) is { } t && t == TypeOf(b) && SizesOf(a) is { } s && SizesOf(b) is { } r && s == r;

    /// <summary>Whether an operand is this number, as an integer or a real; true and false are none.</summary>
    internal static bool Is(Operand o, double number) => o.Value is null && o.List is null && o.Constant switch
    {
        long l => l == number,
        double d => BitConverter.DoubleToInt64Bits(d) == BitConverter.DoubleToInt64Bits(number),
        _ => false,
    };

    /// <summary>A constant integer.</summary>
    internal static long? Int(Operand o) => o.Value is null && o.List is null && o.Constant is long l ? l : null;

    /// <summary>A constant list of integers; a single one counts as a list of one.</summary>
    internal static long[]? Ints(Operand o)
    {
        if (!o.IsConstant) return null;
        if (o.Constant is long one) return [one];
        if (o.List is not { } list) return null;
        var r = new long[list.Count];
        for (var i = 0; i < r.Length; i++)
        {
            if (Int(list[i]) is not { } v) return null;
            r[i] = v;
        }
        return r;
    }

    /// <summary>Axes counted from the front; null if one is out of range.</summary>
    internal static long[]? Axes(long[]? dims, int? rank)
    {
        if (dims is null || rank is not { } n) return null;
        var r = Array.ConvertAll(dims, d => d < 0 ? d + n : d);
        return Array.TrueForAll(r, d => d >= 0 && d < n) ? r : null;
    }

    /// <summary>The parts of a list, where the graph shows how it was put together.</summary>
    internal static IReadOnlyList<Operand>? Items(Operand o)
    {
        if (o.List is { } list) return list;
        switch (o.Value?.Definition)
        {
            case OpNode { Name: "prim.list" or "prim.tuple" } n: return Items(n.Inputs[0]);
            case OpNode { Name: "prim.append" } n: return Items(n.Inputs[0]) is { } items ? [.. items, n.Inputs[1]] : null;
            case OpNode { Name: "prim.concat" } n: return Items(n.Inputs[0]) is { } a && Items(n.Inputs[1]) is { } b ? [.. a, .. b] : null;
            default: return null;
        }
    }

    /// <summary>Op of the node, if it is a primitive with constant attributes.</summary>
    internal static IOp? Op(Operand o) => (o.Value?.Definition as OpNode)?.Op;
}
