namespace Flambeau.Nn;

/// <summary>Affine map of the last axis: <c>y = x Wᵀ + b</c>, [*, in] to [*, out].</summary>
[Module]
public sealed partial class Linear : Layer
{
    [Parameter] readonly Tensor weight;
    [Parameter] readonly Tensor? bias;

    /// <param name="inFeatures">Size of the last axis of inputs.</param>
    /// <param name="outFeatures">Size of the last axis of outputs.</param>
    /// <param name="bias">Whether to add a learned offset.</param>
    /// <param name="dtype">Dtype of the parameters.</param>
    public Linear(long inFeatures, long outFeatures, bool bias = true, DType dtype = DType.Float32)
    {
        weight = Init.KaimingUniform(Tensor.Empty([outFeatures, inFeatures], dtype), a: Math.Sqrt(5)).WithGrad();
        var bound = inFeatures > 0 ? 1 / Math.Sqrt(inFeatures) : 0;
        this.bias = bias ? Init.Uniform(Tensor.Empty([outFeatures], dtype), -bound, bound).WithGrad() : null;
    }

    /// <summary>W, of shape [out, in].</summary>
    public Tensor Weight => weight;

    /// <summary>b, of shape [out].</summary>
    public Tensor? Bias => bias;

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Linear(weight, bias);
}
