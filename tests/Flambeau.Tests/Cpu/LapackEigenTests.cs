using System.Numerics;
using Flambeau.Cpu.Lapack;
using Xunit;
using static Flambeau.Tests.Cpu.LapackMatrix;

namespace Flambeau.Tests.Cpu;

public class LapackRealEigenTests : LapackEigenTests<double>;

public class LapackComplexEigenTests : LapackEigenTests<Complex>;

public abstract class LapackEigenTests<T> where T : unmanaged, INumberBase<T>
{
    public static TheoryData<int> Sizes => [0, 1, 2, 3, 5, 8, 20, 60];

    static void CheckHermitian(T[] a, int n, double tolerance = 1e-12)
    {
        foreach (bool upper in new[] { false, true })
        {
            double[] w = new double[n], alone = new double[n];
            var v = new T[n * n];
            var half = Triangle<T>(a, n, n, upper);
            Assert.Equal(0, SymmetricEigen.Decompose<T>(half, n, upper, w, v));
            Assert.Equal(0, SymmetricEigen.Decompose<T>(half, n, upper, alone, []));
            double size = Math.Max(1e-300, Largest<T>(a));
            Close<double>(w, alone, tolerance * n, size);
            for (int i = 1; i < n; i++) Assert.True(w[i - 1] <= w[i]);
            Orthonormal<T>(v, n, n, tolerance);
            var vw = (T[])v.Clone();
            for (int i = 0; i < n * n; i++) vw[i] = Field.Scale(vw[i], w[i % n]);
            Close<T>(Times<T>(a, v, n, n, n), vw, tolerance, n * size);
        }
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Hermitian_matrices(int n)
    {
        CheckHermitian(Symmetric<T>(n, n, hermitian: true), n);
        CheckHermitian(new T[n * n], n);
        CheckHermitian(Eye<T>(n), n);
        var ones = new T[n * n];
        Array.Fill(ones, T.One);
        CheckHermitian(ones, n);
        CheckHermitian(Array.ConvertAll(Symmetric<T>(n, n, hermitian: true), x => Field.Scale(x, 1e-200)), n);
        CheckHermitian(Array.ConvertAll(Symmetric<T>(n, n, hermitian: true), x => Field.Scale(x, 1e200)), n);
    }

    static void CheckGeneral(T[] a, int n, double tolerance = 1e-11)
    {
        Complex[] w = new Complex[n], alone = new Complex[n], v = new Complex[n * n];
        Assert.Equal(0, Eigen.Decompose<T>(a, n, w, v));
        Assert.Equal(0, Eigen.Decompose<T>(a, n, alone, []));
        Complex[] wide = Array.ConvertAll(a, x => new Complex(Field.Re(x), Field.Im(x))), vw = (Complex[])v.Clone();
        for (int i = 0; i < n * n; i++) vw[i] *= w[i % n];
        Close<Complex>(Times<Complex>(wide, v, n, n, n), vw, tolerance, Math.Max(1e-300, n * Largest<T>(a)));
        for (int j = 0; j < n; j++)
        {
            double sum = 0, largest = 0, imaginary = 1;
            for (int i = 0; i < n; i++)
            {
                sum += Math.Pow(Complex.Abs(v[i * n + j]), 2);
                largest = Math.Max(largest, Complex.Abs(v[i * n + j]));
            }
            for (int i = 0; i < n; i++)                      // among components equally large, one is real
                if (Complex.Abs(v[i * n + j]) > largest * (1 - 1e-9)) imaginary = Math.Min(imaginary, Math.Abs(v[i * n + j].Imaginary));
            Assert.Equal(1, sum, 12);
            if (typeof(T) == typeof(double) && w[j].Imaginary == 0)
                for (int i = 0; i < n; i++) Assert.Equal(0, v[i * n + j].Imaginary);
            else Assert.Equal(0, imaginary);
            if (typeof(T) != typeof(double) || w[j].Imaginary == 0) continue;
            Assert.True(w[j].Imaginary > 0);
            Assert.Equal(Complex.Conjugate(w[j]), w[j + 1]);
            for (int i = 0; i < n; i++) Assert.Equal(Complex.Conjugate(v[i * n + j]), v[i * n + j + 1]);
            j++;
        }
    }

    [Theory, MemberData(nameof(Sizes))]
    public void General_matrices(int n)
    {
        CheckGeneral(Random<T>(n, n, 3 * n), n);
        CheckGeneral(new T[n * n], n);
        CheckGeneral(Eye<T>(n), n);
        CheckGeneral(Triangle<T>(Random<T>(n, n, n), n, n, upper: true), n, 1e-9);
        CheckGeneral(Triangle<T>(Random<T>(n, n, n), n, n, upper: false), n, 1e-9);
        CheckGeneral(Symmetric<T>(n, n, hermitian: true), n);
        CheckGeneral(Array.ConvertAll(Random<T>(n, n, n), x => Field.Scale(x, 1e-200)), n);
        CheckGeneral(Array.ConvertAll(Random<T>(n, n, n), x => Field.Scale(x, 1e200)), n);
    }

    [Theory, InlineData(2), InlineData(3), InlineData(4), InlineData(7), InlineData(16)]
    public void Cyclic_shifts_have_roots_of_unity(int n)
    {
        // The plain shifts would cycle on a permutation matrix.
        var a = new T[n * n];
        for (int i = 0; i < n; i++) a[i * n + (i + 1) % n] = T.One;
        CheckGeneral(a, n);
        var w = new Complex[n];
        Eigen.Decompose<T>(a, n, w, []);
        var sorted = w.OrderBy(x => Math.Atan2(Math.Round(x.Imaginary, 9), Math.Round(x.Real, 9))).ToArray();
        var expected = Enumerable.Range(0, n).Select(k => Complex.FromPolarCoordinates(1, 2 * Math.PI * k / n))
            .OrderBy(x => Math.Atan2(Math.Round(x.Imaginary, 9), Math.Round(x.Real, 9))).ToArray();
        Close<Complex>(expected, sorted, 1e-12);
    }

    [Fact]
    public void Defective_and_badly_scaled_matrices()
    {
        const int n = 9;
        T[] upper = new T[n * n], lower = new T[n * n], graded = Random<T>(n, n, 5);
        for (int i = 0; i < n - 1; i++) upper[i * n + i + 1] = lower[(i + 1) * n + i] = T.One;
        CheckGeneral(upper, n);
        CheckGeneral(lower, n);
        var w = new Complex[n];
        Eigen.Decompose<T>(lower, n, w, []);
        Assert.All(w, x => Assert.Equal(Complex.Zero, x));          // permuting finds the nilpotent structure
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) graded[i * n + j] = Field.Scale(graded[i * n + j], Math.Pow(10, 2 * (i - j)));
        CheckGeneral(graded, n);
    }

    [Fact]
    public void What_is_not_finite_fails_with_nan()
    {
        foreach (double bad in new[] { double.NaN, double.PositiveInfinity })
        {
            var a = Symmetric<T>(5, 1, true);
            a[5] = a[1] = Field.Of<T>(bad);
            var w = new double[5];
            var c = new Complex[5];
            Assert.NotEqual(0, SymmetricEigen.Decompose<T>(a, 5, false, w, new T[25]));
            Assert.NotEqual(0, Eigen.Decompose<T>(a, 5, c, new Complex[25]));
            Assert.True(double.IsNaN(w[0]) && double.IsNaN(c[0].Real));
        }
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Exponential_agrees_with_eigenvectors_and_inverts(int n)
    {
        foreach (double scale in new[] { 1e-3, 0.1, 0.5, 1, 10 })
        {
            var a = Array.ConvertAll(Symmetric<T>(n, n + 1, hermitian: true), x => Field.Scale(x, scale / Math.Max(1, n)));
            T[] e = new T[n * n], v = new T[n * n];
            MatrixExp.Compute<T>(a, n, e);
            var w = new double[n];
            SymmetricEigen.Decompose<T>(a, n, false, w, v);
            var ve = (T[])v.Clone();
            for (int i = 0; i < n * n; i++) ve[i] = Field.Scale(ve[i], Math.Exp(w[i % n]));
            Close<T>(Times<T>(ve, Adjoint<T>(v, n, n), n, n, n), e, 1e-11);
            var back = new T[n * n];
            var general = Array.ConvertAll(Random<T>(n, n, 2), x => Field.Scale(x, scale));
            MatrixExp.Compute<T>(general, n, e);
            MatrixExp.Compute<T>(Array.ConvertAll(general, x => -x), n, back);
            Close<T>(Eye<T>(n), Times<T>(e, back, n, n, n), 1e-13, Math.Max(1, n * Largest<T>(e) * Largest<T>(back)));
        }
    }

    [Fact]
    public void Exponential_of_a_nilpotent_matrix_is_its_series()
    {
        T[] a = new T[9], e = new T[9];
        a[1] = a[5] = Field.Of<T>(3);
        MatrixExp.Compute<T>(a, 3, e);
        Close<T>([T.One, Field.Of<T>(3), Field.Of<T>(4.5), T.Zero, T.One, Field.Of<T>(3), T.Zero, T.Zero, T.One], e, 1e-14);
        a[0] = Field.Of<T>(double.NaN);
        MatrixExp.Compute<T>(a, 3, e);
        Assert.All(e, x => Assert.True(T.IsNaN(x)));
    }
}
