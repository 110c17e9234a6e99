using Flambeau.Capture.Ast;
using Flambeau.Ops;

namespace Flambeau.Formats;

/// <summary>ATen's ops by the registry's names. Signatures agree but for those listed here.</summary>
internal static class TorchScriptOps
{
    static readonly string[] prefixes = ["", "nn.functional."], families = ["linalg_", "special_", "fft_"];

    /// <summary>The element type that ATen numbers so (c10/core/ScalarType.h).</summary>
    internal static DType DTypeOf(long code) => code switch
    {
        0 => DType.UInt8,
        1 => DType.Int8,
        2 => DType.Int16,
        3 => DType.Int32,
        4 => DType.Int64,
        5 => DType.Float16,
        6 => DType.Float32,
        7 => DType.Float64,
        9 => DType.Complex64,
        10 => DType.Complex128,
        11 => DType.Bool,
        15 => DType.BFloat16,
        _ => throw new CheckpointException($"TorchScript: there are no tensors of dtype number {code} here"),
    };

    /// <summary>The registry's name of an op; null if it has none. In-place ops keep their underscore.</summary>
    internal static string? NameOf(string aten)
    {
        var inPlace = aten.EndsWith('_') && !aten.EndsWith("__", StringComparison.Ordinal);
        var name = inPlace ? aten[..^1] : aten;
        foreach (var family in families)
        {
            if (name.StartsWith(family, StringComparison.Ordinal)) name = $"{family[..^1]}.{name[family.Length..]}";
        }
        foreach (var prefix in prefixes)
        {
            if (Registry.Find(prefix + name).Count > 0) return prefix + name + (inPlace ? "_" : "");
        }
        return Registry.Find(aten).Count > 0 ? aten : null;
    }

    internal static IReadOnlyList<OpEntry> Overloads(string aten) => NameOf(aten) is { } name ? Registry.Find(name.EndsWith('_') && Registry.Find(name).Count == 0 ? name[..^1] : name) : [];

    /// <summary>The call in terms of the registry; null if there is no such op.</summary>
    internal static Expr? Rewrite(string name, Expr[] a, NamedArg[] named, int line)
    {
        OpCall Op(string op, Expr[] args, params NamedArg[] more) => new(op, args, [.. more, .. named], null, line);
        Constant Const(object? value) => new(value, line);
        NamedArg Arg(string n, object? value) => new(n, value as Expr ?? Const(value));
        Expr At(int i, object? absent = null) => i < a.Length ? a[i] : Const(absent);
        Expr[] First(int n) => a.Length > n ? a[..n] : a;
        switch (name)
        {
            case "_convolution" or "convolution" when a.Length >= 9: return Op("convolution", First(9));
            case "instance_norm" when a.Length >= 8:
                return Op("nn.functional.instance_norm", [a[0], a[3], a[4], a[1], a[2], a[5], a[6], a[7]]);
            case "embedding": return Op("embedding", First(4));
            case "contiguous" or "clone": return Op(name, First(1));
            case "to": return Op("to", a is [_, Constant { Value: string } or BuiltinCall { Function: Builtin.Device }, ..] ? First(5) : First(4));
            case "pad" or "constant_pad_nd": return Op("nn.functional.pad", name == "pad" ? a : [a[0], a[1], Const("constant"), At(2, 0.0)]);
            case "reflection_pad1d" or "reflection_pad2d" or "reflection_pad3d": return Op("nn.functional.pad", [a[0], a[1], Const("reflect")]);
            case "replication_pad1d" or "replication_pad2d" or "replication_pad3d": return Op("nn.functional.pad", [a[0], a[1], Const("replicate")]);
            case "adaptive_max_pool1d" or "adaptive_max_pool2d" or "adaptive_max_pool3d": return Op("nn.functional." + name, First(2), Arg("return_indices", true));
            case "mse_loss" or "l1_loss" or "soft_margin_loss": return Loss(name, 2, []);
            case "smooth_l1_loss": return Loss(name, 2, [Arg("beta", At(3, 1.0))]);
            case "huber_loss": return Loss(name, 2, [Arg("delta", At(3, 1.0))]);
            case "kl_div": return Op("nn.functional.kl_div", First(2), [Arg("reduction", Reduction(At(2, 1L))), .. named.Length == 0 && a.Length > 3 ? (NamedArg[])[Arg("log_target", a[3])] : []]);
            case "binary_cross_entropy": return Loss(name, 2, [Arg("weight", At(2))], 3);
            case "binary_cross_entropy_with_logits": return Loss(name, 2, [Arg("weight", At(2)), Arg("pos_weight", At(3))], 4);
            case "nll_loss" or "nll_loss_nd" or "nll_loss2d": return Loss("nll_loss", 2, [Arg("weight", At(2)), Arg("ignore_index", At(4, -100L))], 3);
            case "cross_entropy_loss": return Loss("cross_entropy", 2, [Arg("weight", At(2)), Arg("ignore_index", At(4, -100L)), Arg("label_smoothing", At(5, 0.0))], 3);
            case ['u', 'p', 's', 'a', 'm', 'p', 'l', 'e', '_', .. var mode]: return Upsample(mode, false);
            case "_upsample_bilinear2d_aa" or "_upsample_bicubic2d_aa": return Upsample(name["_upsample_".Length..^3], true);
            case "_upsample_nearest_exact1d" or "_upsample_nearest_exact2d" or "_upsample_nearest_exact3d": return Op("nn.functional.interpolate", [a[0]], Arg("size", a[1]), Arg("scale_factor", Scales(2)), Arg("mode", "nearest-exact"));
            case "__interpolate": return Op("nn.functional.interpolate", First(6));
            case "type_as": return Op("to", First(2));
            case "mkldnn_convolution" or "cudnn_convolution" when a.Length >= 7: return Op("convolution", [a[0], a[1], a[2], a[4], a[3], a[5], Const(false), new ListExpr([Const(0L)], TypeRef.Int, line), a[6]]);
        }
        return NameOf(name) is { } registered ? Op(registered, a) : null;

        Expr Reduction(Expr e) => e is Constant { Value: long r } ? Const(r switch { 0 => "none", 1 => "mean", _ => "sum" }) : e;

        OpCall Loss(string op, int count, NamedArg[] more, int reduction = 2) =>
            new("nn.functional." + op, First(count), [new("reduction", Reduction(named.FirstOrDefault(static n => n.Name == "reduction")?.Value ?? At(reduction, 1L))), .. more], null, line);

        // (input, size, [align_corners,] scales), where one of both is none; or with a known size and a scale for each axis, which then says nothing new.
        Expr Scales(int i) => i == a.Length - 1 && a[1] is not ListExpr && a[i] is not Constant { Value: double } ? a[i] : Const(null);

        Expr? Upsample(string kind, bool antialias)
        {
            if (kind.Length < 3 || a.Length < 2) return null;
            var mode = kind[..^2];
            var aligned = mode != "nearest";
            NamedArg[] how = [Arg("size", a[1]), Arg("scale_factor", Scales(aligned ? 3 : 2)), Arg("mode", mode)];
            if (aligned) how = [.. how, Arg("align_corners", At(2, false))];
            if (antialias) how = [.. how, Arg("antialias", true)];
            return Op("nn.functional.interpolate", [a[0]], how);
        }
    }
}
