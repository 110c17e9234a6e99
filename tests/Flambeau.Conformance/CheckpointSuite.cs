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
        var io = new Lazy<IReadOnlyDictionary<string, Tensor>>(() => Safetensors.Load(At("script_io.safetensors")));
        Case("trace_cnn.pt", () => Scripted("trace_cnn.pt", ["ty"], io.Value["tx"]));
        Case("script_control.pt", () => Scripted("script_control.pt", ["y0"], io.Value["x"], 0L) ?? Scripted("script_control.pt", ["y1"], io.Value["x"], 1L) ?? Scripted("script_control.pt", ["y3"], io.Value["x"], 3L));
        Case("script_lstmcell.pt", () => Cell(At("script_lstmcell.pt")));

        string? Scripted(string file, string[] expected, params object?[] inputs)
        {
            using var off = Autograd.Grad.No();
            var result = TorchScript.Load(At(file)).Call(inputs);
            var outputs = result is object?[] tuple ? tuple : [result];
            return outputs.Length != expected.Length ? $"{outputs.Length} results, expected {expected.Length}"
                : outputs.Zip(expected, (y, name) => Compare.Tensors(name, (Tensor)y!, io.Value[name])).FirstOrDefault(static w => w is not null);
        }
    }

    /// <summary>There are no results for the LSTM cell: it must compute what our own does with its weights, from no state and from one.</summary>
    static string? Cell(string file)
    {
        using var off = Autograd.Grad.No();
        var script = TorchScript.Load(file);
        var cell = new LSTMCell(4, 6);
        cell.LoadStateDict(script.State.Select(static s => KeyValuePair.Create(s.Name, s.Tensor)));
        var x = Tensor.Linspace(-1, 1, 12).Reshape([3, 4]);
        var (h, c) = cell.Forward(x);
        var (h2, c2) = cell.Forward(x, (h, c));
        var first = (object?[])script.Call(x, null)!;
        var second = (object?[])script.Call(x, first)!;
        return Compare.Tensors("h", (Tensor)first[0]!, h) ?? Compare.Tensors("c", (Tensor)first[1]!, c) ?? Compare.Tensors("h2", (Tensor)second[0]!, h2) ?? Compare.Tensors("c2", (Tensor)second[1]!, c2);
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
