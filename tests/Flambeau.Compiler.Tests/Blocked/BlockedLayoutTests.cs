using Flambeau.Autograd;
using Flambeau.Nn;

namespace Flambeau.Compiler.Tests.Blocked;

/// <summary>Images that stay in blocked order between convolutions.</summary>
public sealed class BlockedLayoutTests
{
    [Theory]
    [InlineData(1, 28, 28)]
    [InlineData(1, 7, 7)]
    [InlineData(3, 9, 14)]
    public void A_norm_behind_a_convolution_becomes_part_of_it(int n, int height, int width)
    {
        using var seed = new Generator(7).Use();
        Conv2d one = new(24, 40, 3, padding: 1, bias: false), two = new(40, 24, 3, padding: 1);
        BatchNorm2d first = new(40), second = new(24);
        using (Grad.No())
        {
            foreach (var b in (BatchNorm2d[])[first, second])
            {
                b.Weight!.Copy_(Tensor.Rand(b.Weight.Shape) + 0.5);
                b.Bias!.Copy_(Tensor.Randn(b.Bias.Shape));
                b.RunningMean!.Copy_(Tensor.Randn(b.RunningMean.Shape));
                b.RunningVar!.Copy_(Tensor.Rand(b.RunningVar.Shape) + 0.5);
                b.Eval();
            }
        }
        Tensor Block(Tensor x) => (second.Forward(two.Forward(first.Forward(one.Forward(x)).Relu())) + x).Relu();
        Func<Tensor, Tensor> function = Block;
        var compiled = function.Compile(options: new() { Strict = true });
        var x = Tensor.Randn([n, 24, height, width]);
        using var off = Grad.No();
        for (var run = 0; run < 2; run++)
        {
            Assert.InRange((Block(x) - compiled.Forward(x)).Abs().Max().Item<double>(), 0, 1e-4);
            // Follows the parameters.
            first.Weight!.Copy_(first.Weight * 0.9);
        }
        var steps = compiled.Measure(1, x).Select(static s => s.Name).ToArray();
        Assert.Equal(2, steps.Count(static s => s.StartsWith("_blocked_", StringComparison.Ordinal)));
        Assert.DoesNotContain(steps, static s => s.Contains("affine", StringComparison.Ordinal) || s.Contains("relu", StringComparison.Ordinal));
    }
}
