namespace Flambeau.Nn;

/// <summary>max(x, 0).</summary>
public sealed partial class ReLU(bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Relu(inplace);
}

/// <summary>x brought into [0, 6].</summary>
public sealed partial class ReLU6(bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Relu6(inplace);
}

/// <summary>x above 0, <c>x · negativeSlope</c> below.</summary>
public sealed partial class LeakyReLU(double negativeSlope = 0.01, bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Functional.LeakyRelu(input, negativeSlope, inplace);
}

/// <summary>x above 0, <c>alpha (eˣ − 1)</c> below (Clevert et al., arXiv 1511.07289).</summary>
public sealed partial class ELU(double alpha = 1, bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Functional.Elu(input, alpha, inplace);
}

/// <summary>x above 0, <c>alpha (e^(x/alpha) − 1)</c> below (Barron, arXiv 1704.07483).</summary>
public sealed partial class CELU(double alpha = 1, bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Functional.Celu(input, alpha, inplace);
}

/// <summary>ELU scaled so that activations normalise themselves (Klambauer et al., arXiv 1706.02515).</summary>
public sealed partial class SELU(bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Functional.Selu(input, inplace);
}

/// <summary><c>x · Φ(x)</c>, exact or with "tanh" (Hendrycks and Gimpel, arXiv 1606.08415).</summary>
public sealed partial class GELU(string approximate = "none") : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Gelu(approximate);
}

/// <summary><c>x · sigmoid(x)</c>.</summary>
public sealed partial class SiLU(bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Silu(inplace);
}

/// <summary><c>x · tanh(softplus(x))</c> (Misra, arXiv 1908.08681).</summary>
public sealed partial class Mish(bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Mish(inplace);
}
