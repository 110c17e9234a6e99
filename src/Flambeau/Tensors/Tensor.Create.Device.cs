namespace Flambeau;

/// <summary>Tensors made on a device of one's choice; <see cref="Device.Use"/> does the same for everything made in a scope.</summary>
public sealed partial class Tensor
{
    /// <inheritdoc cref="Empty(Shape, DType?)"/>
    public static Tensor Empty(Shape shape, DType? dtype, Device device)
    {
        if (Here(device)) return Empty(shape, dtype);
        using (device.Use()) return Empty(shape, dtype);
    }

    /// <inheritdoc cref="EmptyStrided(Shape, Shape, DType?)"/>
    public static Tensor EmptyStrided(Shape size, Shape stride, DType? dtype, Device device)
    {
        if (Here(device)) return EmptyStrided(size, stride, dtype);
        using (device.Use()) return EmptyStrided(size, stride, dtype);
    }

    /// <inheritdoc cref="Zeros(Shape, DType?)"/>
    public static Tensor Zeros(Shape shape, DType? dtype, Device device)
    {
        if (Here(device)) return Zeros(shape, dtype);
        using (device.Use()) return Zeros(shape, dtype);
    }

    /// <inheritdoc cref="Ones(Shape, DType?)"/>
    public static Tensor Ones(Shape shape, DType? dtype, Device device)
    {
        if (Here(device)) return Ones(shape, dtype);
        using (device.Use()) return Ones(shape, dtype);
    }

    /// <inheritdoc cref="Full(Shape, Scalar, DType?)"/>
    public static Tensor Full(Shape shape, Scalar value, DType? dtype, Device device)
    {
        if (Here(device)) return Full(shape, value, dtype);
        using (device.Use()) return Full(shape, value, dtype);
    }

    /// <summary>Whether this thread makes its tensors there anyway.</summary>
    static bool Here(Device device) => Cpu.Placement.Current?.Device is { } current ? current.Device == device : device == Device.Cpu;
}
