using System.Numerics;

namespace Flambeau.Cpu.Lapack;

/// <summary>
/// A = Z·T·Zᴴ: Hessenberg reduction by reflectors, then shifted QR (Francis 1961). T is upper triangular; for a real matrix it is
/// quasi-triangular, with 2×2 blocks for the complex pairs. Z is handled by the rows of its transpose.
/// </summary>
internal static class Schur
{
    /// <summary>
    /// Reduces the n×n matrix in place to T. <paramref name="zt"/> takes Zᵀ, or is empty. Returns 0, or the 1-based index of the
    /// eigenvalue at which the iteration gave up.
    /// </summary>
    public static int Reduce<T>(Span<T> a, int n, Span<T> zt) where T : unmanaged, INumberBase<T>
    {
        Hessenberg(a, n, zt);
        return typeof(T) == typeof(double)
            ? new RealSchur(Cast<T, double>(a), n, Cast<T, double>(zt)).Run()
            : new ComplexSchur(Cast<T, Complex>(a), n, Cast<T, Complex>(zt)).Run();
    }

    static Span<TTo> Cast<TFrom, TTo>(Span<TFrom> x) where TFrom : struct where TTo : struct =>
        System.Runtime.InteropServices.MemoryMarshal.Cast<TFrom, TTo>(x);

    static void Hessenberg<T>(Span<T> a, int n, Span<T> zt) where T : unmanaged, INumberBase<T>
    {
        T[] buffer = new T[n], work = new T[n], tau = new T[n];
        for (int k = 0; k < n - 2; k++)
        {
            var v = buffer.AsSpan(0, n - k - 1);
            for (int i = 0; i < v.Length; i++) v[i] = a[(k + 1 + i) * n + k];
            T t = tau[k] = Householder.Make(ref v[0], v[1..]);
            for (int i = 0; i < v.Length; i++) a[(k + 1 + i) * n + k] = v[i];
            v[0] = T.One;
            Householder.Left(v, Field.Conj(t), a[((k + 1) * n + k + 1)..], n - k - 1, n, work);
            Householder.Right(v, t, a[(k + 1)..], n, n, work);
        }
        if (!zt.IsEmpty)
        {
            var z = new T[n * n];
            Dense.Identity<T>(z, n, n);
            for (int k = n - 3; k >= 0; k--)
            {
                var v = Householder.Column<T>(a, n, n, k + 1, k, buffer);
                Householder.Left(v, tau[k], z.AsSpan((k + 1) * n + k + 1), n - k - 1, n, work);
            }
            Dense.Transpose<T>(z, n, n, zt);
        }
        for (int k = 0; k < n - 2; k++)
            for (int i = k + 2; i < n; i++) a[i * n + k] = T.Zero;
    }
}
