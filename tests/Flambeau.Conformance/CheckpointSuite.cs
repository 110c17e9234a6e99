using Flambeau.Formats;
using Flambeau.Nn;

namespace Flambeau.Conformance;

/// <summary>Files of other frameworks: what they hold, and that a model with their weights computes what it did there.</summary>
internal static class CheckpointSuite
{
    internal static void Run(string directory, Report report)
    {
        string At(string name) => Path.Combine(directory, name);
        void Case(string name, Func<string?> check)
        {
            if (report.Wants(name)) report.Try(name, "contents", check);
        }
        Case("state_zip.pth", () => Same(PyTorchCheckpoint.LoadStateDict(At("state_zip.pth")), PyTorchCheckpoint.LoadStateDict(At("state_legacy.pth"))));
        Case("state_legacy.pth", () => Same(PyTorchCheckpoint.LoadStateDict(At("state_legacy.pth")), PyTorchCheckpoint.LoadStateDict(At("state_zip.pth"))));
        Case("training_zip.pth", () => Same(PyTorchCheckpoint.LoadStateDict(At("training_zip.pth")), Safetensors.Load(At("state.safetensors"))));
        Case("state.safetensors", () => Same(Safetensors.Load(At("state.safetensors")), PyTorchCheckpoint.LoadStateDict(At("training_zip.pth"))) ?? Runs(At("io.safetensors"), Safetensors.Load(At("state.safetensors"))));
        foreach (var script in Directory.GetFiles(directory, "*.pt").Order(StringComparer.Ordinal))
        {
            if (report.Wants(Path.GetFileName(script))) report.Missing(Path.GetFileName(script));
        }
    }

    static string? Same(IReadOnlyDictionary<string, Tensor> a, IReadOnlyDictionary<string, Tensor> b)
    {
        if (!a.Keys.Order(StringComparer.Ordinal).SequenceEqual(b.Keys.Order(StringComparer.Ordinal))) return $"keys {string.Join(", ", a.Keys)}, expected {string.Join(", ", b.Keys)}";
        return a.Select(k => Compare.Tensors(k.Key, k.Value, b[k.Key], 0, 0)).FirstOrDefault(static w => w is not null);
    }

    /// <summary>The model of FORMAT.md: conv, batch norm, relu, global average, linear.</summary>
    static string? Runs(string io, IReadOnlyDictionary<string, Tensor> state)
    {
        var conv = new Conv2d(3, 8, 3, bias: state.ContainsKey("conv.bias"));
        var bn = new BatchNorm2d(8);
        var fc = new Linear(8, 5);
        foreach (var (name, module) in new (string, Module)[] { ("conv.", conv), ("bn.", bn), ("fc.", fc) })
        {
            module.LoadStateDict(state.Where(s => s.Key.StartsWith(name, StringComparison.Ordinal)).Select(s => KeyValuePair.Create(s.Key[name.Length..], s.Value)));
            module.Eval();
        }
        var data = Safetensors.Load(io);
        var y = fc.Forward(bn.Forward(conv.Forward(data["x"])).Relu().Mean([2, 3]));
        return Compare.Tensors("y", y, data["y"]);
    }
}
