using System.Text.Json;
using Flambeau.Formats;
using Flambeau.OnnxFormat;

namespace Flambeau.Conformance;

/// <summary>ONNX models with their results, and the node tests of the format: each is imported and run.</summary>
internal static class OnnxSuite
{
    /// <summary>Models are compared to this, relative and absolute.</summary>
    const double ModelTolerance = 1e-4;

    internal static void Run(string directory, Report report)
    {
        var models = Path.Combine(directory, "models");
        string[] paths = Directory.Exists(models) ? [.. Directory.GetFiles(models, "*.onnx").Order(StringComparer.Ordinal)] : [];
        foreach (var path in paths)
        {
            var name = "models/" + Path.GetFileNameWithoutExtension(path);
            if (report.Wants(name)) report.Try(name, "results", () => Model(path));
        }
        if (Nodes(directory) is not { } nodes) return;
        foreach (var folder in Directory.GetDirectories(nodes).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(folder);
            if (report.Wants(name)) report.Try(name, "results", () => Node(folder));
        }
    }

    static string? Model(string path)
    {
        var data = Safetensors.Load(Path.ChangeExtension(path, ".safetensors"));
        var model = Onnx.Load(path);
        var results = model.Run(data.Where(static d => d.Key.StartsWith("in.", StringComparison.Ordinal)).ToDictionary(static d => d.Key[3..], static d => d.Value));
        foreach (var (key, expected) in data.Where(static d => d.Key.StartsWith("out.", StringComparison.Ordinal)))
        {
            if (Compare.Tensors(key, (Tensor)results[key[4..]]!, expected, ModelTolerance, ModelTolerance) is { } wrong) return wrong;
        }
        return null;
    }

    /// <summary>The folder of node tests: as it is, or unpacked beside the temporary files.</summary>
    static string? Nodes(string directory)
    {
        foreach (var folder in new[] { Path.Combine(directory, "node"), Path.Combine(directory, "onnx", "node") })
        {
            if (Directory.Exists(folder)) return folder;
        }
        var archive = Path.Combine(directory, "node.tar.gz");
        if (!File.Exists(archive)) return null;
        var to = Path.Combine(Path.GetTempPath(), $"flambeau-onnx-{new FileInfo(archive).Length}");
        if (!Directory.Exists(to))
        {
            var part = $"{to}.{Environment.ProcessId}";
            Directory.CreateDirectory(part);
            using (var stream = new System.IO.Compression.GZipStream(File.OpenRead(archive), System.IO.Compression.CompressionMode.Decompress))
            {
                System.Formats.Tar.TarFile.ExtractToDirectory(stream, part, overwriteFiles: true);
            }
            Directory.Move(part, to);
        }
        return Path.Combine(to, "onnx", "node");
    }

    static string? Node(string folder)
    {
        var (rtol, atol) = Tolerances(Path.Combine(folder, "data.json"));
        foreach (var set in Directory.GetDirectories(folder, "test_data_set_*").Order(StringComparer.Ordinal))
        {
            var inputs = new Dictionary<string, object?>();
            var model = Load(Path.Combine(folder, "model.onnx"), set, inputs);
            var results = model.Run([.. model.Inputs.Select(i => inputs[i.Name])]);
            for (var i = 0; i < results.Length; i++)
            {
                var output = model.Proto.Graph!.Output[i];
                var expected = Read(Path.Combine(set, $"output_{i}.pb"), output.Type!);
                if (Differs(output.Name, results[i], expected, rtol, atol) is { } wrong) return $"{Path.GetFileName(set)}: {wrong}";
            }
        }
        return null;
    }

    /// <summary>Imports a model; inputs that decide its structure, such as axes, are given at import.</summary>
    static OnnxModel Load(string path, string set, Dictionary<string, object?> inputs)
    {
        var known = new Dictionary<string, Tensor>();
        var given = OnnxFile.Read(path).Graph!.Input;
        for (var i = 0; i < given.Count; i++)
        {
            var file = Path.Combine(set, $"input_{i}.pb");
            if (File.Exists(file) && given[i].Type!.TensorType?.ElemType != ElementType.String) inputs[given[i].Name] = Read(file, given[i].Type!);
        }
        while (true)
        {
            try
            {
                return Onnx.Load(path, known);
            }
            catch (OnnxException e) when (e.Input is { } name && inputs.GetValueOrDefault(name) is Tensor t && known.TryAdd(name, t))
            {
            }
        }
    }

    static (double, double) Tolerances(string path)
    {
        if (!File.Exists(path)) return (1e-3, 1e-7);
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        return (json.RootElement.GetProperty("rtol").GetDouble(), json.RootElement.GetProperty("atol").GetDouble());
    }

    static object? Read(string path, TypeProto type) => type switch
    {
        { SequenceType: not null } => Sequence(OnnxFile.Read<SequenceProto>(path)),
        { OptionalType: not null } => Optional(OnnxFile.Read<OptionalProto>(path)),
        _ => TensorCodec.Read(OnnxFile.Read<TensorProto>(path)),
    };

    static object?[] Sequence(SequenceProto p) => [.. p.TensorValues.Select(static t => TensorCodec.Read(t))];

    static object? Optional(OptionalProto p) => p.TensorValue is { } t ? TensorCodec.Read(t) : p.SequenceValue is { } s ? Sequence(s) : null;

    static string? Differs(string name, object? actual, object? expected, double rtol, double atol) => (actual, expected) switch
    {
        (Tensor a, Tensor e) => Compare.Tensors(name, a, e, rtol, atol),
        (object?[] a, object?[] e) when a.Length == e.Length => a.Zip(e, (x, y) => Differs(name, x, y, rtol, atol)).FirstOrDefault(static w => w is not null),
        (null, null) => null,
        _ => $"{name} is {Describe(actual)}, expected {Describe(expected)}",
    };

    static string Describe(object? o) => o switch { null => "nothing", object?[] l => $"a list of {l.Length}", _ => o.GetType().Name };
}
