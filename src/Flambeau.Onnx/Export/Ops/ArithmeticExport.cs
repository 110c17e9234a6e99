using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Arithmetic, comparisons and choices. ONNX doesn't promote dtypes: arguments are cast to the common one.</summary>
internal static class ArithmeticExport
{
    internal static void Add(ExportTable.Rows t)
    {
        t.Add(static n => Two(n, "Add"), "_add");
        t.Add(static n => Two(n, "Sub"), "_sub");
        t.Add(static n => Scaled(n, "Add"), "add", "add_");
        t.Add(static n => Scaled(n, "Sub"), "sub", "sub_");
        t.Add(static n => n.E("Sub", [Scale(n, n.Node.Inputs[1]), n.As(n.First, n.ResultType())]) is var r && n.Const("alpha") is 1L ? n.E("Sub", [n.As(n.Node.Inputs[1], n.ResultType()), n.As(n.First, n.ResultType())]) : r, "rsub");
        t.Add(static n => n.ResultType() == DType.Bool ? n.E("And", [n.T(n.First), n.T(n.Node.Inputs[1])]) : Two(n, "Mul"), "mul", "mul_", "multiply");
        t.Add(static n => n.Text("rounding_mode") switch { "trunc" => Truncated(n), "floor" => Floored(n), _ => Two(n, "Div") }, "div", "div_", "divide");
        t.Add(static n => Two(n, "Div"), "_div", "true_divide");
        t.Add(Truncated, "_div_trunc");
        t.Add(Floored, "floor_divide", "__floordiv__");
        t.Add(static n => n.ResultType().IsFloat() ? Remainder(n) : Two(n, "Mod"), "remainder", "__mod__");
        t.Add(static n => n.E("Mod", [n.As(n.First, n.ResultType()), n.As(n.Node.Inputs[1], n.ResultType())], ("fmod", 1L)), "fmod");
        t.Add(static n => Two(n, "Pow"), "pow", "__pow__", "float_power");
        t.Add(static n => Two(n, "Max"), "maximum", "fmax");
        t.Add(static n => Two(n, "Min"), "minimum", "fmin");
        t.Add(static n => n.E("Add", [n.As(n.First, n.ResultType()), n.E("Mul", [n.As(n["value"], n.ResultType()), n.E("Mul", [n.As(n["tensor1"], n.ResultType()), n.As(n["tensor2"], n.ResultType())])])]), "addcmul");
        t.Add(static n => n.E("Add", [n.As(n.First, n.ResultType()), n.E("Mul", [n.As(n["value"], n.ResultType()), n.E("Div", [n.As(n["tensor1"], n.ResultType()), n.As(n["tensor2"], n.ResultType())])])]), "addcdiv");
        t.Add(static n => n.E("Add", [n.T(n.First), n.E("Mul", [n.As(n["weight"], n.ResultType()), n.E("Sub", [n.T("end"), n.T(n.First)])])]), "lerp");
        t.Add(static n => n.E("Sqrt", [n.E("Add", [n.E("Mul", [n.As(n.First, n.ResultType()), n.As(n.First, n.ResultType())]), n.E("Mul", [n.As(n.Node.Inputs[1], n.ResultType()), n.As(n.Node.Inputs[1], n.ResultType())])])]), "hypot");
        foreach (var (onnx, ours) in new (string, string[])[] { ("Equal", ["eq"]), ("Greater", ["gt", "greater"]), ("GreaterOrEqual", ["ge", "greater_equal"]), ("Less", ["lt", "less"]), ("LessOrEqual", ["le", "less_equal"]) })
        {
            t.Add(n => Compare(n, onnx), ours);
        }
        t.Add(static n => n.E("Not", [Compare(n, "Equal")]), "ne", "not_equal");
        foreach (var (onnx, ours) in new[] { ("And", "logical_and"), ("Or", "logical_or"), ("Xor", "logical_xor") })
        {
            t.Add(n => n.E(onnx, [n.As(n.First, DType.Bool), n.As(n.Node.Inputs[1], DType.Bool)]), ours);
        }
        foreach (var (onnx, ours) in new (string, string[])[] { ("And", ["bitwise_and", "__and__"]), ("Or", ["bitwise_or", "__or__"]), ("Xor", ["bitwise_xor", "__xor__"]) })
        {
            t.Add(n => n.ResultType() == DType.Bool ? Two(n, onnx) : n.Opset >= 18 ? Two(n, "Bitwise" + onnx) : throw n.Error("bits of integers need opset 18"), ours);
        }
        t.Add(static n => n.E("Where", [n.As(n["condition"], DType.Bool), n.As(n["self"], n.ResultType()), n.As(n["other"], n.ResultType())]), "_where", "where");
        t.Add(static n => n.E("Where", [n.As(n["mask"], DType.Bool), n.As(n["value"], n.DType(n.First)), n.T(n.First)]), "masked_fill");
        t.Add(static n => Clamp(n, n["min"], n["max"]), "clamp", "clip");
        t.Add(static n => Clamp(n, n["min"], default), "clamp_min");
        t.Add(static n => Clamp(n, default, n["max"]), "clamp_max");
        t.Add(static n =>
        {
            var (x, d) = (n.T(n.First), n.DType(n.First));
            var max = d == DType.Float64 ? double.MaxValue : d == DType.Float16 ? (double)Half.MaxValue : float.MaxValue;
            x = n.E("Where", [n.E("IsNaN", [x]), n.C(n.Const("nan") is double v ? v : 0, d), x]);
            x = n.E("Where", [n.E("IsInf", [x], ("detect_negative", 0L)), n.C(n.Const("posinf") is double p ? p : max, d), x]);
            return n.E("Where", [n.E("IsInf", [x], ("detect_positive", 0L)), n.C(n.Const("neginf") is double q ? q : -max, d), x]);
        }, "nan_to_num");
        t.Add(static n => n.E("Where", [n.E("Equal", [n.As(n.First, n.ResultType()), n.C(0, n.ResultType())]), n.C(0, n.ResultType()), n.E("Mul", [n.As(n.First, n.ResultType()), n.E("Log", [n.As(n.Node.Inputs[1], n.ResultType())])])]), "xlogy", "special.xlogy");
        t.Add(static n =>
        {
            var (a, b) = (n.As(n.First, n.ResultType()), n.As(n.Node.Inputs[1], n.ResultType()));
            var m = n.E("Max", [a, b]);
            return n.E("Add", [m, n.E("Log", [n.E("Add", [n.E("Exp", [n.E("Sub", [a, m])]), n.E("Exp", [n.E("Sub", [b, m])])])])]);
        }, "logaddexp");
    }

    static string Two(ExportNode n, string op)
    {
        var d = n.ResultType();
        // Sums of bools are logic.
        if (d == DType.Bool && op is "Add" or "Max") op = d == DType.Bool ? "Or" : op;
        if (d == DType.Bool && op is "Min") op = "And";
        return n.E(op, [n.As(n.First, d), n.As(n.Node.Inputs[1], d)]);
    }

    static string Scale(ExportNode n, Operand o) => n.Const("alpha") is 1L or 1.0 ? n.As(o, n.ResultType()) : n.E("Mul", [n.As(o, n.ResultType()), n.As(n["alpha"], n.ResultType())]);

    static string Scaled(ExportNode n, string op) => n.ResultType() == DType.Bool ? Two(n, op) : n.E(op, [n.As(n.First, n.ResultType()), Scale(n, n.Node.Inputs[1])]);

    static string Truncated(ExportNode n)
    {
        var q = Two(n, "Div");
        return n.ResultType().IsFloat() ? n.E("Mul", [n.E("Sign", [q]), n.E("Floor", [n.E("Abs", [q])])]) : q;
    }

    static string Floored(ExportNode n) => n.ResultType().IsFloat() ? n.E("Floor", [Two(n, "Div")])
        : n.E("Div", [n.E("Sub", [n.As(n.First, n.ResultType()), Two(n, "Mod")]), n.As(n.Node.Inputs[1], n.ResultType())]);

    static string Remainder(ExportNode n) => n.E("Sub", [n.As(n.First, n.ResultType()), n.E("Mul", [n.E("Floor", [Two(n, "Div")]), n.As(n.Node.Inputs[1], n.ResultType())])]);

    /// <summary>The dtype in which two things are compared: numbers join the tensor, unless it is of a lower kind.</summary>
    static DType Common(ExportNode n, Operand a, Operand b)
    {
        static bool IsNumber(Operand o, ExportNode n) => n.To.TypeOf(o) is not TensorType;
        static int Kind(DType d) => d == DType.Bool ? 0 : d.IsInteger() ? 1 : 2;
        var (p, q) = (n.DType(a), n.DType(b));
        if (IsNumber(b, n) && !IsNumber(a, n)) return Kind(q) > Kind(p) ? q : p;
        if (IsNumber(a, n) && !IsNumber(b, n)) return Kind(p) > Kind(q) ? p : q;
        return p == q ? p : Tensor.Zeros([1], p).Add(Tensor.Zeros([1], q)).DType;
    }

    static string Compare(ExportNode n, string op)
    {
        var d = Common(n, n.First, n.Node.Inputs[1]);
        // Bools have no order in ONNX.
        if (d == DType.Bool && op != "Equal") d = DType.Int32;
        return n.E(op, [n.As(n.First, d), n.As(n.Node.Inputs[1], d)]);
    }

    static string Clamp(ExportNode n, Operand min, Operand max)
    {
        var d = n.ResultType();
        var x = n.As(n.First, d);
        static bool Plain(Operand o, ExportNode n) => o.IsNone || n.To.TypeOf(o) is not TensorType { Shape.Count: not 0 };
        if (Plain(min, n) && Plain(max, n)) return n.E("Clip", [x, min.IsNone ? null : n.As(min, d), max.IsNone ? null : n.As(max, d)]);
        if (!min.IsNone) x = n.E("Max", [x, n.As(min, d)]);
        return max.IsNone ? x : n.E("Min", [x, n.As(max, d)]);
    }
}
