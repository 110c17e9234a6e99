using Flambeau.Ops;

namespace Flambeau;

public static partial class Linalg
{
    internal static void CheckSolve(Tensor info, string op) => MatrixBatch.Check(info, op,
        k => $"the matrix is singular: pivot {k} is zero. Linalg.Lstsq and Linalg.Pinv handle singular matrices");

    /// <summary>Solves A·X = B (X·A = B when not <paramref name="left"/>); see <see cref="SolveEx"/> for the shapes.</summary>
    /// <exception cref="LinAlgException">A matrix is singular.</exception>
    [Op("linalg.solve(Tensor A, Tensor B, *, bool left=True) -> Tensor")]
    public static Tensor Solve(Tensor a, Tensor b, bool left = true)
    {
        var (x, info) = SolveEx(a, b, left);
        CheckSolve(info, "linalg.solve");
        return x;
    }

    /// <summary>Inverses of square matrices.</summary>
    /// <exception cref="LinAlgException">A matrix is singular.</exception>
    [Op("linalg.inv(Tensor A) -> Tensor")]
    [Op("inverse(Tensor self) -> Tensor")]
    public static Tensor Inv(Tensor a)
    {
        var (y, info) = InvEx(a);
        CheckSolve(info, "linalg.inv");
        return y;
    }

    /// <summary>The tensor X that <c>tensordot(X, A, ind)</c> turns into the identity: A seen as a square matrix from its last axes to its first <paramref name="ind"/>.</summary>
    /// <exception cref="ArgumentException">The product of the first <paramref name="ind"/> sizes isn't that of the rest.</exception>
    [Op("linalg.tensorinv(Tensor self, int ind=2) -> Tensor")]
    public static Tensor TensorInv(Tensor self, int ind = 2)
    {
        if (ind < 1 || ind > self.Rank) throw new ArgumentException($"linalg.tensorinv: ind is {ind}; expected 1 to {self.Rank} for a tensor of shape {self.Shape}");
        long[] head = self.Shape.ToArray()[..ind], tail = self.Shape.ToArray()[ind..];
        long rows = MatrixBatch.Count(head), columns = MatrixBatch.Count(tail);
        if (rows != columns)
            throw new ArgumentException($"linalg.tensorinv: shape {self.Shape} cut at axis {ind} gives a {rows}×{columns} matrix; the products of the sizes before and after must agree");
        return Inv(self.Reshape([rows, columns])).Reshape([.. tail, .. head]);
    }

    /// <summary>Solves <c>tensordot(A, X, rank of X) = B</c>. <paramref name="dims"/> are axes of A to move to its end first.</summary>
    /// <exception cref="ArgumentException">The axes of A that aren't B's don't make a square system.</exception>
    [Op("linalg.tensorsolve(Tensor self, Tensor other, int[]? dims=None) -> Tensor")]
    public static Tensor TensorSolve(Tensor self, Tensor other, long[]? dims = null)
    {
        var a = self;
        if (dims is { Length: > 0 })
        {
            var moved = dims.Select(d => (long)Dims.Wrap(d, self.Rank)).ToArray();
            a = a.Permute([.. Enumerable.Range(0, self.Rank).Select(static d => (long)d).Where(d => !moved.Contains(d)), .. moved]);
        }
        var unknown = a.Shape.ToArray()[Math.Min(other.Rank, a.Rank)..];
        var n = MatrixBatch.Count(unknown);
        if (n != other.Numel)
            throw new ArgumentException($"linalg.tensorsolve: A of shape {a.Shape} (after moving dims) and B of shape {other.Shape} give {other.Numel} equations for {n} unknowns; the numbers must agree");
        return Solve(a.Reshape([n, n]), other.Reshape([n])).Reshape(unknown);
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="Linalg.Inv"/>
    public Tensor Inverse() => Linalg.Inv(this);
}
