using Flambeau.Nn;

namespace Flambeau.Tests.Nn;

[Module]
internal sealed partial class Gathered : Module
{
    [Parameter] readonly Tensor scale = Tensor.Ones([2]).WithGrad();
    [Parameter(Name = "shift.custom")] readonly Tensor? shift = Tensor.Zeros([2]).WithGrad();
    [Parameter] readonly Tensor? absent = None();
    [Buffer] readonly Tensor runningMean = Tensor.Zeros([2]);
    [Buffer(Persistent = false)] readonly Tensor cache = Tensor.Zeros([1]);
    [NotState] readonly Tensor scratch = Tensor.Zeros([1]);
    [Parameter] readonly Tensor[] list = [Tensor.Ones([1]).WithGrad(), Tensor.Ones([1]).WithGrad()];
    readonly Inner first = new();
    readonly Inner?[] tail = [new(), null, new()];
    readonly Dictionary<string, Inner> named = new() { ["a"] = new() };
    [Child("sub")] public Inner Other { get; } = new();
    readonly Inner shared;

    public Gathered() => shared = first;

    static Tensor? None() => null;

    public bool Holds => absent is null && cache.Numel + scratch.Numel > 0 && ReferenceEquals(shared, first) && scale.Numel > 0 && shift is not null && list.Length + tail.Length + named.Count > 0 && runningMean.Numel > 0;
}

[Module]
internal sealed partial class Inner : Module
{
    [Parameter] readonly Tensor weightIhL0 = Tensor.Ones([1]).WithGrad();

    public Tensor Weight => weightIhL0;
}

public sealed class ModuleTests
{
    [Fact]
    public void Members_are_found_under_pytorch_keys()
    {
        var m = new Gathered();
        Assert.True(m.Holds);
        Assert.Equal(
            ["scale", "shift.custom", "list.0", "list.1", "running_mean", "first.weight_ih_l0", "tail.0.weight_ih_l0", "tail.2.weight_ih_l0", "named.a.weight_ih_l0", "sub.weight_ih_l0", "shared.weight_ih_l0"],
            m.StateDict().Keys.OrderBy(k => Array.IndexOf(["scale", "shift.custom", "list.0", "list.1", "running_mean", "first.weight_ih_l0", "tail.0.weight_ih_l0", "tail.2.weight_ih_l0", "named.a.weight_ih_l0", "sub.weight_ih_l0", "shared.weight_ih_l0"], k)));
        Assert.Equal(9, m.Parameters().Count());
        Assert.Equal(["running_mean", "cache"], m.NamedBuffers().Select(b => b.Key));
    }

    [Fact]
    public void State_is_loaded_and_differences_are_listed()
    {
        var a = new Inner();
        a.LoadStateDict(new Dictionary<string, Tensor> { ["weight_ih_l0"] = Tensor.From<float>([7]) });
        Assert.Equal(7, a.Weight.Item<float>());
        var e = Assert.Throws<ArgumentException>(() => a.LoadStateDict(new Dictionary<string, Tensor> { ["other"] = Tensor.Ones([1]) }));
        Assert.Contains("missing: weight_ih_l0", e.Message, StringComparison.Ordinal);
        Assert.Contains("unexpected: other", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => a.LoadStateDict(new Dictionary<string, Tensor> { ["weight_ih_l0"] = Tensor.Ones([2]) }));
    }

    [Fact]
    public void Train_and_dtype_reach_all_modules()
    {
        var m = new Gathered();
        m.Eval();
        Assert.All(m.Modules(), x => Assert.False(x.Training));
        m.To(DType.Float64);
        Assert.All(m.Parameters(), p => Assert.Equal(DType.Float64, p.DType));
        Assert.All(m.Parameters(), p => Assert.True(p.RequiresGrad));
    }
}
