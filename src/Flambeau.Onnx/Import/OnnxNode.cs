using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>A node of the model while it is imported: its inputs, its attributes, and a way to say what is wrong with it.</summary>
internal sealed class OnnxNode(Importer importer, NodeProto proto, long version, Item?[] inputs, IReadOnlyDictionary<string, AttributeProto> attributes)
{
    internal Importer Importer => importer;
    internal NodeProto Proto => proto;
    internal long Version => version;
    internal int Count => inputs.Length;
    internal int Outputs => proto.Output.Count;
    internal IEnumerable<Item?> Inputs => inputs;

    /// <summary>Whether the model uses this output.</summary>
    internal bool Wants(int output) => output < proto.Output.Count && proto.Output[output].Length > 0;

    /// <summary>An input that must be there.</summary>
    internal Item this[int i] => Try(i) ?? throw Error($"input {i} is missing");

    /// <summary>An input that may be left out.</summary>
    internal Item? Try(int i) => i < inputs.Length ? inputs[i] : null;

    AttributeProto? Attribute(string name) => attributes.GetValueOrDefault(name);

    internal bool Has(string name) => attributes.ContainsKey(name);
    internal long Int(string name, long otherwise) => Attribute(name)?.I ?? otherwise;
    internal long Int(string name) => Attribute(name)?.I ?? throw Error($"attribute '{name}' is missing");
    internal double Float(string name, double otherwise) => Attribute(name) is { F: { } f } ? Exact(f) : otherwise;
    internal string Text(string name, string otherwise) => Attribute(name)?.S?.ToStringUtf8() ?? otherwise;
    internal long[]? Ints(string name) => Attribute(name) is { } a && (a.Ints.Count > 0 || a.Type == AttributeType.Ints) ? [.. a.Ints] : null;
    internal float[]? Floats(string name) => Attribute(name) is { Floats.Count: > 0 } a ? [.. a.Floats] : null;
    internal string[]? Texts(string name) => Attribute(name) is { Strings.Count: > 0 } a ? [.. a.Strings.Select(static s => s.ToStringUtf8())] : null;
    internal GraphProto Graph(string name) => Attribute(name)?.G ?? throw Error($"attribute '{name}' is missing");
    internal GraphProto? GraphOrNull(string name) => Attribute(name)?.G;
    internal AttributeProto? Raw(string name) => Attribute(name);

    /// <summary>The decimal number that the file means: 0.1f is 0.1.</summary>
    static double Exact(float f) => double.Parse(f.ToString("R", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Calls an op; the first result.</summary>
    internal Item Op(string name, params object?[] arguments) => importer.Call(name, arguments)[0];

    /// <summary>Calls an op; all results.</summary>
    internal Item[] Ops(string name, params object?[] arguments) => importer.Call(name, arguments);

    internal Operand Prim(string name, params Operand[] arguments) => importer.Prim(name, arguments);

    internal Item Constant(Tensor t) => Item.Of(importer, t);
    internal Item Ints(Operand list, bool scalar = false) => Item.OfInts(importer, list, scalar);

    /// <summary>A 0-d constant of an item's dtype.</summary>
    internal Item Scalar(double value, Item like) => Item.Of(importer, Tensor.FromScalar(value, like.DType), like.Type);

    /// <summary>The number of axes, which some operators need to know.</summary>
    internal int Rank(Item x) => x.Rank ?? throw Error("the number of axes of an input must be known when the model is imported; run shape inference on it, so that its value_info says it");

    /// <summary>The elements of an input that must be known.</summary>
    internal long[] Known(Item x, string what) => x.Constant is { } c ? c.ToArray<long>() : x.Ints is { IsConstant: true, List: { } l } ? [.. l.Select(static o => (long)o.Constant!)] : throw Unknown(x, what);

    /// <summary>The error for what decides the graph's structure, but is known only when it runs.</summary>
    internal OnnxException Unknown(Item x, string what) => new(Error($"{what} must be known when the model is imported" + (x.Name is { } name && x.Constant is null ? $"; give a value for input '{name}' to Onnx.Load" : "")).Message)
    {
        Input = x.Constant is null ? x.Name : null,
    };

    internal OnnxException Error(string why) => new($"{Describe(proto)} of opset {version}: {why}");

    internal static string Describe(NodeProto p) =>
        $"node {(p.Name.Length > 0 ? OnnxException.Quote(p.Name) : "of output " + OnnxException.Quote(p.Output.FirstOrDefault(""))) }, {(p.Domain.Length > 0 ? p.Domain + "." : "")}{p.OpType}";
}
