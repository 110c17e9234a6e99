using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>Matrix products of whole numbers, which wrap on overflow as the type's own arithmetic does.</summary>
internal static unsafe class GemmInteger
{
    private const long Grain = 1 << 15;

    /// <summary>C[m,n] = A[m,k]·B[k,n] for any row (rs) and column (cs) strides in entries. C must not overlap A or B.</summary>
    public static void Run<T>(long m, long n, long k, T* a, long rsA, long csA, T* b, long rsB, long csB, T* c, long rsC, long csC)
        where T : unmanaged, INumber<T>
    {
        if (m <= 0 || n <= 0) return;
        CpuThreads.For(m, Math.Max(1, Grain / Math.Max(1, n * k)), (first, end) =>
            Rows(first, end, n, k, a, rsA, csA, b, rsB, csB, c, rsC, csC));
    }

    /// <summary>Strips of a row of C gather scaled rows of B, which a wide register adds when they are contiguous.</summary>
    [SkipLocalsInit]
    private static void Rows<T>(long first, long end, long n, long k, T* a, long rsA, long csA, T* b, long rsB, long csB,
        T* c, long rsC, long csC) where T : unmanaged, INumber<T>
    {
        const int Strip = 256, Deep = 64;
        var sums = stackalloc T[Strip];
        for (long j0 = 0; j0 < n; j0 += Strip)
        {
            var wide = (int)Math.Min(Strip, n - j0);
            for (long p0 = 0; p0 < Math.Max(1, k); p0 += Deep)
            {
                var p1 = Math.Min(k, p0 + Deep);
                for (var i = first; i < end; i++)
                {
                    var row = c + i * rsC + j0 * csC;
                    for (var j = 0; j < wide; j++) sums[j] = p0 == 0 ? T.Zero : row[j * csC];
                    for (var p = p0; p < p1; p++) Add(a[i * rsA + p * csA], b + p * rsB + j0 * csB, csB, sums, wide);
                    for (var j = 0; j < wide; j++) row[j * csC] = sums[j];
                }
            }
        }
    }

    private static void Add<T>(T scale, T* row, long stride, T* sums, int n) where T : unmanaged, INumber<T>
    {
        var j = 0;
        if (stride == 1 && Vector<T>.IsSupported)
        {
            var all = new Vector<T>(scale);
            for (; j + Vector<T>.Count <= n; j += Vector<T>.Count)
                Vector.Store(Vector.Load(sums + j) + all * Vector.Load(row + j), sums + j);
        }
        for (; j < n; j++) sums[j] += scale * row[j * stride];
    }
}
