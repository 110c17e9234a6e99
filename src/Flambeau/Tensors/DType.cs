namespace Flambeau;

/// <summary>Element type of a tensor.</summary>
public enum DType : byte
{
    /// <summary>True or false, one byte each.</summary>
    Bool,
    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8,
    /// <summary>Signed 8-bit integer.</summary>
    Int8,
    /// <summary>Signed 16-bit integer.</summary>
    Int16,
    /// <summary>Signed 32-bit integer.</summary>
    Int32,
    /// <summary>Signed 64-bit integer.</summary>
    Int64,
    /// <summary>IEEE half precision (<see cref="System.Half"/>).</summary>
    Float16,
    /// <summary>Brain floating point, the upper half of a float32 (<see cref="Flambeau.BFloat16"/>).</summary>
    BFloat16,
    /// <summary>IEEE single precision.</summary>
    Float32,
    /// <summary>IEEE double precision.</summary>
    Float64,
    /// <summary>Two float32: real and imaginary part (<see cref="Flambeau.Complex64"/>).</summary>
    Complex64,
    /// <summary>Two float64: real and imaginary part (<see cref="System.Numerics.Complex"/>).</summary>
    Complex128,
}

/// <summary>Facts about <see cref="DType"/> values.</summary>
public static class DTypes
{
    static ReadOnlySpan<byte> Sizes => [1, 1, 1, 2, 4, 8, 2, 2, 4, 8, 8, 16];

    static readonly string[] names =
    [
        "bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64", "complex64", "complex128",
    ];

    /// <summary>Bytes of one element.</summary>
    public static int Size(this DType dtype) => Sizes[(int)dtype];

    /// <summary>PyTorch's name, such as <c>float32</c>.</summary>
    public static string Name(this DType dtype) => names[(int)dtype];

    /// <summary>float16, bfloat16, float32 or float64.</summary>
    public static bool IsFloat(this DType dtype) => dtype is >= DType.Float16 and <= DType.Float64;

    /// <summary>complex64 or complex128.</summary>
    public static bool IsComplex(this DType dtype) => dtype >= DType.Complex64;

    /// <summary>A signed or unsigned integer; bool is not one.</summary>
    public static bool IsInteger(this DType dtype) => dtype is >= DType.UInt8 and <= DType.Int64;

    /// <summary>An integer or bool.</summary>
    public static bool IsIntegral(this DType dtype) => dtype <= DType.Int64;

    /// <summary>Only floating-point and complex tensors can carry gradients.</summary>
    public static bool IsDifferentiable(this DType dtype) => dtype >= DType.Float16;

    /// <summary>The real type of a complex type's parts; any other type as it is.</summary>
    public static DType ToReal(this DType dtype) => dtype switch
    {
        DType.Complex64 => DType.Float32,
        DType.Complex128 => DType.Float64,
        _ => dtype,
    };

    /// <summary>The complex type whose parts have this real type (float64 gives complex128, all others complex64).</summary>
    public static DType ToComplex(this DType dtype) => dtype is DType.Float64 or DType.Complex128 ? DType.Complex128 : DType.Complex64;

    /// <summary>The dtype with PyTorch's name, with or without the <c>torch.</c> prefix; aliases such as <c>long</c> and <c>half</c> count.</summary>
    /// <exception cref="ArgumentException">No dtype has the name.</exception>
    public static DType Parse(string name)
    {
        var s = name.StartsWith("torch.", StringComparison.Ordinal) ? name[6..] : name;
        var i = Array.IndexOf(names, s);
        if (i >= 0) return (DType)i;
        return s switch
        {
            "float" => DType.Float32,
            "double" => DType.Float64,
            "half" => DType.Float16,
            "char" => DType.Int8,
            "byte" => DType.UInt8,
            "short" => DType.Int16,
            "int" => DType.Int32,
            "long" => DType.Int64,
            "cfloat" => DType.Complex64,
            "cdouble" => DType.Complex128,
            _ => throw new ArgumentException($"no dtype is called '{name}'; expected one of {string.Join(", ", names)}", nameof(name)),
        };
    }

    /// <summary>The dtype that stores elements of the C# type <typeparamref name="T"/>.</summary>
    /// <exception cref="NotSupportedException">No dtype stores <typeparamref name="T"/>.</exception>
    public static DType Of<T>() where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return DType.Float32;
        if (typeof(T) == typeof(double)) return DType.Float64;
        if (typeof(T) == typeof(long)) return DType.Int64;
        if (typeof(T) == typeof(int)) return DType.Int32;
        if (typeof(T) == typeof(short)) return DType.Int16;
        if (typeof(T) == typeof(sbyte)) return DType.Int8;
        if (typeof(T) == typeof(byte)) return DType.UInt8;
        if (typeof(T) == typeof(bool)) return DType.Bool;
        if (typeof(T) == typeof(Half)) return DType.Float16;
        if (typeof(T) == typeof(BFloat16)) return DType.BFloat16;
        if (typeof(T) == typeof(Complex64)) return DType.Complex64;
        if (typeof(T) == typeof(System.Numerics.Complex)) return DType.Complex128;
        throw new NotSupportedException($"no dtype stores elements of type {typeof(T)}");
    }
}
