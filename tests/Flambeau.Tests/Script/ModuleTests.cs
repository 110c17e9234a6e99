using Flambeau.Nn;

namespace Flambeau.Tests.Scripts;

[Module]
internal sealed partial class Stack(int width, int depth, double factor) : Module
{
    readonly Linear[] layers = [.. Enumerable.Range(0, depth).Select(_ => new Linear(width, width))];
    readonly Dictionary<string, Linear> named = new() { ["a"] = new(width, width), ["b"] = new(width, width) };
    [Parameter] readonly Tensor scale = Tensor.Ones([width]).WithGrad();
    [Buffer] readonly Tensor calls = Tensor.Zeros([]);

    [Script]
    public Tensor Forward(Tensor x, bool skip = false)
    {
        foreach (var layer in layers)
        {
            var y = Activate(x.Linear(layer.Weight, layer.Bias));
            x = skip ? x + y : y;
        }
        foreach (var (key, layer) in named)
        {
            if (key == "b") x = x.Linear(layer.Weight, layer.Bias) * factor;
        }
        using (Flambeau.Autograd.Grad.No()) calls.Add_(1);
        return x * scale;
    }

    [Script]
    Tensor Activate(Tensor x) => Training ? x.Tanh() : x.Relu();
}

public sealed class ModuleTests
{
    [Fact]
    public void Submodules_configuration_and_buffers()
    {
        var m = new Stack(3, 2, 0.5);
        var x = Tensor.From([0.5f, 1, -0.25f]);
        Check.Same(m, [x], [x, true]);
        var training = Script.Of(m).Graph;
        m.Eval();
        Check.Same(m, [x], [x, true]);
        Assert.NotEqual(training.ToString(), Script.Of(m).Graph.ToString());
        Assert.Contains("layers.0.weight", training.ToString(), StringComparison.Ordinal);
        Assert.Single(training.Writes);
    }
}
