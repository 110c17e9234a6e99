using Flambeau.Capture;
using Flambeau.Formats;
using Flambeau.Graphs;
using Flambeau.Nn;
using Flambeau.OnnxFormat;
using Google.Protobuf;

namespace Flambeau;

public static partial class Onnx
{
    /// <summary>Bytes of tensors that one file can hold beside its graph.</summary>
    const long MaxInline = int.MaxValue - (64L << 20);

    /// <summary>Traces a layer on an example and writes it. Call <c>Eval()</c> on it before.</summary>
    /// <exception cref="OnnxException">An op has no form in ONNX; says which, and at which line.</exception>
    /// <exception cref="TraceException">The program does something else on other inputs.</exception>
    public static void Export(Layer model, Tensor example, string path, OnnxExportOptions? options = null) =>
        Export(Trace.Of(model, example, Tracing(options)).Graph, path, options);

    /// <summary>Traces a function on examples and writes it.</summary>
    /// <param name="function">The program.</param>
    /// <param name="examples">Inputs.</param>
    /// <param name="path">The file.</param>
    /// <param name="module">Gives names to the parameters and buffers that the program uses.</param>
    /// <param name="options">How to write.</param>
    /// <exception cref="OnnxException">An op has no form in ONNX; says which, and at which line.</exception>
    /// <exception cref="TraceException">The program does something else on other inputs.</exception>
    public static void Export(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, IReadOnlyList<Tensor> examples, string path, Module? module = null, OnnxExportOptions? options = null) =>
        Export(Trace.Of(function, examples, module, Tracing(options)).Graph, path, options);

    static TraceOptions Tracing(OnnxExportOptions? options) => new() { Dynamic = options?.Dynamic ?? [], KeepsGradients = false };

    /// <summary>Writes a graph: a trace, a scripted program, or an imported model.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">How to write.</param>
    /// <param name="examples">Inputs, from which dtypes and ranks are found that the graph doesn't state.</param>
    /// <exception cref="OnnxException">An op has no form in ONNX; says which, and at which line.</exception>
    public static void Export(Graph graph, string path, OnnxExportOptions? options = null, IReadOnlyList<object?>? examples = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(path);
        var proto = Exporter.Export(graph, options ?? new(), examples, out var tensors, out _);
        var from = options?.ExternalDataFrom ?? (tensors.Values.Sum(static t => t.Tensor.Numel * t.Tensor.DType.Size()) > MaxInline ? 1024 : long.MaxValue);
        var outside = proto.Graph!.Initializer.Where(p => tensors[p.Name].Tensor.Numel * tensors[p.Name].Tensor.DType.Size() >= from).ToArray();
        foreach (var p in proto.Graph.Initializer.Except(outside)) Fill(p, tensors[p.Name]);
        if (outside.Length > 0)
        {
            var file = Path.GetFileName(path) + ".data";
            AtomicFile.Write(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, file), stream => ExternalDataWriter.Write(stream, file, outside, tensors));
        }
        OnnxFile.Write(proto, path);
    }

    /// <summary>Writes a scripted module, with its loops and branches.</summary>
    /// <param name="module">The module; its <c>Forward</c> is written.</param>
    /// <param name="examples">Inputs, from which dtypes and ranks are found.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">How to write.</param>
    /// <exception cref="OnnxException">An op has no form in ONNX; says which, and at which line.</exception>
    public static void Export(ScriptModule module, IReadOnlyList<object?> examples, string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        Export(module.Graph, path, options, examples);
    }

    /// <summary>Writes a script, with its loops and branches: a static one, or a module's method by name.</summary>
    /// <inheritdoc cref="Export(ScriptModule, IReadOnlyList{object?}, string, OnnxExportOptions?)"/>
    public static void Export(ScriptFunction function, IReadOnlyList<object?> examples, string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        Export(function.Graph, path, options, examples);
    }

    /// <summary>Whether a model is put together as the format wants it: names made once and before they are used, attributes of their types, data of its size.</summary>
    /// <exception cref="OnnxException">It isn't; says where.</exception>
    public static void Check(ModelProto model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Checker.Check(model);
    }

    /// <summary>The model of a graph, all of its data in it.</summary>
    /// <inheritdoc cref="Export(Graph, string, OnnxExportOptions?, IReadOnlyList{object?}?)"/>
    public static ModelProto ToModel(Graph graph, OnnxExportOptions? options = null, IReadOnlyList<object?>? examples = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var proto = Exporter.Export(graph, options ?? new(), examples, out var tensors, out _);
        foreach (var p in proto.Graph!.Initializer) Fill(p, tensors[p.Name]);
        return proto;
    }

    /// <summary>Whether an op has a form in ONNX; with some arguments it may still be refused.</summary>
    public static bool CanExport(OpNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return ExportTable.All.Value.ContainsKey(node.Name);
    }

    /// <summary>Dtypes and ranks that a graph doesn't state, found by running it once on examples (or on inputs made up from the types of its inputs).</summary>
    public static IReadOnlyDictionary<Value, GraphType> Types(Graph graph, IReadOnlyList<object?>? examples = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return TypeProfile.Run(graph, examples).Types;
    }

    static void Fill(TensorProto p, (Tensor Tensor, ElementType Type) t) => p.RawData = UnsafeByteOperations.UnsafeWrap(TensorCodec.Bytes(t.Tensor, t.Type));
}
