using System.Globalization;
using System.Numerics;

namespace Flambeau.Printing;

/// <summary>How tensors are written as text; the defaults are PyTorch's.</summary>
/// <param name="Precision">Digits after the point.</param>
/// <param name="Threshold">Tensors of more elements are shortened.</param>
/// <param name="EdgeItems">Positions shown at each end of a shortened axis.</param>
/// <param name="LineWidth">Characters a line.</param>
public sealed record PrintOptions(int Precision = 4, int Threshold = 1000, int EdgeItems = 3, int LineWidth = 80)
{
    /// <summary>What <see cref="Tensor.ToString()"/> uses.</summary>
    public static PrintOptions Default { get; } = new();
}

/// <summary>Writes a tensor as PyTorch prints it.</summary>
internal sealed class TensorPrinter
{
    readonly PrintOptions options;
    readonly string[] cells;
    readonly long[] sizes;
    readonly bool[] shortened;
    readonly int width;

    TensorPrinter(Tensor x, PrintOptions options)
    {
        this.options = options;
        shortened = new bool[x.Rank];
        for (var d = 0; d < x.Rank && x.Numel > options.Threshold; d++) shortened[d] = x.Size(d) > 2 * options.EdgeItems;
        for (var d = 0; d < x.Rank; d++)
        {
            if (shortened[d]) x = Tensor.Cat([x.Slice(d, 0, options.EdgeItems), x.Slice(d, x.Size(d) - options.EdgeItems)], d);
        }
        sizes = x.Shape.ToArray();
        cells = Cells(x, out width);
    }

    internal static string Print(Tensor tensor, PrintOptions options)
    {
        const string prefix = "tensor(";
        using var off = Autograd.Grad.No();
        var suffixes = new List<string>();
        string body;
        if (tensor.Numel == 0)
        {
            body = "[]";
            if (tensor.Rank != 1) suffixes.Add($"size=({string.Join(", ", tensor.Shape)})");
            if (tensor.DType != DType.Float32) suffixes.Add("dtype=torch." + tensor.DType.Name());
        }
        else
        {
            body = new TensorPrinter(tensor.Detach(), options).Block(0, 0, prefix.Length);
            if (tensor.DType is not (DType.Float32 or DType.Complex64 or DType.Int64 or DType.Bool)) suffixes.Add("dtype=torch." + tensor.DType.Name());
        }
        if (tensor.Device != Device.Cpu) suffixes.Insert(0, $"device='{tensor.Device}'");
        if (tensor.GradFn is { } node) suffixes.Add($"grad_fn=<{Pascal(node.Name)}Backward0>");
        else if (tensor.RequiresGrad) suffixes.Add("requires_grad=True");
        return prefix + body + Suffixes(body, suffixes, prefix.Length, options.LineWidth) + ")";
    }

    static string Suffixes(string body, List<string> suffixes, int indent, int lineWidth)
    {
        var last = body.Length - body.LastIndexOf('\n') + 1;
        var s = "";
        foreach (var suffix in suffixes)
        {
            if (last + suffix.Length + 2 > lineWidth)
            {
                s += ",\n" + new string(' ', indent) + suffix;
                last = indent + suffix.Length;
            }
            else
            {
                s += ", " + suffix;
                last += suffix.Length + 2;
            }
        }
        return s;
    }

    static string Pascal(string name) => string.Concat(name.Split('_', '.').Where(static p => p.Length > 0).Select(static p => char.ToUpperInvariant(p[0]) + p[1..]));

    string[] Cells(Tensor x, out int width)
    {
        if (x.DType.IsIntegral())
        {
            var s = x.DType == DType.Bool ? Array.ConvertAll(x.ToArray<bool>(), static v => v ? "True" : "False")
                : Array.ConvertAll(x.ToArray<long>(), static v => v.ToString(CultureInfo.InvariantCulture));
            var w = s.Max(static c => c.Length);
            width = w;
            return Array.ConvertAll(s, c => c.PadLeft(w));
        }
        if (!x.DType.IsComplex())
        {
            var v = x.ToArray<double>();
            var f = new NumberFormat(v, options.Precision);
            width = f.Width;
            return Array.ConvertAll(v, f.Format);
        }
        var z = x.ToArray<Complex>();
        NumberFormat re = new(z.Select(static c => c.Real), options.Precision), im = new(z.Select(static c => c.Imaginary), options.Precision);
        width = re.Width + im.Width + 1;
        return Array.ConvertAll(z, c => re.Format(c.Real) + (c.Imaginary < 0 ? "" : "+") + im.Format(c.Imaginary).TrimStart() + "j");
    }

    /// <summary>The part that begins at a cell, its first axis being <paramref name="dim"/>.</summary>
    string Block(int dim, long first, int indent)
    {
        if (dim == sizes.Length) return cells[first];
        long part = 1;
        for (var d = dim + 1; d < sizes.Length; d++) part *= sizes[d];
        var items = new List<string>();
        for (long i = 0; i < sizes[dim]; i++)
        {
            if (shortened[dim] && i == options.EdgeItems) items.Add(dim == sizes.Length - 1 ? " ..." : "...");
            items.Add(Block(dim + 1, first + i * part, indent + 1));
        }
        var pad = new string(' ', indent + 1);
        if (dim < sizes.Length - 1) return "[" + string.Join("," + new string('\n', sizes.Length - dim - 1) + pad, items) + "]";
        var perLine = Math.Max(1, (options.LineWidth - indent) / (width + 2));
        return "[" + string.Join(",\n" + pad, items.Chunk(perLine).Select(static line => string.Join(", ", line))) + "]";
    }
}
