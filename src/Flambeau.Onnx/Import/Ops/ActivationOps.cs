namespace Flambeau.OnnxFormat;

/// <summary>Activation functions.</summary>
internal static class ActivationOps
{
    internal static void Add(OpTable t)
    {
        Own("Celu", 12, static n => n[0].Op("celu", n.Float("alpha", 1)));
        Own("Elu", 6, static n => n[0].Op("elu", n.Float("alpha", 1)));
        Own("Gelu", 20, static n => n[0].Op("gelu", new Kw("approximate", n.Text("approximate", "none"))));
        Own("HardSigmoid", 6, static n => HardSigmoid(n[0], n.Float("alpha", 0.2), n.Float("beta", 0.5)));
        Own("LeakyRelu", 6, static n => n[0].Op("leaky_relu", n.Float("alpha", 0.01)));
        Own("PRelu", 7, static n => n.Op("_where", n[0].Op("lt", 0L), n[0] * n[1], n[0]).As(n[0].Type));
        Own("Selu", 6, static n => Selu(n[0], n.Float("alpha", 1.67326319217681884765625), n.Float("gamma", 1.05070102214813232421875)));
        Own("Shrink", 9, static n => Shrink(n[0], n.Float("lambd", 0.5), n.Float("bias", 0)));
        Own("Softplus", 1, static n => n[0].Op("softplus", 1, 40));
        Own("Swish", 24, static n => Swish(n[0], n.Float("alpha", 1)));
        Own("ThresholdedRelu", 10, static n => n[0].Op("threshold", n.Float("alpha", 1), 0));
        t.Add("SwiGLU", 28, static n => Swish(n[0], n.Float("alpha", 1)) * n[1]);
        t.Add("Softmax", 1, static n => Flat(n, "softmax"));
        t.Add("LogSoftmax", 1, static n => Flat(n, "log_softmax"));
        t.Add("Hardmax", 1, static n => Flat(n, ""));
        Own("Softmax", 13, static n => n[0].Op("softmax", n.Int("axis", -1)));
        Own("LogSoftmax", 13, static n => n[0].Op("log_softmax", n.Int("axis", -1)));
        Own("Hardmax", 13, static n => Hardmax(n[0], n.Int("axis", -1)));

        void Own(string op, long since, Func<OnnxNode, Item> make) => t.Add(op, since, n => make(n).As(n[0].Type).Sized(n[0].Dims));
    }

    static Item HardSigmoid(Item x, double alpha, double beta) =>
        Math.Abs(alpha - 1.0 / 6) < 1e-6 && beta == 0.5 ? x.Op("hardsigmoid") : (x * alpha + beta).Op("clamp", 0, 1);

    static Item Selu(Item x, double alpha, double gamma) =>
        (float)alpha == 1.67326319217681884765625f && (float)gamma == 1.05070102214813232421875f ? x.Op("selu") : x.Op("elu", alpha, gamma);

    static Item Shrink(Item x, double lambd, double bias)
    {
        var zero = x.Op("zeros_like");
        var low = x.Importer.Call("_where", x.Op("lt", -lambd), bias == 0 ? x : x + bias, zero)[0];
        return x.Importer.Call("_where", x.Op("gt", lambd), bias == 0 ? x : x - bias, low)[0].Op("to", x.DType);
    }

    internal static Item Swish(Item x, double alpha) => (alpha == 1 ? x.Op("silu") : x * (x * alpha).Op("sigmoid")).As(x.Type);

    /// <summary>All axes from the stated one as one, as these operators were before version 13.</summary>
    static Item Flat(OnnxNode n, string op)
    {
        var x = n[0];
        var axis = n.Int("axis", 1);
        var flat = x.Op("flatten", axis);
        var last = axis < 0 && x.Rank is { } r ? axis + r : axis;
        return (op.Length == 0 ? Hardmax(flat, last) : flat.Op(op, last)).Op("reshape_as", x).Sized(x.Dims);
    }

    static Item Hardmax(Item x, long axis) => x.Op("zeros_like").Op("scatter", axis, x.Op("argmax", axis, true).As(ElementType.Int64), 1L);
}
