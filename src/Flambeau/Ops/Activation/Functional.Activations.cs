using Flambeau.Ops;

namespace Flambeau;

/// <summary>PyTorch's <c>torch.nn.functional</c>.</summary>
public static partial class Functional
{
    /// <inheritdoc cref="Ops.Relu"/>
    [Op("nn.functional.relu(Tensor input, bool inplace=False) -> Tensor")]
    public static Tensor Relu(this Tensor input, bool inplace = false) => inplace ? input.Relu_() : input.Relu();

    /// <inheritdoc cref="Tensor.Relu6"/>
    [Op("nn.functional.relu6(Tensor input, bool inplace=False) -> Tensor")]
    public static Tensor Relu6(this Tensor input, bool inplace = false) => inplace ? input.Hardtanh_(0, 6) : input.Relu6();

    /// <inheritdoc cref="Tensor.Elu"/>
    [Op("nn.functional.elu(Tensor input, float alpha=1.0, bool inplace=False) -> Tensor")]
    public static Tensor Elu(this Tensor input, double alpha = 1, bool inplace = false) => inplace ? input.EluOf_(alpha, 1, 1) : input.Elu(alpha);

    /// <inheritdoc cref="Tensor.Celu"/>
    [Op("nn.functional.celu(Tensor input, float alpha=1.0, bool inplace=False) -> Tensor")]
    public static Tensor Celu(this Tensor input, double alpha = 1, bool inplace = false) => Into(input, input.Celu(alpha), inplace);

    /// <inheritdoc cref="Tensor.Selu"/>
    [Op("nn.functional.selu(Tensor input, bool inplace=False) -> Tensor")]
    public static Tensor Selu(this Tensor input, bool inplace = false) => Into(input, input.Selu(), inplace);

    /// <inheritdoc cref="Ops.LeakyRelu"/>
    [Op("nn.functional.leaky_relu(Tensor input, float negative_slope=0.01, bool inplace=False) -> Tensor")]
    public static Tensor LeakyRelu(this Tensor input, double negativeSlope = 0.01, bool inplace = false) =>
        inplace ? input.LeakyRelu_(negativeSlope) : input.LeakyRelu(negativeSlope);

    /// <inheritdoc cref="Tensor.Prelu"/>
    [Op("nn.functional.prelu(Tensor input, Tensor weight) -> Tensor")]
    public static Tensor Prelu(Tensor input, Tensor weight) => input.Prelu(weight);

    /// <inheritdoc cref="Ops.Gelu"/>
    [Op("nn.functional.gelu(Tensor input, *, str approximate='none') -> Tensor")]
    public static Tensor Gelu(Tensor input, string approximate = "none") => input.Gelu(approximate);

    /// <inheritdoc cref="Ops.Silu"/>
    [Op("nn.functional.silu(Tensor input, bool inplace=False) -> Tensor")]
    public static Tensor Silu(this Tensor input, bool inplace = false) => inplace ? input.Silu_() : input.Silu();

    /// <inheritdoc cref="Ops.Mish"/>
    [Op("nn.functional.mish(Tensor input, bool inplace=False) -> Tensor")]
    public static Tensor Mish(this Tensor input, bool inplace = false) => inplace ? input.Mish_() : input.Mish();

    /// <inheritdoc cref="Ops.Hardtanh"/>
    [Op("nn.functional.hardtanh(Tensor input, float min_val=-1.0, float max_val=1.0, bool inplace=False) -> Tensor")]
    public static Tensor Hardtanh(this Tensor input, double minVal = -1, double maxVal = 1, bool inplace = false) =>
        inplace ? input.Hardtanh_(minVal, maxVal) : input.Hardtanh(minVal, maxVal);

    /// <inheritdoc cref="Ops.Hardsigmoid"/>
    [Op("nn.functional.hardsigmoid(Tensor input, bool inplace=False) -> Tensor")]
    public static Tensor Hardsigmoid(this Tensor input, bool inplace = false) => inplace ? input.Hardsigmoid_() : input.Hardsigmoid();

    /// <inheritdoc cref="Ops.Hardswish"/>
    [Op("nn.functional.hardswish(Tensor input, bool inplace=False) -> Tensor")]
    public static Tensor Hardswish(this Tensor input, bool inplace = false) => inplace ? input.Hardswish_() : input.Hardswish();

    /// <inheritdoc cref="Ops.HardshrinkBy"/>
    [Op("nn.functional.hardshrink(Tensor input, float lambd=0.5) -> Tensor")]
    public static Tensor Hardshrink(Tensor input, double lambd = 0.5) => input.Hardshrink(lambd);

    /// <inheritdoc cref="Ops.SoftshrinkBy"/>
    [Op("nn.functional.softshrink(Tensor input, float lambd=0.5) -> Tensor")]
    public static Tensor Softshrink(Tensor input, double lambd = 0.5) => input.Softshrink(lambd);

    /// <summary><c>x − tanh(x)</c>.</summary>
    [Op("nn.functional.tanhshrink(Tensor input) -> Tensor")]
    public static Tensor Tanhshrink(this Tensor input) => input - input.Tanh();

    /// <inheritdoc cref="Ops.SoftplusOf"/>
    [Op("nn.functional.softplus(Tensor input, float beta=1, float threshold=20) -> Tensor")]
    public static Tensor Softplus(Tensor input, double beta = 1, double threshold = 20) => input.Softplus(beta, threshold);

    /// <summary><c>x / (1 + |x|)</c>.</summary>
    [Op("nn.functional.softsign(Tensor input) -> Tensor")]
    public static Tensor Softsign(this Tensor input) => input / (input.Abs() + 1);

    /// <inheritdoc cref="Ops.Threshold"/>
    [Op("nn.functional.threshold(Tensor input, float threshold, float value, bool inplace=False) -> Tensor")]
    public static Tensor Threshold(this Tensor input, double threshold, double value, bool inplace = false) =>
        inplace ? input.Threshold_(threshold, value) : input.Threshold(threshold, value);

    /// <inheritdoc cref="Ops.LogSigmoid"/>
    [Op("nn.functional.logsigmoid(Tensor input) -> Tensor")]
    public static Tensor LogSigmoid(Tensor input) => input.LogSigmoid();

    /// <inheritdoc cref="Tensor.Glu"/>
    [Op("nn.functional.glu(Tensor input, int dim=-1) -> Tensor")]
    public static Tensor Glu(Tensor input, long dim = -1) => input.Glu(dim);

    /// <inheritdoc cref="Ops.Sigmoid"/>
    [Op("nn.functional.sigmoid(Tensor input) -> Tensor")]
    public static Tensor Sigmoid(Tensor input) => input.Sigmoid();

    /// <inheritdoc cref="Ops.Tanh"/>
    [Op("nn.functional.tanh(Tensor input) -> Tensor")]
    public static Tensor Tanh(Tensor input) => input.Tanh();

    static Tensor Into(Tensor input, Tensor y, bool inplace) => inplace ? input.Copy_(y) : y;
}
