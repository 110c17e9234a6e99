using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Pools.</summary>
internal static class PoolOps
{
    internal static void Add(OpTable t)
    {
        t.Many("MaxPool", 1, MaxPool);
        t.Add("AveragePool", 1, static n => Average(n, n[0], n.Int("count_include_pad", 0) != 0));
        t.Add("LpPool", 1, static n =>
        {
            var p = n.Int("p", 2);
            var k = n.Rank(n[0]) - 2;
            var window = Window.Of(n, n[0], k);
            var powers = p == 1 ? n[0].Op("abs") : p == 2 ? n[0] * n[0] : n[0].Op("abs").Op("pow", (double)p);
            var sum = Sum(n, powers.As(n[0].Type).Sized(n[0].Dims), window);
            return (p == 1 ? sum : p == 2 ? sum.Op("sqrt") : sum.Op("pow", 1.0 / p)).As(n[0].Type);
        });
        t.Add("GlobalAveragePool", 1, static n => n[0].Op("mean", Spatial(n), true).Sized(Global(n)));
        t.Add("GlobalMaxPool", 1, static n => n[0].Op("amax", Spatial(n), true).Sized(Global(n)));
        t.Add("GlobalLpPool", 1, static n => n[0].Op("abs").Op("pow", (double)n.Int("p", 2)).Op("sum", Spatial(n), true).Op("pow", 1.0 / n.Int("p", 2)).Sized(Global(n)));
        t.Add("MaxUnpool", 9, MaxUnpool);
    }

    static long[] Spatial(OnnxNode n) => [.. Enumerable.Range(2, n.Rank(n[0]) - 2).Select(static i => (long)i)];

    static IReadOnlyList<Dim> Global(OnnxNode n) => [.. n[0].Dims!.Select(static (d, i) => i < 2 ? d : 1)];

    static object Lowest(Item x) => x.DType switch { DType.UInt8 or DType.Bool => 0L, DType.Int8 => -128L, DType.Int32 => (long)int.MinValue, DType.Int64 => long.MinValue, _ => double.NegativeInfinity };

    static Item?[] MaxPool(OnnxNode n)
    {
        var x = n[0];
        var k = n.Rank(x) - 2;
        var window = Window.Of(n, x, k);
        var fits = Enumerable.Range(0, k).All(d => window.Before[d].Known() <= window.Kernel[d].Known() / 2);
        var (padded, padding) = window.Pad(n, x, Operand.Of(Lowest(x)), !fits);
        var dims = window.Results(x, x.Dims![1]);
        // The ceiling rule counts the padding before only, so what is padded here must not make further windows.
        var name = $"max_pool{k}d";
        object?[] attributes = [Operand.Of(window.Kernel), window.Strides, Operand.Of(padding), window.Dilations, window.Ceil];
        if (!n.Wants(1)) return [Trim(n.Op(name, [padded, .. attributes]).As(x.Type), dims)];
        var both = n.Ops(name + "_with_indices", [padded, .. attributes]);
        return [Trim(both[0].As(x.Type), dims), Trim(Places(n, both[1].As(ElementType.Int64), x, padded, window), dims)];
    }

    static Item Trim(Item y, IReadOnlyList<Dim> dims) => y.Sized(dims);

    /// <summary>From places in the padded plane to places in the whole input.</summary>
    static Item Places(OnnxNode n, Item index, Item x, Item padded, Window window)
    {
        var im = n.Importer;
        var k = window.Rank;
        var moved = !ReferenceEquals(padded, x);
        var columns = n.Int("storage_order", 0) != 0;
        if (moved || columns)
        {
            var coordinates = new Item[k];
            var rest = index;
            for (var d = k - 1; d >= 0; d--)
            {
                var size = padded.Size(d + 2);
                coordinates[d] = rest.Op("remainder", size);
                if (moved) coordinates[d] = coordinates[d].Op("sub", window.Before[d]);
                rest = rest.Op("div", size, new Kw("rounding_mode", "trunc"));
            }
            var order = columns ? Enumerable.Range(0, k).Reverse().ToArray() : [.. Enumerable.Range(0, k)];
            index = coordinates[order[0]];
            foreach (var d in order.Skip(1)) index = index.Op("mul", x.Size(d + 2)) + coordinates[d];
        }
        var plane = im.Product(Enumerable.Range(2, k).Select(x.Size));
        var number = n.Op("arange", im.Times(x.Size(0), x.Size(1))).As(ElementType.Int64).Op("mul", plane).Op("reshape", Operand.Of([x.Size(0), x.Size(1), .. Enumerable.Repeat((Operand)1, k)]));
        return (index + number).As(ElementType.Int64);
    }

    internal static Item Average(OnnxNode n, Item x, bool includePad)
    {
        var k = n.Rank(x) - 2;
        var window = Window.Of(n, x, k);
        var dims = window.Results(x, x.Dims![1]);
        var plain = window.Dilations.All(static d => d == 1) && Enumerable.Range(0, k).All(d => window.Before[d].Known() <= window.Kernel[d].Known() / 2);
        if (plain && window.IsSymmetric && x.IsFloat)
            return n.Op($"avg_pool{k}d", x, Operand.Of(window.Kernel), window.Strides, Operand.Of(window.Before), window.Ceil, includePad).As(x.Type).Sized(dims);
        var sum = Sum(n, x, window);
        var one = n.Op("ones", Operand.Of([1, 1, .. Enumerable.Range(2, k).Select(x.Size)]), new Kw("dtype", x.DType)).As(x.Type).Sized([1, 1, .. x.Dims.Skip(2)]);
        if (includePad)
        {
            // Padding counts; what only the ceiling adds doesn't.
            var (padded, _) = window.Pad(n, one, 1, true);
            return (sum / Sum(n, padded, window with { Before = [.. window.Before.Select(static _ => (Operand)0)], After = [.. window.Before.Select(static _ => (Operand)0)] }, [.. dims.Skip(2)])).As(x.Type).Sized(dims);
        }
        return (sum / Sum(n, one, window)).As(x.Type).Sized(dims);
    }

    /// <summary>Sums over windows: for each place in the window a strided slice of the padded input.</summary>
    static Item Sum(OnnxNode n, Item x, Window window, IReadOnlyList<Dim>? results = null)
    {
        var k = window.Rank;
        var kernel = window.Kernel.Select(o => o.Known() ?? throw n.Error("the kernel's sizes must be known")).ToArray();
        var sizes = Enumerable.Range(0, k).Select(d => results is not null ? results[d].Size : window.Size(x, d)).Select(s => s ?? throw n.Error("sizes must be known when the model is imported")).ToArray();
        var pads = new List<long>();
        for (var d = k - 1; d >= 0; d--)
        {
            var before = window.Before[d].Known() ?? 0;
            var needed = (sizes[d] - 1) * window.Strides[d] + (kernel[d] - 1) * window.Dilations[d] + 1;
            pads.AddRange([before, Math.Max(0, needed - before - x.Dims![d + 2].Size!.Value)]);
        }
        var y = pads.All(static p => p == 0) ? x : x.Op("constant_pad_nd", pads.ToArray(), 0).As(x.Type);
        for (var d = 0; d < k; d++)
        {
            Item? sum = null;
            for (long i = 0; i < kernel[d]; i++)
            {
                var start = i * window.Dilations[d];
                var part = y.Op("slice", d + 2, start, start + (sizes[d] - 1) * window.Strides[d] + 1, window.Strides[d]);
                sum = sum is null ? part : sum + part;
            }
            y = sum!;
        }
        return y.As(x.Type).Sized([x.Dims![0], x.Dims[1], .. sizes.Select(static s => new Dim(s))]);
    }

    static Item MaxUnpool(OnnxNode n)
    {
        var (x, index) = (n[0], n[1]);
        var k = n.Rank(x) - 2;
        var kernel = n.Ints("kernel_shape") ?? throw n.Error("attribute 'kernel_shape' is missing");
        var strides = n.Ints("strides") ?? ConvOps.Ones(k);
        var pads = n.Ints("pads") ?? new long[2 * k];
        var im = n.Importer;
        Operand[] computed = [x.Size(0), x.Size(1), .. Enumerable.Range(0, k).Select(d => im.Plus(im.Times(im.Minus(x.Size(d + 2), 1), strides[d]), kernel[d] - pads[d] - pads[d + k]))];
        var flat = n.Op("zeros", Operand.Of([im.Product(computed)]), new Kw("dtype", x.DType)).As(x.Type).Op("scatter", 0, index.Op("flatten"), x.Op("flatten"));
        var small = flat.Op("reshape", Operand.Of(computed)).As(x.Type);
        if (n.Try(2) is not { } wanted) return small;
        // A larger result is asked for: the plane grows at its end.
        var target = n.Known(wanted, "the output shape");
        var after = new List<Operand>();
        for (var d = k + 1; d >= 2; d--) after.AddRange([0, im.Minus(target[d], computed[d])]);
        return small.Op("constant_pad_nd", Operand.Of(after), 0).As(x.Type);
    }
}
