using Flambeau.Capture;
using Flambeau.Capture.Ast;
using Flambeau.Formats;
using Flambeau.Graphs;
using Flambeau.OnnxFormat;

namespace Flambeau.Cli.Models;

/// <summary>An input of a program.</summary>
/// <param name="Name">Its name, as a file of inputs calls it.</param>
/// <param name="Type">What it is.</param>
/// <param name="Default">Its value where none is given; none if it must be.</param>
internal sealed record ModelInput(string Name, GraphType Type, Parameter? Default);

/// <summary>A program of a model file.</summary>
internal sealed record ModelGraph(string Name, Graph Graph, IReadOnlyList<ModelInput> Inputs, IReadOnlyList<string> Outputs);

/// <summary>A model that can be run: a Flambeau archive, an ONNX model, or a TorchScript archive.</summary>
internal sealed record ModelFile(string Path, string Format, IReadOnlyList<ModelGraph> Graphs, IReadOnlyList<KeyValuePair<string, string>> Metadata)
{
    /// <summary>The programs with their signatures, to be saved.</summary>
    public IReadOnlyList<KeyValuePair<string, ScriptFunction>> Functions { get; private init; } = [];

    /// <summary>What a trace can't hold.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>A model that was just made from code.</summary>
    public static ModelFile OfFunctions(string name, string format, IReadOnlyList<KeyValuePair<string, ScriptFunction>> functions, IReadOnlyList<string>? notes = null, IReadOnlyList<KeyValuePair<string, string>>? metadata = null) =>
        new(name, format, [.. functions.Select(static f => Of(f.Key, f.Value))], metadata ?? []) { Functions = functions, Notes = notes ?? [] };

    /// <exception cref="CliError">The file is missing, damaged, or of another kind.</exception>
    public static ModelFile Load(string path)
    {
        if (Directory.Exists(path)) throw new CliError($"{path} is a folder", "name a model file: .flambeau, .onnx or a TorchScript .pt");
        if (!File.Exists(path)) throw new CliError($"no file {path}", path.AsSpan().IndexOfAny("./\\") < 0 ? $"built-in networks are {BuiltIn.Names}" : "check the path");
        try
        {
            if (path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)) return OfOnnx(path, Onnx.Load(path));
            if (Archive.Recognizes(path)) return OfArchive(path, Archive.Load(path));
            if (TorchScript.Recognizes(path)) return OfScript(path, TorchScript.Load(path));
        }
        catch (Exception bad) when (bad is CheckpointException or OnnxException or ScriptException)
        {
            throw new CliError(bad.Message, "'flambeau info' shows what is in a file of weights", cause: bad);
        }
        throw new CliError($"{path} holds no program", "run, inspect and export take .flambeau, .onnx and TorchScript .pt files; 'flambeau info' lists the tensors of others");
    }

    /// <exception cref="CliError">There is no program of that name.</exception>
    public ModelGraph Pick(string? name) => name is null ? Graphs[0] : Graphs.FirstOrDefault(g => g.Name == name)
        ?? throw new CliError($"{Path} has no program '{name}'", $"it has {string.Join(", ", Graphs.Select(static g => g.Name))}");

    static ModelFile OfArchive(string path, Archive a) =>
        OfFunctions(path, $"Flambeau archive {a.Version}, by {a.Producer}", [.. a.Functions.OrderBy(static f => f.Key == "Forward" ? 0 : 1)], metadata: [.. a.Metadata]);

    static ModelFile OfScript(string path, ScriptModule m) => OfFunctions(path, "TorchScript archive", [new("Forward", m.Main)]);

    static ModelFile OfOnnx(string path, OnnxModel m) => new(path, $"ONNX model, opset {m.Proto.OpsetImport.FirstOrDefault(static o => o.Domain.Length == 0)?.Version}",
        [new("Forward", m.Graph, [.. m.Inputs.Zip(m.Graph.Inputs, static (i, v) => new ModelInput(i.Name, v.Type, null))], [.. m.Outputs.Select(static o => o.Name)])], [])
    {
        Functions = [new("Forward", new ScriptFunction(m.Graph))],
    };

    static ModelGraph Of(string name, ScriptFunction f)
    {
        var graph = f.Graph;
        var defaults = f.Parameters.Where(static p => p.HasDefault).ToDictionary(static p => p.Name, StringComparer.Ordinal);
        var inputs = graph.Inputs.Select((v, i) => new ModelInput(v.Hint ?? $"x{i}", v.Type, defaults.GetValueOrDefault(v.Hint ?? ""))).ToArray();
        return new(name, graph, inputs, [.. graph.Outputs.Select((o, i) => o.Value?.Hint ?? (graph.Outputs.Count == 1 ? "output" : $"output{i}"))]);
    }
}
