using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Normalizations.</summary>
internal static class NormExport
{
    internal static void Add(ExportTable.Rows t)
    {
        t.Add(static n => BatchNorm(n), "batch_norm", "nn.functional.batch_norm");
        t.Do(static n =>
        {
            n.Set(0, BatchNorm(n));
            if (n.Uses(1) || n.Uses(2)) throw n.Error("the saved mean and deviation can't be exported");
        }, "native_batch_norm", "_native_batch_norm_legit");
        t.Do(Train, "_batch_norm_train");
        t.Add(ChannelAffine, "_channel_affine");
        t.Add(static n => LayerNorm(n, 1)[0], "layer_norm", "nn.functional.layer_norm");
        t.Do(static n =>
        {
            var wanted = n.Uses(1) || n.Uses(2);
            var r = LayerNorm(n, wanted ? 3 : 1);
            for (var i = 0; i < r.Length; i++) n.Set(i, r[i]);
        }, "native_layer_norm");
        t.Add(static n => GroupNorm(n, n.Int("num_groups")), "group_norm", "nn.functional.group_norm");
        t.Add(static n => n.Const("use_input_stats") is true ? n.E("InstanceNormalization", [n.T(n.First), Weight(n, "weight", 1), Weight(n, "bias", 0)], ("epsilon", n.Float("eps")))
            : throw n.Error("running statistics of an instance norm can't be exported; set trackRunningStats to false"), "nn.functional.instance_norm");
        t.Add(static n => Rms(n)[0], "rms_norm", "nn.functional.rms_norm");
        t.Do(static n =>
        {
            var r = Rms(n);
            n.Set(0, r[0]);
            n.Set(1, r[1]);
        }, "_fused_rms_norm");
        t.Add(static n => n.E("LRN", [n.T(n.First)], ("size", n.Int("size")), ("alpha", n.Float("alpha")), ("beta", n.Float("beta")), ("bias", n.Float("k"))), "nn.functional.local_response_norm");
        t.Add(static n =>
        {
            var norm = ReduceExport.Over(n, n.Float("p") switch { 2 => "ReduceL2", 1 => "ReduceL1", _ => throw n.Error("only the norms 1 and 2 can be exported") }, n.T(n.First), n.Ints("dim"), true);
            return n.E("Div", [n.T(n.First), n.E("Clip", [norm, n.C(n.Float("eps"), n.ResultType())])]);
        }, "nn.functional.normalize");
    }

    /// <summary>A weight, or as many ones (or zeros) as there are channels.</summary>
    static string Weight(ExportNode n, string argument, double otherwise) => n.TOrNull(argument) ?? n.To.Constant(Tensor.Full([n.Size(n.First, 1)], otherwise, n.DType(n.First)));

    static string BatchNorm(ExportNode n)
    {
        if (n.Bool("training") || n["running_mean"].IsNone) throw n.Error("a batch norm that trains can't be exported; call Eval() on the module");
        return n.E("BatchNormalization", [n.T("input"), Weight(n, "weight", 1), Weight(n, "bias", 0), n.T("running_mean"), n.T("running_var")], ("epsilon", n.Float("eps")));
    }

    static void Train(ExportNode n)
    {
        var x = n.T("input");
        var rank = n.Rank(n["input"]);
        var d = n.DType(n["input"]);
        long[] axes = [0, .. Enumerable.Range(2, rank - 2).Select(static i => (long)i)];
        var mean = ReduceExport.Over(n, "ReduceMean", x, axes, true);
        var centred = n.E("Sub", [x, mean]);
        var variance = ReduceExport.Over(n, "ReduceMean", n.E("Mul", [centred, centred]), axes, true);
        var inverse = n.E("Reciprocal", [n.E("Sqrt", [n.E("Add", [variance, n.C(n.Float("eps"), d)])])]);
        var y = n.E("Mul", [centred, inverse]);
        if (!n["weight"].IsNone) y = n.E("Mul", [y, Column(n, n["weight"], rank)]);
        if (!n["bias"].IsNone) y = n.E("Add", [y, Column(n, n["bias"], rank)]);
        n.Set(0, y);
        for (var i = 1; i < n.Node.Outputs.Count; i++)
        {
            if (!n.Uses(i)) continue;
            n.Set(i, n.E("Reshape", [i == 1 ? mean : i == 2 ? inverse : throw n.Error("the variance of a batch can't be exported; call Eval() on the module"), n.I([-1L])]));
        }
    }

    static string Column(ExportNode n, Operand o, int rank) => rank == 2 ? n.T(o) : n.E("Reshape", [n.T(o), n.I([-1, .. Enumerable.Repeat(1L, rank - 2)])]);

    /// <summary>Scale and shift of a batch norm in inference become one operator again; others stay a product and a sum.</summary>
    static string ChannelAffine(ExportNode n)
    {
        if (Statistics(n) is var (weight, bias, mean, variance, eps))
        {
            var channels = n.Size(n.First, 1);
            string Of(Operand? o, double otherwise) => o is { } v ? n.T(v) : n.To.Constant(Tensor.Full([channels], otherwise, n.DType(n.First)));
            return n.E("BatchNormalization", [n.T("input"), Of(weight, 1), Of(bias, 0), n.T(mean), n.T(variance)], ("epsilon", eps));
        }
        var rank = n.Rank(n.First);
        var y = n.E("Mul", [n.T("input"), Column(n, n["scale"], rank)]);
        return n["shift"].IsNone ? y : n.E("Add", [y, Column(n, n["shift"], rank)]);
    }

    /// <summary>scale = rsqrt(variance + eps) · weight; shift = −mean · scale + bias.</summary>
    static (Operand? Weight, Operand? Bias, Operand Mean, Operand Variance, double Eps)? Statistics(ExportNode n)
    {
        static OpNode? Made(Operand o, string name) => o.Value?.Definition is OpNode d && d.Name == name ? d : null;
        Operand? weight = null, bias = null;
        var scale = n["scale"];
        var root = Made(scale, "rsqrt");
        if (root is null)
        {
            if (Made(scale, "mul") is not { } product) return null;
            root = Made(product.Inputs[0], "rsqrt");
            weight = product.Inputs[1];
        }
        if (root is null || Made(root.Inputs[0], "_add") is not { } sum || sum.Inputs[1].IsConstant is false || sum.Inputs[1].Constant is not double eps) return null;
        var shift = n["shift"];
        if (Made(shift, "_add") is { } added) (shift, bias) = (added.Inputs[0], added.Inputs[1]);
        if (Made(shift, "mul") is not { } moved || moved.Inputs[1] != scale || Made(moved.Inputs[0], "neg") is not { } negative) return null;
        return (weight, bias, negative.Inputs[0], sum.Inputs[0], eps);
    }

    static string[] LayerNorm(ExportNode n, int outputs)
    {
        var count = n["normalized_shape"].List?.Count ?? throw n.Error("the normalized shape's length must be known");
        if (n.Opset < 17)
        {
            long[] axes = [.. Enumerable.Range(-count, count).Select(static a => (long)a)];
            var type = n.DType(n.First);
            var x = n.T("input");
            var mean = n.E("ReduceMean", [x], ("axes", axes));
            var centred = n.E("Sub", [x, mean]);
            var scale = n.E("Reciprocal", [n.E("Sqrt", [n.E("Add", [n.E("ReduceMean", [n.E("Mul", [centred, centred])], ("axes", axes)), n.C(n.Float("eps"), type)])])]);
            var y = n.E("Mul", [centred, scale]);
            if (n.TOrNull("weight") is { } w) y = n.E("Mul", [y, w]);
            if (n.TOrNull("bias") is { } b) y = n.E("Add", [y, b]);
            return [.. ((string[])[y, mean, scale])[..outputs]];
        }
        // A bias without a weight needs a weight of ones.
        var weight = n.TOrNull("weight") ?? n.To.Constant(Tensor.Ones([.. n.Ints("normalized_shape")!], n.DType(n.First)));
        return n.Es("LayerNormalization", outputs, [n.T("input"), weight, n.TOrNull("bias")], ("axis", -(long)count), ("epsilon", n.Float("eps")));
    }

    static string GroupNorm(ExportNode n, long groups)
    {
        var x = n.T("input");
        if (n.Opset >= 21) return n.E("GroupNormalization", [x, Weight(n, "weight", 1), Weight(n, "bias", 0)], ("num_groups", groups), ("epsilon", n.Float("eps")));
        // A group is an instance of one long axis.
        var d = n.DType(n.First);
        var flat = n.E("Reshape", [x, n.I(0, groups, -1)]);
        var y = n.E("Reshape", [n.E("InstanceNormalization", [flat, n.To.Constant(Tensor.Ones([groups], d)), n.To.Constant(Tensor.Zeros([groups], d))], ("epsilon", n.Float("eps"))), n.E("Shape", [x])]);
        var rank = n.Rank(n.First);
        if (!n["weight"].IsNone) y = n.E("Mul", [y, Column(n, n["weight"], rank)]);
        return n["bias"].IsNone ? y : n.E("Add", [y, Column(n, n["bias"], rank)]);
    }

    static string[] Rms(ExportNode n)
    {
        var count = n.Ints("normalized_shape")!.Length;
        var d = n.DType(n.First);
        var x = n.T("input");
        var eps = n.Const("eps") is double e ? e : d == DType.Float64 ? double.Epsilon : 1.1920928955078125e-07;
        var squares = ReduceExport.Over(n, "ReduceMean", n.E("Mul", [x, x]), [.. Enumerable.Range(1, count).Select(static i => -(long)i)], true);
        var inverse = n.E("Reciprocal", [n.E("Sqrt", [n.E("Add", [squares, n.C(eps, d)])])]);
        var y = n.E("Mul", [x, inverse]);
        return [n["weight"].IsNone ? y : n.E("Mul", [y, n.T("weight")]), inverse];
    }
}
