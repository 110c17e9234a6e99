using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>p-norm distances between the rows of two stacks of matrices: <c>[.., n, k]</c> and <c>[.., m, k]</c> give <c>[.., n, m]</c>.</summary>
[Op("_cdist_forward(Tensor x1, Tensor x2, float p) -> Tensor")]
public readonly partial record struct CdistForward(double P)
{
    internal Tensor Forward(Tensor x1, Tensor x2) => Distances.Run(x1, x2, P);

    internal (Tensor?, Tensor?) Vjp(Tensor x1, Tensor x2, Tensor y, Tensor dy, Needs needs)
    {
        if (P == 0 || y.Numel == 0) return (x1.ZerosLike(), x2.ZerosLike());
        if (P == 2)
        {
            var zero = y.Detach().Eq(0);
            var w = Tensor.Where(zero, 0.0, dy / Tensor.Where(zero, 1.0, y));
            return (needs[0] ? w.Sum(-1, true) * x1 - w.MatMul(x2) : null, needs[1] ? w.Sum(-2).Unsqueeze(-1) * x2 - Swap(w).MatMul(x1) : null);
        }
        var diff = x1.Unsqueeze(-2) - x2.Unsqueeze(-3);
        var g = new VectorNorm(P, [-1]).VjpSelf(diff, y, dy);
        return (needs[0] ? g.Sum(-2) : null, needs[1] ? -g.Sum(-3) : null);
    }

    static Tensor Swap(Tensor w)
    {
        var order = Enumerable.Range(0, w.Rank).Select(static i => (long)i).ToArray();
        (order[^1], order[^2]) = (order[^2], order[^1]);
        return w.Permute(order);
    }
}
