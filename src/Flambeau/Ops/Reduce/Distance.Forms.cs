using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Distances between all pairs of rows: <c>[.., n, k]</c> and <c>[.., m, k]</c> give <c>[.., n, m]</c>; leading axes broadcast.</summary>
    /// <param name="x2">The other rows.</param>
    /// <param name="p">Of the p-norm; 2 is the Euclidean distance.</param>
    /// <param name="computeMode">Accepted for PyTorch's sake; differences are always taken first, which keeps small distances exact.</param>
    [Op("cdist(Tensor x1, Tensor x2, float p=2.0, str? compute_mode='use_mm_for_euclid_dist_if_necessary') -> Tensor")]
    public Tensor Cdist(Tensor x2, double p = 2, string? computeMode = null)
    {
        if (Rank < 2 || x2.Rank < 2 || Shape[^1] != x2.Shape[^1])
            throw new ArgumentException($"cdist: shapes {Shape} and {x2.Shape} don't fit; expected [.., n, k] and [.., m, k]");
        if (p < 0) throw new ArgumentException($"cdist: p is {p}; it must not be negative");
        var lead = Shape.Broadcast(new(Shape.ToArray()[..^2]), new(x2.Shape.ToArray()[..^2])).ToArray();
        var self = this;
        using var cast = Amp.Autocast.Whole("cdist", ref self, ref x2);
        var a = self.Expand(new Shape([.. lead, .. Shape.ToArray()[^2..]]));
        var b = x2.Expand(new Shape([.. lead, .. x2.Shape.ToArray()[^2..]]));
        return a.CdistForward(b, p);
    }
}

public static partial class Functional
{
    /// <summary>Vectors along an axis divided by their p-norm, or by eps if that is larger.</summary>
    [Op("nn.functional.normalize(Tensor input, float p=2.0, int[] dim=[1], float eps=1e-12) -> Tensor")]
    public static Tensor Normalize(this Tensor input, double p = 2, long[]? dim = null, double eps = 1e-12) =>
        input / Linalg.VectorNorm(input, p, dim ?? [1], keepdim: true).ClampMin((Scalar)eps);

    /// <summary>Cosine of the angle between vectors along an axis; norms below eps count as eps.</summary>
    [Op("nn.functional.cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor")]
    [Op("cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor")]
    public static Tensor CosineSimilarity(this Tensor x1, Tensor x2, long dim = 1, double eps = 1e-8)
    {
        using var cast = Amp.Autocast.Whole("cosine_similarity", ref x1, ref x2);
        var dtype = Promotion.ResultType(x1, x2);
        var shape = Shape.Broadcast(x1.Shape, x2.Shape);
        (x1, x2) = (x1.To(dtype).Expand(shape), x2.To(dtype).Expand(shape));
        return (x1 / Bounded(x1, dim, eps) * (x2 / Bounded(x2, dim, eps))).Sum(dim);
    }

    /// <summary>The bound changes the value of the norm, not its gradient, as in PyTorch.</summary>
    static Tensor Bounded(Tensor x, long dim, double eps)
    {
        var norm = Linalg.VectorNorm(x, 2, [dim], keepdim: true);
        var plain = norm.Detach();
        return norm + (plain.ClampMin((Scalar)eps) - plain);
    }

    /// <summary>p-norm of <c>x1 − x2 + eps</c> along the last axis.</summary>
    [Op("nn.functional.pairwise_distance(Tensor x1, Tensor x2, float p=2.0, float eps=1e-06, bool keepdim=False) -> Tensor")]
    [Op("pairwise_distance(Tensor x1, Tensor x2, float p=2.0, float eps=1e-06, bool keepdim=False) -> Tensor")]
    public static Tensor PairwiseDistance(this Tensor x1, Tensor x2, double p = 2, double eps = 1e-6, bool keepdim = false) =>
        Linalg.VectorNorm(x1 - x2 + eps, p, [-1], keepdim);

    /// <summary>Distances between the rows of a matrix, each pair once: <c>[n, k]</c> gives <c>[n (n − 1) / 2]</c>.</summary>
    [Op("nn.functional.pdist(Tensor input, float p=2.0) -> Tensor")]
    [Op("pdist(Tensor input, float p=2.0) -> Tensor")]
    public static Tensor Pdist(this Tensor input, double p = 2)
    {
        using var cast = Amp.Autocast.Whole("pdist", ref input);
        if (input.Rank != 2) throw new ArgumentException($"pdist: a tensor of shape {input.Shape} was given; expected a matrix of rows");
        var n = (int)input.Size(0);
        var first = new long[n * (n - 1) / 2];
        var second = new long[first.Length];
        for (int i = 0, at = 0; i < n; i++)
        {
            for (var j = i + 1; j < n; j++, at++) (first[at], second[at]) = (i, j);
        }
        using var here = Tensor.Beside(input);
        var diff = input.IndexTensors([Tensor.From(first)]) - input.IndexTensors([Tensor.From(second)]);
        return Linalg.VectorNorm(diff, p, [-1]);
    }
}
