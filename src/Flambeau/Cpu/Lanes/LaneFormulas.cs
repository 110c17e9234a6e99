using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>Functions built of lane arithmetic, for lanes whose hardware or run-time library has none.</summary>
/// <remarks>The polynomials are Chebyshev interpolants of the functions, computed with 40 digits for this library.</remarks>
internal static class LaneFormulas
{
    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>
    /// e^x in single precision, within 1.5 units in the last place, subnormal results included: x = n ln 2 + r, and a polynomial in r
    /// (Cody and Waite, "Software Manual for the Elementary Functions", 1980).
    /// </summary>
    [MethodImpl(Inline)]
    internal static T ExpSingle<T, E>(T x) where T : struct, IMemoryLane<T, E> where E : unmanaged
    {
        // NaN fails both comparisons and stays.
        x = T.Select(x > T.Const(89), T.Const(89), x);
        x = T.Select(x < T.Const(-104), T.Const(-104), x);
        var n = T.Round(x * T.Const(1.4426950408889634));
        // ln 2 in two parts, the first so short that its product with n is exact.
        var r = T.MulAdd(n, T.Const(-0.693359375), x);
        r = T.MulAdd(n, T.Const(0.00021219444005469058), r);
        var p = T.MulAdd(T.Const(0.0013926183587713495), r, T.Const(0.0083631790527225774));
        p = T.MulAdd(p, r, T.Const(0.041666554617204574));
        p = T.MulAdd(p, r, T.Const(0.16666576989698776));
        p = T.MulAdd(p, r, T.Const(0.5));
        return T.ScaleSingle(T.MulAdd(r * r, p, r) + T.One, n);
    }

    /// <summary>tanh in single precision, error below 2e-7: a polynomial near zero, else 1 − 2/(e^2x + 1).</summary>
    [MethodImpl(Inline)]
    internal static T TanhSingle<T>(T x) where T : struct, ILane<T>
    {
        var z = x * x;
        var p = T.MulAdd(T.Const(0.0023707656404950033), z, T.Const(-0.008410070801527971));
        p = T.MulAdd(p, z, T.Const(0.02178832199710752));
        p = T.MulAdd(p, z, T.Const(-0.053961551781342536));
        p = T.MulAdd(p, z, T.Const(0.133333128668618));
        p = T.MulAdd(p, z, T.Const(-0.33333333231207923));
        return TanhJoin(x, T.MulAdd(x * z, p, x));
    }

    /// <summary>tanh in double precision.</summary>
    [MethodImpl(Inline)]
    internal static T TanhDouble<T>(T x) where T : struct, ILane<T>
    {
        var z = x * x;
        var p = T.MulAdd(T.Const(-2.622223992400352e-06), z, T.Const(1.2606082506231011e-05));
        p = T.MulAdd(p, z, T.Const(-3.74550261333158e-05));
        p = T.MulAdd(p, z, T.Const(9.62435984783182e-05));
        p = T.MulAdd(p, z, T.Const(-0.0002389588822245776));
        p = T.MulAdd(p, z, T.Const(0.0005899975134262517));
        p = T.MulAdd(p, z, T.Const(-0.0014558307624244699));
        p = T.MulAdd(p, z, T.Const(0.0035921277411351256));
        p = T.MulAdd(p, z, T.Const(-0.008863235514397341));
        p = T.MulAdd(p, z, T.Const(0.02186948853566979));
        p = T.MulAdd(p, z, T.Const(-0.05396825396824606));
        p = T.MulAdd(p, z, T.Const(0.13333333333333328));
        p = T.MulAdd(p, z, T.Const(-0.3333333333333333));
        return TanhJoin(x, T.MulAdd(x * z, p, x));
    }

    [MethodImpl(Inline)]
    static T TanhJoin<T>(T x, T small) where T : struct, ILane<T>
    {
        var a = T.Abs(x);
        var large = T.One - T.Const(2) / (T.Exp(a + a) + T.One);
        return T.Select(a < T.Const(0.6), small, T.CopySign(large, x));
    }

    /// <summary>The error function in single precision, within 4 units in the last place: x P(x²) / Q(x²) with positive coefficients, a relative minimax fit up to 3.92, where it becomes 1.</summary>
    [MethodImpl(Inline)]
    internal static T ErfSingle<T>(T x) where T : struct, ILane<T>
    {
        // NaN fails both comparisons and stays.
        var t = T.Select(x > T.Const(3.92), T.Const(3.92), x);
        t = T.Select(t < T.Const(-3.92), T.Const(-3.92), t);
        var z = t * t;
        var p = T.MulAdd(T.Const(2.050137149926761e-06), z, T.Const(0.0002848513101972539));
        p = T.MulAdd(p, z, T.Const(0.003764632388215627));
        p = T.MulAdd(p, z, T.Const(0.05274567802332176));
        p = T.MulAdd(p, z, T.Const(0.19038486141755723));
        p = T.MulAdd(p, z, T.Const(1.1283791465544557));
        var q = T.MulAdd(T.Const(3.8090575889752494e-05), z, T.Const(0.001162278915662773));
        q = T.MulAdd(q, z, T.Const(0.014967260728214974));
        q = T.MulAdd(q, z, T.Const(0.11410000950734606));
        q = T.MulAdd(q, z, T.Const(0.5020569373890404));
        q = T.MulAdd(q, z, T.One);
        var y = t * p / q;
        y = T.Select(y > T.One, T.One, y);
        return T.Select(y < -T.One, -T.One, y);
    }

    /// <summary>e^x − 1, accurate near zero by Kahan's correction of the rounding of e^x (Higham 2002, §1.14.1).</summary>
    [MethodImpl(Inline)]
    internal static T ExpM1<T>(T x) where T : struct, ILane<T>
    {
        T u = T.Exp(x), less = u - T.One;
        var far = (x > T.Const(40)) | T.Eq(less, -T.One);
        return T.Select(T.Eq(u, T.One), x, T.Select(far, less, less * (x / T.Log(u))));
    }

    /// <summary>ln(1 + x), accurate near zero by Kahan's correction of the rounding of 1 + x (Goldberg 1991, theorem 4).</summary>
    [MethodImpl(Inline)]
    internal static T Log1P<T>(T x) where T : struct, ILane<T>
    {
        T u = T.One + x, less = u - T.One;
        var exact = T.Eq(less, T.Zero);
        return T.Select(exact | T.Eq(x, T.Const(double.PositiveInfinity)), x, T.Log(u) * (x / T.Select(exact, T.One, less)));
    }

    /// <summary>1 / (1 + e^−x).</summary>
    [MethodImpl(Inline)]
    internal static T Sigmoid<T>(T x) where T : struct, ILane<T> => T.One / (T.One + T.Exp(-x));

    /// <summary>The bits of a byte, lowest first, as eight bytes of 0 or 1.</summary>
    [MethodImpl(Inline)]
    internal static ulong SpreadBits(ulong bits) =>
        // seven bits moved apart by one product (no two meet), the eighth by hand
        (((bits & 0x7F) * 0x0002_0408_1020_4081) & 0x0101_0101_0101_0101) | ((bits & 0x80) << 49);
}
