namespace Flambeau.Cpu.Special;

/// <summary>Bessel functions J and Y of orders 0 and 1, and the spherical j₀.</summary>
/// <remarks>
/// Up to 8 a Chebyshev series in x², with J's zeros divided out; beyond it Hankel's amplitude and phase form
/// (NIST DLMF §10.17; Clenshaw, NPL Mathematical Tables 5 (1962)). Y is NaN below 0 and −inf at 0.
/// </remarks>
internal static class Bessel
{
    const double TwoOverPi = 0.63661977236758134308, HalfSqrt2 = 0.7071067811865476;

    public static double J0(double x)
    {
        x = Math.Abs(x);
        if (x > 8) return Hankel0(x, second: false);
        return Zero(x, 2.404825557695773, -1.176691651530894e-16) * Zero(x, 5.520078110286311, 8.088597146146722e-17)
            * Series.Chebyshev(J0Small, x * x / 32 - 1);
    }

    public static double J1(double x)
    {
        var a = Math.Abs(x);
        if (a > 8) return x < 0 ? -Hankel1(a, second: false) : Hankel1(a, second: false);
        return x * Zero(a, 3.8317059702075125, -1.5269184090088067e-16) * Zero(a, 7.015586669815619, -9.414165653410389e-17)
            * Series.Chebyshev(J1Small, x * x / 32 - 1);
    }

    public static double Y0(double x)
    {
        if (x > 8) return Hankel0(x, second: true);
        if (x == 0) return double.NegativeInfinity;
        if (!(x > 0)) return double.NaN;
        return Series.Chebyshev(Y0Small, x * x / 32 - 1) + TwoOverPi * Math.Log(x) * J0(x);
    }

    public static double Y1(double x)
    {
        if (x > 8) return Hankel1(x, second: true);
        if (x == 0) return double.NegativeInfinity;
        if (!(x > 0)) return double.NaN;
        return x * Series.Chebyshev(Y1Small, x * x / 32 - 1) + TwoOverPi * (Math.Log(x) * J1(x) - 1 / x);
    }

    /// <summary>sin(x)/x, 1 at 0 and 0 at ±inf.</summary>
    public static double SphericalJ0(double x)
    {
        if (double.IsInfinity(x)) return 0;
        if (Math.Abs(x) >= 0.5) return Math.Sin(x) / x;
        var s = x * x;
        return 1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72 * (1 - s / 110 * (1 - s / 156 * (1 - s / 210))))));
    }

    // x^2 - zero^2, with the zero known to twice the working precision
    static double Zero(double x, double head, double tail) => (x - head - tail) * (x + head);

    static double Hankel0(double x, bool second)
    {
        var (sin, cos) = Math.SinCos(x);
        double z = 8 / x, t = 2 * z * z - 1, p = Series.Chebyshev(P0, t), q = z * Series.Chebyshev(Q0, t);
        double c = (cos + sin) * HalfSqrt2, s = (sin - cos) * HalfSqrt2; // of x - pi/4
        return Math.Sqrt(TwoOverPi / x) * (second ? p * s + q * c : p * c - q * s);
    }

    static double Hankel1(double x, bool second)
    {
        var (sin, cos) = Math.SinCos(x);
        double z = 8 / x, t = 2 * z * z - 1, p = Series.Chebyshev(P1, t), q = z * Series.Chebyshev(Q1, t);
        double c = (sin - cos) * HalfSqrt2, s = -(sin + cos) * HalfSqrt2; // of x - 3 pi/4
        return Math.Sqrt(TwoOverPi / x) * (second ? p * s + q * c : p * c - q * s);
    }

    static ReadOnlySpan<double> J0Small =>
    [
        0.0019903555001601486, -0.002620939138497025, 0.0008687721472062577, -0.00017040584951557357,
        2.204908639454817e-05, -2.0248894980012834e-06, 1.3898025173428905e-07, -7.406701254344167e-09,
        3.1559927583611334e-10, -1.1003860827939697e-11, 3.1989232970233477e-13, -7.875041254709154e-15,
        1.6632588015211278e-16, -3.0475993756698376e-18, 4.8912290055811176e-20,
    ];

    static ReadOnlySpan<double> J1Small =>
    [
        0.00027895709887613106, -0.0003115684036643562, 8.553646588540538e-05, -1.4149356425623485e-05,
        1.576470099225889e-06, -1.269075502369425e-07, 7.747614077073057e-09, -3.716577146675772e-10,
        1.4395417669312554e-11, -4.60007822413452e-13, 1.2341465589619718e-14, -2.8205466239524856e-16,
        5.558821065951572e-18, -9.546930865755219e-20, 1.4418291781315051e-21,
    ];

    static ReadOnlySpan<double> Y0Small =>
    [
        -0.03314611320328494, -0.2744743055297453, 0.17903431407718265, 0.26156734625504663,
        -0.17730201278114358, 0.04719668959576339, -0.007287962479552079, 0.0007531135932577742,
        -5.632079141056987e-05, 3.206532537654801e-06, -1.44072332740187e-07, 5.248794787330516e-09,
        -1.5837552541812015e-10, 4.02633081830612e-12, -8.747341203310769e-14, 1.6434898714919468e-15,
        -2.6977881152566837e-17,
    ];

    static ReadOnlySpan<double> Y1Small =>
    [
        0.0025380132357417816, -0.01608717304766875, -0.09591204536083074, 0.08445197259652346,
        -0.028328123944594365, 0.005289897544167113, -0.0006414551451326356, 5.505982873338744e-05,
        -3.53808001868935e-06, 1.7707804556154404e-07, -7.11055004989928e-09, 2.344337905911516e-10,
        -6.4651518414115946e-12, 1.51429151205002e-13, -3.0511859694473254e-15, 5.34668038572867e-17,
        -8.224911372021585e-19,
    ];

    static ReadOnlySpan<double> P0 =>
    [
        0.9994603493475187, -0.0005365220468132117, 3.0751847875194745e-06, -5.1705945376060975e-08,
        1.6306464635151382e-09, -7.86409137723707e-11, 5.168262387349193e-12, -4.3045788699253914e-13,
        4.3265957431549404e-14, -5.069034095935236e-15, 6.748072215733873e-16, -1.0011513723467786e-16,
        1.6305919233744186e-17, -2.880866169482871e-18,
    ];

    static ReadOnlySpan<double> Q0 =>
    [
        -0.015555854605337009, 6.838519942611649e-05, -7.414498411060647e-07, 1.7972457247968992e-08,
        -7.27191593686632e-10, 4.2201219046687385e-11, -3.206747420996635e-12, 3.006145125351706e-13,
        -3.336328185322427e-14, 4.255225040245461e-15, -6.09993013164005e-16, 9.662128970303257e-17,
        -1.6686065214378146e-17, 3.1082440486738143e-18, -6.191115787358145e-19, 1.3091448717220122e-19,
    ];

    static ReadOnlySpan<double> P1 =>
    [
        1.0009030408600137, 0.0008989898330859408, -3.987284300488908e-06, 6.177633960644299e-08,
        -1.8718907491063067e-09, 8.816898659582339e-11, -5.704863640395645e-12, 4.699195515230542e-13,
        -4.6842237839904895e-14, 5.452674896044717e-15, -7.221180842274018e-16, 1.0667689114335412e-16,
        -1.7312313216116335e-17, 3.0492991197665872e-18,
    ];

    static ReadOnlySpan<double> Q1 =>
    [
        0.04677778706953532, -9.62772354915708e-05, 9.138615257955454e-07, -2.0959781384083424e-08,
        8.229193327650554e-10, -4.686363688176945e-11, 3.5152187949686082e-12, -3.2643156743279e-13,
        3.5967765829165294e-14, -4.5612523950772974e-15, 6.508282957783384e-16, -1.0269147531823243e-16,
        1.767635548776479e-17, -3.2834519872981614e-18, 6.524081149589261e-19, -1.3765771484849487e-19,
    ];
}
