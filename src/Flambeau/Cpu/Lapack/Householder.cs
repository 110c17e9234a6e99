using System.Numerics;

namespace Flambeau.Cpu.Lapack;

/// <summary>Elementary reflectors H = I − tau·v·vᴴ with v[0] = 1, in LAPACK's convention (larfg, larf).</summary>
internal static class Householder
{
    /// <summary>
    /// Makes the reflector with Hᴴ·(alpha, x)ᵀ = (beta, 0)ᵀ, beta real of sign opposite to alpha's real part. On return alpha = beta and x = v[1..].
    /// tau is 0 when nothing has to be done, and then H = I.
    /// </summary>
    public static T Make<T>(ref T alpha, Span<T> x) where T : unmanaged, INumberBase<T>
    {
        double norm = Vec.Norm<T>(x), re = Field.Re(alpha), im = Field.Im(alpha);
        if (norm == 0 && im == 0) return T.Zero;
        double beta = -Math.CopySign(Field.Hypot(Field.Hypot(re, im), norm), re);
        double scale = 1;
        if (Math.Abs(beta) < Field.SafeMin / Field.Eps)
        {
            // So small that the reciprocal of alpha − beta could overflow and the norm lack digits: start again on a magnified copy.
            scale = Math.ScaleB(1, 600);
            Dense.Scale(x, scale);
            (re, im) = (re * scale, im * scale);
            beta = -Math.CopySign(Field.Hypot(Field.Hypot(re, im), Vec.Norm<T>(x)), re);
        }
        T tau = Field.Of<T>((beta - re) / beta, -im / beta);
        Vec.Scale(T.One / Field.Of<T>(re - beta, im), x);
        alpha = Field.Of<T>(beta / scale);
        return tau;
    }

    /// <summary>C := (I − tau·v·vᴴ)·C for C of v.Length rows and <paramref name="cols"/> columns with row stride <paramref name="ld"/>; work holds cols entries.</summary>
    public static void Left<T>(ReadOnlySpan<T> v, T tau, Span<T> c, int cols, int ld, Span<T> work) where T : unmanaged, INumberBase<T>
    {
        if (tau == T.Zero || cols == 0) return;
        work = work[..cols];
        work.Clear();
        for (int i = 0; i < v.Length; i++) Vec.Axpy(Field.Conj(v[i]), c.Slice(i * ld, cols), work);
        for (int i = 0; i < v.Length; i++) Vec.Axpy(-(tau * v[i]), work, c.Slice(i * ld, cols));
    }

    /// <summary>C := C·(I − tau·v·vᴴ) for C of <paramref name="rows"/> rows and v.Length columns with row stride <paramref name="ld"/>; work holds v.Length entries.</summary>
    public static void Right<T>(ReadOnlySpan<T> v, T tau, Span<T> c, int rows, int ld, Span<T> work) where T : unmanaged, INumberBase<T>
    {
        if (tau == T.Zero) return;
        work = work[..v.Length];
        for (int i = 0; i < v.Length; i++) work[i] = Field.Conj(v[i]);
        for (int i = 0; i < rows; i++)
        {
            var row = c.Slice(i * ld, v.Length);
            Vec.Axpy(-(tau * Vec.Dot<T>(row, v)), work, row);
        }
    }

    /// <summary>Copies the reflector of column j out of the storage of <see cref="Qr"/>: v[0] = 1, then the entries below row <paramref name="at"/>.</summary>
    public static Span<T> Column<T>(ReadOnlySpan<T> a, int rows, int ld, int at, int j, Span<T> v) where T : unmanaged, INumberBase<T>
    {
        v = v[..(rows - at)];
        v[0] = T.One;
        for (int i = 1; i < v.Length; i++) v[i] = a[(at + i) * ld + j];
        return v;
    }
}
