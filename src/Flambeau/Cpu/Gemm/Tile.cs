using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>
/// The register tile: R rows by two vectors of C, all held in registers while k runs. Rows beyond R vanish when the JIT
/// specialises, so one text serves every height and width.
/// After K. Goto and R. van de Geijn, "Anatomy of High-Performance Matrix Multiplication", ACM TOMS 34(3), 2008.
/// </summary>
internal static unsafe class Tile<T, V, S, R, A>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : struct
    where S : struct, ISimd<T, V>
    where R : struct, IRows
    where A : struct, IPanel
{
    /// <summary>C = alpha·A·B + beta·C on one tile; C is not read when beta is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(long k, T* a, long rsA, long csA, T* b, long rsB, T alpha, T beta, T* c, long ldc)
    {
        V c0a = default, c0b = default,
          c1a = default, c1b = default,
          c2a = default, c2b = default,
          c3a = default, c3b = default,
          c4a = default, c4b = default,
          c5a = default, c5b = default,
          c6a = default, c6b = default,
          c7a = default, c7b = default,
          c8a = default, c8b = default,
          c9a = default, c9b = default,
          c10a = default, c10b = default,
          c11a = default, c11b = default;
        for (; k > 0; k--)
        {
            V b0 = S.Load(b), b1 = S.Load(b + S.Count);
            { var x = S.All(A.At(a, 0, rsA)); c0a = S.Fma(x, b0, c0a); c0b = S.Fma(x, b1, c0b); }
            if (R.Count > 1) { var x = S.All(A.At(a, 1, rsA)); c1a = S.Fma(x, b0, c1a); c1b = S.Fma(x, b1, c1b); }
            if (R.Count > 2) { var x = S.All(A.At(a, 2, rsA)); c2a = S.Fma(x, b0, c2a); c2b = S.Fma(x, b1, c2b); }
            if (R.Count > 3) { var x = S.All(A.At(a, 3, rsA)); c3a = S.Fma(x, b0, c3a); c3b = S.Fma(x, b1, c3b); }
            if (R.Count > 4) { var x = S.All(A.At(a, 4, rsA)); c4a = S.Fma(x, b0, c4a); c4b = S.Fma(x, b1, c4b); }
            if (R.Count > 5) { var x = S.All(A.At(a, 5, rsA)); c5a = S.Fma(x, b0, c5a); c5b = S.Fma(x, b1, c5b); }
            if (R.Count > 6) { var x = S.All(A.At(a, 6, rsA)); c6a = S.Fma(x, b0, c6a); c6b = S.Fma(x, b1, c6b); }
            if (R.Count > 7) { var x = S.All(A.At(a, 7, rsA)); c7a = S.Fma(x, b0, c7a); c7b = S.Fma(x, b1, c7b); }
            if (R.Count > 8) { var x = S.All(A.At(a, 8, rsA)); c8a = S.Fma(x, b0, c8a); c8b = S.Fma(x, b1, c8b); }
            if (R.Count > 9) { var x = S.All(A.At(a, 9, rsA)); c9a = S.Fma(x, b0, c9a); c9b = S.Fma(x, b1, c9b); }
            if (R.Count > 10) { var x = S.All(A.At(a, 10, rsA)); c10a = S.Fma(x, b0, c10a); c10b = S.Fma(x, b1, c10b); }
            if (R.Count > 11) { var x = S.All(A.At(a, 11, rsA)); c11a = S.Fma(x, b0, c11a); c11b = S.Fma(x, b1, c11b); }
            a += csA;
            b += rsB;
        }
        Put(c, c0a, c0b, alpha, beta);
        if (R.Count > 1) Put(c + ldc, c1a, c1b, alpha, beta);
        if (R.Count > 2) Put(c + 2 * ldc, c2a, c2b, alpha, beta);
        if (R.Count > 3) Put(c + 3 * ldc, c3a, c3b, alpha, beta);
        if (R.Count > 4) Put(c + 4 * ldc, c4a, c4b, alpha, beta);
        if (R.Count > 5) Put(c + 5 * ldc, c5a, c5b, alpha, beta);
        if (R.Count > 6) Put(c + 6 * ldc, c6a, c6b, alpha, beta);
        if (R.Count > 7) Put(c + 7 * ldc, c7a, c7b, alpha, beta);
        if (R.Count > 8) Put(c + 8 * ldc, c8a, c8b, alpha, beta);
        if (R.Count > 9) Put(c + 9 * ldc, c9a, c9b, alpha, beta);
        if (R.Count > 10) Put(c + 10 * ldc, c10a, c10b, alpha, beta);
        if (R.Count > 11) Put(c + 11 * ldc, c11a, c11b, alpha, beta);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(T* c, V left, V right, T alpha, T beta)
    {
        V scale = S.All(alpha);
        if (beta == T.Zero)
        {
            S.Store(c, S.Mul(scale, left));
            S.Store(c + S.Count, S.Mul(scale, right));
        }
        else
        {
            V keep = S.All(beta);
            S.Store(c, S.Fma(scale, left, S.Mul(keep, S.Load(c))));
            S.Store(c + S.Count, S.Fma(scale, right, S.Mul(keep, S.Load(c + S.Count))));
        }
    }
}

/// <summary>How the tile finds the entries of A: packed panels have neighbouring rows side by side.</summary>
internal unsafe interface IPanel
{
    static abstract T At<T>(T* a, int row, long rsA) where T : unmanaged;
}

internal readonly unsafe struct PackedPanel : IPanel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static T At<T>(T* a, int row, long rsA) where T : unmanaged => a[row];
}

internal readonly unsafe struct StridedPanel : IPanel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static T At<T>(T* a, int row, long rsA) where T : unmanaged => a[row * rsA];
}

/// <summary>A row count as a type, so that the JIT sees it as a constant.</summary>
internal interface IRows
{
    static abstract int Count { get; }
}

internal readonly struct Rows1 : IRows { public static int Count => 1; }
internal readonly struct Rows2 : IRows { public static int Count => 2; }
internal readonly struct Rows3 : IRows { public static int Count => 3; }
internal readonly struct Rows4 : IRows { public static int Count => 4; }
internal readonly struct Rows5 : IRows { public static int Count => 5; }
internal readonly struct Rows6 : IRows { public static int Count => 6; }
internal readonly struct Rows8 : IRows { public static int Count => 8; }
internal readonly struct Rows12 : IRows { public static int Count => 12; }
