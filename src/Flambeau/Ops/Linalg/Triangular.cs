using System.Numerics;
using Flambeau.Cpu;
using static Flambeau.Ops.MatrixBatch;

namespace Flambeau.Ops;

/// <summary>
/// Solves A·X = B (or X·A = B when not <c>left</c>) with triangular A <c>[..., n, n]</c>, of which only the named triangle is read; B is <c>[..., n, k]</c>
/// (<c>[..., k, n]</c>), leading axes broadcast. With <c>unitriangular</c> the diagonal counts as ones. A zero on the diagonal gives infinities.
/// </summary>
[Op("linalg.solve_triangular(Tensor self, Tensor B, *, bool upper, bool left=True, bool unitriangular=False) -> Tensor")]
public readonly partial record struct SolveTriangular(bool Upper, bool Left = true, bool Unitriangular = false)
{
    internal Tensor Forward(Tensor self, Tensor b)
    {
        RequireSquare(self, "linalg.solve_triangular");
        RequireMatrix(b, "linalg.solve_triangular");
        RequireSameDType(self, b, "linalg.solve_triangular");
        if (b.Size(Left ? -2 : -1) != self.Size(-1))
            throw new ArgumentException($"linalg.solve_triangular: B of shape {b.Shape} doesn't fit A of shape {self.Shape}; with left={Left} expected B of shape {(Left ? "[..., n, k]" : "[..., k, n]")}");
        (self, b) = Broadcast(self, b, "linalg.solve_triangular");
        return Cast.To(self.DType.IsComplex() ? Run<Complex>(self, b) : Run<double>(self, b), self.DType);
    }

    Tensor Run<T>(Tensor a, Tensor b) where T : unmanaged, INumberBase<T>
    {
        long n = a.Size(-1), k = b.Size(Left ? -1 : -2);
        a = Wide(a);
        var x = Wide(b, copy: true);
        var op = this;
        For(Count(Sizes(x)), n, i =>
        {
            if (op.Left) Cpu.Lapack.Triangular.Solve<T>(a.Part<T>(i, n * n), (int)n, x.Part<T>(i, n * k), (int)k, op.Upper, unit: op.Unitriangular);
            else Cpu.Lapack.Triangular.SolveRight<T>(a.Part<T>(i, n * n), (int)n, x.Part<T>(i, n * k), (int)k, op.Upper, unit: op.Unitriangular);
        });
        return x;
    }

    internal (Tensor?, Tensor?) Vjp(Tensor self, Tensor y, Tensor dy, Needs needs)
    {
        var b = Linalg.SolveTriangular(self.Adj(), dy, !Upper, Left, Unitriangular);
        if (!needs[0]) return (null, b);
        var a = Left ? -b.MatMul(y.Adj()) : -y.Adj().MatMul(b);
        return (Upper ? a.Triu(Unitriangular ? 1 : 0) : a.Tril(Unitriangular ? -1 : 0), b);
    }
}
