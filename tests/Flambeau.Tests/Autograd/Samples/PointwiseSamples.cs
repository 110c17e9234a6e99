namespace Flambeau.Tests.Autograd.Samples;

/// <summary>Elementwise ops whose domain isn't the default's positive numbers, or that have branches to visit.</summary>
internal sealed class PointwiseSamples : IOpSamples
{
    static readonly Tensor mask = Tensor.From([true, false, true, true, false, false], [2, 3]);

    static Tensor Unit(int seed = 1) => Draw.Real([2, 3], -0.9, 0.85, seed);

    static Tensor Wide(int seed = 1) => Draw.Real([2, 4], -3.7, 3.6, seed);

    static OpSample[] Both(string name) => [new(name, Wide()), new(name, Draw.Complex([2, 3]))];

    public IEnumerable<OpSample> Samples =>
    [
        .. new[] { "abs", "exp", "exp2", "expm1", "sin", "cos", "sinh", "cosh", "asinh", "tanh", "sigmoid", "silu", "sinc", "neg" }.SelectMany(Both),
        .. new[] { "acos", "asin", "atanh", "tan" }.Select(static n => new OpSample(n, Unit())),
        .. new[] { "arccos", "arcsin", "arctanh" }.Select(static n => new OpSample(n, Unit())),
        .. new[] { "relu", "leaky_relu", "gelu", "mish", "log_sigmoid", "softplus", "elu", "hardsigmoid", "hardswish", "hardshrink", "softshrink", "hardtanh", "sign", "floor", "ceil", "trunc", "frac", "round" }
            .Select(static n => new OpSample(n, Wide())),
        new("acos", Draw.Complex([2, 3])),
        new("log", Draw.Complex([2, 3])),
        new("sqrt", Draw.Complex([2, 3])),
        new("rsqrt", Draw.Complex([2, 3])),
        new("reciprocal", Draw.Complex([2, 3])),
        new("acosh", Draw.Real([2, 3], 1.2, 3)),
        new("arccosh", Draw.Real([2, 3], 1.2, 3)),
        new("gelu", Wide()) { Named = new() { ["approximate"] = "tanh" } },
        new("gelu_backward", Wide(), Wide(2)),
        new("gelu_backward", Wide(), Wide(2)) { Named = new() { ["approximate"] = "tanh" } },
        new("threshold_backward", Wide(), Wide(2), 0.4),
        new("silu_backward", Wide(), Wide(2)),
        new("elu", Wide(), 1.3, 0.9, 0.7),
        new("softplus", Wide(), 2.0, 3.0),
        new("threshold", Wide(), 0.3, -2.0),
        new("logit", Draw.Real([2, 3], 0.1, 0.95)),
        new("logit", Draw.Real([2, 3], 0.1, 0.95), 0.22),
        new("round", Wide()) { Named = new() { ["decimals"] = 1L } },
        new("clamp", Wide(), -1.1, 2.2),
        new("clamp", Wide(), null, 0.3),
        new("clamp", Wide(), Wide(2), Wide(3)),
        new("clamp", Wide(), Wide(2), null),
        new("clamp", Wide(), null, Draw.Real([4], -2, 2, 3)),
        new("clip", Wide(), -1.1, 2.2),
        new("clip", Wide(), null, Wide(2)),
        new("maximum", Wide(), Draw.Real([4], -2, 2, 3)),
        new("atan2", Wide(), Wide(2)),
        new("hypot", Wide(), Wide(2)),
        new("copysign", Wide(), Wide(2)),
        new("remainder", Wide(), Wide(2)),
        new("fmod", Wide(), Wide(2)),
        new("logaddexp", Wide(), Wide(2)),
        new("logaddexp2", Wide(), Wide(2)),
        new("nan_to_num", Wide()),
        new("_where", mask, Draw.Real([2, 3]), Draw.Real([3], seed: 2)),
        new("pow", Draw.Real([2, 3]), Draw.Real([3], seed: 2)),
        new("pow", Draw.Complex([2, 3]), Draw.Complex([3], 2)),
        .. new object[] { 0.0, 1L, 2L, 3.0, 4L, 0.5, -0.5, -1L, -2L, 1.7 }.Select(static n => new OpSample("pow", Draw.Real([2, 3]), n)),
        new("lerp", Unit(), Unit(2), 0.3),
        new("lerp", Unit(), Unit(2), 0.8),
        new("lerp", Unit(), Unit(2), Draw.Real([3], 0.1, 0.9)),
        new("addcmul", Unit(), Unit(2), Draw.Real([3])) { Named = new() { ["value"] = 0.7 } },
        new("addcdiv", Unit(), Unit(2), Draw.Real([3])) { Named = new() { ["value"] = 0.7 } },
        new("_make_complex", Unit(), Unit(2)),
        new("mul", Draw.Complex([2, 3]), Draw.Complex([3], 2)),
        new("true_divide", Draw.Complex([2, 3]), Draw.Complex([3], 2)),
    ];
}
