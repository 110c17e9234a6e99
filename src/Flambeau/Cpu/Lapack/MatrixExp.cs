using System.Numerics;

namespace Flambeau.Cpu.Lapack;

/// <summary>
/// The matrix exponential by scaling and squaring with diagonal Padé approximants of degree 3, 5, 7, 9 or 13
/// (Higham, "The scaling and squaring method for the matrix exponential revisited", 2005).
/// </summary>
internal static class MatrixExp
{
    // Degree and the largest 1-norm at which its backward error stays below the unit roundoff (Higham, table 2.3).
    static readonly (int Degree, double Norm)[] Small =
        [(3, 1.495585217958292e-2), (5, 2.539398330063230e-1), (7, 9.504178996162932e-1), (9, 2.097847961257068)];

    const double Largest = 5.371920351148152;

    /// <summary>Writes exp(A) of the n×n matrix; NaN throughout where A is not finite.</summary>
    public static void Compute<T>(ReadOnlySpan<T> a, int n, Span<T> result) where T : unmanaged, INumberBase<T>
    {
        if (n == 0) return;
        double norm = Norm1(a, n);
        if (!double.IsFinite(norm)) { Dense.Poison(result[..(n * n)]); return; }
        foreach (var (degree, limit) in Small)
            if (norm <= limit) { Pade(a, n, degree, result); return; }
        int squarings = norm <= Largest ? 0 : Math.ILogB(norm / Largest) + 1;
        var scaled = a[..(n * n)].ToArray();
        if (squarings > 0) Dense.Scale<T>(scaled, Math.ScaleB(1, -squarings));
        Pade(scaled, n, 13, result);
        for (int i = 0; i < squarings; i++) Dense.Product<T>(result, result, n, n, n).CopyTo(result);
    }

    static double Norm1<T>(ReadOnlySpan<T> a, int n) where T : unmanaged
    {
        var sums = new double[n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) sums[j] += Field.Abs(a[i * n + j]);
        return Dense.MaxAbs<double>(sums);
    }

    /// <summary>Coefficients of the numerator of the [m/m] approximant: (2m−j)!·m! / ((2m)!·(m−j)!·j!), scaled to end in one.</summary>
    static double[] Coefficients(int m)
    {
        var c = new double[m + 1];
        c[m] = 1;
        for (int j = m; j > 0; j--) c[j - 1] = c[j] * j * (2 * m - j + 1) / (m - j + 1);
        return c;
    }

    static void Pade<T>(ReadOnlySpan<T> a, int n, int degree, Span<T> result) where T : unmanaged, INumberBase<T>
    {
        int size = n * n;
        var c = Coefficients(degree);
        T[] even = new T[size], odd = new T[size];
        var a2 = Dense.Product(a, a, n, n, n);
        if (degree < 13)
        {
            var power = new T[size];
            Dense.Identity<T>(power, n, n);
            for (int j = 0; j < degree; j += 2)
            {
                if (j > 0) power = Dense.Product<T>(power, a2, n, n, n);
                Vec.Axpy<T>(Field.Of<T>(c[j]), power, even);
                Vec.Axpy<T>(Field.Of<T>(c[j + 1]), power, odd);
            }
        }
        else
        {
            var a4 = Dense.Product<T>(a2, a2, n, n, n);
            var a6 = Dense.Product<T>(a4, a2, n, n, n);
            Thirteen(c, 0, a2, a4, a6, n, even);
            Thirteen(c, 1, a2, a4, a6, n, odd);
        }
        odd = Dense.Product(a, odd, n, n, n);
        // (V − U)·R = V + U
        var left = new T[size];
        for (int i = 0; i < size; i++)
        {
            left[i] = even[i] - odd[i];
            result[i] = even[i] + odd[i];
        }
        var pivots = new int[n];
        Lu.Factor<T>(left, n, n, pivots);
        Lu.Solve<T>(left, pivots, n, result, n);
    }

    // Σ c[first + 2j]·A^(2j), j = 0…6, with the upper half factored through A⁶.
    static void Thirteen<T>(double[] c, int first, T[] a2, T[] a4, T[] a6, int n, T[] into) where T : unmanaged, INumberBase<T>
    {
        var high = new T[n * n];
        Vec.Axpy<T>(Field.Of<T>(c[first + 8]), a2, high);
        Vec.Axpy<T>(Field.Of<T>(c[first + 10]), a4, high);
        Vec.Axpy<T>(Field.Of<T>(c[first + 12]), a6, high);
        Dense.Gemm<T>(T.One, a6, n, high, n, into, n, n, n, n);
        Vec.Axpy<T>(Field.Of<T>(c[first + 2]), a2, into);
        Vec.Axpy<T>(Field.Of<T>(c[first + 4]), a4, into);
        Vec.Axpy<T>(Field.Of<T>(c[first + 6]), a6, into);
        for (int i = 0; i < n; i++) into[i * n + i] += Field.Of<T>(c[first]);
    }
}
