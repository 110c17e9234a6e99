using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Pools.</summary>
internal static class PoolExport
{
    internal static void Add(ExportTable.Rows t)
    {
        for (var k = 1; k <= 3; k++)
        {
            var axes = k;
            t.Do(n => Max(n, axes), $"max_pool{k}d", $"nn.functional.max_pool{k}d", $"max_pool{k}d_with_indices", $"nn.functional.max_pool{k}d_with_indices");
            t.Add(n => Average(n, axes), $"avg_pool{k}d", $"nn.functional.avg_pool{k}d");
            t.Add(n => AdaptiveAverage(n, axes), $"adaptive_avg_pool{k}d", $"nn.functional.adaptive_avg_pool{k}d");
            t.Do(n => AdaptiveMax(n, axes), $"nn.functional.adaptive_max_pool{k}d");
        }
        t.Do(static n => Max(n, n.Ints("kernel_size")!.Length), "_max_pool", "_max_pool_values");
        t.Add(static n => Average(n, n.Ints("kernel_size")!.Length), "_avg_pool");
        t.Add(static n => AdaptiveAverage(n, n.Ints("output_size")!.Length), "_adaptive_avg_pool");
        t.Do(static n => AdaptiveMax(n, n.Ints("output_size")!.Length), "_adaptive_max_pool");
    }

    static (string, object?)[] Window(ExportNode n, int k)
    {
        var kernel = n.Ints("kernel_size", k, 1);
        var stride = n.Ints("stride") is { Length: > 0 } ? n.Ints("stride", k, 1) : kernel;
        var padding = n.Ints("padding", k, 0);
        return [("kernel_shape", kernel), ("strides", stride), ("pads", padding.Concat(padding).ToArray()), ("ceil_mode", n.Bool("ceil_mode") ? 1L : null)];
    }

    static void Max(ExportNode n, int k)
    {
        (string, object?)[] attributes = [.. Window(n, k), ("dilations", n.Ints("dilation", k, 1))];
        var x = n.T(n.First);
        var lone = n.Rank(n.First) == k + 1;
        if (lone) x = n.E("Unsqueeze", [x, n.I([0L])]);
        string Back(string y) => lone ? n.E("Squeeze", [y, n.I([0L])]) : y;
        if (n.Node.Outputs.Count == 1 || !n.Uses(1))
        {
            n.Set(0, Back(n.E("MaxPool", [x], attributes)));
            return;
        }
        var both = n.Es("MaxPool", 2, [x], attributes);
        n.Set(0, Back(both[0]));
        // Our places are those in the plane, theirs those in the whole tensor.
        var plane = n.E("ReduceProd", [n.E("Slice", [n.E("Shape", [x]), n.I([2L]), n.I(long.MaxValue)])], ("keepdims", 0L));
        n.Set(1, Back(n.E("Mod", [both[1], plane])));
    }

    static string Average(ExportNode n, int k)
    {
        if (!n.Try("divisor_override").IsNone && n.Const("divisor_override") is not null) throw n.Error("divisor_override can't be exported");
        return n.E("AveragePool", [n.T(n.First)], [.. Window(n, k), ("count_include_pad", n.Bool("count_include_pad") ? 1L : null)]);
    }

    static long?[] Sizes(ExportNode n, int k)
    {
        long?[] size = n.Const("output_size") switch { object?[] l => [.. l.Select(static x => (long?)x)], long v => [v], _ => throw n.Error("the output's size must be constant") };
        return size.Length == 1 && k > 1 ? [.. Enumerable.Repeat(size[0], k)] : size;
    }

    static string AdaptiveAverage(ExportNode n, int k)
    {
        var sizes = Sizes(n, k);
        if (sizes.All(static s => s == 1)) return n.E("GlobalAveragePool", [n.T(n.First)]);
        var (x, rank) = (n.T(n.First), n.Rank(n.First));
        var input = Enumerable.Range(0, k).Select(d => n.Size(n.First, rank - k + d)).ToArray();
        if (Kernel(input, sizes) is { } kernel) return n.E("AveragePool", [x], ("kernel_shape", kernel), ("strides", kernel));
        // Bins of unequal sizes: a product with a matrix of weights for each axis.
        for (var d = 0; d < k; d++)
        {
            var (from, to) = (input[d], sizes[d] ?? input[d]);
            if (from == to) continue;
            var m = new float[from * to];
            for (long o = 0; o < to; o++)
            {
                var (a, b) = (o * from / to, ((o + 1) * from + to - 1) / to);
                for (var i = a; i < b; i++) m[i * to + o] = 1f / (b - a);
            }
            var w = n.To.Constant(Tensor.From(m, [from, to]).To(n.ResultType()));
            var axis = rank - k + d;
            var perm = Enumerable.Range(0, rank).Select(static i => (long)i).ToArray();
            (perm[axis], perm[^1]) = (perm[^1], perm[axis]);
            x = axis == rank - 1 ? n.E("MatMul", [x, w]) : n.E("Transpose", [n.E("MatMul", [n.E("Transpose", [x], ("perm", perm)), w])], ("perm", perm));
        }
        return x;
    }

    /// <summary>The kernel of equal bins; null where sizes don't divide.</summary>
    static long[]? Kernel(long[] input, long?[] sizes) => input.Zip(sizes).All(static p => p.First % (p.Second ?? p.First) == 0) ? [.. input.Zip(sizes, static (i, s) => i / (s ?? i))] : null;

    static void AdaptiveMax(ExportNode n, int k)
    {
        if (n.Node.Outputs.Count > 1 && n.Uses(1)) throw n.Error("the places of maxima can't be exported");
        var sizes = Sizes(n, k);
        if (sizes.All(static s => s == 1)) n.Set(0, n.E("GlobalMaxPool", [n.T(n.First)]));
        else
        {
            var rank = n.Rank(n.First);
            var kernel = Kernel([.. Enumerable.Range(0, k).Select(d => n.Size(n.First, rank - k + d))], sizes) ?? throw n.Error("bins of unequal sizes can't be exported; choose an output size that divides the input's");
            n.Set(0, n.E("MaxPool", [n.T(n.First)], ("kernel_shape", kernel), ("strides", kernel)));
        }
    }
}
