using System.Globalization;
using System.Numerics;

namespace Flambeau;

/// <summary>A number given to an op: a bool, an integer, a real or a complex number, kept exactly.</summary>
public readonly struct Scalar : IEquatable<Scalar>
{
    readonly double real, imaginary;
    readonly long integer;

    Scalar(DType kind, long integer, double real, double imaginary = 0) =>
        (Kind, this.integer, this.real, this.imaginary) = (kind, integer, real, imaginary);

    /// <summary>Bool, Int64, Float64 or Complex128.</summary>
    public DType Kind { get; }

    public static implicit operator Scalar(bool v) => new(DType.Bool, v ? 1 : 0, v ? 1 : 0);
    public static implicit operator Scalar(int v) => new(DType.Int64, v, v);
    public static implicit operator Scalar(long v) => new(DType.Int64, v, v);
    public static implicit operator Scalar(float v) => new(DType.Float64, 0, v);
    public static implicit operator Scalar(double v) => new(DType.Float64, 0, v);
    public static implicit operator Scalar(Complex v) => new(DType.Complex128, 0, v.Real, v.Imaginary);

    /// <summary>Whether it is an integer or a bool.</summary>
    public bool IsIntegral => Kind <= DType.Int64;

    /// <summary>The value as a double; the real part of a complex number.</summary>
    public double ToDouble() => real;

    /// <summary>The value as an integer, reals truncated toward zero.</summary>
    public long ToLong() => IsIntegral ? integer : (long)real;

    /// <summary>Whether the value isn't zero.</summary>
    public bool ToBool() => IsIntegral ? integer != 0 : real != 0 || imaginary != 0;

    /// <summary>The value as a complex number.</summary>
    public Complex ToComplex() => new(real, imaginary);

    public static Scalar operator -(Scalar s) => s.Kind switch
    {
        DType.Bool or DType.Int64 => new Scalar(DType.Int64, -s.integer, -s.real),
        DType.Complex128 => -s.ToComplex(),
        _ => -s.real,
    };

    /// <inheritdoc/>
    public bool Equals(Scalar other) => Kind == other.Kind && integer == other.integer && real.Equals(other.real) && imaginary.Equals(other.imaginary);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Scalar s && Equals(s);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, integer, real, imaginary);

    public static bool operator ==(Scalar a, Scalar b) => a.Equals(b);
    public static bool operator !=(Scalar a, Scalar b) => !a.Equals(b);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        DType.Bool => integer != 0 ? "True" : "False",
        DType.Int64 => integer.ToString(CultureInfo.InvariantCulture),
        DType.Complex128 => ToComplex().ToString(CultureInfo.InvariantCulture),
        _ => real.ToString(CultureInfo.InvariantCulture),
    };
}
