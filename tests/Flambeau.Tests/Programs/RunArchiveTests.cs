using Flambeau.Formats;
using Flambeau.Nn;
using Flambeau.Tests.Formats;

namespace Flambeau.Tests.Programs;

[Module]
internal sealed partial class Halving(double limit) : Module
{
    readonly Linear layer = new(3, 3);
    [Buffer] readonly Tensor runs = Tensor.Zeros([]);

    [Script]
    public Tensor Forward(Tensor x, long most = 20)
    {
        x = x.Linear(layer.Weight, layer.Bias);
        var steps = 0;
        while (steps < most && x.Abs().Max().Item<double>() > limit)
        {
            x = x * 0.5;
            steps++;
        }
        using (Flambeau.Autograd.Grad.No()) runs.Add_(1);
        return x + steps;
    }
}

/// <summary>Archives run in a process that has neither the model's class nor its assembly.</summary>
public sealed class RunArchiveTests
{
    static Tensor Foreign(string folder, string model, Tensor x)
    {
        var (inputs, outputs) = (Path.Combine(folder, "in.safetensors"), Path.Combine(folder, "out.safetensors"));
        Safetensors.Save(inputs, [new(ScriptModule.Load(model).Main.Parameters[0].Name, x)]);
        var (code, _, error) = Child.Run("RunArchive", model, inputs, outputs);
        Assert.Equal((0, ""), (code, error));
        return Safetensors.Load(outputs, map: false)["output"];
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(100.0)]
    public void Scripts(double scale) => Samples.InFolder(folder =>
    {
        var path = Path.Combine(folder, "m.flambeau");
        var m = new Halving(0.75);
        Script.Of(m).Save(path);
        var x = Tensor.Linspace(-scale, scale, 6).Reshape([2, 3]);
        Samples.Same(m.Forward(x).Detach(), Foreign(folder, path, x));
    });

    [Fact]
    public void Traces() => Samples.InFolder(folder =>
    {
        var path = Path.Combine(folder, "m.flambeau");
        var net = new Sequential([new Conv2d(2, 4, 3, padding: 1), new BatchNorm2d(4), new ReLU(), new Flatten(), new Linear(4 * 5 * 5, 3)]);
        net.Eval();
        var x = Tensor.Randn([2, 2, 5, 5]);
        Capture.Trace.Of(net, x).Save(path);
        Samples.Same(net.Forward(x).Detach(), Foreign(folder, path, x));
    });

    [Fact]
    public void What_is_no_archive_is_said_in_a_line() => Samples.InFolder(folder =>
    {
        var path = Path.Combine(folder, "m.flambeau");
        File.WriteAllText(path, "hello");
        var (code, _, error) = Child.Run("RunArchive", path, path, path);
        Assert.Equal(1, code);
        Assert.Contains("no Flambeau archive", error, StringComparison.Ordinal);
    });
}
