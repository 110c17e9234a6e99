using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>C[m,n] = alpha·A[m,k]·B[k,n] + beta·C, every matrix with a row and a column stride in entries.</summary>
internal unsafe struct GemmArgs<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    public long M, N, K;
    public T* A, B, C;
    public long RsA, CsA, RsB, CsB, RsC, CsC;
    public T Alpha, Beta;

    /// <summary>The same product as Cᵀ = Bᵀ·Aᵀ.</summary>
    public readonly GemmArgs<T> Transposed() => new()
    {
        M = N, N = M, K = K, A = B, B = A, C = C, Alpha = Alpha, Beta = Beta,
        RsA = CsB, CsA = RsB, RsB = CsA, CsB = RsA, RsC = CsC, CsC = RsC,
    };

    /// <summary>Writes one finished dot product, with the rounding the tiles use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Put(long i, long j, T sum)
    {
        var c = C + i * RsC + j * CsC;
        *c = Beta == T.Zero ? Alpha * sum : T.MultiplyAddEstimate(Alpha, sum, Beta * *c);
    }

    /// <summary>Writes a block of finished dot products that a tile left in <paramref name="spare"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Put(long i, long j, long rows, long cols, T* spare, long stride)
    {
        for (long r = 0; r < rows; r++, spare += stride)
        {
            long s = 0;
            if (CsC == 1)
            {
                var c = C + (i + r) * RsC + j;
                if (Beta == T.Zero)
                    for (; s + Vector<T>.Count <= cols; s += Vector<T>.Count) Vector.Store(Vector.Load(spare + s) * Alpha, c + s);
                else
                    for (; s + Vector<T>.Count <= cols; s += Vector<T>.Count) Vector.Store(Sum(Vector.Load(spare + s), Vector.Load(c + s)), c + s);
            }
            for (; s < cols; s++) Put(i + r, j + s, spare[s]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Vector<T> Sum(Vector<T> sum, Vector<T> c)
    {
        var kept = c * Beta;
        return typeof(T) == typeof(float)
            ? Vector.MultiplyAddEstimate(Vector.Create(Alpha).As<T, float>(), sum.As<T, float>(), kept.As<T, float>()).As<float, T>()
            : Vector.MultiplyAddEstimate(Vector.Create(Alpha).As<T, double>(), sum.As<T, double>(), kept.As<T, double>()).As<double, T>();
    }

    /// <summary>C = beta·C, for an empty sum.</summary>
    public readonly void Scale()
    {
        for (long i = 0; i < M; i++)
            for (long j = 0; j < N; j++) Put(i, j, T.Zero);
    }
}
