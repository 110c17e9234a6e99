using System.Numerics;
using System.Runtime.InteropServices;

namespace Flambeau;

/// <summary>A complex number of two float32, PyTorch's complex64. Arithmetic goes through <see cref="Complex"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Complex64(float Real, float Imaginary)
{
    /// <summary>The exact value in double precision.</summary>
    public static implicit operator Complex(Complex64 value) => new(value.Real, value.Imaginary);

    /// <summary>Both parts rounded to float32.</summary>
    public static explicit operator Complex64(Complex value) => new((float)value.Real, (float)value.Imaginary);

    /// <inheritdoc/>
    public override string ToString() => $"<{Real}; {Imaginary}>";
}
