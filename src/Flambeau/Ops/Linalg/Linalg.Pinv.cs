using Flambeau.Ops;

namespace Flambeau;

public static partial class Linalg
{
    /// <summary><see cref="Pinv(Tensor, Tensor?, Tensor?, bool)"/> with numbers as tolerances.</summary>
    [Op("linalg.pinv(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor")]
    public static Tensor Pinv(Tensor self, double? atol, double? rtol, bool hermitian = false) => Pinv(self, Number(atol), Number(rtol), hermitian);

    /// <summary><see cref="Pinv(Tensor, Tensor?, Tensor?, bool)"/> with a relative tolerance.</summary>
    [Op("linalg.pinv(Tensor self, Tensor rcond, bool hermitian=False) -> Tensor")]
    [Op("pinverse(Tensor self, Tensor rcond, bool hermitian=False) -> Tensor")]
    public static Tensor Pinv(Tensor self, Tensor rcond, bool hermitian) => Pinv(self, null, rcond, hermitian);

    /// <summary><see cref="MatrixRank(Tensor, Tensor?, Tensor?, bool)"/> with numbers as tolerances.</summary>
    [Op("linalg.matrix_rank(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor")]
    public static Tensor MatrixRank(Tensor self, double? atol, double? rtol, bool hermitian = false) => MatrixRank(self, Number(atol), Number(rtol), hermitian);

    /// <summary><see cref="MatrixRank(Tensor, Tensor?, Tensor?, bool)"/> with an absolute tolerance.</summary>
    [Op("linalg.matrix_rank(Tensor input, Tensor tol, bool hermitian=False) -> Tensor")]
    public static Tensor MatrixRank(Tensor self, Tensor tol, bool hermitian) => MatrixRank(self, tol, Number(0), hermitian);

    static Tensor? Number(double? value) => value is { } v ? Tensor.FromScalar(v, DType.Float64) : null;
}

public sealed partial class Tensor
{
    /// <summary>Moore–Penrose inverses with a relative tolerance; see <see cref="Linalg.Pinv(Tensor, Tensor?, Tensor?, bool)"/>.</summary>
    [Op("pinverse(Tensor self, float rcond=1e-15) -> Tensor")]
    public Tensor PInverse(double rcond = 1e-15) => Linalg.Pinv(this, null, rcond);
}
