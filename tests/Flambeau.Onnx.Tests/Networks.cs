namespace Flambeau.OnnxTests;

/// <summary>Networks that are exported.</summary>
internal static class Networks
{
    internal static Layer LeNet() => new Sequential(
        new Conv2d(1, 6, 5, padding: 2), new Tanh(), new AvgPool2d(2), new Conv2d(6, 16, 5), new Tanh(), new AvgPool2d(2),
        new Flatten(), new Linear(400, 120), new Tanh(), new Linear(120, 84), new Tanh(), new Linear(84, 10));

    internal static Layer ResNet18(long classes = 10)
    {
        var layers = new List<Layer> { new Conv2d(3, 64, 7, stride: 2, padding: 3, bias: false), new BatchNorm2d(64), new ReLU(), new MaxPool2d(3, stride: 2, padding: 1) };
        long from = 64;
        foreach (var (width, stride) in new[] { (64L, 1L), (128, 2), (256, 2), (512, 2) })
        {
            layers.Add(new Residual(from, width, stride));
            layers.Add(new Residual(width, width, 1));
            from = width;
        }
        layers.AddRange([new AdaptiveAvgPool2d(1), new Flatten(), new Linear(512, classes)]);
        return new Sequential([.. layers]);
    }

    internal static Layer MobileNetV3(long classes = 10)
    {
        var layers = new List<Layer> { new Conv2d(3, 16, 3, stride: 2, padding: 1, bias: false), new BatchNorm2d(16, eps: 0.001), new Hardswish() };
        // kernel, expanded, out, squeeze and excitation, hard swish, stride
        (long K, long E, long O, bool Se, bool Hs, long S)[] blocks =
        [
            (3, 16, 16, true, false, 2), (3, 72, 24, false, false, 2), (3, 88, 24, false, false, 1), (5, 96, 40, true, true, 2), (5, 240, 40, true, true, 1), (5, 240, 40, true, true, 1),
            (5, 120, 48, true, true, 1), (5, 144, 48, true, true, 1), (5, 288, 96, true, true, 2), (5, 576, 96, true, true, 1), (5, 576, 96, true, true, 1),
        ];
        long from = 16;
        foreach (var b in blocks)
        {
            layers.Add(new Inverted(from, b.K, b.E, b.O, b.Se, b.Hs, b.S));
            from = b.O;
        }
        layers.AddRange([new Conv2d(96, 576, 1, bias: false), new BatchNorm2d(576, eps: 0.001), new Hardswish(), new AdaptiveAvgPool2d(1), new Flatten(), new Linear(576, 1024), new Hardswish(), new Dropout(0.2), new Linear(1024, classes)]);
        return new Sequential([.. layers]);
    }

    /// <summary>Running statistics as after some training.</summary>
    internal static T Trained<T>(T module) where T : Module
    {
        foreach (var (name, t) in module.NamedBuffers())
        {
            if (name.EndsWith("running_mean", StringComparison.Ordinal)) t.Copy_(Tensor.Randn(t.Shape) * 0.1);
            if (name.EndsWith("running_var", StringComparison.Ordinal)) t.Copy_(Tensor.Rand(t.Shape) + 0.5);
        }
        module.Eval();
        return module;
    }
}

/// <summary>Two convolutions beside a shortcut.</summary>
[Module]
internal sealed partial class Residual(long from, long width, long stride) : Layer
{
    readonly Conv2d conv1 = new(from, width, 3, stride: stride, padding: 1, bias: false);
    readonly BatchNorm2d bn1 = new(width);
    readonly Conv2d conv2 = new(width, width, 3, padding: 1, bias: false);
    readonly BatchNorm2d bn2 = new(width);
    readonly Sequential? downsample = from != width || stride != 1 ? new(new Conv2d(from, width, 1, stride: stride, bias: false), new BatchNorm2d(width)) : null;

    public override Tensor Forward(Tensor x)
    {
        var y = bn2.Forward(conv2.Forward(bn1.Forward(conv1.Forward(x)).Relu()));
        return (y + (downsample?.Forward(x) ?? x)).Relu();
    }
}

/// <summary>Wide in the middle, with a gate on its channels.</summary>
[Module]
internal sealed partial class Inverted(long from, long kernel, long expanded, long to, bool gate, bool hard, long stride) : Layer
{
    readonly Sequential? expand = expanded != from ? new(new Conv2d(from, expanded, 1, bias: false), new BatchNorm2d(expanded, eps: 0.001)) : null;
    readonly Sequential depth = new(new Conv2d(expanded, expanded, kernel, stride: stride, padding: (kernel - 1) / 2, groups: expanded, bias: false), new BatchNorm2d(expanded, eps: 0.001));
    readonly Sequential? squeeze = gate ? new(new AdaptiveAvgPool2d(1), new Conv2d(expanded, expanded / 4, 1), new ReLU(), new Conv2d(expanded / 4, expanded, 1), new Hardsigmoid()) : null;
    readonly Sequential project = new(new Conv2d(expanded, to, 1, bias: false), new BatchNorm2d(to, eps: 0.001));

    Tensor Act(Tensor x) => hard ? x.Hardswish() : x.Relu();

    public override Tensor Forward(Tensor x)
    {
        var y = expand is null ? x : Act(expand.Forward(x));
        y = Act(depth.Forward(y));
        if (squeeze is not null) y = y * squeeze.Forward(y);
        y = project.Forward(y);
        return stride == 1 && from == to ? x + y : y;
    }
}
