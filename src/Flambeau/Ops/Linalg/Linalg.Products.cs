using Flambeau.Ops;

namespace Flambeau;

public static partial class Linalg
{
    /// <summary>n-th powers of square matrices; a negative n powers the inverse.</summary>
    [Op("linalg.matrix_power(Tensor self, int n) -> Tensor")]
    [Op("matrix_power(Tensor self, int n) -> Tensor")]
    public static Tensor MatrixPower(Tensor self, long n)
    {
        if (self.Rank < 2 || self.Size(-1) != self.Size(-2)) throw new ArgumentException($"linalg.matrix_power: a tensor of shape {self.Shape} was given; expected square matrices [..., n, n]");
        using var here = Tensor.Beside(self);
        if (n == 0) return self.Clone().Copy_(Tensor.Eye(self.Size(-1), null, self.DType));
        var power = n < 0 ? Inv(self) : self;
        var left = (ulong)Math.Abs(n);
        Tensor? result = null;
        while (true)
        {
            if ((left & 1) != 0) result = result is null ? power : result.MatMul(power);
            left >>= 1;
            if (left == 0) return ReferenceEquals(result, self) ? self.Clone() : result!;
            power = power.MatMul(power);
        }
    }

    /// <summary>Product of two or more matrices in the order that needs the fewest multiplications; the first and last may be vectors.</summary>
    [Op("linalg.multi_dot(Tensor[] tensors) -> Tensor")]
    [Op("chain_matmul(Tensor[] matrices) -> Tensor")]
    public static Tensor MultiDot(Tensor[] tensors)
    {
        if (tensors.Length < 2) throw new ArgumentException($"linalg.multi_dot: {tensors.Length} tensors were given; expected at least two");
        var n = tensors.Length;
        var chain = (Tensor[])tensors.Clone();
        bool row = chain[0].Rank == 1, column = chain[^1].Rank == 1;
        if (row) chain[0] = chain[0].Unsqueeze(0);
        if (column) chain[^1] = chain[^1].Unsqueeze(1);
        for (var i = 0; i < n; i++)
        {
            if (chain[i].Rank != 2) throw new ArgumentException($"linalg.multi_dot: tensor {i} has shape {tensors[i].Shape}; expected a matrix{(i == 0 || i == n - 1 ? " or a vector" : "")}");
            if (i > 0 && chain[i - 1].Size(1) != chain[i].Size(0))
                throw new ArgumentException($"linalg.multi_dot: tensors {i - 1} and {i} of shapes {tensors[i - 1].Shape} and {tensors[i].Shape} don't fit: the inner sizes differ");
        }
        var cuts = CheapestCuts([chain[0].Size(0), .. chain.Select(static t => t.Size(1))]);
        var y = Multiply(0, n - 1);
        if (row) y = y.Select(0, 0);
        return column ? y.Select(-1, 0) : y;

        Tensor Multiply(int i, int j) => i == j ? chain[i] : Multiply(i, cuts[i, j]).Mm(Multiply(cuts[i, j] + 1, j));
    }

    /// <summary>Where to cut each stretch of the chain (Cormen et al., Introduction to Algorithms, §15.2).</summary>
    static int[,] CheapestCuts(long[] sizes)
    {
        var n = sizes.Length - 1;
        var cost = new double[n, n];
        var cut = new int[n, n];
        for (var length = 1; length < n; length++)
        {
            for (int i = 0, j = length; j < n; i++, j++)
            {
                cost[i, j] = double.PositiveInfinity;
                for (var k = i; k < j; k++)
                {
                    var c = cost[i, k] + cost[k + 1, j] + (double)sizes[i] * sizes[k + 1] * sizes[j + 1];
                    if (c < cost[i, j]) (cost[i, j], cut[i, j]) = (c, k);
                }
            }
        }
        return cut;
    }

    /// <summary>Products along an axis, summed, the first argument conjugated: <c>Σ conj(x)·y</c>.</summary>
    [Op("linalg.vecdot(Tensor x, Tensor y, *, int dim=-1) -> Tensor")]
    public static Tensor VecDot(Tensor x, Tensor y, int dim = -1) => (x.Conj() * y).Sum([dim]);

    /// <summary>Cross products of vectors of three along an axis; other axes broadcast.</summary>
    [Op("linalg.cross(Tensor self, Tensor other, *, int dim=-1) -> Tensor")]
    public static Tensor Cross(Tensor self, Tensor other, int dim = -1)
    {
        var shape = self.Rank == other.Rank ? Shape.Broadcast(self.Shape, other.Shape)
            : throw new ArgumentException($"linalg.cross: shapes {self.Shape} and {other.Shape} have different numbers of axes");
        var d = Dims.Wrap(dim, shape.Rank);
        if (self.Size(d) != 3 || other.Size(d) != 3) throw new ArgumentException($"linalg.cross: axis {dim} of shapes {self.Shape} and {other.Shape} must have size 3 in both");
        Tensor a = self.Expand(shape), b = other.Expand(shape);
        Tensor A(long i) => a.Slice(d, i, i + 1);
        Tensor B(long i) => b.Slice(d, i, i + 1);
        return Tensor.Cat([A(1) * B(2) - A(2) * B(1), A(2) * B(0) - A(0) * B(2), A(0) * B(1) - A(1) * B(0)], d);
    }

    /// <summary>The diagonals of matrices, by default of the last two axes; see <see cref="Tensor.Diagonal"/>.</summary>
    [Op("linalg.diagonal(Tensor A, *, int offset=0, int dim1=-2, int dim2=-1) -> Tensor")]
    public static Tensor Diagonal(Tensor a, int offset = 0, int dim1 = -2, int dim2 = -1) => a.Diagonal(offset, dim1, dim2);

    /// <summary>Vandermonde matrices <c>[..., k, n]</c> of vectors <c>[..., k]</c>: powers 0 to n − 1 (n = k by default) of each entry.</summary>
    [Op("linalg.vander(Tensor x, *, int? N=None) -> Tensor")]
    public static Tensor Vander(Tensor x, long? n = null)
    {
        if (x.DType == DType.Bool) throw new ArgumentException("linalg.vander is not defined for bool; convert to an integer or float dtype first");
        if (x.Rank == 0) x = x.Unsqueeze(0);
        var count = n ?? x.Size(-1);
        if (count < (n is null ? 0 : 2)) throw new ArgumentException($"linalg.vander: N is {count}; expected at least 2");
        if (x.DType.IsIntegral()) x = x.To(DType.Int64);
        var powers = new List<Tensor> { x.OnesLike() };
        while (powers.Count < count) powers.Add(powers[^1] * x);
        return Tensor.Stack([.. powers.Take((int)count)], -1);
    }
}

public sealed partial class Tensor
{
    /// <summary>Cross products of vectors of three along an axis, the first of size 3 by default; see <see cref="Linalg.Cross"/>.</summary>
    [Op("cross(Tensor self, Tensor other, int? dim=None) -> Tensor")]
    public Tensor Cross(Tensor other, int? dim = null)
    {
        var axis = dim ?? Array.IndexOf(Shape.Broadcast(Shape, other.Shape).ToArray(), 3);
        return axis >= 0 || dim is not null ? Linalg.Cross(this, other, axis)
            : throw new ArgumentException($"cross: no axis of shapes {Shape} and {other.Shape} has size 3");
    }
}
