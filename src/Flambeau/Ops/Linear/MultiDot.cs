using Flambeau.Ops;

namespace Flambeau;

public static partial class Linalg
{
    /// <summary>
    /// Product of two or more matrices, in the order of multiplications that costs least. The first may be a row vector, the last a column vector.
    /// Cormen et al., "Introduction to Algorithms", matrix-chain multiplication.
    /// </summary>
    /// <exception cref="ArgumentException">Fewer than two matrices, or sizes that don't fit.</exception>
    [Op("linalg.multi_dot(Tensor[] tensors) -> Tensor")]
    [Op("chain_matmul(Tensor[] tensors) -> Tensor")]
    public static Tensor MultiDot(params Tensor[] tensors)
    {
        var n = tensors.Length;
        if (n < 2) throw new ArgumentException($"linalg.multi_dot: {n} matrices were given; expected at least two");
        bool row = tensors[0].Rank == 1, column = tensors[^1].Rank == 1;
        var m = (Tensor[])tensors.Clone();
        if (row) m[0] = m[0].Unsqueeze(0);
        if (column) m[^1] = m[^1].Unsqueeze(1);
        for (var i = 0; i < n; i++)
        {
            if (m[i].Rank != 2 || (i > 0 && m[i - 1].Size(1) != m[i].Size(0)))
                throw new ArgumentException($"linalg.multi_dot: shapes {string.Join(", ", tensors.Select(static t => t.Shape))} don't chain; expected [a, b], [b, c], [c, d] …");
        }
        var y = Product(m, Cuts(m), 0, n - 1);
        if (row) y = y.Select(0, 0);
        return column ? y.Select(-1, 0) : y;
    }

    static Tensor Product(Tensor[] m, int[,] cuts, int i, int j) => i == j ? m[i] : Product(m, cuts, i, cuts[i, j]).Mm(Product(m, cuts, cuts[i, j] + 1, j));

    static int[,] Cuts(Tensor[] m)
    {
        var n = m.Length;
        var cost = new double[n, n];
        var cut = new int[n, n];
        for (var length = 2; length <= n; length++)
        {
            for (var i = 0; i + length <= n; i++)
            {
                var j = i + length - 1;
                cost[i, j] = double.PositiveInfinity;
                for (var k = i; k < j; k++)
                {
                    var c = cost[i, k] + cost[k + 1, j] + (double)m[i].Size(0) * m[k].Size(1) * m[j].Size(1);
                    if (c < cost[i, j]) (cost[i, j], cut[i, j]) = (c, k);
                }
            }
        }
        return cut;
    }

    /// <summary>Σ conj(x) · y along an axis; other axes broadcast.</summary>
    /// <exception cref="ArgumentException">The sizes of the axis differ.</exception>
    [Op("linalg.vecdot(Tensor x, Tensor y, *, int dim=-1) -> Tensor")]
    public static Tensor VecDot(Tensor x, Tensor y, int dim = -1)
    {
        if (x.Rank > 0 && y.Rank > 0 && x.Size(dim) != y.Size(dim)) throw new ArgumentException($"linalg.vecdot: shapes {x.Shape} and {y.Shape} differ along axis {dim}");
        var z = x.Conj() * y;
        return z.Sum([dim]).To(z.DType);
    }

    /// <summary>As <see cref="Tensor.MatMul"/>.</summary>
    [Op("linalg.matmul(Tensor input, Tensor other) -> Tensor")]
    public static Tensor MatMul(Tensor input, Tensor other) => input.MatMul(other);
}
