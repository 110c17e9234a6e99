using Flambeau.Cpu;
using Flambeau.Cpu.Lapack;
using static Flambeau.Ops.MatrixBatch;

namespace Flambeau.Ops;

/// <summary>Numbers of singular values above max(atol, rtol·largest) of matrices <c>[..., m, n]</c>, int64. Defaults as in <see cref="Pinv"/>.</summary>
[Op("linalg.matrix_rank(Tensor input, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False) -> Tensor")]
public readonly partial record struct MatrixRank(bool Hermitian = false)
{
    internal Tensor Forward(Tensor input, Tensor? atol, Tensor? rtol)
    {
        if (Hermitian) RequireSquare(input, "linalg.matrix_rank");
        else RequireMatrix(input, "linalg.matrix_rank");
        var tolerance = Tolerance.Of(input, atol, rtol, "linalg.matrix_rank");
        var wide = Wide(input);
        var s = Hermitian ? SymmetricEigenvalues.Run(wide, "L", vectors: false, "linalg.matrix_rank").Values : SingularValues.Run(wide, SvdVectors.None, "linalg.matrix_rank").S;
        var k = s.Size(-1);
        var y = Tensor.New(Sizes(input), DType.Int64);
        for (long i = 0; i < y.Numel; i++)
        {
            var values = s.Part<double>(i, k);
            double largest = 0;
            foreach (var v in values) largest = Math.Max(largest, Math.Abs(v));
            double limit = tolerance.At(i, largest);
            long rank = 0;
            foreach (var v in values)
            {
                if (Math.Abs(v) > limit) rank++;
            }
            y.Part<long>(i, 1)[0] = rank;
        }
        return y;
    }
}
