namespace Flambeau.Nn;

/// <summary>x outside [−lambd, lambd], 0 inside.</summary>
public sealed partial class Hardshrink(double lambd = 0.5) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Hardshrink(lambd);
}

/// <summary>x moved toward 0 by lambd, 0 inside [−lambd, lambd].</summary>
public sealed partial class Softshrink(double lambd = 0.5) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Softshrink(lambd);
}

/// <summary><c>ln(1 + e^(beta·x)) / beta</c>; x itself where <c>beta·x</c> exceeds the threshold.</summary>
public sealed partial class Softplus(double beta = 1, double threshold = 20) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Softplus(beta, threshold);
}

/// <summary><c>x / (1 + |x|)</c>.</summary>
public sealed partial class Softsign : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Softsign();
}

/// <summary>x where it exceeds the threshold, else the value.</summary>
public sealed partial class Threshold(double threshold, double value, bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Functional.Threshold(input, threshold, value, inplace);
}

/// <summary>First half of an axis times the sigmoid of the second (Dauphin et al., arXiv 1612.08083).</summary>
public sealed partial class GLU(long dim = -1) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Glu(dim);
}

/// <summary>Leaky ReLU whose slope is random in [lower, upper) in training, their mean otherwise (Xu et al., arXiv 1505.00853).</summary>
public sealed partial class RReLU(double lower = 1.0 / 8, double upper = 1.0 / 3, bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.RRelu(lower, upper, Training, inplace);
}
