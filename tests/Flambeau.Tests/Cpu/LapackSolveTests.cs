using System.Numerics;
using Flambeau.Cpu.Lapack;
using Xunit;
using static Flambeau.Tests.Cpu.LapackMatrix;

namespace Flambeau.Tests.Cpu;

public class LapackRealSolveTests : LapackSolveTests<double>;

public class LapackComplexSolveTests : LapackSolveTests<Complex>;

public abstract class LapackSolveTests<T> where T : unmanaged, INumberBase<T>
{
    public static TheoryData<int> Sizes => [0, 1, 2, 3, 7, 33, 70, 131];

    [Theory, MemberData(nameof(Sizes))]
    public void Cholesky_multiplies_back_and_solves(int n)
    {
        T[] a = Definite<T>(n, n), b = Random<T>(n, 3, 5);
        foreach (bool upper in new[] { false, true })
        {
            var f = (T[])a.Clone();
            for (int i = 0; i < n; i++)                      // the other triangle must not matter
                for (int j = 0; j < n; j++) if (upper ? j < i : j > i) f[i * n + j] = Field.Of<T>(double.NaN);
            Assert.Equal(0, Cholesky.Factor<T>(f, n, upper));
            Close<T>(Triangle<T>(f, n, n, upper), f);
            T[] h = Adjoint<T>(f, n, n);
            Close<T>(a, upper ? Times<T>(h, f, n, n, n) : Times<T>(f, h, n, n, n));
            var x = (T[])b.Clone();
            Cholesky.Solve<T>(f, n, x, 3, upper);
            Close<T>(b, Times<T>(a, x, n, n, 3), 1e-10);
            var inverse = new T[n * n];
            Cholesky.Inverse<T>(f, n, inverse, upper);
            Close<T>(Eye<T>(n), Times<T>(a, inverse, n, n, n), 1e-9);
        }
    }

    [Theory, InlineData(5, 3), InlineData(90, 60)]
    public void Cholesky_names_the_minor_that_fails(int n, int bad)
    {
        var a = Definite<T>(n, 1);
        a[bad * n + bad] = -T.One;
        Assert.Equal(bad + 1, Cholesky.Factor<T>((T[])a.Clone(), n));
        Assert.Equal(bad + 1, Cholesky.Factor<T>((T[])a.Clone(), n, upper: true));
        a[0] = Field.Of<T>(double.NaN);
        Assert.Equal(1, Cholesky.Factor<T>(a, n));
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Triangular_systems(int n)
    {
        T[] a = Random<T>(n, n, 2), b = Random<T>(n, 5, 3);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) a[i * n + j] = i == j ? a[i * n + j] + Field.Of<T>(3) : Field.Scale(a[i * n + j], 1.0 / n);
        foreach (bool upper in new[] { false, true })
            foreach (bool unit in new[] { false, true })
                foreach (var op in Enum.GetValues<Transposed>())
                {
                    var t = Triangle<T>(a, n, n, upper, unit);
                    if (op != Transposed.No) t = Adjoint<T>(t, n, n, op == Transposed.Conjugate);
                    var x = (T[])b.Clone();
                    Triangular.Solve<T>(a, n, x, 5, upper, op, unit);
                    Close<T>(b, Times<T>(t, x, n, n, 5), 1e-11);
                    T[] column = [.. b.AsSpan(0, n)], y = (T[])column.Clone();
                    Triangular.Solve<T>(a, n, y, 1, upper, op, unit);
                    Close<T>(column, Times<T>(t, y, n, n, 1), 1e-11);
                    var z = (T[])b.Clone();
                    Triangular.SolveRight<T>(a, n, z, 5, upper, op, unit);
                    Close<T>(b, Times<T>(z, t, 5, n, n), 1e-11);
                }
    }

    [Theory]
    [InlineData(0, 0), InlineData(0, 3), InlineData(1, 1), InlineData(4, 4), InlineData(5, 3), InlineData(3, 5), InlineData(100, 64), InlineData(64, 130), InlineData(120, 120)]
    public void Lu_multiplies_back(int m, int n)
    {
        var a = Random<T>(m, n, m + n);
        var lu = (T[])a.Clone();
        int k = Math.Min(m, n);
        int[] pivots = new int[k], order = new int[m];
        Assert.Equal(0, Lu.Factor<T>(lu, m, n, pivots));
        T[] l = new T[m * k], u = new T[k * n];
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
                if (j < i && j < k) l[i * k + j] = lu[i * n + j];
                else if (i < k) u[i * n + j] = lu[i * n + j];
        for (int i = 0; i < k; i++) l[i * k + i] = T.One;
        foreach (T x in l) Assert.True(Field.Abs(x) < 1.5);          // partial pivoting bounds the multipliers
        Lu.Permutation(pivots, order);
        var permuted = new T[m * n];
        for (int i = 0; i < m; i++) a.AsSpan(order[i] * n, n).CopyTo(permuted.AsSpan(i * n));
        Close<T>(permuted, Times<T>(l, u, m, k, n));
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Lu_solves_inverts_and_gives_the_determinant(int n)
    {
        T[] a = Random<T>(n, n, 9), b = Random<T>(n, 2, 3), lu = (T[])a.Clone();
        var pivots = new int[n];
        Lu.Factor<T>(lu, n, n, pivots);
        foreach (var op in Enum.GetValues<Transposed>())
        {
            var x = (T[])b.Clone();
            Lu.Solve<T>(lu, pivots, n, x, 2, op);
            var t = op == Transposed.No ? a : Adjoint<T>(a, n, n, op == Transposed.Conjugate);
            Close<T>(b, Times<T>(t, x, n, n, 2), 1e-9);
        }
        var inverse = new T[n * n];
        Assert.Equal(0, Lu.Inverse<T>(a, n, inverse));
        Close<T>(Eye<T>(n), Times<T>(a, inverse, n, n, n), 1e-9);
        var (sign, log) = Lu.LogDeterminant<T>(lu, pivots, n);
        T det = Lu.Determinant<T>(lu, pivots, n);
        Assert.True(Field.Abs(det - Field.Scale(sign, Math.Exp(log))) <= 1e-11 * Field.Abs(det));
        if (n == 2) Close<T>([a[0] * a[3] - a[1] * a[2]], [det]);
    }

    [Fact]
    public void Lu_goes_on_past_a_zero_pivot()
    {
        T one = T.One, two = one + one;
        T[] a = [one, two, one, two, two + two, two, one, one, two];  // rows 0 and 1 are parallel
        var lu = (T[])a.Clone();
        var pivots = new int[3];
        Assert.Equal(3, Lu.Factor<T>(lu, 3, 3, pivots));
        Assert.Equal(T.Zero, Lu.Determinant<T>(lu, pivots, 3));
        Assert.Equal((T.Zero, double.NegativeInfinity), Lu.LogDeterminant<T>(lu, pivots, 3));
        Assert.Equal(1, Lu.Factor<T>(new T[9], 3, 3, pivots));
    }

    [Theory]
    [InlineData(0, false), InlineData(1, false), InlineData(2, false), InlineData(6, false), InlineData(40, false)]
    [InlineData(1, true), InlineData(2, true), InlineData(6, true), InlineData(40, true)]
    public void Ldl_solves_and_multiplies_back(int n, bool hermitian)
    {
        T[] a = Symmetric<T>(n, 4 + n, hermitian), b = Random<T>(n, 3, 8);
        foreach (bool zeroDiagonal in new[] { false, true })
        {
            if (zeroDiagonal)
            {
                if (n < 2) continue;
                for (int i = 0; i < n; i++) a[i * n + i] = T.Zero;    // forces 2×2 blocks
            }
            var f = (T[])a.Clone();
            for (int i = 0; i < n; i++) for (int j = i + 1; j < n; j++) f[i * n + j] = Field.Of<T>(double.NaN);
            var pivots = new int[n];
            Assert.Equal(0, Ldl.Factor<T>(f, n, pivots, hermitian));
            if (zeroDiagonal) Assert.Contains(pivots, p => p < 0);
            var x = (T[])b.Clone();
            Ldl.Solve<T>(f, n, pivots, x, 3, hermitian);
            Close<T>(b, Times<T>(a, x, n, n, 3), 1e-9);
            Close<T>(a, Rebuild(f, n, pivots, hermitian));
        }
    }

    /// <summary>(P₁L₁P₂L₂…)·D·(…)ᵀ or ᴴ from the compact form.</summary>
    static T[] Rebuild(T[] f, int n, int[] pivots, bool hermitian)
    {
        T[] product = Eye<T>(n), d = new T[n * n];
        for (int k = 0; k < n;)
        {
            int step = pivots[k] < 0 ? 2 : 1, from = k + step - 1, to = Math.Abs(pivots[k]) - 1;
            T[] factor = Eye<T>(n), exchange = Eye<T>(n);
            (exchange[from * n + from], exchange[to * n + to]) = (exchange[to * n + from], exchange[from * n + to]);
            if (from != to) exchange[from * n + to] = exchange[to * n + from] = T.One;
            if (from != to) exchange[from * n + from] = exchange[to * n + to] = T.Zero;
            for (int i = k + step; i < n; i++)
                for (int c = k; c < k + step; c++) factor[i * n + c] = f[i * n + c];
            product = Times<T>(Times<T>(product, exchange, n, n, n), factor, n, n, n);
            d[k * n + k] = f[k * n + k];
            if (step == 2)
            {
                d[(k + 1) * n + k + 1] = f[(k + 1) * n + k + 1];
                T low = d[(k + 1) * n + k] = f[(k + 1) * n + k];
                d[k * n + k + 1] = hermitian ? Field.Conj(low) : low;
            }
            k += step;
        }
        return Times<T>(Times<T>(product, d, n, n, n), Adjoint<T>(product, n, n, hermitian), n, n, n);
    }

    [Fact]
    public void Nan_and_infinity_end()
    {
        foreach (double bad in new[] { double.NaN, double.PositiveInfinity })
        {
            var a = Definite<T>(6, 3);
            a[14] = Field.Of<T>(bad);
            var pivots = new int[6];
            Lu.Factor<T>((T[])a.Clone(), 6, 6, pivots);
            Assert.All(pivots, p => Assert.InRange(p, 1, 6));
            Ldl.Factor<T>((T[])a.Clone(), 6, pivots, true);
            Assert.NotEqual(0, Cholesky.Factor<T>(a, 6));
        }
    }
}
