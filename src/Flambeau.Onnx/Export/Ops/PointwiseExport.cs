using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Functions of one element.</summary>
internal static class PointwiseExport
{
    internal static void Add(ExportTable.Rows t)
    {
        foreach (var (onnx, ours) in new (string, string[])[]
        {
            ("Abs", ["abs", "absolute"]), ("Ceil", ["ceil"]), ("Floor", ["floor"]), ("Neg", ["neg"]), ("Sign", ["sign", "sgn"]),
        }) t.Add(n => n.E(onnx, [n.T(n.First)]), ours);
        foreach (var (onnx, ours) in new (string, string[])[]
        {
            ("Acos", ["acos", "arccos"]), ("Acosh", ["acosh", "arccosh"]), ("Asin", ["asin", "arcsin"]), ("Asinh", ["asinh", "arcsinh"]), ("Atan", ["atan", "arctan"]), ("Atanh", ["atanh", "arctanh"]),
            ("Cos", ["cos"]), ("Cosh", ["cosh"]), ("Sin", ["sin"]), ("Sinh", ["sinh"]), ("Tan", ["tan"]), ("Erf", ["erf", "special.erf"]), ("Exp", ["exp"]), ("Log", ["log"]),
            ("Reciprocal", ["reciprocal"]), ("Sqrt", ["sqrt"]), ("Sigmoid", ["sigmoid", "special.expit", "nn.functional.sigmoid"]), ("Tanh", ["tanh", "nn.functional.tanh"]),
        }) t.Add(n => n.E(onnx, [Float(n)]), ours);
        t.Add(static n => n.Const("decimals") is 0L ? n.E("Round", [n.T(n.First)]) : throw n.Error("only rounding to whole numbers can be exported"), "round");
        t.Add(static n => n.E("Reciprocal", [n.E("Sqrt", [Float(n)])]), "rsqrt");
        t.Add(static n => n.E("Mul", [n.T(n.First), n.T(n.First)]), "square");
        t.Add(static n => n.E("Pow", [n.C(2, n.ResultType()), Float(n)]), "exp2", "special.exp2");
        t.Add(static n => n.E("Sub", [n.E("Exp", [Float(n)]), n.C(1, n.ResultType())]), "expm1", "special.expm1");
        t.Add(static n => n.E("Log", [n.E("Add", [Float(n), n.C(1, n.ResultType())])]), "log1p", "special.log1p");
        t.Add(static n => n.E("Mul", [n.E("Log", [Float(n)]), n.C(1 / Math.Log(2), n.ResultType())]), "log2");
        t.Add(static n => n.E("Mul", [n.E("Log", [Float(n)]), n.C(1 / Math.Log(10), n.ResultType())]), "log10");
        t.Add(static n => n.E("Sub", [n.C(1, n.ResultType()), n.E("Erf", [Float(n)])]), "erfc", "special.erfc");
        t.Add(static n => n.E("Mul", [n.E("Sign", [n.T(n.First)]), n.E("Floor", [n.E("Abs", [n.T(n.First)])])]), "trunc", "fix");
        t.Add(static n => n.E("Sub", [n.T(n.First), n.E("Mul", [n.E("Sign", [n.T(n.First)]), n.E("Floor", [n.E("Abs", [n.T(n.First)])])])]), "frac");
        t.Add(static n => n.E("Mul", [Float(n), n.C(Math.PI / 180, n.ResultType())]), "deg2rad");
        t.Add(static n => n.E("Mul", [Float(n), n.C(180 / Math.PI, n.ResultType())]), "rad2deg");
        t.Add(static n => n.E("Not", [n.As(n.First, DType.Bool)]), "logical_not");
        t.Add(static n => n.DType(n.First) == DType.Bool ? n.E("Not", [n.T(n.First)]) : n.E("Sub", [n.E("Neg", [n.T(n.First)]), n.As(1L, n.DType(n.First))]), "bitwise_not");
        t.Add(static n => IsFloat(n) ? n.E("IsNaN", [n.T(n.First)]) : Never(n, false), "isnan");
        t.Add(static n => IsFloat(n) ? n.E("IsInf", [n.T(n.First)]) : Never(n, false), "isinf");
        t.Add(static n => IsFloat(n) ? n.E("IsInf", [n.T(n.First)], ("detect_negative", 0L)) : Never(n, false), "isposinf");
        t.Add(static n => IsFloat(n) ? n.E("IsInf", [n.T(n.First)], ("detect_positive", 0L)) : Never(n, false), "isneginf");
        t.Add(static n => IsFloat(n) ? n.E("Not", [n.E("Or", [n.E("IsInf", [n.T(n.First)]), n.E("IsNaN", [n.T(n.First)])])]) : Never(n, true), "isfinite");
        foreach (var (name, dtype) in new[] { ("float", DType.Float32), ("double", DType.Float64), ("half", DType.Float16), ("bfloat16", DType.BFloat16), ("int", DType.Int32), ("long", DType.Int64), ("short", DType.Int16), ("char", DType.Int8), ("byte", DType.UInt8), ("bool", DType.Bool) })
        {
            t.Add(n => n.As(n.First, dtype), name);
        }
        t.Add(static n => n.As(n.First, n.DTypeArgument("dtype")!.Value), "_to_dtype");
        t.Add(static n => n.As(n.First, n.ResultType()), "to", "type_as");
        t.Add(static n => n.T(n.First), "clone", "contiguous", "detach_copy", "alias_copy", "positive", "resolve_conj", "resolve_neg", "lift_fresh_copy", "detach", "_detach");
        t.Add(static n => n.T(n.First), "nn.functional.dropout1d", "nn.functional.dropout2d", "nn.functional.dropout3d", "feature_dropout", "nn.functional.alpha_dropout", "alpha_dropout");
        t.Add(static n => Dropout(n, n.Try("train").IsNone ? n.Bool("training") : n.Bool("train"))[0], "dropout", "nn.functional.dropout");
        t.Do(static n =>
        {
            var both = Dropout(n, n.Const("train") is not false);
            n.Set(0, both[0]);
            if (n.Uses(1)) n.Set(1, both[1]);
        }, "native_dropout");
    }

    static string[] Dropout(ExportNode n, bool trains) => trains
        ? n.Es("Dropout", 2, [n.T(n.First), n.C(n.Float("p"), DType.Float32), n.To.Constant(Tensor.FromScalar(true))])
        : [n.T(n.First), ""];

    static bool IsFloat(ExportNode n) => n.DType(n.First).IsFloat();

    static string Never(ExportNode n, bool value) => n.E("ConstantOfShape", [n.E("Shape", [n.T(n.First)])], ("value", Tensor.From([value])));

    /// <summary>The first argument as a real number.</summary>
    internal static string Float(ExportNode n) => n.As(n.First, n.DType(n.First) is var d && d.IsFloat() ? d : DType.Float32);
}
