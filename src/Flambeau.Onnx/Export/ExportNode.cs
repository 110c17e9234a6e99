using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>A node of ours while it is exported: its arguments by their names in the signature, and results to be set.</summary>
internal sealed class ExportNode(Exporter exporter, OpNode node)
{
    internal Exporter To => exporter;
    internal OpNode Node => node;
    internal int Opset => exporter.Opset;

    internal Operand this[string argument] => node[argument];

    bool Declares(string argument) => node.Entry.Schema.Arguments.Any(a => a.Name == argument);

    /// <summary>The argument, or nothing where the signature has none of this name.</summary>
    internal Operand Try(string argument) => Declares(argument) ? node[argument] : Operand.None;

    /// <summary>The first argument of any name.</summary>
    internal Operand First => node.Inputs[0];

    /// <summary>The name of a tensor.</summary>
    internal string T(Operand o) => o.Value is not null || o.List is not null ? exporter.Name(o) : Number(o, Flambeau.DType.Float32);

    internal string T(string argument) => T(node[argument]);

    internal string? TOrNull(string argument) => Try(argument) is { IsNone: false } o ? T(o) : null;

    /// <summary>The names of tensors in a list whose length is known.</summary>
    internal IReadOnlyList<string> Tensors(Operand o) => exporter.Named(o) as List<string> ?? throw Error("a list whose length is only known when the graph runs can't be taken apart");

    internal TensorType Type(Operand o) => exporter.TypeOf(o) as TensorType ?? throw Error($"{o} is {exporter.TypeOf(o)}, not a tensor");

    /// <summary>A tensor's dtype; numbers have the default one.</summary>
    internal DType DType(Operand o) => exporter.TypeOf(o) switch
    {
        TensorType { Type: { } d } => d,
        TensorType => throw Error("the dtype of an argument isn't known; give example inputs to Onnx.Export"),
        var t when t == GraphType.Int => Flambeau.DType.Int64,
        var t when t == GraphType.Bool => Flambeau.DType.Bool,
        _ => Flambeau.DType.Float32,
    };

    internal int Rank(Operand o) => Type(o).Shape?.Count ?? throw Error("the number of axes of an argument isn't known; give example inputs to Onnx.Export");

    /// <summary>A size, which must be known.</summary>
    internal long Size(Operand o, int dim)
    {
        var shape = Type(o).Shape;
        return shape?[dim < 0 ? dim + shape.Count : dim].Size ?? throw Error($"the size of axis {dim} of an argument must be known to write this; fix it in the example");
    }

    internal long[]? SizesOrNull(Operand o) => Type(o).Sizes?.ToArray();

    internal DType ResultType(int i = 0) => exporter.TypeOf(node.Outputs[i]) is TensorType { Type: { } d } ? d : throw Error("its result's dtype isn't known; give example inputs to Onnx.Export");

    internal int ResultRank(int i = 0) => (exporter.TypeOf(node.Outputs[i]) as TensorType)?.Shape?.Count ?? throw Error("its result's number of axes isn't known; give example inputs to Onnx.Export");

    /// <summary>A constant argument.</summary>
    internal object? Const(string argument) => Try(argument) is var o && o.IsConstant ? o.Constant : throw Error($"argument '{argument}' is computed when the graph runs; it must be constant in ONNX");

    internal long Int(string argument) => Const(argument) switch { long v => v, bool b => b ? 1 : 0, var o => throw Error($"argument '{argument}' is {o ?? "None"}, not an integer") };
    internal long? IntOrNull(string argument) => Const(argument) as long?;
    internal double Float(string argument) => Convert.ToDouble(Const(argument), System.Globalization.CultureInfo.InvariantCulture);
    internal bool Bool(string argument) => Const(argument) is true;
    internal string? Text(string argument) => Const(argument) as string;
    internal DType? DTypeArgument(string argument) => Const(argument) as DType?;

    internal long[]? Ints(string argument) => Const(argument) switch
    {
        null => null,
        long v => [v],
        object?[] l => [.. l.Select(static x => Convert.ToInt64(x, System.Globalization.CultureInfo.InvariantCulture))],
        var o => throw Error($"argument '{argument}' is {o}, not a list of integers"),
    };

    /// <summary>Integers for so many axes; one number stands for all.</summary>
    internal long[] Ints(string argument, int count, long otherwise)
    {
        var v = Ints(argument);
        return v is null || v.Length == 0 ? [.. Enumerable.Repeat(otherwise, count)] : v.Length == 1 ? [.. Enumerable.Repeat(v[0], count)] : v;
    }

    /// <summary>Integers as a tensor of one axis.</summary>
    internal string IntList(Operand o) => o.List is { } l ? exporter.IntsOf(l) : o.Value is null ? exporter.Constant([Convert.ToInt64(o.Constant, System.Globalization.CultureInfo.InvariantCulture)])
        : exporter.TypeOf(o) == GraphType.Int ? E("Unsqueeze", [exporter.Name(o), exporter.Constant([0L])]) : exporter.Name(o);

    /// <summary>A number or tensor in this dtype.</summary>
    internal string As(Operand o, DType dtype)
    {
        if (o.Value is null) return Number(o, dtype);
        var type = exporter.TypeOf(o);
        var from = type is TensorType { Type: { } d } ? d : type == GraphType.Int ? Flambeau.DType.Int64 : type == GraphType.Bool ? Flambeau.DType.Bool : type is TensorType ? DType(o) : Flambeau.DType.Float64;
        return Cast(exporter.Name(o), from, dtype);
    }

    internal string Cast(string name, DType from, DType to) => from == to ? name : E("Cast", [name], ("to", ElementTypes.Of(to)));

    internal string Number(Operand o, DType dtype) => o.Constant switch
    {
        bool b => exporter.Constant(Tensor.FromScalar(b).To(dtype)),
        long l => exporter.Constant(Tensor.FromScalar(l, dtype)),
        double d => exporter.Constant(d, dtype),
        var c => throw Error($"{c ?? "None"} is no number"),
    };

    internal string C(double v, DType dtype) => exporter.Constant(v, dtype);
    internal string I(params long[] v) => exporter.Constant(v);

    /// <summary>Adds a node with one result.</summary>
    internal string E(string op, IReadOnlyList<string?> inputs, params (string, object?)[] attributes) => Es(op, 1, inputs, attributes)[0];

    internal string[] Es(string op, int outputs, IReadOnlyList<string?> inputs, params (string Name, object? Value)[] attributes)
    {
        if (Since(op, attributes) is var needed && needed > Opset) throw Error($"{op} as it is used here needs opset {needed}; {Opset} was asked for");
        return exporter.Emit(op, inputs, [.. Enumerable.Range(0, outputs).Select(i => exporter.Fresh(op.ToLowerInvariant()))], attributes);
    }

    /// <summary>The first version of what has no other form here.</summary>
    static int Since(string op, (string Name, object? Value)[] attributes) => op switch
    {
        "Trilu" => 14,
        "OptionalHasElement" or "OptionalGetElement" => 15,
        "GridSample" => 16,
        "ScatterElements" or "ScatterND" when Array.Exists(attributes, static a => a is { Name: "reduction", Value: not null }) => 16,
        _ => 0,
    };

    /// <summary>One size of a tensor, as a tensor of one axis.</summary>
    internal string SizeAt(string x, long dim) => Opset < 15 ? E("Gather", [E("Shape", [x]), I(dim)])
        : dim == -1 ? E("Shape", [x], ("start", dim)) : E("Shape", [x], ("start", dim), ("end", dim + 1));

    internal void Set(int i, string name) => exporter.Set(node.Outputs[i], name);
    internal void SetList(IEnumerable<string> names) => exporter.Set(node.Outputs[0], names.ToList());

    internal bool Uses(int output) => exporter.Uses(node.Outputs[output]) > 0;

    internal OnnxException Error(string why) => new($"op '{node.Name}'{(node.Where is { } w ? $" at {w}" : "")}: {why}");
}
