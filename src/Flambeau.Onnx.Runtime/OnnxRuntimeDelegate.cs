using Flambeau.Graphs;
using Flambeau.OnnxFormat;

namespace Flambeau;

/// <summary>ONNX Runtime as a delegate: runs what can be exported; the rest runs op by op.</summary>
/// <param name="options">How parts are exported.</param>
/// <param name="threads">Threads for one op; 0 lets ONNX Runtime choose.</param>
public sealed class OnnxRuntimeDelegate(OnnxExportOptions? options = null, int threads = 0) : IGraphDelegate
{
    /// <summary>A graph with ONNX Runtime running what it can.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="examples">Inputs, from which dtypes and ranks are found that the graph doesn't state.</param>
    /// <param name="options">How parts are exported.</param>
    /// <param name="threads">Threads for one op; 0 lets ONNX Runtime choose.</param>
    public static DelegatedGraph Delegate(Graph graph, IReadOnlyList<object?>? examples = null, OnnxExportOptions? options = null, int threads = 0) =>
        new(graph, new OnnxRuntimeDelegate(options, threads), Onnx.Types(graph, examples));

    /// <inheritdoc/>
    public string Name => "ONNX Runtime";

    /// <inheritdoc/>
    public bool Supports(Node node) => node is OpNode op ? Onnx.CanExport(op) : node.Blocks.All(b => b.Nodes.All(Supports));

    /// <inheritdoc/>
    public IDelegatedPart Compile(Graph part)
    {
        try
        {
            return new Part(part, new OnnxSession(Onnx.ToModel(part, options), threads));
        }
        catch (OnnxException e)
        {
            throw new NotSupportedException(e.Message, e);
        }
    }

    sealed class Part(Graph part, OnnxSession session) : IDelegatedPart
    {
        public object?[] Run(object?[] inputs)
        {
            var results = session.Run([.. inputs.Select(ToTensor)]);
            return [.. results.Select((t, i) => FromTensor(t, part.Outputs[i].Type))];
        }

        /// <summary>Numbers are tensors without axes, lists of integers tensors of one axis.</summary>
        static Tensor ToTensor(object? o) => o switch
        {
            Tensor t => t,
            long v => Tensor.FromScalar(v),
            double v => Tensor.FromScalar(v, DType.Float64),
            bool v => Tensor.FromScalar(v),
            object?[] list when Array.TrueForAll(list, static x => x is long) => Tensor.From(Array.ConvertAll(list, static x => (long)x!)),
            _ => throw new NotSupportedException($"{o?.GetType().Name ?? "nothing"} can't be given to ONNX Runtime"),
        };

        static object? FromTensor(Tensor t, GraphType type) => type == GraphType.Int ? t.Item<long>() : type == GraphType.Float ? t.Item<double>() : type == GraphType.Bool ? t.Item<bool>()
            : type is ListType ? t.ToArray<long>().Select(static v => (object?)v).ToArray() : t;

        public void Dispose() => session.Dispose();
    }
}
