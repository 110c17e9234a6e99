using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Samples at places that are data.</summary>
internal static class SampleOps
{
    internal static void Add(OpTable t)
    {
        t.Add("GridSample", 16, static n => n.Op("nn.functional.grid_sample", n[0], n[1], n.Text("mode", "linear") switch { "cubic" or "bicubic" => "bicubic", "nearest" => "nearest", _ => "bilinear" },
            n.Text("padding_mode", "zeros"), n.Int("align_corners", 0) != 0));
        t.Add("AffineGrid", 20, static n => n.Op("nn.functional.affine_grid", n[0], n[1].IntList, n.Int("align_corners", 0) != 0));
        t.Add("RoiAlign", 10, static n => RoiAlign(n, false));
        t.Add("RoiAlign", 16, static n => RoiAlign(n, n.Text("coordinate_transformation_mode", "half_pixel") == "half_pixel"));
        t.Add("NonMaxSuppression", 10, NonMaxSuppression);
    }

    /// <summary>Averages (or maxima) of bilinear samples on a regular grid in each bin of each region.</summary>
    static Item RoiAlign(OnnxNode n, bool half)
    {
        var (x, rois, batch) = (n[0], n[1], n[2]);
        var (oh, ow) = (n.Int("output_height", 1), n.Int("output_width", 1));
        var ratio = n.Int("sampling_ratio", 0);
        var max = n.Text("mode", "avg") == "max";
        var scaled = rois * n.Float("spatial_scale", 1) - (half ? 0.5 : 0.0);
        Item Edge(int i) => scaled.Op("select", 1, i).As(x.Type);
        Item Extent(int i) => half ? Edge(i + 2) - Edge(i) : (Edge(i + 2) - Edge(i)).Op("clamp_min", 1.0);
        if (ratio <= 0)
        {
            // As many samples as the region has pixels in a bin; they must be known, for they are sizes.
            var r = rois.Constant?.ToArray<float>() ?? throw n.Unknown(rois, "the regions, since sampling_ratio is 0,");
            ratio = Enumerable.Range(0, r.Length / 4).Max(i => (long)Math.Ceiling(Math.Max(r[4 * i + 2] - r[4 * i], r[4 * i + 3] - r[4 * i + 1]) * n.Float("spatial_scale", 1) / Math.Min(oh, ow)));
        }
        // Places of the samples of every region: [regions, bins * ratio]
        Item Places(Item start, Item extent, long bins)
        {
            var at = Tensor.Arange(0, bins * ratio).To(x.DType).Add(0.5).Div((double)(bins * ratio));
            return start.Op("unsqueeze", 1) + extent.Op("unsqueeze", 1) * n.Constant(at);
        }
        var (w0, wy, h0, hy) = Lines(n, Places(Edge(0), Extent(0), ow), x.Size(3), x.DType);
        var (a0, ay, b0, by) = Lines(n, Places(Edge(1), Extent(1), oh), x.Size(2), x.DType);
        var image = batch.To(DType.Int64).Op("reshape", new long[] { -1, 1, 1 });
        var last = x.Op("permute", new long[] { 0, 2, 3, 1 });
        Item At(Item row, Item column) => last.Op("index", Operand.Of([image.Tensor, row.Op("unsqueeze", 2).Tensor, column.Op("unsqueeze", 1).Tensor])).As(x.Type);
        Item Weight(Item row, Item column) => (row.Op("unsqueeze", 2) * column.Op("unsqueeze", 1)).Op("unsqueeze", -1);
        Item[] parts = [At(a0, w0) * Weight(ay, wy), At(a0, h0) * Weight(ay, hy), At(b0, w0) * Weight(by, wy), At(b0, h0) * Weight(by, hy)];
        var samples = max ? parts.Skip(1).Aggregate(parts[0], static (p, q) => p.Op("maximum", q)) : parts.Skip(1).Aggregate(parts[0], static (p, q) => p + q);
        var bins = samples.Op("reshape", Operand.Of([-1, oh, ratio, ow, ratio, x.Size(1)]));
        var pooled = max ? bins.Op("amax", new long[] { 2, 4 }) : bins.Op("mean", new long[] { 2, 4 });
        return pooled.Op("permute", new long[] { 0, 3, 1, 2 }).As(x.Type);
    }

    /// <summary>The two lines around a place and how much each counts; places off the image count nothing.</summary>
    static (Item, Item, Item, Item) Lines(OnnxNode n, Item place, Operand size, DType dtype)
    {
        var last = n.Importer.Minus(size, 1);
        var inside = n.Op("logical_and", place.Op("ge", -1.0), place.Op("le", size)).As(ElementType.Bool).Op("to", dtype);
        var p = place.Op("clamp_min", 0.0);
        var low = p.Op("floor").Op("to", DType.Int64).As(ElementType.Int64).Op("clamp", null, last);
        var high = (low + 1L).As(ElementType.Int64).Op("clamp", null, last);
        var lowest = low.Op("to", dtype);
        var fraction = n.Op("_where", low.Op("ge", last).As(ElementType.Bool), p.Op("zeros_like"), p - lowest);
        return (low, (fraction.Op("rsub", 1.0)) * inside, high, fraction * inside);
    }

    /// <summary>Boxes in the order of their scores, each kept if it overlaps none kept before: a loop over the boxes of every class of every batch.</summary>
    static Item NonMaxSuppression(OnnxNode n)
    {
        var (boxes, scores) = (n[0], n[1]);
        var im = n.Importer;
        var (batches, classes) = (scores.Size(0).Known() ?? throw n.Error("the number of batches must be known"), scores.Size(1).Known() ?? throw n.Error("the number of classes must be known"));
        var most = n.Try(2)?.Int ?? 0;
        var (iou, least) = (n.Try(3), n.Try(4));
        var found = new List<Item>();
        for (long b = 0; b < batches; b++)
        {
            var box = boxes.Op("select", 0, b);
            Item Column(int i) => box.Op("select", 1, i).As(boxes.Type);
            var centred = n.Int("center_point_box", 0) != 0;
            var (y0, x0, y1, x1) = centred
                ? (Column(1) - Column(3) / 2.0, Column(0) - Column(2) / 2.0, Column(1) + Column(3) / 2.0, Column(0) + Column(2) / 2.0)
                : (Column(0).Op("minimum", Column(2)), Column(1).Op("minimum", Column(3)), Column(0).Op("maximum", Column(2)), Column(1).Op("maximum", Column(3)));
            Item Across(Item v) => v.Op("unsqueeze", 1);
            var height = (y1.Op("minimum", Across(y1)) - y0.Op("maximum", Across(y0))).Op("clamp_min", 0.0);
            var width = (x1.Op("minimum", Across(x1)) - x0.Op("maximum", Across(x0))).Op("clamp_min", 0.0);
            var area = (y1 - y0) * (x1 - x0);
            var overlap = height * width / (area + Across(area) - height * width);
            var clash = overlap.Op("gt", iou is null ? 0.0 : iou.Number is { } t ? t : iou.Op("reshape", Array.Empty<long>())).As(ElementType.Bool);
            for (long c = 0; c < classes; c++)
            {
                var score = scores.Op("select", 0, b).Op("select", 0, c).As(scores.Type);
                var order = n.Ops("sort", score, new Kw("stable", true), new Kw("dim", 0), new Kw("descending", true))[1].As(ElementType.Int64);
                var alive = least is null ? score.Op("ones_like").Op("to", DType.Bool) : score.Op("gt", least.Op("reshape", Array.Empty<long>()));
                var kept = Keep(im, order, clash, alive.As(ElementType.Bool));
                var chosen = order.Op("index_select", 0, n.Op("_nonzero", kept.Op("index_select", 0, order)).Op("flatten").As(ElementType.Int64)).Op("slice", 0, 0, most).As(ElementType.Int64);
                found.Add(n.Op("stack", new[] { chosen.Op("full_like", b), chosen.Op("full_like", c), chosen }, 1));
            }
        }
        return n.Op("cat", found, 0).As(ElementType.Int64).Sized([default, 3]);
    }

    static Item Keep(Importer im, Item order, Item clash, Item alive)
    {
        var builder = im.Builder;
        Operand[] outside = [order.Tensor, clash.Tensor, alive.Op("zeros_like").Tensor, alive.Tensor];
        var p = builder.BeginBlock(GraphType.Int, GraphType.Tensor, GraphType.Tensor);
        var at = builder.Call("select", outside[0], 0, p[0]);
        var mine = builder.Call("index_select", outside[1], 0, builder.Call("reshape", at, new long[] { 1 }));
        var row = builder.Call("reshape", mine, new long[] { -1 });
        var self = builder.Call("eq", builder.Call("arange", im.Prim("prim.numel", p[1])), at);
        var take = builder.Call("logical_and", self, p[2]);
        var kept = builder.Call("logical_or", p[1], take);
        // A box that is kept ends those it overlaps.
        var wins = builder.Call("any", take);
        var left = builder.Call("logical_and", p[2], builder.Call("logical_not", builder.Call("logical_and", row, wins)));
        var body = builder.EndBlock([true, kept, left]);
        var results = builder.Loop(im.Prim("prim.numel", outside[0]), true, [outside[2], outside[3]], body);
        return Item.Of(im, results[0], ElementType.Bool);
    }
}
