using Flambeau.Amp;
using Flambeau.Optim;

namespace Flambeau.Tests.Amp;

public sealed class GradScalerTests
{
    static Tensor V(params float[] values) => Tensor.From(values);

    static (Tensor P, SGD Sgd) Parameter()
    {
        var p = V(1f, 2f, 3f).WithGrad();
        return (p, new SGD([p], lr: 0.1));
    }

    [Fact]
    public void Scaled_losses_give_plain_steps()
    {
        var (p, sgd) = Parameter();
        var scaler = new GradScaler(initScale: 1024);
        scaler.Scale((p * p).Sum()).Backward();
        Assert.Equal(2048f, p.Grad![0].Item<float>());
        Assert.True(scaler.Step(sgd));
        scaler.Update();
        Assert.Equal([0.8f, 1.6f, 2.4f], p.Detach().ToArray<float>());
        Assert.Equal(2f, p.Grad[0].Item<float>());
        Assert.Equal(1024, scaler.Current);
        Assert.Equal(1, scaler.GrowthTracker);
    }

    [Fact]
    public void Overflow_leaves_the_step_out_and_halves_the_scale()
    {
        var (p, sgd) = Parameter();
        var scaler = new GradScaler(initScale: 8, growthInterval: 2);
        foreach (var bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            p.Grad = V(1f, bad, 1f);
            Assert.False(scaler.Step(sgd));
            scaler.Update();
        }
        Assert.Equal([1f, 2f, 3f], p.Detach().ToArray<float>());
        Assert.Equal(1, scaler.Current);
        for (var i = 0; i < 2; i++)
        {
            p.Grad = V(1f, 1f, 1f);
            Assert.True(scaler.Step(sgd));
            scaler.Update();
        }
        Assert.Equal(2, scaler.Current);
        Assert.Equal(0, scaler.GrowthTracker);
    }

    [Fact]
    public void Unscaled_once_for_clipping()
    {
        var (p, sgd) = Parameter();
        var scaler = new GradScaler(initScale: 4);
        p.Grad = V(4f, 8f, 12f);
        scaler.Unscale(sgd);
        Assert.Equal([1f, 2f, 3f], p.Grad.ToArray<float>());
        Assert.Contains("twice", Assert.Throws<InvalidOperationException>(() => scaler.Unscale(sgd)).Message, StringComparison.Ordinal);
        Assert.True(scaler.Step(sgd));
        Assert.Throws<InvalidOperationException>(() => scaler.Step(sgd));
        Assert.Throws<InvalidOperationException>(() => scaler.Unscale(sgd));
        scaler.Update();
        Assert.Throws<InvalidOperationException>(() => scaler.Update());
        scaler.Update(newScale: 16);
        Assert.Equal(16, scaler.Current);
    }

    [Fact]
    public void Two_optimizers_share_a_scale()
    {
        var ((p, a), (q, b)) = (Parameter(), Parameter());
        var scaler = new GradScaler(initScale: 2);
        (p.Grad, q.Grad) = (V(2f, 2f, 2f), V(2f, float.NaN, 2f));
        Assert.True(scaler.Step(a));
        Assert.False(scaler.Step(b));
        scaler.Update();
        Assert.Equal(1, scaler.Current);
        Assert.Equal(0.9f, p.Detach()[0].Item<float>());
        Assert.Equal(1f, q.Detach()[0].Item<float>());
    }

    [Fact]
    public void State_comes_back_and_off_does_nothing()
    {
        var (p, sgd) = Parameter();
        var scaler = new GradScaler(32, 3, 0.25, 5);
        p.Grad = V(1f, 1f, 1f);
        scaler.Step(sgd);
        scaler.Update();
        var other = new GradScaler();
        other.LoadStateDict(scaler.StateDict());
        Assert.Equal((32.0, 3.0, 0.25, 5L, 1L), (other.Current, other.GrowthFactor, other.BackoffFactor, other.GrowthInterval, other.GrowthTracker));
        Assert.Equal(["scale", "growth_factor", "backoff_factor", "growth_interval", "_growth_tracker"], scaler.StateDict().Keys);
        Assert.Throws<ArgumentException>(() => other.LoadStateDict(new Dictionary<string, object?> { ["scale"] = 1.0 }));
        var off = new GradScaler(enabled: false);
        p.Grad = V(float.NaN, 1f, 1f);
        Assert.True(off.Step(sgd));
        off.Update();
        Assert.Same(p, off.Scale(p));
        Assert.Equal(1, off.Current);
        Assert.Empty(off.StateDict());
    }

    [Fact]
    public void Half_gradients_are_refused_and_wrong_factors_too()
    {
        var p = Tensor.Ones([2], DType.Float16).WithGrad();
        p.Grad = Tensor.Ones([2], DType.Float16);
        Assert.Contains("Autocast", Assert.Throws<InvalidOperationException>(() => new GradScaler().Unscale(new SGD([p]))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new GradScaler(growthFactor: 1));
        Assert.Throws<ArgumentException>(() => new GradScaler(backoffFactor: 1));
        Assert.Throws<ArgumentException>(() => new GradScaler(growthInterval: 0));
        Assert.Throws<ArgumentException>(() => new GradScaler(initScale: 0));
    }
}
