using System.Numerics;
using Flambeau.Cpu;
using Flambeau.Cpu.Lapack;
using static Flambeau.Ops.MatrixBatch;

namespace Flambeau.Ops;

/// <summary>
/// Moore–Penrose inverses <c>[..., n, m]</c> of matrices <c>[..., m, n]</c>. Singular values up to max(atol, rtol·largest) count as zero; by default atol is 0 and
/// rtol is max(m, n)·ε of the dtype (0 when atol is given). The tolerances broadcast over the batch. With <c>hermitian</c> the matrices' lower triangles are read.
/// </summary>
[Op("linalg.pinv(Tensor self, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False) -> Tensor")]
public readonly partial record struct Pinv(bool Hermitian = false)
{
    internal Tensor Forward(Tensor self, Tensor? atol, Tensor? rtol)
    {
        if (Hermitian) RequireSquare(self, "linalg.pinv");
        else RequireMatrix(self, "linalg.pinv");
        var tolerance = Tolerance.Of(self, atol, rtol, "linalg.pinv");
        return Cast.To(self.DType.IsComplex() ? Run<Complex>(self, tolerance) : Run<double>(self, tolerance), self.DType);
    }

    Tensor Run<T>(Tensor self, Tolerance tolerance) where T : unmanaged, INumberBase<T>
    {
        long m = self.Size(-2), n = self.Size(-1), k = Math.Min(m, n);
        var a = Wide(self);
        Tensor y = New<T>(Sizes(a), n, m), info = Tensor.New(Sizes(a), DType.Int32);
        var hermitian = Hermitian;
        For(info.Numel, Math.Max(m, n), i =>
        {
            var s = new double[k];
            T[] u = new T[m * k], vh = new T[k * n];
            info.Part<int>(i, 1)[0] = hermitian ? FromEigenvalues(a.Part<T>(i, n * n), (int)n, s, u, vh)
                : Cpu.Lapack.Svd.Decompose<T>(a.Part<T>(i, m * n), (int)m, (int)n, s, u, vh, SvdVectors.Reduced);
            Invert(s, u, vh, (int)m, (int)n, tolerance.At(i, s.Length > 0 ? s.Max(Math.Abs) : 0), y.Part<T>(i, n * m));
        });
        Check(info, "linalg.pinv", static _ => "the singular value decomposition did not converge; does the matrix hold NaN or infinity?");
        return y;
    }

    static int FromEigenvalues<T>(ReadOnlySpan<T> a, int n, double[] w, T[] u, T[] vh) where T : unmanaged, INumberBase<T>
    {
        var info = SymmetricEigen.Decompose<T>(a, n, upper: false, w, u);
        Dense.Transpose<T>(u, n, n, vh, conjugate: true);
        return info;
    }

    // V·diag(1/s)·Uᴴ over the values that count.
    static void Invert<T>(double[] s, T[] u, T[] vh, int m, int n, double tolerance, Span<T> y) where T : unmanaged, INumberBase<T>
    {
        var k = s.Length;
        y.Clear();
        var uh = Dense.Transpose<T>(u, m, k, conjugate: true);
        for (var p = 0; p < k; p++)
        {
            if (Math.Abs(s[p]) <= tolerance) continue;
            for (var j = 0; j < n; j++) Vec.Axpy(Field.Scale(Field.Conj(vh[p * n + j]), 1 / s[p]), uh.AsSpan(p * m, m), y.Slice(j * m, m));
        }
    }

    // Golub and Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems whose variables separate", 1973.
    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy)
    {
        long m = self.Size(-2), n = self.Size(-1);
        Tensor yh = y.Adj(), gh = dy.Adj();
        if (m <= n)
        {
            Tensor k = gh.MatMul(y), kyh = k.MatMul(yh);
            return -y.MatMul(k).Adj() + kyh - self.MatMul(y).MatMul(kyh) + yh.MatMul(y).MatMul(gh - k.MatMul(self));
        }
        else
        {
            Tensor k = y.MatMul(gh), yhk = yh.MatMul(k);
            return -k.MatMul(y).Adj() + (gh - self.MatMul(k)).MatMul(y).MatMul(yh) + yhk - yhk.MatMul(y).MatMul(self);
        }
    }
}

/// <summary>Below which singular values count as zero, for each matrix of a batch.</summary>
internal readonly struct Tolerance
{
    readonly double[] atol, rtol;

    Tolerance(double[] atol, double[] rtol) => (this.atol, this.rtol) = (atol, rtol);

    internal static double Epsilon(DType dtype) => dtype.ToReal() switch
    {
        DType.Float64 => 2.220446049250313e-16,
        DType.Float16 => 9.765625e-4,
        DType.BFloat16 => 7.8125e-3,
        _ => 1.1920928955078125e-7,
    };

    internal static Tolerance Of(Tensor a, Tensor? atol, Tensor? rtol, string op)
    {
        var standard = Math.Max(a.Size(-2), a.Size(-1)) * Epsilon(a.DType);
        var batch = new Shape(Sizes(a));
        var absolute = Spread(atol, 0, batch, op, "atol");
        if (rtol is not null || atol is null) return new(absolute, Spread(rtol, standard, batch, op, "rtol"));
        return new(absolute, [.. absolute.Select(t => t > 0 ? 0 : standard)]);
    }

    static double[] Spread(Tensor? t, double otherwise, Shape batch, string op, string name)
    {
        if (t is null) return [.. Enumerable.Repeat(otherwise, (int)batch.Numel)];
        if (t.DType.IsComplex()) throw new ArgumentException($"{op}: {name} is {t.DType.Name()}; expected real numbers");
        if (t.Rank > batch.Rank || Shape.Broadcast(t.Shape, batch) != batch)
            throw new ArgumentException($"{op}: {name} of shape {t.Shape} doesn't broadcast to the batch {batch}; it has one number for each matrix");
        return t.Expand(batch).ToArray<double>();
    }

    internal double At(long i, double largest) => Math.Max(atol[i], rtol[i] * largest);
}
