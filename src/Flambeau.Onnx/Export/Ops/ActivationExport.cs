using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Activation functions.</summary>
internal static class ActivationExport
{
    internal static void Add(ExportTable.Rows t)
    {
        t.Add(static n => n.E("Relu", [n.T(n.First)]), "relu", "nn.functional.relu");
        t.Add(static n => n.Opset >= 14 ? n.E("HardSwish", [n.T(n.First)]) : n.E("Mul", [n.T(n.First), n.E("HardSigmoid", [n.T(n.First)], ("alpha", 1.0 / 6), ("beta", 0.5))]), "hardswish", "nn.functional.hardswish");
        t.Add(static n => n.E("HardSigmoid", [n.T(n.First)], ("alpha", 1.0 / 6), ("beta", 0.5)), "hardsigmoid", "nn.functional.hardsigmoid");
        t.Add(static n => n.Opset >= 18 ? n.E("Mish", [n.T(n.First)]) : n.E("Mul", [n.T(n.First), n.E("Tanh", [n.E("Softplus", [n.T(n.First)])])]), "mish", "nn.functional.mish");
        t.Add(static n => n.E("Softsign", [n.T(n.First)]), "nn.functional.softsign");
        t.Add(static n => n.E("Mul", [n.T(n.First), n.E("Sigmoid", [n.T(n.First)])]), "silu", "nn.functional.silu");
        t.Add(Gelu, "gelu", "nn.functional.gelu");
        t.Add(static n => n.E("LeakyRelu", [n.T(n.First)], ("alpha", n.Float("negative_slope"))), "leaky_relu", "nn.functional.leaky_relu");
        t.Add(static n => n.E("Elu", [n.T(n.First)], ("alpha", n.Float("alpha"))), "nn.functional.elu");
        t.Add(static n => n.Float("scale") == 1 && n.Float("input_scale") == 1 ? n.E("Elu", [n.T(n.First)], ("alpha", n.Float("alpha")))
            : n.Float("input_scale") == 1 ? n.E("Selu", [n.T(n.First)], ("alpha", n.Float("alpha")), ("gamma", n.Float("scale"))) : throw n.Error("input_scale can't be exported"), "elu");
        t.Add(static n => n.E("Selu", [n.T(n.First)]), "selu", "nn.functional.selu");
        t.Add(static n => n.E("Celu", [n.T(n.First)], ("alpha", n.Float("alpha"))), "celu", "nn.functional.celu");
        t.Add(static n => n.Float("beta") == 1 ? n.E("Softplus", [n.T(n.First)]) : n.E("Div", [n.E("Softplus", [n.E("Mul", [n.T(n.First), n.C(n.Float("beta"), n.ResultType())])]), n.C(n.Float("beta"), n.ResultType())]), "softplus", "nn.functional.softplus");
        t.Add(static n => n.E("Neg", [n.E("Softplus", [n.E("Neg", [n.T(n.First)])])]), "log_sigmoid", "nn.functional.logsigmoid");
        t.Add(static n => n.E("Sub", [n.T(n.First), n.E("Tanh", [n.T(n.First)])]), "nn.functional.tanhshrink");
        t.Add(static n => n.E("Shrink", [n.T(n.First)], ("lambd", n.Float("lambd")), ("bias", n.Float("lambd"))), "softshrink", "nn.functional.softshrink");
        t.Add(static n => n.E("Shrink", [n.T(n.First)], ("lambd", n.Float("lambd"))), "hardshrink", "nn.functional.hardshrink");
        t.Add(static n => n.E("Where", [n.E("Greater", [n.T(n.First), n.As(n["threshold"], n.DType(n.First))]), n.T(n.First), n.As(n["value"], n.DType(n.First))]), "threshold", "nn.functional.threshold");
        t.Add(static n => n.E("Clip", [n.T(n.First), n.As(n["min_val"], n.DType(n.First)), n.As(n["max_val"], n.DType(n.First))]), "hardtanh", "nn.functional.hardtanh");
        t.Add(static n => n.E("Clip", [n.T(n.First), n.As(0L, n.DType(n.First)), n.As(6L, n.DType(n.First))]), "relu6", "nn.functional.relu6");
        t.Add(Prelu, "prelu", "nn.functional.prelu");
        t.Add(static n =>
        {
            var halves = n.Opset >= 18 ? n.Es("Split", 2, [n.T(n.First)], ("axis", n.Int("dim")), ("num_outputs", 2L)) : n.Es("Split", 2, [n.T(n.First)], ("axis", n.Int("dim")));
            return n.E("Mul", [halves[0], n.E("Sigmoid", [halves[1]])]);
        }, "glu", "nn.functional.glu");
        t.Add(static n => n.E("Softmax", [Wide(n)], ("axis", n.IntOrNull("dim") ?? -1)), "softmax", "nn.functional.softmax", "special.softmax", "_safe_softmax");
        t.Add(static n => n.E("Softmax", [n.E("Neg", [Wide(n)])], ("axis", n.IntOrNull("dim") ?? -1)), "nn.functional.softmin");
        t.Add(static n => n.E("LogSoftmax", [Wide(n)], ("axis", n.IntOrNull("dim") ?? -1)), "log_softmax", "nn.functional.log_softmax", "special.log_softmax");
    }

    static string Wide(ExportNode n) => n.DTypeArgument("dtype") is { } d ? n.As(n.First, d) : PointwiseExport.Float(n);

    static string Gelu(ExportNode n)
    {
        var tanh = n.Text("approximate") == "tanh";
        var (x, d) = (n.T(n.First), n.ResultType());
        if (n.Opset >= 20) return n.E("Gelu", [x], ("approximate", tanh ? "tanh" : "none"));
        var inner = tanh
            ? n.E("Tanh", [n.E("Mul", [n.E("Add", [x, n.E("Mul", [n.E("Mul", [n.E("Mul", [x, x]), x]), n.C(0.044715, d)])]), n.C(Math.Sqrt(2 / Math.PI), d)])])
            : n.E("Erf", [n.E("Div", [x, n.C(Math.Sqrt(2), d)])]);
        return n.E("Mul", [n.E("Mul", [x, n.E("Add", [inner, n.C(1, d)])]), n.C(0.5, d)]);
    }

    static string Prelu(ExportNode n)
    {
        var weight = n.T("weight");
        var rank = n.Rank(n.First);
        if (n.Type(n["weight"]).Sizes is { } s && s.Numel != 1 && rank > 2) weight = n.E("Reshape", [weight, n.I([-1, .. Enumerable.Repeat(1L, rank - 2)])]);
        return n.E("PRelu", [n.T(n.First), weight]);
    }
}
