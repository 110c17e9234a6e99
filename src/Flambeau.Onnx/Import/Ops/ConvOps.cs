using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Convolutions.</summary>
internal static class ConvOps
{
    internal static void Add(OpTable t)
    {
        t.Add("Conv", 1, static n => Conv(n, n[0], n[1], n.Try(2)));
        t.Add("ConvInteger", 10, static n => Rounded(Conv(n, LinearOps.Centred(n[0], n.Try(2), -1).To(DType.Float64), Weight(n[1], n.Try(3)).To(DType.Float64), null), ElementType.Int32));
        t.Add("QLinearConv", 10, QLinearConv);
        t.Add("ConvTranspose", 1, ConvTranspose);
        t.Many("CausalConvWithState", 27, CausalConv);
        t.Add("DeformConv", 19, DeformConv);
    }

    static Item Rounded(Item x, ElementType type) => x.Op("round").Op("to", ElementTypes.Carrier(type)!.Value).As(type).Sized(x.Dims);

    static Item Weight(Item w, Item? zero)
    {
        var wide = w.To(DType.Int32);
        if (zero is null) return wide;
        var z = zero.To(DType.Int32);
        if (zero.Rank == 1) z = z.Op("reshape", new long[] { -1 }.Concat(Enumerable.Repeat(1L, w.Rank!.Value - 1)).ToArray());
        return (wide - z).As(ElementType.Int32).Sized(w.Dims);
    }

    internal static int SpatialRank(OnnxNode n, Item x, Item w) => (x.Rank ?? w.Rank ?? n.Ints("kernel_shape")?.Length + 2 ?? n.Rank(x)) - 2;

    internal static Item Conv(OnnxNode n, Item x, Item w, Item? bias)
    {
        var k = SpatialRank(n, x, w);
        var window = Window.Of(n, x, k, d => w.Size(d + 2));
        var (padded, padding) = window.Pad(n, x, 0);
        var name = k switch { 1 => "conv1d", 2 => "conv2d", 3 => "conv3d", _ => throw n.Error($"a convolution over {k} axes; 1 to 3 are supported") };
        var y = n.Op(name, padded, w, bias, window.Strides, Operand.Of(padding), window.Dilations, n.Int("group", 1));
        return y.As(x.Type).Sized(window.Results(x, w.Dims is { } wd ? wd[0] : default));
    }

    static Item QLinearConv(OnnxNode n)
    {
        var x = (LinearOps.Centred(n[0], n[2], -1).To(DType.Float64) * n[1].To(DType.Float64)).As(ElementType.Double).Sized(n[0].Dims);
        var scale = n[4].To(DType.Float64);
        if (n[4].Rank == 1) scale = scale.Op("reshape", new long[] { -1 }.Concat(Enumerable.Repeat(1L, n[3].Rank!.Value - 1)).ToArray());
        var w = (Weight(n[3], n[5]).To(DType.Float64) * scale).As(ElementType.Double).Sized(n[3].Dims);
        var bias = n.Try(8) is { } b ? (b.To(DType.Float64) * (n[1].To(DType.Float64) * n[4].To(DType.Float64))).As(ElementType.Double) : null;
        return QuantizeOps.Quantize(Conv(n, x, w, bias), n[6].To(DType.Float64), n[7]);
    }

    static Item ConvTranspose(OnnxNode n)
    {
        var (x, w) = (n[0], n[1]);
        var im = n.Importer;
        var k = SpatialRank(n, x, w);
        var strides = n.Ints("strides") ?? Ones(k);
        var dilations = n.Ints("dilations") ?? Ones(k);
        var extra = n.Ints("output_padding") ?? new long[k];
        var shape = n.Ints("output_shape");
        var pads = n.Ints("pads") ?? new long[2 * k];
        var auto = n.Text("auto_pad", "NOTSET");
        var begin = new Operand[k];
        var length = new Operand[k];
        for (var d = 0; d < k; d++)
        {
            // What comes out without any padding: (size - 1) * stride + (kernel - 1) * dilation + 1 + extra
            var full = im.Plus(im.Plus(im.Times(im.Minus(x.Size(d + 2), 1), strides[d]), im.Times(im.Minus(w.Size(d + 2), 1), dilations[d])), 1 + extra[d]);
            if (shape is not null || auto is "SAME_UPPER" or "SAME_LOWER")
            {
                length[d] = shape is not null ? shape[shape.Length - k + d] : im.Times(x.Size(d + 2), strides[d]);
                var total = im.Most(im.Minus(full, length[d]), 0);
                begin[d] = auto == "SAME_UPPER" ? im.Over(total, 2) : im.Minus(total, im.Over(total, 2));
            }
            else (begin[d], length[d]) = (pads[d], im.Minus(full, pads[d] + pads[d + k]));
        }
        var name = $"conv_transpose{k}d";
        var symmetric = shape is null && auto is not ("SAME_UPPER" or "SAME_LOWER") && Enumerable.Range(0, k).All(d => pads[d] == pads[d + k] && extra[d] < Math.Max(strides[d], dilations[d]));
        var y = n.Op(name, x, w, n.Try(2), strides, symmetric ? pads[..k] : new long[k], symmetric ? extra : new long[k], n.Int("group", 1), dilations).As(x.Type);
        var dims = x.Dims is { } xd ? (Dim[])[xd[0], w.Dims is { } wd && wd[1].Size is { } c ? c * n.Int("group", 1) : default(Dim), .. length.Select(static l => l.Known() is { } v ? new Dim(v) : default)] : null;
        if (symmetric) return y.Sized(dims);
        if (extra.Any(static e => e > 0) || shape is not null)
        {
            // Extra places at the end hold the bias only.
            var more = new Operand[2 * k];
            for (var d = 0; d < k; d++)
            {
                var full = im.Plus(im.Times(im.Minus(x.Size(d + 2), 1), strides[d]), im.Plus(im.Times(im.Minus(w.Size(d + 2), 1), dilations[d]), 1));
                (more[2 * (k - 1 - d)], more[2 * (k - 1 - d) + 1]) = (0, im.Most(im.Minus(im.Plus(begin[d], length[d]), full), 0));
            }
            if (n.Try(2) is { } bias) y = (y - bias.Op("reshape", new long[] { -1 }.Concat(Ones(k)).ToArray())).Op("constant_pad_nd", Operand.Of(more), 0) + bias.Op("reshape", new long[] { -1 }.Concat(Ones(k)).ToArray());
            else y = y.Op("constant_pad_nd", Operand.Of(more), 0);
        }
        for (var d = 0; d < k; d++) y = y.Op("narrow", d + 2, begin[d], length[d]);
        return y.As(x.Type).Sized(dims);
    }

    internal static long[] Ones(int k) => [.. Enumerable.Repeat(1L, k)];

    static Item?[] CausalConv(OnnxNode n)
    {
        var (x, w) = (n[0], n[1]);
        var im = n.Importer;
        var past = im.Minus(w.Size(2), 1);
        var padded = n.Try(3) is { } state ? n.Op("cat", new[] { state, x }, 2) : x.Op("constant_pad_nd", Operand.Of([past, 0]), 0);
        var y = n.Op("conv1d", padded, w, n.Try(2), new long[] { 1 }, new long[] { 0 }, new long[] { 1 }, x.Size(1)).As(x.Type);
        if (n.Text("activation", "none") is "silu" or "swish") y = y.To(DType.Float32).Op("silu").Op("to", x.DType);
        return [y.As(x.Type).Sized(x.Dims), padded.Op("narrow", 2, x.Size(2), past).As(x.Type)];
    }

    /// <summary>Samples the input at moved places, then is a product with the weights.</summary>
    static Item DeformConv(OnnxNode n)
    {
        var (x, w, offset) = (n[0], n[1], n[2]);
        if (n.Rank(x) != 4) throw n.Error("a deformable convolution over other than 2 axes is not supported");
        long Size(Item i, int d) => i.Size(d).Known() ?? throw n.Error("sizes must be known when the model is imported");
        var (batch, channels, height, width) = (Size(x, 0), Size(x, 1), Size(x, 2), Size(x, 3));
        var (kh, kw, oh, ow) = (Size(w, 2), Size(w, 3), Size(offset, 2), Size(offset, 3));
        var (groups, offsets) = (n.Int("group", 1), n.Int("offset_group", 1));
        var strides = n.Ints("strides") ?? [1, 1];
        var pads = n.Ints("pads") ?? [0, 0, 0, 0];
        var dilations = n.Ints("dilations") ?? [1, 1];
        var each = channels / offsets;
        var taps = kh * kw;
        var columns = new Item[taps];
        var rows = Tensor.Arange(0, oh).To(DType.Float32).Mul((double)strides[0]).Reshape([oh, 1]);
        var cols = Tensor.Arange(0, ow).To(DType.Float32).Mul((double)strides[1]).Reshape([1, ow]);
        var o = offset.Op("reshape", new[] { batch * offsets, taps, 2, oh, ow });
        var input = x.Op("reshape", new[] { batch * offsets, each, height, width });
        var mask = n.Try(4)?.Op("reshape", new[] { batch * offsets, 1, taps, oh, ow });
        for (var k = 0; k < taps; k++)
        {
            var (ky, kx) = (k / kw * dilations[0] - pads[0], k % kw * dilations[1] - pads[1]);
            var at = o.Op("select", 1, k);
            var gy = at.Op("select", 1, 0) + n.Constant(rows.Add((double)ky));
            var gx = at.Op("select", 1, 1) + n.Constant(cols.Add((double)kx));
            // grid_sample's places run from -1 to 1 over the centres of the corners
            gy = gy * (2.0 / Math.Max(1, height - 1)) - 1.0;
            gx = gx * (2.0 / Math.Max(1, width - 1)) - 1.0;
            var sampled = n.Op("nn.functional.grid_sample", input, n.Op("stack", new[] { gx, gy }, -1), "bilinear", "zeros", true);
            columns[k] = mask is null ? sampled : sampled * mask.Op("select", 2, k);
        }
        var col = n.Op("stack", columns, 2).Op("reshape", new[] { batch, groups, channels / groups * taps, oh * ow });
        var y = n.Op("matmul", w.Op("reshape", new[] { groups, -1, channels / groups * taps }), col).Op("reshape", new[] { batch, -1, oh, ow });
        return (n.Try(3) is { } b ? y + b.Op("reshape", new long[] { -1, 1, 1 }) : y).As(x.Type);
    }
}
