namespace Flambeau.Nn;

/// <summary>Cosine of the angle between vectors along an axis.</summary>
public sealed partial class CosineSimilarity(long dim = 1, double eps = 1e-8) : Module
{
    /// <summary>Computes the cosines.</summary>
    [Script]
    public Tensor Forward(Tensor x1, Tensor x2) => x1.CosineSimilarity(x2, dim, eps);
}

/// <summary>p-norm of the difference of vectors along the last axis.</summary>
public sealed partial class PairwiseDistance(double p = 2, double eps = 1e-6, bool keepdim = false) : Module
{
    /// <summary>Computes the distances.</summary>
    [Script]
    public Tensor Forward(Tensor x1, Tensor x2) => x1.PairwiseDistance(x2, p, eps, keepdim);
}
