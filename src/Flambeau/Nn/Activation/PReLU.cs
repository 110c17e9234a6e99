namespace Flambeau.Nn;

/// <summary>x above 0, <c>weight · x</c> below, with one learned slope or one for each channel (He et al., arXiv 1502.01852).</summary>
[Module]
public sealed partial class PReLU(long numParameters = 1, double init = 0.25, DType dtype = DType.Float32) : Layer
{
    [Parameter] readonly Tensor weight = Tensor.Full([numParameters], init, dtype).WithGrad();

    /// <summary>The slopes.</summary>
    public Tensor Weight => weight;

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input.Prelu(weight);
}
