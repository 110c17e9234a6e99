namespace Flambeau.Nn;

/// <summary><c>1 / (1 + e^(−x))</c>.</summary>
public sealed partial class Sigmoid : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Sigmoid();
}

/// <summary>Logarithm of the sigmoid.</summary>
public sealed partial class LogSigmoid : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.LogSigmoid();
}

/// <summary>Hyperbolic tangent.</summary>
public sealed partial class Tanh : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Tanh();
}

/// <summary><c>x − tanh(x)</c>.</summary>
public sealed partial class Tanhshrink : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Tanhshrink();
}

/// <summary>x brought into [minVal, maxVal].</summary>
public sealed partial class Hardtanh(double minVal = -1, double maxVal = 1, bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Functional.Hardtanh(input, minVal, maxVal, inplace);
}

/// <summary><c>(x + 3)/6</c> brought into [0, 1].</summary>
public sealed partial class Hardsigmoid(bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Hardsigmoid(inplace);
}

/// <summary><c>x · hardsigmoid(x)</c> (Howard et al., arXiv 1905.02244).</summary>
public sealed partial class Hardswish(bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Hardswish(inplace);
}
