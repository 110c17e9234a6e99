using System.Numerics;
using System.Runtime.InteropServices;
using Flambeau.Cpu;
using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Elements without defined values.</summary>
    /// <exception cref="ArgumentException">A size is negative.</exception>
    [Op("empty(int[] size, *, dtype? dtype=None) -> Tensor")]
    public static Tensor Empty(Shape shape, DType? dtype = null) => New(new Layout(Checked(shape)), dtype ?? DType.Float32);

    /// <summary>All zeros.</summary>
    [Op("zeros(int[] size, *, dtype? dtype=None) -> Tensor")]
    public static Tensor Zeros(Shape shape, DType? dtype = null)
    {
        var type = dtype ?? DType.Float32;
        var layout = new Layout(Checked(shape));
        var y = new Tensor(Storage.Allocate(checked(layout.Numel * type.Size()), zero: true), layout, type) { Flags = Autograd.Grad.NewFlags };
        OpObserver.Current?.OnCall("zeros", [shape, type], y);
        return y;
    }

    /// <summary>All ones.</summary>
    [Op("ones(int[] size, *, dtype? dtype=None) -> Tensor")]
    public static Tensor Ones(Shape shape, DType? dtype = null) => Full(shape, 1, dtype ?? DType.Float32);

    /// <summary>One value everywhere; by default int64, bool, float32 or complex64 after the value.</summary>
    [Op("full(int[] size, Scalar fill_value, *, dtype? dtype=None) -> Tensor")]
    public static Tensor Full(Shape shape, Scalar value, DType? dtype = null)
    {
        var y = Empty(shape, dtype ?? Promotion.WrappedDType(value));
        using var scope = KernelScope.Enter();
        Cast.Copy(FromScalar(value, y.DType), y);
        OpObserver.Current?.OnCall("full", [shape, value, y.DType], y);
        return y;
    }

    /// <summary>A 0-d tensor.</summary>
    public static Tensor FromScalar(Scalar value, DType? dtype = null)
    {
        var type = dtype ?? Promotion.WrappedDType(value);
        var y = NewHost(Layout.Scalar, type);
        Write(y, value);
        return y;
    }

    /// <summary>A 0-d tensor that stands for a plain number: it takes part in type promotion only by its category.</summary>
    internal static Tensor Wrapped(Scalar value)
    {
        var y = FromScalar(value, value.Kind);
        y.Flags |= TensorFlags.Wrapped;
        return y;
    }

    public static implicit operator Tensor(Scalar value) => Wrapped(value);
    public static implicit operator Tensor(float value) => Wrapped(value);
    public static implicit operator Tensor(double value) => Wrapped(value);
    public static implicit operator Tensor(int value) => Wrapped(value);
    public static implicit operator Tensor(long value) => Wrapped(value);
    public static implicit operator Tensor(bool value) => Wrapped(value);

    static void Write(Tensor y, Scalar value)
    {
        switch (y.DType)
        {
            case DType.Bool: y.Kept<byte>() = value.ToBool() ? (byte)1 : (byte)0; break;
            case DType.UInt8: y.Kept<byte>() = (byte)value.ToLong(); break;
            case DType.Int8: y.Kept<sbyte>() = (sbyte)value.ToLong(); break;
            case DType.Int16: y.Kept<short>() = (short)value.ToLong(); break;
            case DType.Int32: y.Kept<int>() = (int)value.ToLong(); break;
            case DType.Int64: y.Kept<long>() = value.ToLong(); break;
            case DType.Float16: y.Kept<Half>() = (Half)value.ToDouble(); break;
            case DType.BFloat16: y.Kept<BFloat16>() = (BFloat16)value.ToDouble(); break;
            case DType.Float32: y.Kept<float>() = (float)value.ToDouble(); break;
            case DType.Float64: y.Kept<double>() = value.ToDouble(); break;
            case DType.Complex64: y.Kept<Complex64>() = (Complex64)value.ToComplex(); break;
            default: y.Kept<Complex>() = value.ToComplex(); break;
        }
    }

    /// <summary>A copy of these elements, in row-major order, under a shape (one axis by default).</summary>
    /// <exception cref="ArgumentException">The number of elements isn't the shape's.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, Shape? shape = null) where T : unmanaged
    {
        var y = NewHost(new Layout(Checked(shape ?? new Shape([values.Length]))), DTypes.Of<T>());
        if (y.Numel != values.Length) throw new ArgumentException($"{values.Length} values don't fill shape {y.Shape}, which has {y.Numel} elements");
        MemoryMarshal.AsBytes(values).CopyTo(y.Bytes());
        return y.Settled();
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, Shape?)"/>
    public static Tensor From<T>(T[] values, Shape? shape = null) where T : unmanaged => From(new ReadOnlySpan<T>(values), shape);

    /// <summary>A copy of a rectangular array of any rank, with its shape.</summary>
    public static Tensor FromArray(Array values)
    {
        var shape = new long[values.Rank];
        for (var d = 0; d < shape.Length; d++) shape[d] = values.GetLength(d);
        return values switch
        {
            float[,] or float[,,] or float[,,,] => Copy<float>(values, shape),
            double[,] or double[,,] or double[,,,] => Copy<double>(values, shape),
            long[,] or long[,,] or long[,,,] => Copy<long>(values, shape),
            int[,] or int[,,] or int[,,,] => Copy<int>(values, shape),
            short[,] or short[,,] or short[,,,] => Copy<short>(values, shape),
            sbyte[,] or sbyte[,,] => Copy<sbyte>(values, shape),
            byte[,] or byte[,,] or byte[,,,] => Copy<byte>(values, shape),
            bool[,] or bool[,,] => Copy<bool>(values, shape),
            float[] a => From(a),
            double[] a => From(a),
            long[] a => From(a),
            int[] a => From(a),
            byte[] a => From(a),
            bool[] a => From(a),
            _ => throw new NotSupportedException($"no tensor is made of {values.GetType()}; flatten it and use From(values, shape)"),
        };
    }

    static Tensor Copy<T>(Array values, long[] shape) where T : unmanaged
    {
        var span = MemoryMarshal.CreateReadOnlySpan(ref System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(values)), values.Length);
        return From(span, new Shape(shape));
    }

    static ReadOnlySpan<long> Checked(Shape shape)
    {
        foreach (var s in shape)
        {
            if (s < 0) throw new ArgumentException($"a tensor can't have shape {shape}: sizes must not be negative");
        }
        return shape.AsSpan();
    }

    /// <summary>The bytes of a contiguous CPU tensor of up to 2 GiB.</summary>
    internal Span<byte> Bytes() => MemoryMarshal.CreateSpan(ref Kept<byte>(), checked((int)(Numel * DType.Size())));
}
