using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Flambeau.Cpu.Lapack;

/// <summary>Whole-matrix helpers on row-major spans: copies, transposes, products.</summary>
internal static class Dense
{
    /// <summary>The transpose of an m×n matrix as a new n×m one, conjugated on request.</summary>
    public static T[] Transpose<T>(ReadOnlySpan<T> a, int m, int n, bool conjugate = false) where T : unmanaged
    {
        var t = new T[m * n];
        Transpose(a, m, n, t, conjugate);
        return t;
    }

    /// <summary>Writes the transpose of the m×n matrix <paramref name="a"/> into <paramref name="into"/> (n×m); the two must not overlap.</summary>
    public static void Transpose<T>(ReadOnlySpan<T> a, int m, int n, Span<T> into, bool conjugate = false) where T : unmanaged
    {
        const int Tile = 16;
        for (int i0 = 0; i0 < m; i0 += Tile)
            for (int j0 = 0; j0 < n; j0 += Tile)
                for (int i = i0; i < Math.Min(m, i0 + Tile); i++)
                    for (int j = j0; j < Math.Min(n, j0 + Tile); j++)
                        into[j * m + i] = conjugate ? Field.Conj(a[i * n + j]) : a[i * n + j];
    }

    /// <summary>Sets an m×n matrix to ones on the diagonal and zeros elsewhere.</summary>
    public static void Identity<T>(Span<T> a, int m, int n) where T : unmanaged, INumberBase<T>
    {
        a[..(m * n)].Clear();
        for (int i = 0; i < Math.Min(m, n); i++) a[i * n + i] = T.One;
    }

    /// <summary>Largest absolute component; NaN if any component is NaN.</summary>
    public static double MaxAbs<T>(ReadOnlySpan<T> a) where T : unmanaged
    {
        double max = 0;
        foreach (double v in MemoryMarshal.Cast<T, double>(a))
        {
            if (double.IsNaN(v)) return v;
            max = Math.Max(max, Math.Abs(v));
        }
        return max;
    }

    /// <summary>Multiplies every component by a real factor.</summary>
    public static void Scale<T>(Span<T> a, double by) where T : unmanaged
    {
        foreach (ref double v in MemoryMarshal.Cast<T, double>(a)) v *= by;
    }

    /// <summary>Fills with NaN: the result of a factorization that has none.</summary>
    public static void Poison<T>(Span<T> a) where T : unmanaged => MemoryMarshal.Cast<T, double>(a).Fill(double.NaN);

    /// <summary>The power of two that brings a largest component far outside the comfortable range back to about one; else 1.</summary>
    public static double RangeScale(double max) =>
        max is 0 or (> 1e-140 and < 1e140) ? 1 : Math.ScaleB(1, -Math.Clamp(Math.ILogB(max), -1000, 1000));

    /// <summary>The product of an m×k and a k×n matrix.</summary>
    public static T[] Product<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, int m, int k, int n) where T : unmanaged, INumberBase<T>
    {
        var c = new T[m * n];
        Gemm(T.One, a, k, b, n, c, n, m, k, n);
        return c;
    }

    /// <summary>C += alpha·A·B for A m×k, B k×n, C m×n, each with its own row stride.</summary>
    public static void Gemm<T>(T alpha, ReadOnlySpan<T> a, int lda, ReadOnlySpan<T> b, int ldb, Span<T> c, int ldc, int m, int k, int n)
        where T : unmanaged, INumberBase<T>
    {
        if (m == 0 || n == 0 || k == 0) return;
        _ = a[(m - 1) * lda + k - 1]; _ = b[(k - 1) * ldb + n - 1]; _ = c[(m - 1) * ldc + n - 1];
        if (typeof(T) == typeof(double))
            GemmReal(Field.Re(alpha), MemoryMarshal.Cast<T, double>(a), lda, MemoryMarshal.Cast<T, double>(b), ldb, MemoryMarshal.Cast<T, double>(c), ldc, m, k, n);
        else
            for (int i = 0; i < m; i++)
                for (int p = 0; p < k; p++)
                    Vec.Axpy(alpha * a[i * lda + p], b.Slice(p * ldb, n), c.Slice(i * ldc, n));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static unsafe void GemmReal(double alpha, ReadOnlySpan<double> a, int lda, ReadOnlySpan<double> b, int ldb, Span<double> c, int ldc, int m, int k, int n)
    {
        const int Depth = 128;
        int width = Vector<double>.Count;
        fixed (double* pa = a, pb = b, pc = c)
            for (int p0 = 0; p0 < k; p0 += Depth)
            {
                int depth = Math.Min(Depth, k - p0), j = 0;
                for (; j + 2 * width <= n; j += 2 * width)
                {
                    int i = 0;
                    for (; i + 4 <= m; i += 4)
                        Tile(alpha, pa + (nint)i * lda + p0, lda, pb + (nint)p0 * ldb + j, ldb, pc + (nint)i * ldc + j, ldc, depth);
                    for (; i < m; i++)
                        Line(alpha, pa + (nint)i * lda + p0, pb + (nint)p0 * ldb + j, ldb, pc + (nint)i * ldc + j, depth, 2 * width);
                }
                if (j < n)
                    for (int i = 0; i < m; i++)
                        Line(alpha, pa + (nint)i * lda + p0, pb + (nint)p0 * ldb + j, ldb, pc + (nint)i * ldc + j, depth, n - j);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static unsafe void Tile(double alpha, double* a, int lda, double* b, int ldb, double* c, int ldc, int depth)
    {
        int width = Vector<double>.Count;
        double* a1 = a + lda, a2 = a1 + lda, a3 = a2 + lda;
        Vector<double> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        for (int p = 0; p < depth; p++, b += ldb)
        {
            Vector<double> u = Vector.Load(b), v = Vector.Load(b + width);
            var s = new Vector<double>(a[p]);
            c00 = Vector.MultiplyAddEstimate(s, u, c00); c01 = Vector.MultiplyAddEstimate(s, v, c01);
            s = new(a1[p]);
            c10 = Vector.MultiplyAddEstimate(s, u, c10); c11 = Vector.MultiplyAddEstimate(s, v, c11);
            s = new(a2[p]);
            c20 = Vector.MultiplyAddEstimate(s, u, c20); c21 = Vector.MultiplyAddEstimate(s, v, c21);
            s = new(a3[p]);
            c30 = Vector.MultiplyAddEstimate(s, u, c30); c31 = Vector.MultiplyAddEstimate(s, v, c31);
        }
        var f = new Vector<double>(alpha);
        Add(c, c00, c01); Add(c += ldc, c10, c11); Add(c += ldc, c20, c21); Add(c += ldc, c30, c31);

        void Add(double* at, Vector<double> u, Vector<double> v)
        {
            Vector.MultiplyAddEstimate(f, u, Vector.Load(at)).Store(at);
            Vector.MultiplyAddEstimate(f, v, Vector.Load(at + width)).Store(at + width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static unsafe void Line(double alpha, double* a, double* b, int ldb, double* c, int depth, int n)
    {
        for (int p = 0; p < depth; p++, b += ldb)
        {
            double s = alpha * a[p];
            for (int j = 0; j < n; j++) c[j] += s * b[j];
        }
    }
}
