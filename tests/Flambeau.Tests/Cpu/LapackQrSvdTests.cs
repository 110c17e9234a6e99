using System.Numerics;
using Flambeau.Cpu.Lapack;
using Xunit;
using static Flambeau.Tests.Cpu.LapackMatrix;

namespace Flambeau.Tests.Cpu;

public class LapackRealQrSvdTests : LapackQrSvdTests<double>;

public class LapackComplexQrSvdTests : LapackQrSvdTests<Complex>;

public abstract class LapackQrSvdTests<T> where T : unmanaged, INumberBase<T>
{
    public static TheoryData<int, int> Shapes => new()
    {
        { 0, 0 }, { 0, 3 }, { 4, 0 }, { 1, 1 }, { 1, 5 }, { 5, 1 }, { 2, 2 }, { 3, 3 }, { 6, 4 }, { 4, 6 }, { 50, 50 }, { 61, 40 }, { 90, 20 }, { 20, 90 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Qr_multiplies_back(int m, int n)
    {
        var a = Random<T>(m, n, m * 100 + n);
        var qr = (T[])a.Clone();
        int k = Math.Min(m, n);
        var tau = new T[k];
        Qr.Factor<T>(qr, m, n, tau);
        for (int i = 0; i < k; i++) Assert.Equal(0, Field.Im(qr[i * n + i]));     // LAPACK leaves a real diagonal
        foreach (int cols in new[] { k, m })
        {
            T[] q = new T[m * cols], r = new T[cols * n];
            Qr.FormQ<T>(qr, m, n, tau, q, cols);
            Qr.CopyR<T>(qr, n, r, cols);
            Orthonormal<T>(q, m, cols);
            Close<T>(a, Times<T>(q, r, m, cols, n));
        }
    }

    [Fact]
    public void Qr_has_the_signs_of_lapack()
    {
        // dgeqrf of [[3, 1], [4, 2]]: beta = −5, v = (1, 0.5), tau = 1.6
        T[] a = [Field.Of<T>(3), Field.Of<T>(1), Field.Of<T>(4), Field.Of<T>(2)];
        var tau = new T[2];
        Qr.Factor<T>(a, 2, 2, tau);
        Close<T>([Field.Of<T>(-5), Field.Of<T>(-2.2), Field.Of<T>(0.5), Field.Of<T>(0.4)], a, 1e-15);
        Close<T>([Field.Of<T>(1.6), T.Zero], tau, 1e-15);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Multiply_applies_q_from_both_sides(int m, int n)
    {
        var qr = Random<T>(m, n, 3);
        int k = Math.Min(m, n), other = 4;
        var tau = new T[k];
        Qr.Factor<T>(qr, m, n, tau);
        var q = new T[m * m];
        Qr.FormQ<T>(qr, m, n, tau, q, m);
        foreach (bool adjoint in new[] { false, true })
        {
            var op = adjoint ? Adjoint<T>(q, m, m) : q;
            T[] c = Random<T>(m, other, 8), left = (T[])c.Clone(), right = (T[])c.Clone();
            Qr.Multiply<T>(qr, n, tau, left, m, other, left: true, adjoint);
            Close<T>(Times<T>(op, c, m, m, other), left);
            Qr.Multiply<T>(qr, n, tau, right, other, m, left: false, adjoint);
            Close<T>(Times<T>(c, op, other, m, m), right);
        }
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Pivoted_qr_orders_its_diagonal(int m, int n)
    {
        var a = Random<T>(m, n, 6);
        var qr = (T[])a.Clone();
        int k = Math.Min(m, n);
        var tau = new T[k];
        var order = new int[n];
        Qr.FactorPivoted<T>(qr, m, n, tau, order);
        for (int i = 1; i < k; i++) Assert.True(Field.Abs(qr[i * n + i]) <= Field.Abs(qr[(i - 1) * n + i - 1]) * (1 + 1e-12));
        T[] q = new T[m * k], r = new T[k * n], permuted = new T[m * n];
        Qr.FormQ<T>(qr, m, n, tau, q, k);
        Qr.CopyR<T>(qr, n, r, k);
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++) permuted[i * n + j] = a[i * n + order[j]];
        Close<T>(permuted, Times<T>(q, r, m, k, n));
    }

    [Fact]
    public void Reflectors_survive_tiny_and_huge_columns()
    {
        foreach (double scale in new[] { 1e-310, 1e-200, 1e200, 1e307 })
        {
            var a = Random<T>(5, 3, 2);
            for (int i = 0; i < a.Length; i++) a[i] = Field.Scale(a[i], scale);
            T[] qr = (T[])a.Clone(), tau = new T[3], q = new T[15], r = new T[9];
            Qr.Factor<T>(qr, 5, 3, tau);
            Qr.FormQ<T>(qr, 5, 3, tau, q, 3);
            Qr.CopyR<T>(qr, 3, r, 3);
            Orthonormal<T>(q, 5, 3);
            Close<T>(a, Times<T>(q, r, 5, 3, 3), scale < 1e-300 ? 1e-10 : 1e-13);
        }
    }

    static void CheckSvd(T[] a, int m, int n, double tolerance = 1e-12)
    {
        int k = Math.Min(m, n);
        double[] s = new double[k], alone = new double[k];
        Assert.Equal(0, Svd.Decompose<T>(a, m, n, alone, [], [], SvdVectors.None));
        foreach (var kind in new[] { SvdVectors.Reduced, SvdVectors.Full })
        {
            int cu = kind == SvdVectors.Full ? m : k, rv = kind == SvdVectors.Full ? n : k;
            T[] u = new T[m * cu], vh = new T[rv * n];
            Assert.Equal(0, Svd.Decompose<T>(a, m, n, s, u, vh, kind));
            Close<double>(s, alone, tolerance);
            for (int i = 0; i < k; i++) Assert.True(s[i] >= 0 && (i == 0 || s[i] <= s[i - 1]));
            Orthonormal<T>(u, m, cu, tolerance);
            Orthonormal<T>(Adjoint<T>(vh, rv, n), n, rv, tolerance);
            var us = new T[m * rv];
            for (int i = 0; i < m; i++)
                for (int j = 0; j < k; j++) us[i * rv + j] = Field.Scale(u[i * cu + j], s[j]);
            Close<T>(a, Times<T>(us, vh, m, rv, n), tolerance);
        }
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Svd_multiplies_back(int m, int n) => CheckSvd(Random<T>(m, n, m + 7 * n), m, n);

    [Theory, MemberData(nameof(Shapes))]
    public void Svd_of_deficient_matrices(int m, int n)
    {
        CheckSvd(new T[m * n], m, n);
        CheckSvd(Times<T>(Random<T>(m, 2, 1), Random<T>(2, n, 2), m, 2, n), m, n);
        var ones = new T[m * n];
        Array.Fill(ones, T.One);
        CheckSvd(ones, m, n);
        if (m == n) CheckSvd(Eye<T>(n), n, n);
    }

    [Fact]
    public void Svd_of_structured_matrices()
    {
        const int n = 12;
        T[] jordan = new T[n * n], graded = new T[n * n], corner = new T[n * n], hilbert = new T[n * n];
        for (int i = 0; i < n; i++)
        {
            if (i + 1 < n) jordan[i * n + i + 1] = T.One;
            for (int j = 0; j < n; j++)
            {
                graded[i * n + j] = Field.Of<T>(Math.Pow(10, -i - j));
                hilbert[i * n + j] = Field.Of<T>(1.0 / (i + j + 1));
            }
        }
        corner[n - 1] = T.One;
        foreach (var a in new[] { jordan, graded, corner, hilbert }) CheckSvd(a, n, n);
        foreach (double scale in new[] { 1e-300, 1e-160, 1e160, 1e300 }) CheckSvd(Array.ConvertAll(Random<T>(7, 5, 3), x => Field.Scale(x, scale)), 7, 5);
    }

    [Fact]
    public void Svd_keeps_small_singular_values_of_a_bidiagonal_matrix()
    {
        // diag(1, 1e-8, 1e-16, …) with unit-upper structure has singular values known from the inverse's norm; here a diagonal suffices with tiny couplings.
        const int n = 6;
        double[] d = new double[n], e = new double[n - 1];
        for (int i = 0; i < n; i++) d[i] = Math.Pow(10, -20 * i);
        for (int i = 0; i < n - 1; i++) e[i] = 0.5 * d[i + 1];
        double product = 1;
        foreach (double x in d) product *= x / d[0];
        Assert.Equal(0, new BidiagonalSvd<double>(d, e, [], 0, [], 0).Run());
        for (int i = 0; i < n; i++) Assert.Equal(1, d[i] / Math.Pow(10, -20 * i), 0.3);
    }

    [Fact]
    public void Svd_of_what_is_not_finite_fails_with_nan()
    {
        foreach (double bad in new[] { double.NaN, double.NegativeInfinity })
        {
            var a = Random<T>(5, 4, 1);
            a[7] = Field.Of<T>(bad);
            double[] s = new double[4];
            T[] u = new T[20], vh = new T[16];
            Assert.NotEqual(0, Svd.Decompose<T>(a, 5, 4, s, u, vh, SvdVectors.Reduced));
            Assert.All(s, x => Assert.True(double.IsNaN(x)));
            Assert.True(T.IsNaN(u[0]) && T.IsNaN(vh[3]));
        }
    }
}
