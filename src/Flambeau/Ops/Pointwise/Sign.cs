using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Magnitude of each element; of complex ones a real tensor. The smallest integer of a dtype has none, and stays.</summary>
[Op("abs(Tensor self) -> Tensor", InPlace = true)]
[Op("absolute(Tensor self) -> Tensor")]
public readonly partial record struct Abs : IPointwise1
{
    public static Domain Domain => Domain.Number;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Abs(x);

    internal Tensor Forward(Tensor self)
    {
        var y = Pointwise.Run(this, self);
        return self.DType.IsComplex() ? Cast.To(y, self.DType.ToReal()) : y;
    }

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy * self.Sgn();
}

/// <summary>−1, 0 or 1 after the sign of each element; 0 for NaN.</summary>
[Op("sign(Tensor self) -> Tensor", InPlace = true)]
public readonly partial record struct Sign : IPointwise1
{
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => ((x > T.Zero) & T.One) - ((x < T.Zero) & T.One);

    internal Tensor VjpSelf(Tensor dy) => dy.ZerosLike();
}

/// <summary>Magnitude of the first, sign of the second, broadcasting; integers give float32.</summary>
[Op("copysign(Tensor self, Tensor other) -> Tensor", InPlace = true)]
public readonly partial record struct CopySign : IPointwise2
{
    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.CopySign(x, y);

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy) => dy * (self.Sign() * y.Sign());

    internal Tensor VjpOther(Tensor dy) => dy.ZerosLike();
}

/// <summary>0 below zero, 1 above, <c>values</c> at zero; NaN stays.</summary>
[Op("heaviside(Tensor self, Tensor values) -> Tensor", InPlace = true)]
public readonly partial record struct Heaviside : IPointwise2
{
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> =>
        T.Select(T.Eq(x, T.Zero), y, T.Select(x < T.Zero, T.Zero, T.Select(x > T.Zero, T.One, x)));

    internal Tensor Forward(Tensor self, Tensor values)
    {
        if (self.DType != values.DType && !values.IsWrapped)
            throw new ArgumentException($"heaviside: the tensor is {self.DType.Name()} and the values {values.DType.Name()}; both must have the same dtype");
        return Pointwise.Run(this, self, values);
    }
}

/// <summary>Angle of each element in the complex plane: 0 or π for reals, NaN for NaN.</summary>
[Op("_angle_real(Tensor self) -> Tensor")]
public readonly partial record struct AngleReal : IPointwise1
{
    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Select(x < T.Zero, T.Const(Math.PI), T.Select(x >= T.Zero, T.Zero, x));

    internal Tensor VjpSelf(Tensor dy) => dy.ZerosLike();
}

/// <summary>The next number after each element towards the other's, broadcasting.</summary>
[Op("nextafter(Tensor self, Tensor other) -> Tensor", InPlace = true)]
public readonly partial record struct NextAfter
{
    internal Tensor Forward(Tensor self, Tensor other)
    {
        var dtype = Promotion.ResultType(self, other);
        if (dtype is not (DType.Float32 or DType.Float64))
            throw new ArgumentException($"nextafter: the tensors are {self.DType.Name()} and {other.DType.Name()}; expected float32 or float64");
        var y = Tensor.New(Pointwise.Broadcast(self, other), dtype);
        Tensor a = Cast.To(self, dtype), b = Cast.To(other, dtype);
        if (y.Storage.Backend is { } device) device.Function("nextafter", y, a, b);
        else if (dtype == DType.Float32) StridedLoop.Run(new Single(), y, a, b);
        else StridedLoop.Run(new Double(), y, a, b);
        return y;
    }

    readonly unsafe struct Single : IInnerLoop
    {
        public void Run(byte** p, long* s, long n)
        {
            for (long i = 0; i < n; i++) *(float*)(p[0] + i * s[0]) = Cpu.Special.Elementary.NextAfter(*(float*)(p[1] + i * s[1]), *(float*)(p[2] + i * s[2]));
        }
    }

    readonly unsafe struct Double : IInnerLoop
    {
        public void Run(byte** p, long* s, long n)
        {
            for (long i = 0; i < n; i++) *(double*)(p[0] + i * s[0]) = Cpu.Special.Elementary.NextAfter(*(double*)(p[1] + i * s[1]), *(double*)(p[2] + i * s[2]));
        }
    }
}
