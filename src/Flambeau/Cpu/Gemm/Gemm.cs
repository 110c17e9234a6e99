using System.Numerics;

namespace Flambeau.Cpu;

/// <summary>
/// Matrix products on strided memory. Every thread count gives the same bits: threads share out entries of C, never the
/// sum behind one. With <c>beta</c> 0 C is overwritten, whatever it held; with <c>alpha</c> 0 A and B are not read, as in BLAS.
/// C must not overlap A or B.
/// </summary>
internal static unsafe class Gemm
{
    // Entries of an operand that the first-level cache nearly holds, and that the second-level does not.
    private const long Small = 1 << 14, Large = 1 << 18;

    /// <summary>C[m,n] = alpha·op(A)·op(B) + beta·C, row-major with leading dimensions in entries; op transposes if asked.</summary>
    public static void Run(bool transA, bool transB, long m, long n, long k, float alpha, float* a, long lda, float* b, long ldb,
        float beta, float* c, long ldc) => Run<float>(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);

    /// <inheritdoc cref="Run(bool, bool, long, long, long, float, float*, long, float*, long, float, float*, long)"/>
    public static void Run(bool transA, bool transB, long m, long n, long k, double alpha, double* a, long lda, double* b, long ldb,
        double beta, double* c, long ldc) => Run<double>(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);

    /// <inheritdoc cref="Run(bool, bool, long, long, long, float, float*, long, float*, long, float, float*, long)"/>
    public static void Run<T>(bool transA, bool transB, long m, long n, long k, T alpha, T* a, long lda, T* b, long ldb,
        T beta, T* c, long ldc) where T : unmanaged, IFloatingPointIeee754<T> =>
        Run(m, n, k, alpha, a, transA ? 1 : lda, transA ? lda : 1, b, transB ? 1 : ldb, transB ? ldb : 1, beta, c, ldc, 1);

    /// <summary>
    /// C[m,n] = alpha·A[m,k]·B[k,n] + beta·C for matrices with any row stride (rs) and column stride (cs) in entries,
    /// so that transposed, sliced and broadcast (stride 0, not C) views need no copy. <typeparamref name="T"/> is float or double.
    /// </summary>
    public static void Run<T>(long m, long n, long k, T alpha, T* a, long rsA, long csA, T* b, long rsB, long csB,
        T beta, T* c, long rsC, long csC) where T : unmanaged, IFloatingPointIeee754<T> =>
        Run(TileKernel<T>.Best, new GemmArgs<T>
        {
            M = m, N = n, K = k, A = a, B = b, C = c, Alpha = alpha, Beta = beta,
            RsA = rsA, CsA = csA, RsB = rsB, CsB = csB, RsC = rsC, CsC = csC,
        });

    /// <summary>
    /// <paramref name="batch"/> row-major products, matrix i of each operand at i times its stride (0 shares one matrix; not for C).
    /// </summary>
    public static void Batched<T>(long batch, bool transA, bool transB, long m, long n, long k, T alpha, T* a, long lda, long strideA,
        T* b, long ldb, long strideB, T beta, T* c, long ldc, long strideC) where T : unmanaged, IFloatingPointIeee754<T> =>
        Batched(batch, m, n, k, alpha, a, transA ? 1 : lda, transA ? lda : 1, strideA, b, transB ? 1 : ldb, transB ? ldb : 1, strideB,
            beta, c, ldc, 1, strideC);

    /// <summary>Batched form of the strided product; small products are shared out whole, large ones from the inside.</summary>
    public static void Batched<T>(long batch, long m, long n, long k, T alpha, T* a, long rsA, long csA, long strideA,
        T* b, long rsB, long csB, long strideB, T beta, T* c, long rsC, long csC, long strideC) where T : unmanaged, IFloatingPointIeee754<T>
    {
        const long Grain = 1 << 17;
        // One B for all: the batch is just more rows.
        if (strideB == 0 && strideA == m * rsA && strideC == m * rsC)
        {
            Run(batch * m, n, k, alpha, a, rsA, csA, b, rsB, csB, beta, c, rsC, csC);
            return;
        }
        var work = Math.Max(1, m * n * k);
        if (work < 4 * Grain || batch >= 4L * CpuThreads.Count)
            CpuThreads.For(batch, Math.Max(1, Grain / work), (first, end) =>
            {
                for (var i = first; i < end; i++)
                    Run(m, n, k, alpha, a + i * strideA, rsA, csA, b + i * strideB, rsB, csB, beta, c + i * strideC, rsC, csC);
            });
        else
            for (long i = 0; i < batch; i++)
                Run(m, n, k, alpha, a + i * strideA, rsA, csA, b + i * strideB, rsB, csB, beta, c + i * strideC, rsC, csC);
    }

    /// <summary>Picks the method from shape and strides alone, so that the choice, too, is the same for every thread count.</summary>
    internal static void Run<T>(TileKernel<T> kernel, GemmArgs<T> g) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (g.M <= 0 || g.N <= 0) return;
        if (g.K <= 0 || g.Alpha == T.Zero)
        {
            g.Scale();
            return;
        }
        Normalize(ref g);
        // Few columns and k-contiguous rows of A are few rows and k-contiguous columns of B.
        var turn = g.N < g.M && (g.N == 1 || (g.N <= GemmFlat<T>.MostRows / 2 && g.CsA == 1));
        if (turn || (g.CsC != 1 && g.RsC == 1 && g.M > GemmFlat<T>.MostRows)) g = g.Transposed();

        if (g.M <= GemmFlat<T>.MostRows && g.RsB == 1 && g.CsB != 1) GemmFlat<T>.Dots(g);
        else if (g.CsB == 1 && (g.M == 1 || (g.M <= GemmFlat<T>.MostRows / 2 && g.N * g.K > Large))) GemmFlat<T>.Sums(g);
        else if ((g.CsB == 1 && g.M <= 4 * kernel.Rows) || (g.N * g.K <= Small && g.M * g.K <= Small)) GemmDirect<T>.Run(kernel, g);
        else if (GemmTurned<T>.Pays(g)) GemmTurned<T>.Run(kernel, g);
        else GemmPacked<T>.Run(kernel, g);
    }

    /// <summary>The stride of an axis of one entry means nothing; 1 is the one that suits every method.</summary>
    private static void Normalize<T>(ref GemmArgs<T> g) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (g.N == 1)
        {
            g.CsC = 1;
            g.CsB = g.RsB == 1 ? g.K : 1;
        }
        if (g.K == 1)
        {
            g.CsA = 1;
            if (g.CsB != 1) g.RsB = 1;
        }
        if (g.M == 1)
        {
            g.RsC = g.N * g.CsC;
            g.RsA = g.K * g.CsA;
        }
    }
}
