using Flambeau.Ops;

namespace Flambeau;

public static partial class Linalg
{
    /// <summary>
    /// Norm of vectors or matrices. Without <paramref name="ord"/> the 2-norm over <paramref name="dim"/> (all axes by default); with one, <see cref="VectorNorm"/> over one axis
    /// or <see cref="MatrixNorm(Tensor, double, long[], bool, DType?)"/> over two.
    /// </summary>
    /// <exception cref="ArgumentException">An order was given for neither one nor two axes.</exception>
    [Op("linalg.norm(Tensor self, Scalar? ord=None, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None) -> Tensor")]
    public static Tensor Norm(Tensor self, double? ord = null, long[]? dim = null, bool keepdim = false, DType? dtype = null)
    {
        if (ord is not { } p) return VectorNorm(self, 2, dim, keepdim, dtype);
        var axes = dim?.Length ?? self.Rank;
        return axes switch
        {
            1 => VectorNorm(self, p, dim, keepdim, dtype),
            2 => MatrixNorm(self, p, dim ?? [0, 1], keepdim, dtype),
            _ => throw new ArgumentException($"linalg.norm: ord {p} over {axes} axes of shape {self.Shape}; expected one axis (a vector) or two (a matrix). Leave ord out for the 2-norm of all elements"),
        };
    }

    /// <summary>Norm of matrices by name: "fro" or "nuc".</summary>
    [Op("linalg.norm(Tensor self, str ord, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None) -> Tensor")]
    public static Tensor Norm(Tensor self, string ord, long[]? dim = null, bool keepdim = false, DType? dtype = null) => MatrixNorm(self, ord, dim ?? AllTwo(self, ord), keepdim, dtype);

    static long[] AllTwo(Tensor x, string ord) => x.Rank == 2 ? [0, 1]
        : throw new ArgumentException($"linalg.norm: '{ord}' is a norm of matrices; name two axes of shape {x.Shape} as dim");

    /// <summary>
    /// Norm of the matrices that two axes span: 1 and −1 are the largest and smallest column sum of magnitudes, ±∞ those of rows, 2 and −2 the largest and smallest singular value.
    /// </summary>
    /// <exception cref="ArgumentException">Another order, or not two different axes.</exception>
    [Op("linalg.matrix_norm(Tensor self, Scalar ord, int[] dim=[-2,-1], bool keepdim=False, *, dtype? dtype=None) -> Tensor")]
    public static Tensor MatrixNorm(Tensor self, double ord, long[]? dim = null, bool keepdim = false, DType? dtype = null)
    {
        var (x, rows, columns) = MatrixAxes(self, dim, dtype);
        var smallest = ord < 0;
        switch (Math.Abs(ord))
        {
            case 2: return Restore(Extreme(Svdvals(Last(x, rows, columns)), -1, smallest, false), x, rows, columns, keepdim);
            case 1 or double.PositiveInfinity:
                var (summed, other) = Math.Abs(ord) == 1 ? (rows, columns) : (columns, rows);
                var y = Extreme(VectorNorm(x, 1, [summed], keepdim: true), other, smallest, true);
                return keepdim ? y : y.Reshape(Without(x, rows, columns));
            default: throw new ArgumentException($"linalg.matrix_norm: ord is {ord}; expected 1, -1, 2, -2, inf, -inf, 'fro' or 'nuc'");
        }
    }

    /// <summary>Norm of the matrices that two axes span, by name: "fro" (the root of the sum of squares) or "nuc" (the sum of the singular values).</summary>
    /// <exception cref="ArgumentException">Another name, or not two different axes.</exception>
    [Op("linalg.matrix_norm(Tensor self, str ord='fro', int[] dim=[-2,-1], bool keepdim=False, *, dtype? dtype=None) -> Tensor")]
    public static Tensor MatrixNorm(Tensor self, string ord = "fro", long[]? dim = null, bool keepdim = false, DType? dtype = null)
    {
        var (x, rows, columns) = MatrixAxes(self, dim, dtype);
        return ord switch
        {
            "fro" => VectorNorm(x, 2, [rows, columns], keepdim),
            "nuc" => Restore(Svdvals(Last(x, rows, columns)).Sum([-1]), x, rows, columns, keepdim),
            _ => throw new ArgumentException($"linalg.matrix_norm: ord is '{ord}'; expected 'fro', 'nuc' or a number (1, -1, 2, -2, inf, -inf)"),
        };
    }

    static Tensor Extreme(Tensor x, long axis, bool smallest, bool keepdim) => smallest ? x.Amin([axis], keepdim) : x.Amax([axis], keepdim);

    static (Tensor X, int Rows, int Columns) MatrixAxes(Tensor self, long[]? dim, DType? dtype)
    {
        MatrixBatch.RequireFloat(self, "linalg.matrix_norm");
        dim ??= [-2, -1];
        if (self.Rank < 2 || dim.Length != 2 || Dims.Wrap(dim[0], self.Rank) == Dims.Wrap(dim[1], self.Rank))
            throw new ArgumentException($"linalg.matrix_norm: axes [{string.Join(", ", dim)}] of shape {self.Shape}; expected two different axes");
        return (dtype is { } t ? self.To(t) : self, Dims.Wrap(dim[0], self.Rank), Dims.Wrap(dim[1], self.Rank));
    }

    static Tensor Last(Tensor x, int rows, int columns) =>
        x.Permute([.. Enumerable.Range(0, x.Rank).Where(d => d != rows && d != columns).Select(static d => (long)d), rows, columns]);

    static long[] Without(Tensor x, int rows, int columns) => [.. x.Shape.Where((_, d) => d != rows && d != columns)];

    static Tensor Restore(Tensor y, Tensor x, int rows, int columns, bool keepdim)
    {
        if (!keepdim) return y;
        var sizes = x.Shape.ToArray();
        sizes[rows] = sizes[columns] = 1;
        return y.Reshape(sizes);
    }

    /// <summary>
    /// Condition numbers of matrices: ‖A‖·‖A⁻¹‖ in the matrix norm <paramref name="p"/>; without one the ratio of the largest and smallest singular value, for which A need not be square.
    /// Infinite for singular matrices.
    /// </summary>
    [Op("linalg.cond(Tensor self, Scalar? p=None) -> Tensor")]
    public static Tensor Cond(Tensor self, double? p = null)
    {
        MatrixBatch.RequireMatrix(self, "linalg.cond");
        if (self.Numel == 0) return self.NewZeros(MatrixBatch.Sizes(self), self.DType.ToReal());
        if (p is null or 2 or -2)
        {
            var s = Svdvals(self);
            Tensor first = s.Select(-1, 0), last = s.Select(-1, -1);
            return p is -2 ? last / first : first / last;
        }
        MatrixBatch.RequireSquare(self, "linalg.cond");
        var (inverse, info) = InvEx(self);
        return Unless(info, MatrixNorm(self, p.Value) * MatrixNorm(inverse, p.Value));
    }

    /// <summary>Condition numbers in the norm "fro" or "nuc".</summary>
    [Op("linalg.cond(Tensor self, str p) -> Tensor")]
    public static Tensor Cond(Tensor self, string p)
    {
        MatrixBatch.RequireSquare(self, "linalg.cond");
        if (self.Numel == 0) return self.NewZeros(MatrixBatch.Sizes(self), self.DType.ToReal());
        var (inverse, info) = InvEx(self);
        // A singular matrix's "inverse" is not finite, which the iteration for singular values doesn't take.
        if (p == "nuc" && info.Detach().ToArray<int>().Any(static k => k != 0)) inverse = inverse.Where(info.Eq(0).Unsqueeze(-1).Unsqueeze(-1), 0.0);
        return Unless(info, MatrixNorm(self, p) * MatrixNorm(inverse, p));
    }

    static Tensor Unless(Tensor info, Tensor y) => y.Where(info.Eq(0), double.PositiveInfinity);
}

public sealed partial class Tensor
{
    /// <summary>Logarithms of the determinants of square matrices: −∞ for determinant 0, NaN for a negative one.</summary>
    [Op("logdet(Tensor self) -> Tensor")]
    public Tensor Logdet()
    {
        var (sign, log) = Linalg.SlogDet(this);
        return DType.IsComplex() ? sign.Log() + log : log.Where(sign.Ne(-1), double.NaN);
    }
}
