using System.Reflection;
using System.Text.Json;
using Flambeau.Autograd;
using Flambeau.Nn;

using Module = Flambeau.Nn.Module;

namespace Flambeau.Conformance;

/// <summary>Modules made by their PyTorch names: outputs, gradients of inputs and of parameters.</summary>
internal static class ModuleSuite
{
    internal static void Run(string directory, Report report) => Run(directory, report, traced: false);

    /// <summary>The same through graphs: each call of a module is traced, written as text, read back and run.</summary>
    internal static void RunTraced(string directory, Report report) => Run(directory, report, traced: true);

    static void Run(string directory, Report report, bool traced)
    {
        using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, "index.json")));
        foreach (var entry in index.RootElement.GetProperty("modules").EnumerateArray())
        {
            var name = entry.GetProperty("module").GetString()!;
            if (!report.Wants(name)) continue;
            if (typeof(Module).Assembly.GetType("Flambeau.Nn." + name) is not { } type)
            {
                report.Missing(name);
                continue;
            }
            var data = DataFile.Load(directory, name);
            var k = 0;
            foreach (var c in data.Json.RootElement.GetProperty("cases").EnumerateArray())
            {
                report.Try(name, $"case {k++}", () => Check(type, c, data.Tensors, traced));
            }
        }
    }

    static string? Check(Type type, JsonElement c, IReadOnlyDictionary<string, Tensor> tensors, bool traced)
    {
        var reader = new SampleReader(tensors);
        var (args, named) = Arguments(c.GetProperty("ctor"), reader);
        var module = (Module)Invocation.Construct(type, args, named);
        module.To(Where.Device);
        module.Train(c.GetProperty("training").GetBoolean());
        module.LoadStateDict(c.GetProperty("state").EnumerateObject().ToDictionary(static p => p.Name, p => reader.Tensor(p.Value)));
        reader.Leaves.Clear();
        (args, named) = Arguments(c.GetProperty("forward"), reader);
        var before = Generator.Current.Offset;
        var outputs = Compare.Flatten(traced ? TracedCall.Run(args, named, module, (a, n) => Invocation.Forward(module, [.. a], n)) : Invocation.Forward(module, args, named));
        var random = Generator.Current.Offset != before;
        var expected = c.GetProperty("outputs").EnumerateArray().Select(new SampleReader(tensors).Tensor).ToArray();
        if (outputs.Count != expected.Length) return $"{outputs.Count} outputs, expected {expected.Length}";
        for (var i = 0; i < expected.Length; i++)
        {
            if (Compare.Tensors($"output {i}", outputs[i].Detach(), expected[i], values: !random) is { } why) return why;
        }
        return random ? null : Gradients(c, tensors, module, reader.Leaves, outputs);
    }

    static (List<object?> Args, Dictionary<string, object?> Named) Arguments(JsonElement call, SampleReader reader) =>
        ([.. call.GetProperty("args").EnumerateArray().Select(reader.Read)], call.GetProperty("kwargs").EnumerateObject().ToDictionary(static p => p.Name, p => reader.Read(p.Value)));

    static string? Gradients(JsonElement c, IReadOnlyDictionary<string, Tensor> tensors, Module module, List<Tensor> leaves, List<Tensor> outputs)
    {
        if (!c.TryGetProperty("cotangents", out var cotangents) || cotangents.ValueKind != JsonValueKind.Array || cotangents.GetArrayLength() == 0) return null;
        var ys = new List<Tensor>();
        var seeds = new List<Tensor?>();
        foreach (var cotangent in cotangents.EnumerateArray())
        {
            ys.Add(outputs[cotangent.GetProperty("output").GetInt32()]);
            seeds.Add(new SampleReader(tensors).Tensor(cotangent.GetProperty("tensor")));
            if (!ys[^1].RequiresGrad) return $"output {cotangent.GetProperty("output")} has no gradient history";
        }
        var parameters = module.NamedParameters().ToArray();
        var actual = Grad.Of(ys, [.. leaves, .. parameters.Select(static p => p.Value)], seeds, allowUnused: true);
        var i = 0;
        foreach (var g in c.GetProperty("input_grads").EnumerateArray())
        {
            if (Same($"input gradient {i}", actual[i], g) is { } why) return why;
            i++;
        }
        var given = c.GetProperty("param_grads");
        foreach (var p in given.EnumerateObject())
        {
            var at = Array.FindIndex(parameters, q => q.Key == p.Name);
            if (at < 0) return $"there is no parameter {p.Name}";
            if (Same($"gradient of {p.Name}", actual[leaves.Count + at], p.Value) is { } why) return why;
        }
        return null;

        string? Same(string what, Tensor? a, JsonElement g)
        {
            if (g.ValueKind == JsonValueKind.Null) return a is not null && a.ToArray<double>().Any(static v => v != 0) ? $"{what} exists, expected none" : null;
            var e = new SampleReader(tensors).Tensor(g);
            return Compare.Tensors(what, a ?? Tensor.Zeros(e.Shape, e.DType), e);
        }
    }
}
