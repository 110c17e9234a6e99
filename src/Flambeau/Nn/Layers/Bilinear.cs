namespace Flambeau.Nn;

/// <summary>Bilinear map: <c>y = x₁ᵀ A x₂ + b</c>, [*, in1] and [*, in2] to [*, out].</summary>
[Module]
public sealed partial class Bilinear : Module
{
    [Parameter] readonly Tensor weight;
    [Parameter] readonly Tensor? bias;

    /// <param name="in1Features">Size of the last axis of the first input.</param>
    /// <param name="in2Features">Size of the last axis of the second input.</param>
    /// <param name="outFeatures">Size of the last axis of outputs.</param>
    /// <param name="bias">Whether to add a learned offset.</param>
    /// <param name="dtype">Dtype of the parameters.</param>
    public Bilinear(long in1Features, long in2Features, long outFeatures, bool bias = true, DType dtype = DType.Float32)
    {
        if (in1Features < 1) throw new ArgumentException($"Bilinear: the first input has {in1Features} features; expected at least one");
        var bound = 1 / Math.Sqrt(in1Features);
        weight = Init.Uniform(Tensor.Empty([outFeatures, in1Features, in2Features], dtype), -bound, bound).WithGrad();
        this.bias = bias ? Init.Uniform(Tensor.Empty([outFeatures], dtype), -bound, bound).WithGrad() : null;
    }

    /// <summary>A, of shape [out, in1, in2].</summary>
    public Tensor Weight => weight;

    /// <summary>b, of shape [out].</summary>
    public Tensor? Bias => bias;

    /// <summary>Applies the map.</summary>
    [Script]
    public Tensor Forward(Tensor input1, Tensor input2) => input1.Bilinear(input2, weight, bias);
}
