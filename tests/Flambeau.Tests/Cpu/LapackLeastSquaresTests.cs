using System.Numerics;
using Flambeau.Cpu.Lapack;
using Xunit;
using static Flambeau.Tests.Cpu.LapackMatrix;

namespace Flambeau.Tests.Cpu;

public class LapackRealLeastSquaresTests : LapackLeastSquaresTests<double>;

public class LapackComplexLeastSquaresTests : LapackLeastSquaresTests<Complex>;

public abstract class LapackLeastSquaresTests<T> where T : unmanaged, INumberBase<T>
{
    /// <summary>x minimises if the residual is orthogonal to A's columns, and is least if it lies in the span of A's rows.</summary>
    static void CheckMinimum(T[] a, int m, int n, T[] b, int rhs, T[] x, int rank)
    {
        var residual = Times<T>(a, x, m, n, rhs);
        for (int i = 0; i < residual.Length; i++) residual[i] -= b[i];
        Close<T>(new T[n * rhs], Times<T>(Adjoint<T>(a, m, n), residual, n, m, rhs), 1e-10, 1);
        int k = Math.Min(m, n);
        T[] u = new T[m * k], vh = new T[k * n];
        Svd.Decompose<T>(a, m, n, new double[k], u, vh, SvdVectors.Reduced);
        var rows = vh.AsSpan(0, rank * n).ToArray();
        var projected = Times<T>(Adjoint<T>(rows, rank, n), Times<T>(rows, x, rank, n, rhs), n, rank, rhs);
        Close<T>(x, projected, 1e-9, Math.Max(1, Largest<T>(x)));
    }

    [Theory]
    [InlineData(1, 1), InlineData(4, 4), InlineData(7, 3), InlineData(3, 7), InlineData(40, 25), InlineData(25, 40), InlineData(0, 3), InlineData(3, 0)]
    public void Full_rank(int m, int n)
    {
        T[] a = Random<T>(m, n, 5), b = Random<T>(m, 2, 6), x = new T[n * 2];
        int k = Math.Min(m, n);
        Assert.Equal(0, LeastSquares.FullRank<T>(a, m, n, b, 2, x));
        CheckMinimum(a, m, n, b, 2, x, k);
        Assert.Equal(k, LeastSquares.Orthogonal<T>(a, m, n, b, 2, 1e-13, x));
        CheckMinimum(a, m, n, b, 2, x, k);
        Assert.Equal(0, LeastSquares.Singular<T>(a, m, n, b, 2, 1e-13, x, new double[k], out int rank));
        Assert.Equal(k, rank);
        CheckMinimum(a, m, n, b, 2, x, k);
    }

    [Theory, InlineData(6, 5, 3), InlineData(5, 6, 2), InlineData(30, 30, 11), InlineData(4, 4, 0)]
    public void Deficient(int m, int n, int r)
    {
        T[] a = Times<T>(Random<T>(m, r, 1), Random<T>(r, n, 2), m, r, n), b = Random<T>(m, 3, 6), x = new T[n * 3];
        Assert.Equal(r, LeastSquares.Orthogonal<T>(a, m, n, b, 3, 1e-12, x));
        CheckMinimum(a, m, n, b, 3, x, r);
        Assert.Equal(0, LeastSquares.Singular<T>(a, m, n, b, 3, 1e-12, x, new double[Math.Min(m, n)], out int rank));
        Assert.Equal(r, rank);
        CheckMinimum(a, m, n, b, 3, x, r);
    }
}
