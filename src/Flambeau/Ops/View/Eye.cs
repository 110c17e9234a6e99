using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>A matrix with ones on the diagonal and zeros elsewhere, n×m (m = n by default).</summary>
    public static Tensor Eye(long n, long? m = null, DType dtype = DType.Float32)
    {
        var y = Zeros([n, m ?? n], dtype);
        using var off = Autograd.Grad.No();
        y.Diagonal().Copy_(FromScalar(1, dtype));
        return y;
    }

    [Op("eye(int n, *, dtype? dtype=None) -> Tensor")]
    internal static Tensor EyeSquare(long n, DType? dtype = null) => Eye(n, n, dtype ?? DType.Float32);

    [Op("eye(int n, int m, *, dtype? dtype=None) -> Tensor")]
    internal static Tensor EyeWide(long n, long m, DType? dtype = null) => Eye(n, m, dtype ?? DType.Float32);
}
