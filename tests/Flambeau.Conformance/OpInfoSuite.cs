using System.Text.Json;
using Flambeau.Autograd;
using Flambeau.Ops;

namespace Flambeau.Conformance;

/// <summary>PyTorch's op database: values, dtypes, shapes and gradients of every sample.</summary>
internal static class OpInfoSuite
{
    /// <summary>Runs an op by name.</summary>
    internal delegate object? Caller(string op, IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named);

    internal static void Run(string directory, Report report) => Run(directory, report, static (op, arguments, named) => Registry.Call(op, arguments, named));

    /// <summary>The same through graphs: each call is traced, written as text, read back and run.</summary>
    internal static void RunTraced(string directory, Report report) => Run(directory, report, TracedCall.Run);

    static void Run(string directory, Report report, Caller caller)
    {
        using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, "index.json")));
        foreach (var entry in index.RootElement.GetProperty("ops").EnumerateArray())
        {
            var op = entry.GetProperty("op").GetString()!;
            if (!report.Wants(op)) continue;
            if (Registry.Find(op).Count == 0)
            {
                report.Missing(op);
                continue;
            }
            var file = entry.GetProperty("file").GetString()!;
            var data = DataFile.Load(directory, file);
            var k = 0;
            foreach (var sample in data.Json.RootElement.GetProperty("samples").EnumerateArray())
            {
                report.Try(op, $"{file} sample {k++}", () => Check(op, entry.GetProperty("variant").GetString()!, sample, data.Tensors, caller));
            }
        }
    }

    static string? Check(string op, string variant, JsonElement sample, IReadOnlyDictionary<string, Tensor> tensors, Caller caller)
    {
        var reader = new SampleReader(tensors);
        var args = new List<object?> { reader.Read(sample.GetProperty("input")) };
        foreach (var a in sample.GetProperty("args").EnumerateArray()) args.Add(reader.Read(a));
        var named = sample.GetProperty("kwargs").EnumerateObject().ToDictionary(static p => p.Name, p => reader.Read(p.Value));
        Wrappers.Arguments(op, variant, args);
        // In-place ops can't write leaves.
        var call = op.EndsWith('_') && !op.EndsWith("__", StringComparison.Ordinal) ? args.Select(static a => a is Tensor t ? t.Clone() : a).ToArray() : [.. args];
        var before = Generator.Current.Offset;
        var outputs = Compare.Flatten(Where.Call([.. call, .. named.Values], named.ContainsKey("device"), () => caller(op, call, named)));
        var random = Generator.Current.Offset != before;
        var expected = sample.GetProperty("outputs").EnumerateArray().Select(new SampleReader(tensors).Tensor).ToArray();
        Wrappers.Results(variant, outputs, expected.Length);
        if (outputs.Count != expected.Length) return $"{outputs.Count} outputs, expected {expected.Length}";
        for (var i = 0; i < expected.Length; i++)
        {
            if (Where.Check($"output {i}", outputs[i]) is { } elsewhere) return elsewhere;
        }
        var (rtol, atol) = Tolerances.Of(op);
        if (!random && !Freedom.IsUndefined(op)) outputs = Freedom.Align(op, args[0], outputs, expected);
        for (var i = 0; i < expected.Length; i++)
        {
            if (Compare.Tensors($"output {i}", outputs[i].Detach(), expected[i], rtol, atol, !random && !Freedom.IsUndefined(op)) is { } why) return why;
        }
        return random ? null : Gradients(sample, tensors, reader.Leaves, outputs, rtol, atol);
    }

    static string? Gradients(JsonElement sample, IReadOnlyDictionary<string, Tensor> tensors, List<Tensor> leaves, List<Tensor> outputs, double rtol, double atol)
    {
        if (!sample.TryGetProperty("grads", out var grads) || !sample.TryGetProperty("cotangents", out var cotangents)) return null;
        var ys = new List<Tensor>();
        var seeds = new List<Tensor?>();
        foreach (var c in cotangents.EnumerateArray())
        {
            ys.Add(outputs[c.GetProperty("output").GetInt32()]);
            seeds.Add(new SampleReader(tensors).Tensor(c.GetProperty("tensor")));
            if (!ys[^1].RequiresGrad) return $"output {c.GetProperty("output")} has no gradient history";
        }
        if (ys.Count == 0) return null;
        var actual = Grad.Of(ys, leaves, seeds, allowUnused: true);
        var i = 0;
        foreach (var g in grads.EnumerateArray())
        {
            var a = actual[i++];
            if (g.ValueKind == JsonValueKind.Null)
            {
                if (a is not null && a.ToArray<double>().Any(static v => v != 0)) return $"gradient {i - 1} exists, expected none";
                continue;
            }
            var e = new SampleReader(tensors).Tensor(g);
            if (Compare.Tensors($"gradient {i - 1}", a ?? Tensor.Zeros(e.Shape, e.DType), e, rtol, atol) is { } why) return why;
        }
        return null;
    }
}
