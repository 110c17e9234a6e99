using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Elements without defined values, of this tensor's shape (and dtype, if no other is named).</summary>
    [Op("empty_like(Tensor self, *, dtype? dtype=None) -> Tensor")]
    public Tensor EmptyLike(DType? dtype = null) => NewHere(Layout.DenseLike(), dtype ?? DType);

    /// <summary>Zeros of this tensor's shape (and dtype, if no other is named).</summary>
    [Op("zeros_like(Tensor self, *, dtype? dtype=None) -> Tensor")]
    public Tensor ZerosLike(DType? dtype = null) => Zeros(Shape, dtype ?? DType, Device);

    /// <summary>Ones of this tensor's shape (and dtype, if no other is named).</summary>
    [Op("ones_like(Tensor self, *, dtype? dtype=None) -> Tensor")]
    public Tensor OnesLike(DType? dtype = null) => Ones(Shape, dtype ?? DType, Device);

    /// <summary>One value everywhere, of this tensor's shape (and dtype, if no other is named).</summary>
    [Op("full_like(Tensor self, Scalar fill_value, *, dtype? dtype=None) -> Tensor")]
    public Tensor FullLike(Scalar fillValue, DType? dtype = null) => Full(Shape, fillValue, dtype ?? DType, Device);

    /// <summary>Elements without defined values, of this tensor's dtype if no other is named.</summary>
    [Op("new_empty(Tensor self, int[] size, *, dtype? dtype=None) -> Tensor")]
    public Tensor NewEmpty(Shape size, DType? dtype = null) => Empty(size, dtype ?? DType, Device);

    /// <summary>Zeros of this tensor's dtype if no other is named.</summary>
    [Op("new_zeros(Tensor self, int[] size, *, dtype? dtype=None) -> Tensor")]
    public Tensor NewZeros(Shape size, DType? dtype = null) => Zeros(size, dtype ?? DType, Device);

    /// <summary>Ones of this tensor's dtype if no other is named.</summary>
    [Op("new_ones(Tensor self, int[] size, *, dtype? dtype=None) -> Tensor")]
    public Tensor NewOnes(Shape size, DType? dtype = null) => Ones(size, dtype ?? DType, Device);

    /// <summary>One value everywhere, of this tensor's dtype if no other is named.</summary>
    [Op("new_full(Tensor self, int[] size, Scalar fill_value, *, dtype? dtype=None) -> Tensor")]
    public Tensor NewFull(Shape size, Scalar fillValue, DType? dtype = null) => Full(size, fillValue, dtype ?? DType, Device);

    /// <summary>Elements without defined values with the given strides, of this tensor's dtype if no other is named.</summary>
    [Op("new_empty_strided(Tensor self, int[] size, int[] stride, *, dtype? dtype=None) -> Tensor")]
    public Tensor NewEmptyStrided(Shape size, Shape stride, DType? dtype = null) => EmptyStrided(size, stride, dtype ?? DType, Device);

    /// <summary>Elements without defined values with the given strides.</summary>
    /// <exception cref="ArgumentException">Lengths differ, or something is negative.</exception>
    [Op("empty_strided(int[] size, int[] stride, *, dtype? dtype=None) -> Tensor")]
    public static Tensor EmptyStrided(Shape size, Shape stride, DType? dtype = null)
    {
        if (size.Rank != stride.Rank || stride.Any(static s => s < 0))
            throw new ArgumentException($"empty_strided: size {size} and stride {stride}; expected as many non-negative strides as sizes");
        var layout = new Layout(Checked(size).ToArray(), stride.ToArray());
        var type = dtype ?? DType.Float32;
        return new(Storage.Allocate(checked(layout.Extent() * type.Size())), layout, type) { Flags = Autograd.Grad.NewFlags };
    }

    /// <summary>Elements without defined values whose axes lie in memory in the given order.</summary>
    [Op("empty_permuted(int[] size, int[] physical_layout, *, dtype? dtype=None) -> Tensor")]
    public static Tensor EmptyPermuted(Shape size, Shape physicalLayout, DType? dtype = null)
    {
        if (size.Rank != physicalLayout.Rank) throw new ArgumentException($"empty_permuted: size {size} and layout {physicalLayout}; expected as many of both");
        var order = Dims.Mask(physicalLayout, size.Rank) is not null ? physicalLayout.ToArray() : [];
        var strides = new long[size.Rank];
        long step = 1;
        for (var i = order.Length - 1; i >= 0; i--)
        {
            strides[order[i]] = step;
            step *= Math.Max(1, size[(int)order[i]]);
        }
        return EmptyStrided(size, strides, dtype);
    }

    [Op("scalar_tensor(Scalar s, *, dtype? dtype=None) -> Tensor")]
    internal static Tensor ScalarTensor(Scalar s, DType? dtype) => FromScalar(s, dtype ?? DType.Float32);

    /// <summary>In place: zero everywhere.</summary>
    [Op("zero_(Tensor self) -> Tensor")]
    public Tensor Zero_() => Fill_(Zeros([], DType));

    /// <summary>
    /// In place: another shape. The first elements in storage order stay; further ones have no defined values.
    /// </summary>
    /// <exception cref="InvalidOperationException">The tensor requires a gradient.</exception>
    [Op("resize_(Tensor self, int[] size) -> Tensor")]
    public Tensor Resize_(Shape size)
    {
        if (RequiresGrad) throw new InvalidOperationException("resize_: a tensor that requires a gradient can't change its shape in place");
        var layout = new Layout(Checked(size));
        var bytes = checked((Offset + layout.Numel) * DType.Size());
        if (bytes > Storage.Bytes)
        {
            var old = Storage;
            if (old.Backend is { } device)
            {
                // the old bytes are those of a tensor of its own
                var (before, after) = (new Tensor(old, new Layout([old.Bytes]), DType.UInt8), new Tensor(device.Allocate(bytes, false), new Layout([bytes]), DType.UInt8));
                device.Copy(before, after.Alias(before.Layout, 0));
                (Storage, Layout) = (after.Storage, layout);
                return this;
            }
            var grown = Storage.Allocate(bytes);
            unsafe
            {
                fixed (byte* from = &old.Kept, to = &grown.Kept) Buffer.MemoryCopy(from, to, bytes, old.Bytes);
            }
            Storage = grown;
        }
        Layout = layout;
        return this;
    }

    /// <summary>In place: the shape of another tensor, as by <see cref="Resize_"/>.</summary>
    [Op("resize_as_(Tensor self, Tensor the_template) -> Tensor")]
    public Tensor ResizeAs_(Tensor template) => Resize_(template.Shape);
}
