namespace Flambeau.Nn;

/// <summary>Elements are zeroed with probability p in training, the others scaled by 1/(1 − p) (Srivastava et al., 2014).</summary>
public sealed partial class Dropout(double p = 0.5, bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Functional.Dropout(input, p, Training, inplace);
}

/// <summary>Whole channels of <c>[N, C, L]</c> are dropped in training.</summary>
public sealed partial class Dropout1d(double p = 0.5, bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Functional.Dropout1d(input, p, Training, inplace);
}

/// <summary>Whole channels of <c>[N, C, H, W]</c> are dropped in training.</summary>
public sealed partial class Dropout2d(double p = 0.5, bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Functional.Dropout2d(input, p, Training, inplace);
}

/// <summary>Whole channels of <c>[N, C, D, H, W]</c> are dropped in training.</summary>
public sealed partial class Dropout3d(double p = 0.5, bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Functional.Dropout3d(input, p, Training, inplace);
}

/// <summary>Dropout that keeps mean and variance of SELU networks (Klambauer et al., arXiv 1706.02515).</summary>
public sealed partial class AlphaDropout(double p = 0.5, bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Functional.AlphaDropout(input, p, Training, inplace);
}

/// <summary><see cref="AlphaDropout"/> of whole channels.</summary>
public sealed partial class FeatureAlphaDropout(double p = 0.5, bool inplace = false) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Functional.FeatureAlphaDropout(input, p, Training, inplace);
}
