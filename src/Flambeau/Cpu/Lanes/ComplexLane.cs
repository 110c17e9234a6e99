using System.Numerics;

namespace Flambeau.Cpu;

/// <summary>One complex number as a lane. Order is by real part then imaginary; formulas on complex numbers rarely compare.</summary>
internal readonly unsafe struct ComplexLane(Complex v) : IMemoryLane<ComplexLane, Complex>
{
    readonly Complex v = v;

    public static int Width => 1;
    public static ComplexLane Load(Complex* p) => new(*p);
    public static void Store(Complex* p, ComplexLane x) => *p = x.v;
    public static ComplexLane Broadcast(Complex x) => new(x);
    public static ComplexLane Const(double x) => new(x);
    public static void StoreMask(byte* p, ComplexLane mask) => *p = IsSet(mask) ? (byte)1 : (byte)0;

    public static ComplexLane operator +(ComplexLane a, ComplexLane b) => new(a.v + b.v);
    public static ComplexLane operator -(ComplexLane a, ComplexLane b) => new(a.v - b.v);
    public static ComplexLane operator *(ComplexLane a, ComplexLane b) => new(a.v * b.v);
    public static ComplexLane operator /(ComplexLane a, ComplexLane b) => new(a.v / b.v);
    public static ComplexLane operator -(ComplexLane a) => new(-a.v);
    public static ComplexLane operator &(ComplexLane a, ComplexLane b) => Mask(IsSet(a) && IsSet(b));
    public static ComplexLane operator |(ComplexLane a, ComplexLane b) => Mask(IsSet(a) || IsSet(b));
    public static ComplexLane operator ^(ComplexLane a, ComplexLane b) => Mask(IsSet(a) != IsSet(b));
    public static ComplexLane operator ~(ComplexLane a) => Mask(!IsSet(a));
    public static ComplexLane operator <(ComplexLane a, ComplexLane b) => Mask(Less(a.v, b.v));
    public static ComplexLane operator >(ComplexLane a, ComplexLane b) => Mask(Less(b.v, a.v));
    public static ComplexLane operator <=(ComplexLane a, ComplexLane b) => Mask(Less(a.v, b.v) || a.v == b.v);
    public static ComplexLane operator >=(ComplexLane a, ComplexLane b) => Mask(Less(b.v, a.v) || a.v == b.v);
    public static ComplexLane Eq(ComplexLane a, ComplexLane b) => Mask(a.v.Real == b.v.Real && a.v.Imaginary == b.v.Imaginary);
    public static ComplexLane Select(ComplexLane m, ComplexLane a, ComplexLane b) => IsSet(m) ? a : b;
    public static ComplexLane Min(ComplexLane a, ComplexLane b) => Less(b.v, a.v) ? b : a;
    public static ComplexLane Max(ComplexLane a, ComplexLane b) => Less(a.v, b.v) ? b : a;
    public static ComplexLane Abs(ComplexLane a) => new(Complex.Abs(a.v));
    public static ComplexLane Sqrt(ComplexLane a) => new(Complex.Sqrt(a.v));
    public static ComplexLane Floor(ComplexLane a) => new(new Complex(Math.Floor(a.v.Real), Math.Floor(a.v.Imaginary)));
    public static ComplexLane Ceil(ComplexLane a) => new(new Complex(Math.Ceiling(a.v.Real), Math.Ceiling(a.v.Imaginary)));
    public static ComplexLane Trunc(ComplexLane a) => new(new Complex(Math.Truncate(a.v.Real), Math.Truncate(a.v.Imaginary)));
    public static ComplexLane Round(ComplexLane a) => new(new Complex(Math.Round(a.v.Real), Math.Round(a.v.Imaginary)));
    public static ComplexLane Exp(ComplexLane a) => new(Complex.Exp(a.v));
    public static ComplexLane Log(ComplexLane a) => new(Complex.Log(a.v));
    public static ComplexLane Sin(ComplexLane a) => new(Complex.Sin(a.v));
    public static ComplexLane Cos(ComplexLane a) => new(Complex.Cos(a.v));
    public static ComplexLane Tanh(ComplexLane a) => new(Complex.Tanh(a.v));
    public static ComplexLane CopySign(ComplexLane a, ComplexLane s) => new(Math.CopySign(a.v.Real, s.v.Real));

    public static ComplexLane Call(in ScalarFunction f, ComplexLane a) => f.EvaluateComplex is { } g ? new(g(a.v))
        : throw new NotSupportedException($"{f.Name} is not defined for complex numbers; take Real(), Imag() or Abs() first");

    public static ComplexLane Call(in ScalarFunction2 f, ComplexLane a, ComplexLane b) => f.EvaluateComplex is { } g ? new(g(a.v, b.v))
        : throw new NotSupportedException($"{f.Name} is not defined for complex numbers; take Real(), Imag() or Abs() first");

    static ComplexLane Mask(bool b) => new(b ? 1 : 0);
    static bool IsSet(ComplexLane a) => a.v != Complex.Zero;
    static bool Less(Complex a, Complex b) => a.Real < b.Real || (a.Real == b.Real && a.Imaginary < b.Imaginary);
}
