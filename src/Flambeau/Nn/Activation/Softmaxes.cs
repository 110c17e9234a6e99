namespace Flambeau.Nn;

/// <summary>Exponentials along an axis, divided by their sum.</summary>
public sealed partial class Softmax(long? dim = null) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Functional.Softmax(input, dim);
}

/// <summary>Logarithm of the softmax.</summary>
public sealed partial class LogSoftmax(long? dim = null) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Functional.LogSoftmax(input, dim);
}

/// <summary>Softmax of −x.</summary>
public sealed partial class Softmin(long? dim = null) : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => Functional.Softmin(input, dim);
}

/// <summary>Softmax over the channels of <c>[N, C, H, W]</c>, or without N.</summary>
public sealed partial class Softmax2d : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Rank is 3 or 4 ? input.Softmax(-3)
        : throw new ArgumentException($"Softmax2d: the input has shape {input.Shape}; expected [N, C, H, W] or [C, H, W]");
}
