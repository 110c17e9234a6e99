using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Convolutions.</summary>
internal static class ConvExport
{
    internal static void Add(ExportTable.Rows t)
    {
        t.Add(static n => Conv(n), "_conv", "conv1d", "conv2d", "conv3d", "nn.functional.conv1d", "nn.functional.conv2d", "nn.functional.conv3d");
        t.Add(static n => n.Bool("transposed") ? Transposed(n) : Conv(n), "convolution");
        t.Add(Transposed, "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "nn.functional.conv_transpose1d", "nn.functional.conv_transpose2d", "nn.functional.conv_transpose3d");
        t.Add(Adjoint, "_conv_input");
    }

    static long[] Both(long[] padding) => [.. padding, .. padding];

    static string Conv(ExportNode n)
    {
        var k = n.Rank(n["weight"]) - 2;
        var (strides, dilations) = (n.Ints("stride", k, 1), n.Ints("dilation", k, 1));
        long[] pads;
        var x = n.First;
        if (n["padding"].IsConstant && n.Const("padding") is string mode)
        {
            if (mode == "valid") pads = new long[2 * k];
            else
            {
                var total = Enumerable.Range(0, k).Select(d => dilations[d] * (n.Size(n["weight"], d + 2) - 1)).ToArray();
                pads = [.. total.Select(static t => t / 2), .. total.Select(static t => t - t / 2)];
            }
        }
        else pads = n["padding"].IsConstant ? Both(n.Ints("padding", k, 0)) : throw n.Error("padding that is computed when the graph runs can't be exported; pad the input before");
        return Batched(n, k, input => n.E("Conv", [input, n.T("weight"), n.TOrNull("bias")], ("strides", strides), ("pads", pads), ("dilations", dilations), ("group", n.Int("groups"))));
    }

    /// <summary>An input without batch gets one.</summary>
    static string Batched(ExportNode n, int k, Func<string, string> make)
    {
        if (n.Rank(n.First) != k + 1) return make(n.T(n.First));
        return n.E("Squeeze", [make(n.E("Unsqueeze", [n.T(n.First), n.I([0L])])), n.I([0L])]);
    }

    static string Transposed(ExportNode n)
    {
        var k = n.Rank(n["weight"]) - 2;
        var extra = n.Ints("output_padding", k, 0);
        return Batched(n, k, input => n.E("ConvTranspose", [input, n.T("weight"), n.TOrNull("bias")],
            ("strides", n.Ints("stride", k, 1)), ("pads", Both(n.Ints("padding", k, 0))), ("dilations", n.Ints("dilation", k, 1)), ("output_padding", extra.Any(static e => e != 0) ? extra : null), ("group", n.Int("groups"))));
    }

    /// <summary>The gradient of a convolution's input, which is what transposed convolutions record.</summary>
    static string Adjoint(ExportNode n)
    {
        var k = n.Rank(n["weight"]) - 2;
        var (strides, padding, dilations) = (n.Ints("stride", k, 1), n.Ints("padding", k, 0), n.Ints("dilation", k, 1));
        var extra = new long[k];
        if (n["input_size"].IsConstant && n.Type(n.First).Shape is { } shape && shape.Skip(2).All(static s => s.Size is not null))
        {
            var size = n.Ints("input_size")!;
            for (var d = 0; d < k; d++) extra[d] = size[size.Length - k + d] - ((shape[d + 2].Size!.Value - 1) * strides[d] - 2 * padding[d] + dilations[d] * (n.Size(n["weight"], d + 2) - 1) + 1);
        }
        return n.E("ConvTranspose", [n.T(n.First), n.T("weight"), n.TOrNull("bias")],
            ("strides", strides), ("pads", Both(padding)), ("dilations", dilations), ("output_padding", extra.Any(static e => e != 0) ? extra : null), ("group", n.Int("groups")));
    }
}
