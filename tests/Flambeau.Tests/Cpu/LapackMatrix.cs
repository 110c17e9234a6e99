using System.Numerics;
using Flambeau.Cpu.Lapack;
using Xunit;

namespace Flambeau.Tests.Cpu;

/// <summary>Plain matrix arithmetic for the tests, independent of the code they test.</summary>
static class LapackMatrix
{
    public static T[] Random<T>(int m, int n, int seed) where T : unmanaged
    {
        var random = new Random(seed);
        var a = new T[m * n];
        for (int i = 0; i < a.Length; i++) a[i] = Field.Of<T>(2 * random.NextDouble() - 1, 2 * random.NextDouble() - 1);
        return a;
    }

    public static T[] Times<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, int m, int k, int n) where T : unmanaged, INumberBase<T>
    {
        var c = new T[m * n];
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
            {
                T sum = T.Zero;
                for (int p = 0; p < k; p++) sum += a[i * k + p] * b[p * n + j];
                c[i * n + j] = sum;
            }
        return c;
    }

    public static T[] Adjoint<T>(ReadOnlySpan<T> a, int m, int n, bool conjugate = true) where T : unmanaged
    {
        var t = new T[m * n];
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++) t[j * m + i] = conjugate ? Field.Conj(a[i * n + j]) : a[i * n + j];
        return t;
    }

    public static T[] Eye<T>(int n) where T : unmanaged, INumberBase<T>
    {
        var a = new T[n * n];
        for (int i = 0; i < n; i++) a[i * n + i] = T.One;
        return a;
    }

    /// <summary>A Hermitian positive definite matrix.</summary>
    public static T[] Definite<T>(int n, int seed) where T : unmanaged, INumberBase<T>
    {
        var b = Random<T>(n, n, seed);
        var a = Times<T>(b, Adjoint<T>(b, n, n), n, n, n);
        for (int i = 0; i < n; i++) a[i * n + i] = Field.Of<T>(Field.Re(a[i * n + i]) + 1);
        return a;
    }

    public static T[] Symmetric<T>(int n, int seed, bool hermitian) where T : unmanaged, INumberBase<T>
    {
        var b = Random<T>(n, n, seed);
        var t = Adjoint<T>(b, n, n, hermitian);
        for (int i = 0; i < b.Length; i++) b[i] += t[i];
        return b;
    }

    /// <summary>The triangle alone, the rest zero (and the diagonal one when unit).</summary>
    public static T[] Triangle<T>(ReadOnlySpan<T> a, int m, int n, bool upper, bool unit = false) where T : unmanaged, INumberBase<T>
    {
        var t = new T[m * n];
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
                if (i == j) t[i * n + j] = unit ? T.One : a[i * n + j];
                else if (upper == i < j) t[i * n + j] = a[i * n + j];
        return t;
    }

    public static double Largest<T>(ReadOnlySpan<T> a) where T : unmanaged
    {
        double max = 0;
        foreach (T x in a) max = Math.Max(max, Field.Abs(x));
        return max;
    }

    /// <summary>Componentwise closeness relative to the largest entry of what is expected (or to <paramref name="size"/>).</summary>
    public static void Close<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, double tolerance = 1e-12, double size = 0) where T : unmanaged, INumberBase<T>
    {
        Assert.Equal(expected.Length, actual.Length);
        size = size > 0 ? size : Math.Max(Largest(expected), double.Epsilon);
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Field.Abs(expected[i] - actual[i]);
            Assert.True(error <= tolerance * size, $"entry {i}: expected {expected[i]}, got {actual[i]}, error {error:e2} of size {size:e2}");
        }
    }

    public static void Orthonormal<T>(ReadOnlySpan<T> q, int m, int n, double tolerance = 1e-12) where T : unmanaged, INumberBase<T> =>
        Close<T>(Eye<T>(n), Times<T>(Adjoint(q, m, n), q, n, m, n), tolerance);
}
