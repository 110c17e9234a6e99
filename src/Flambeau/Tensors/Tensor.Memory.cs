namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>
    /// A tensor over the elements of an array, without copying: writes through either are seen by the other. The array stays pinned
    /// while a tensor looks into it.
    /// </summary>
    /// <param name="memory">Row-major elements.</param>
    /// <param name="shape">One axis by default.</param>
    /// <exception cref="ArgumentException">The number of elements isn't the shape's.</exception>
    public static Tensor FromMemory<T>(Memory<T> memory, Shape? shape = null) where T : unmanaged
    {
        var pin = memory.Pin();
        try
        {
            nint address;
            unsafe { address = (nint)pin.Pointer; }
            return FromPointer(address, shape ?? [memory.Length], DTypes.Of<T>(), memory.Length, () => pin.Dispose());
        }
        catch
        {
            pin.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="FromMemory{T}(Memory{T}, Shape?)"/>
    public static Tensor FromMemory<T>(T[] array, Shape? shape = null) where T : unmanaged => FromMemory(array.AsMemory(), shape);

    /// <summary>A tensor over native memory of somebody else, without copying.</summary>
    /// <param name="address">First element; it must be aligned to the element size.</param>
    /// <param name="shape">Row-major sizes.</param>
    /// <param name="dtype">Element type.</param>
    /// <param name="release">Called once, from a finalizer thread, when no tensor looks into the memory any more.</param>
    public static Tensor FromPointer(nint address, Shape shape, DType dtype, Action? release = null) => FromPointer(address, shape, dtype, shape.Numel, release);

    static Tensor FromPointer(nint address, Shape shape, DType dtype, long count, Action? release)
    {
        var layout = new Layout(Checked(shape));
        if (layout.Numel != count) throw new ArgumentException($"{count} elements don't fill shape {shape}, which has {layout.Numel}");
        return new(new ExternalStorage(address, checked(count * dtype.Size()), null, release: release), layout, dtype);
    }
}
