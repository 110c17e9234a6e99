using Flambeau.Graphs;

namespace Flambeau.Compiler.Tests.RandomGraphs;

/// <summary>Makers of calls, a family each.</summary>
static class OpFamilies
{
    static readonly string[] unary =
    [
        "sin", "cos", "tanh", "sigmoid", "exp", "log", "sqrt", "abs", "neg", "relu", "floor", "ceil", "round", "trunc", "sign", "silu", "square", "reciprocal", "rsqrt", "softplus", "leaky_relu",
        "logical_not", "isnan", "isfinite", "bitwise_not", "exp2", "expm1", "log1p", "atan", "nan_to_num", "frac", "hardswish", "mish", "elu", "celu", "gelu", "erf", "positive", "neg", "abs", "relu",
    ];

    static readonly string[] binary =
    [
        "add", "sub", "mul", "div", "_add", "_sub", "_div", "mul", "_add", "maximum", "minimum", "pow", "atan2", "fmod", "remainder", "floor_divide", "eq", "ne", "lt", "le", "gt", "ge",
        "logical_and", "logical_or", "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor", "copysign", "hypot", "fmax", "xlogy", "logaddexp",
    ];

    static readonly string[] casts = ["float", "double", "long", "int", "bool", "half", "bfloat16"];

    static readonly string[] intPrims = ["prim.add_int", "prim.sub_int", "prim.mul_int", "prim.div_int", "prim.min_int", "prim.max_int", "prim.floormod_int", "prim.lt_int", "prim.eq_int", "prim.ge_int"];

    internal static readonly Func<RandomGraph, (string, Operand[])>[] All =
    [
        g => (g.One(unary), [g.T()]),
        g => (g.One(unary), [g.F()]),
        g => (g.One(unary), [g.F()]),
        Binary,
        Binary,
        Binary,
        g => { var x = g.T(); return ("mul", [g.One<Operand>([1, 1.0, 2, 0]), x]); },
        g => { var x = g.T(); return ("_where", [g.T(static t => t.DType == DType.Bool), x, g.Other(x)]); },
        g => { var x = g.F(); return (g.One(["addcmul", "addcdiv", "lerp"]), [x, g.Other(x), g.Other(x)]); },
        g => ("clamp", [g.T(), g.One<Operand>([-1, 0, Operand.None]), g.One<Operand>([1, 2, 1.5])]),
        g => { var x = g.T(); return ("masked_fill", [x, g.T(static t => t.DType == DType.Bool), g.One<Operand>([0, 1.5])]); },
        Reduce,
        Reduce,
        g => { var x = g.T(); return (g.One(["cumsum", "argmax", "argmin", "sort", "argsort", "max", "min", "cummax", "softmax", "log_softmax", "all", "any"]), [x, g.Dim(x)]); },
        g => { var x = g.F(); return (g.One(["softmax", "log_softmax", "median", "logcumsumexp"]), [x, g.Dim(x)]); },
        g => { var x = g.F(); return (g.One(["var", "std"]), [x, Operand.Of(new[] { g.Dim(x) })]); },
        g => { var x = g.T(); return ("topk", [x, g.Int(1, 3), g.Dim(x)]); },
        Reshape,
        Reshape,
        g => { var x = g.T(static t => t.Rank > 1); return ("permute", [x, Order(g, g.At(x).Rank)]); },
        g => { var x = g.T(static t => t.Rank > 1); return ("permute", [x, Order(g, g.At(x).Rank)]); },
        g => { var x = g.T(static t => t.Rank > 1); return (g.One(["transpose", "swapaxes"]), [x, g.Dim(x), g.Dim(x)]); },
        g => { var x = g.T(static t => t.Rank == 2); return (g.One(["t", "tril", "triu"]), [x]); },
        g => { var x = g.T(); return (g.One(["unsqueeze", "squeeze", "unsqueeze"]), [x, g.Dim(x)]); },
        g => { var x = g.T(); return ("expand", [x, Operand.Of((long[])[.. Enumerable.Range(0, g.Below(2)).Select(static _ => 2L), .. g.At(x).Shape.ToArray().Select(s => s == 1 && g.Chance(0.6) ? 3 : g.Chance(0.2) ? -1 : s)])]); },
        g => { var x = g.T(static t => t.Rank > 0); return ("slice", [x, g.Dim(x), g.One<Operand>([Operand.None, 0, 1, -2]), g.One<Operand>([Operand.None, 2, -1, 100]), g.One<Operand>([1, 1, 2])]); },
        g => { var x = g.T(static t => t.Rank > 0); return ("select", [x, g.Dim(x), g.Int(-1, 2)]); },
        g => { var x = g.T(static t => t.Rank > 0); return ("narrow", [x, g.Dim(x), g.Int(0, 2), g.Int(0, 3)]); },
        g => { var x = g.T(static t => t.Rank > 0); return ("flip", [x, Operand.Of(new[] { g.Dim(x) })]); },
        g => { var x = g.T(static t => t.Rank > 0); return ("roll", [x, Operand.Of(new[] { 1L }), Operand.Of(new[] { g.Dim(x) })]); },
        g => { var x = g.T(static t => t.Rank is > 0 and < 3); return (g.One(["diag_embed", "flatten", "repeat_interleave"]) is var n && n == "repeat_interleave" ? (n, [x, 2, g.Dim(x)]) : (n, [x])); },
        Cat,
        Cat,
        g => { var x = g.T(); return ("stack", [Operand.Of([x, g.T(t => t.Shape == g.At(x).Shape)]), g.Dim(x)]); },
        g => { var x = g.T(static t => t.Rank > 0); return (g.One(["split", "chunk"]), [x, 2, g.Dim(x)]); },
        g => { var x = g.T(static t => t.Rank > 0); return ("unbind", [x, g.Dim(x)]); },
        g => ("prim.getitem", [g.Any(static o => o is object?[] { Length: > 0 }), g.Int(-1, 2)]),
        g => ("prim.getitem", [g.Any(static o => o is object?[] { Length: > 0 }), g.Int(-1, 2)]),
        g => ("prim.list", [Operand.Of([g.T(), g.T()])]),
        g => ("prim.append", [g.Any(static o => o is object?[] l && l.All(static e => e is Tensor)), g.T()]),
        g => ("prim.len", [g.Any(static o => o is object?[])]),
        g => (g.One(["cat", "stack"]), [g.Any(static o => o is object?[] l && l.All(static e => e is Tensor))]),
        g => { var x = g.F(); return ("matmul", [x, g.Leaf([.. g.At(x).Shape.ToArray().TakeLast(1), .. (long[])(g.Chance(0.8) ? [3] : [])], g.At(x).DType)]); },
        g => { var x = g.F(); return ("matmul", [x, g.T(t => t.DType == g.At(x).DType && t.Rank > 1)]); },
        g => { var x = g.F(); return ("linear", [x, g.Leaf([3, g.At(x).Shape.ToArray()[^1]], g.At(x).DType), g.Chance(0.5) ? Operand.None : g.Leaf([3], g.At(x).DType)]); },
        g => { var x = g.T(static t => t.DType.IsFloat() && t.Rank == 2); return ("addmm", [g.Leaf([4], g.At(x).DType), x, g.Leaf([g.At(x).Size(1), 4], g.At(x).DType)]); },
        g => ("nn.functional.conv2d", Conv(g)),
        g => ("nn.functional.conv2d", Conv(g)),
        g => { var x = g.T(static t => t.DType is DType.Float32 or DType.Float64 && t.Rank > 1); var c = g.At(x).Size(1); return ("nn.functional.batch_norm", [x, g.Leaf([c], g.At(x).DType), Positive(g, [c], g.At(x).DType), g.Leaf([c], g.At(x).DType), g.Leaf([c], g.At(x).DType)]); },
        g => { var x = g.T(static t => t.DType is DType.Float32 or DType.Float64 && t.Rank > 1); return ("_channel_affine", [x, g.Leaf([g.At(x).Size(1)], g.At(x).DType), g.Chance(0.5) ? Operand.None : g.Leaf([g.At(x).Size(1)], g.At(x).DType)]); },
        g => { var x = g.F(); return ("nn.functional.layer_norm", [x, Operand.Of(g.At(x).Shape.ToArray().TakeLast(1))]); },
        g => (g.One(["nn.functional.max_pool2d", "nn.functional.avg_pool2d"]), [g.T(static t => t.DType.IsFloat() && t.Rank is 3 or 4), Operand.Of(new[] { 2L, 2L })]),
        g => { var x = g.T(static t => t.Rank > 0); var d = g.Dim(x); return ("index_select", [x, d, Indices(g, g.At(x).Size((int)d), [3])]); },
        g => { var x = g.T(static t => t.Rank > 0); var d = g.Dim(x); return ("gather", [x, d, Indices(g, g.At(x).Size((int)d), g.At(x).Shape.ToArray())]); },
        g => { var x = g.T(static t => t.Rank > 0); var d = g.Dim(x); return ("scatter_add", [x, d, Indices(g, g.At(x).Size((int)d), g.At(x).Shape.ToArray()), g.Leaf(g.At(x).Shape.ToArray(), g.At(x).DType)]); },
        g => { var x = g.T(static t => t.Rank > 0); return ("index", [x, Operand.Of([Indices(g, g.At(x).Size(0), [2])])]); },
        g => { var x = g.T(static t => t.Rank > 0); return ("masked_select", [x, g.T(t => t.DType == DType.Bool)]); },
        g => ("embedding", [g.Leaf([5, 3], DType.Float32), Indices(g, 5, [2, 2])]),
        g => ("_to_dtype", [g.T(), g.DTypeOf()]),
        g => ("_to_dtype", [g.T(), g.DTypeOf()]),
        g => (g.One(casts), [g.T()]),
        g => (g.One(["detach", "clone", "contiguous"]), [g.T()]),
        g => ("full", [Operand.Of(new[] { 2L, 3L }), g.One<Operand>([1, 0.5])]),
        g => (g.One(["zeros_like", "ones_like"]), [g.T()]),
        g => (g.One(["rand_like", "bernoulli"]), [g.T(static t => t.DType.IsFloat())]),
        g => ("nn.functional.dropout", [g.F(), 0.5]),
        g => { var x = g.T(); return ("prim.size", [x, g.Dim(x)]); },
        g => { var x = g.T(); return ("prim.size", [x, g.Dim(x)]); },
        g => (g.One(["prim.shape", "prim.rank", "prim.numel", "prim.dtype"]), [g.T()]),
        g => (g.One(intPrims), [g.Int(-3, 9), g.Int(-3, 9)]),
        g => (g.One(intPrims), [g.Int(-3, 9), g.Int(-3, 9)]),
        g => (g.One(["prim.and_bool", "prim.or_bool", "prim.xor_bool"]), [g.Any(static o => o is bool), g.Chance(0.7) ? g.Any(static o => o is bool) : true]),
        g => ("prim.not_bool", [g.Any(static o => o is bool)]),
        g => ("prim.float_of_int", [g.Int(-3, 9)]),
        g => (g.One(["prim.mul_float", "prim.add_float", "prim.lt_float"]), [g.Any(static o => o is double), g.One<Operand>([1.0, 0.0, 2.5])]),
        g => ("prim.item_float", [g.T(static t => t.Numel == 1 && t.DType.IsFloat())]),
        g => ("prim.item_bool", [g.T(static t => t.Numel == 1 && t.DType == DType.Bool)]),
        g => { var x = g.T(); return ("mul", [x, g.Any(static o => o is long or double)]); },
        g => ("prim.is_none", [g.T()]),
    ];

    static (string, Operand[]) Binary(RandomGraph g)
    {
        var x = g.T();
        var y = g.Other(x);
        return (g.One(binary), g.Chance(0.8) ? [x, y] : [y, x]);
    }

    static (string, Operand[]) Reduce(RandomGraph g)
    {
        var x = g.T();
        return (g.One(["sum", "mean", "amax", "amin", "sum", "logsumexp", "prod"]), g.Chance(0.3) ? [x] : [x, Operand.Of(new[] { g.Dim(x) }), g.Chance(0.5)]);
    }

    static (string, Operand[]) Reshape(RandomGraph g)
    {
        var x = g.T();
        var s = g.At(x).Shape.ToArray();
        long[] to = g.Below(4) switch
        {
            0 => [-1],
            1 => s,
            2 when s.Length > 1 => [s[0] * s[1], .. s[2..]],
            _ => [1, .. s],
        };
        return ("reshape", [x, Operand.Of(to)]);
    }

    static (string, Operand[]) Cat(RandomGraph g)
    {
        var x = g.T(static t => t.Rank > 0);
        var parts = g.Chance(0.2) ? [x] : new[] { x, g.T(t => t.Rank == g.At(x).Rank) };
        return ("cat", [Operand.Of(parts), g.Dim(x)]);
    }

    static Operand Order(RandomGraph g, int rank) => Operand.Of((long[])[.. Enumerable.Range(0, rank).Select(i => (i: (long)i, key: g.Below(1000))).OrderBy(static p => p.key).Select(p => g.Chance(0.2) ? p.i - rank : p.i)]);

    static Operand[] Conv(RandomGraph g)
    {
        var x = g.T(static t => t.DType is DType.Float32 or DType.Float64 && t.Rank == 4);
        var t = g.At(x);
        return [x, g.Leaf([2, t.Size(1), 1 + g.Below(2), 1], t.DType), g.Chance(0.5) ? Operand.None : g.Leaf([2], t.DType)];
    }

    static Operand Positive(RandomGraph g, long[] sizes, DType dtype)
    {
        var v = g.Leaf(sizes, dtype);
        g.At(v).Copy_(g.At(v).Abs() + 0.5);
        return v;
    }

    static Operand Indices(RandomGraph g, long limit, long[] sizes)
    {
        var v = g.Leaf(sizes, DType.Int64);
        g.At(v).Copy_(g.At(v).Remainder(Math.Max(1, limit)));
        return v;
    }
}
