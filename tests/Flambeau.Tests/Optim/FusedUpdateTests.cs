using Flambeau.Ops;
using Flambeau.Optim;

namespace Flambeau.Tests.Optim;

/// <summary>The one-pass updates beside the same formulas in tensor ops, which run when somebody watches single ops.</summary>
public sealed class FusedUpdateTests
{
    sealed class Watch : OpObserver
    {
        public override void OnOp(IOp op, object?[] arguments, Tensor[] outputs) { }
    }

    static Tensor[] Train(Func<Tensor[], Optimizer> make, DType dtype, bool watched)
    {
        var old = OpObserver.Current;
        try
        {
            Tensor[] start = [Tensor.Arange(37).To(dtype) / 10 - 1, Tensor.Arange(100_000).To(dtype).Reshape(100, 1000).Sin().Transpose(0, 1), Tensor.Zeros([0, 3], dtype), Tensor.FromScalar(0.5, dtype)];
            Tensor[] all = [.. start.Select(static t => t.Clone().WithGrad())];
            var rule = make(all);
            OpObserver.Current = watched ? new Watch() : null;
            for (var step = 0; step < 5; step++)
            {
                foreach (var p in all) p.Grad = (p.Detach() * 1.5 + 0.1 * step).Cos();
                rule.Step();
            }
            return [.. all, .. all.SelectMany(p => rule.StateOf(p).Tensors.Values)];
        }
        finally
        {
            OpObserver.Current = old;
        }
    }

    public static TheoryData<string> Rules => ["sgd", "sgd decay", "momentum", "nesterov", "dampening", "adam", "adam decay", "adamw", "amsgrad", "maximize"];

    static Optimizer Make(string name, Tensor[] all) => name switch
    {
        "sgd" => new SGD(all, lr: 0.1),
        "sgd decay" => new SGD(all, lr: 0.1, weightDecay: 0.05),
        "momentum" => new SGD(all, lr: 0.1, momentum: 0.9),
        "nesterov" => new SGD(all, lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01),
        "dampening" => new SGD(all, lr: 0.1, momentum: 0.9, dampening: 0.3),
        "adam" => new Adam(all, lr: 0.01),
        "adam decay" => new Adam(all, lr: 0.01, weightDecay: 0.1),
        "adamw" => new AdamW(all, lr: 0.01, weightDecay: 0.1),
        "amsgrad" => new Adam(all, lr: 0.01, amsgrad: true),
        _ => new AdamW(all, lr: 0.01, maximize: true),
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void One_pass_gives_what_tensor_ops_give(string name)
    {
        foreach (var (dtype, tolerance) in ((DType, double)[])[(DType.Float64, 1e-13), (DType.Float32, 2e-6)])
        {
            Tensor[] fused = Train(all => Make(name, all), dtype, watched: false), composed = Train(all => Make(name, all), dtype, watched: true);
            Assert.Equal(composed.Length, fused.Length);
            foreach (var (a, b) in composed.Zip(fused))
            {
                Assert.Equal(a.Shape, b.Shape);
                double[] x = a.Detach().To(DType.Float64).ToArray<double>(), y = b.Detach().To(DType.Float64).ToArray<double>();
                for (var i = 0; i < x.Length; i++) Assert.True(Math.Abs(x[i] - y[i]) <= tolerance * (1 + Math.Abs(x[i])), $"{name}, {dtype}: element {i} is {y[i]}, by tensor ops {x[i]}");
            }
        }
    }

    [Fact]
    public void A_step_counts_as_a_change_of_the_parameter()
    {
        var p = Tensor.Ones([4]).WithGrad();
        var loss = (p * p).Sum();
        p.Grad = Tensor.Ones([4]);
        new SGD([p], lr: 0.1).Step();
        Assert.Throws<InvalidOperationException>(() => loss.Backward()); // it would use the changed values
    }
}
