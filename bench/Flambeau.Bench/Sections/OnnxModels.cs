using Flambeau.Bench.Harness;
using Flambeau.Compiler;
using Flambeau.Formats;
using Microsoft.ML.OnnxRuntime;

namespace Flambeau.Bench.Sections;

/// <summary>Inference of imported models, compiled, beside ONNX Runtime at its highest level of optimisation.</summary>
static class OnnxModels
{
    public static IEnumerable<Case> Cases(string folder, string? filter, int threads) => Directory.EnumerateFiles(folder, "*.onnx").Order(StringComparer.Ordinal)
        .Where(f => filter is null || Path.GetFileNameWithoutExtension(f).Contains(filter, StringComparison.OrdinalIgnoreCase))
        .Select(f => new Case("models", Path.GetFileNameWithoutExtension(f), 0, Unit.None, 0.6, () => Ours(f), () => Peer(f, threads), 1e-3) { Compiled = () => Compiled(f) });

    static (string Name, Tensor Value)[] Inputs(string file) =>
        [.. Safetensors.Load(Path.ChangeExtension(file, ".safetensors")).Where(static t => t.Key.StartsWith("in.", StringComparison.Ordinal)).Select(static t => (t.Key[3..], t.Value))];

    static (CompiledFunction Program, Tensor[] Inputs) Compiled(string file)
    {
        var model = Onnx.Load(file);
        var given = Inputs(file).ToDictionary(static i => i.Name, static i => i.Value);
        var inputs = model.Inputs.Select(i => given[i.Name]).ToArray();
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> run = x => [.. model.Graph.Run([.. x]).Cast<Tensor>()];
        return (run.Compile(options: new() { Strict = true }), inputs);
    }

    static Side Ours(string file)
    {
        var (compiled, inputs) = Compiled(file);
        return new(() => compiled.Run(inputs), () => [.. compiled.Run(inputs).SelectMany(static t => t.ToArray<float>())]);
    }

    static Side Peer(string file, int threads)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        var session = new InferenceSession(file, options);
        var inputs = Inputs(file);
        var values = inputs.Select(static i => Value(i.Value)).ToArray();
        string[] names = [.. inputs.Select(static i => i.Name)], outputs = [.. session.OutputNames];
        var run = new RunOptions();
        return new(() => session.Run(run, names, values, outputs).Dispose(), () =>
        {
            using var results = session.Run(run, names, values, outputs);
            return [.. results.SelectMany(static r => r.GetTensorTypeAndShape().ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float
                ? r.GetTensorDataAsSpan<float>().ToArray() : [.. r.GetTensorDataAsSpan<long>().ToArray().Select(static v => (float)v)])];
        });
    }

    static OrtValue Value(Tensor t) => t.DType switch
    {
        DType.Int64 => OrtValue.CreateTensorValueFromMemory(t.ToArray<long>(), t.Shape.ToArray()),
        DType.Bool => OrtValue.CreateTensorValueFromMemory(t.ToArray<bool>(), t.Shape.ToArray()),
        _ => OrtValue.CreateTensorValueFromMemory(t.ToArray<float>(), t.Shape.ToArray()),
    };
}
