using System.Numerics;
using Flambeau.Cpu;
using static Flambeau.Ops.MatrixBatch;

namespace Flambeau.Ops;

/// <summary>Exponentials of square matrices <c>[..., n, n]</c>, by scaling and squaring of Padé approximants (Higham 2005).</summary>
[Op("linalg.matrix_exp(Tensor self) -> Tensor")]
[Op("matrix_exp(Tensor self) -> Tensor")]
public readonly partial record struct MatrixExp
{
    internal Tensor Forward(Tensor self)
    {
        RequireSquare(self, "linalg.matrix_exp");
        return Cast.To(self.DType.IsComplex() ? Run<Complex>(self) : Run<double>(self), self.DType);
    }

    static Tensor Run<T>(Tensor self) where T : unmanaged, INumberBase<T>
    {
        var n = self.Size(-1);
        var a = Wide(self);
        var y = Tensor.New(a.Layout.Sizes, a.DType);
        For(Count(Sizes(a)), n, i => Cpu.Lapack.MatrixExp.Compute<T>(a.Part<T>(i, n * n), (int)n, y.Part<T>(i, n * n)));
        return y;
    }

    // exp [[Aᴴ, G], [0, Aᴴ]] has the derivative at Aᴴ in direction G in its upper right corner (Mathias 1996).
    internal Tensor VjpSelf(Tensor self, Tensor dy)
    {
        var n = self.Size(-1);
        var h = self.Adj();
        var block = Tensor.Cat([Tensor.Cat([h, dy], -1), Tensor.Cat([h.ZerosLike(), h], -1)], -2);
        return Linalg.MatrixExp(block).Slice(-2, 0, n).Slice(-1, n);
    }
}
