using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>
    /// Solves A·X = this with triangular A (Aᵀ·X = this when <paramref name="transpose"/>); older form of <see cref="Linalg.SolveTriangular"/>. Gives the solution and a copy of A.
    /// </summary>
    [Op("triangular_solve(Tensor self, Tensor A, bool upper=True, bool transpose=False, bool unitriangular=False) -> (Tensor solution, Tensor cloned_coefficient)")]
    public (Tensor Solution, Tensor ClonedCoefficient) TriangularSolve(Tensor a, bool upper = true, bool transpose = false, bool unitriangular = false)
    {
        MatrixBatch.RequireSquare(a, "triangular_solve");
        MatrixBatch.RequireMatrix(this, "triangular_solve");
        var batch = Shape.Broadcast(new(MatrixBatch.Sizes(a)), new(MatrixBatch.Sizes(this)));
        var x = Linalg.SolveTriangular(transpose ? a.Tr() : a, this, upper != transpose, left: true, unitriangular);
        return (x, a.Expand([.. batch, a.Size(-2), a.Size(-1)]).Clone());
    }
}
