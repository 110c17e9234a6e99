namespace Flambeau.Nn;

/// <summary>The last axes, of a given shape, to mean 0 and variance 1, then scaled and moved elementwise (Ba et al., arXiv 1607.06450).</summary>
[Module]
public sealed partial class LayerNorm : Layer
{
    [Parameter] readonly Tensor? weight;
    [Parameter] readonly Tensor? bias;
    readonly long[] shape;
    readonly double eps;

    /// <param name="normalizedShape">Sizes of the last axes.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="elementwiseAffine">Whether to learn a scale and an offset.</param>
    /// <param name="bias">Whether to learn the offset.</param>
    /// <param name="dtype">Dtype of the parameters.</param>
    public LayerNorm(Ints normalizedShape, double eps = 1e-5, bool elementwiseAffine = true, bool bias = true, DType dtype = DType.Float32)
    {
        shape = normalizedShape.AsSpan().ToArray();
        this.eps = eps;
        weight = elementwiseAffine ? Tensor.Ones(shape, dtype).WithGrad() : null;
        this.bias = elementwiseAffine && bias ? Tensor.Zeros(shape, dtype).WithGrad() : null;
    }

    /// <summary>The scale.</summary>
    public Tensor? Weight => weight;

    /// <summary>The offset.</summary>
    public Tensor? Bias => bias;

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.LayerNorm(shape, weight, bias, eps);
}

/// <summary>The last axes divided by the root of their mean square, then scaled elementwise (Zhang and Sennrich, arXiv 1910.07467).</summary>
[Module]
public sealed partial class RMSNorm : Layer
{
    [Parameter] readonly Tensor? weight;
    readonly long[] shape;
    readonly double? eps;

    /// <param name="normalizedShape">Sizes of the last axes.</param>
    /// <param name="eps">Added to the mean square; the dtype's machine epsilon by default.</param>
    /// <param name="elementwiseAffine">Whether to learn a scale.</param>
    /// <param name="dtype">Dtype of the parameters.</param>
    public RMSNorm(Ints normalizedShape, double? eps = null, bool elementwiseAffine = true, DType dtype = DType.Float32)
    {
        shape = normalizedShape.AsSpan().ToArray();
        this.eps = eps;
        weight = elementwiseAffine ? Tensor.Ones(shape, dtype).WithGrad() : null;
    }

    /// <summary>The scale.</summary>
    public Tensor? Weight => weight;

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.RmsNorm(shape, weight, eps);
}
