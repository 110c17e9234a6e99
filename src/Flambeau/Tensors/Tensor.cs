using System.Runtime.CompilerServices;
using Flambeau.Autograd;
using Flambeau.Cpu;

namespace Flambeau;

/// <summary>
/// An n-dimensional array: a strided look into a block of elements that other tensors may share, with an optional gradient history.
/// It needs no disposal.
/// </summary>
public sealed partial class Tensor
{
    internal Storage Storage;
    internal Layout Layout;
    internal long Offset;
    internal AutogradMeta? Meta;
    internal TensorFlags Flags;

    internal Tensor(Storage storage, Layout layout, DType dtype, long offset = 0)
    {
        Storage = storage;
        Layout = layout;
        DType = dtype;
        Offset = offset;
    }

    /// <summary>Element type.</summary>
    public DType DType { get; private set; }

    /// <summary>Where the elements are stored.</summary>
    public Device Device => Storage.Device;

    /// <summary>Sizes of the axes.</summary>
    public Shape Shape => new(Layout.Sizes);

    /// <summary>Number of axes; 0 for a single number.</summary>
    public int Rank => Layout.Sizes.Length;

    /// <summary>Number of elements.</summary>
    public long Numel => Layout.Numel;

    /// <summary>Distance in elements between neighbours along each axis.</summary>
    public Shape Strides => new(Layout.Strides);

    /// <summary>Index in the storage of the first element.</summary>
    public long StorageOffset => Offset;

    /// <summary>Whether the elements lie in row-major order without gaps.</summary>
    public bool IsContiguous => Layout.IsContiguous;

    /// <summary>Counts in-place writes to the storage.</summary>
    public int Version => Storage.Version;

    /// <summary>Size of an axis; negative values count from the end.</summary>
    public long Size(int dim) => Layout.Sizes[Dims.Wrap(dim, Rank)];

    /// <summary>A Python-like number that came in without a tensor: it takes part in type promotion only by category.</summary>
    internal bool IsWrapped => (Flags & TensorFlags.Wrapped) != 0;

    /// <summary>Created in inference mode: it carries no history and can't be saved for a gradient.</summary>
    public bool IsInference => (Flags & TensorFlags.Inference) != 0;

    /// <summary>Reference to the first element, for kernels on the CPU (see <see cref="Storage.Ref"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref byte FirstByte() => ref Unsafe.AddByteOffset(ref Storage.Ref, (nint)(Offset * DType.Size()));

    /// <summary>Reference to the first element, for <c>fixed (float* p = &amp;x.First&lt;float&gt;())</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref T First<T>() where T : unmanaged => ref Unsafe.As<byte, T>(ref FirstByte());

    /// <summary>Reference to the first element, for callers that use the tensor after their last access.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref T Kept<T>() where T : unmanaged => ref Unsafe.As<byte, T>(ref Unsafe.AddByteOffset(ref Storage.Kept, (nint)(Offset * DType.Size())));

    /// <summary>The elements of a contiguous tensor, for kernels.</summary>
    internal Span<T> Values<T>() where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref First<T>(), checked((int)Numel));

    /// <summary>A tensor of uninitialised elements.</summary>
    internal static Tensor New(Layout layout, DType dtype) => new(Storage.Allocate(checked(layout.Numel * dtype.Size())), layout, dtype) { Flags = Autograd.Grad.NewFlags };

    internal static Tensor New(ReadOnlySpan<long> sizes, DType dtype) => New(new Layout(sizes), dtype);

    /// <summary>A tensor of uninitialised elements where this one is.</summary>
    internal Tensor NewHere(Layout layout, DType dtype) => Storage.Backend is { } device
        ? new(device.Allocate(checked(layout.Numel * dtype.Size()), false), layout, dtype) { Flags = Autograd.Grad.NewFlags } : New(layout, dtype);

    /// <summary>A tensor of uninitialised elements in host memory.</summary>
    internal static Tensor NewHost(Layout layout, DType dtype) => Placement.Current?.Device is null ? New(layout, dtype)
        : new(Storage.Host(checked(layout.Numel * dtype.Size())), layout, dtype) { Flags = Autograd.Grad.NewFlags };

    /// <summary>Tensors of this thread are made where these are, until the result is disposed.</summary>
    internal static Placement.Scope Beside(params ReadOnlySpan<Tensor?> tensors) => DeviceBackend.Of(tensors) is { } device ? Placement.On(device) : default;

    /// <summary>A tensor filled on the host, on the device where this thread makes its tensors.</summary>
    internal Tensor Settled() => Placement.Current?.Device is { } device ? To(device.Device) : this;

    /// <summary>A look at the same storage with other sizes and strides; no history.</summary>
    internal Tensor Alias(Layout layout, long offset) => new(Storage, layout, DType, offset) { Flags = Autograd.Grad.NewFlags };

    /// <summary>The same storage and layout without history. Shares the version counter, so that in-place misuse is still noticed.</summary>
    [Ops.Op("detach(Tensor self) -> Tensor")]
    public Tensor Detach()
    {
        var y = new Tensor(Storage, Layout, DType, Offset) { Flags = Flags & TensorFlags.Wrapped };
        Ops.OpObserver.Current?.OnCall("detach", [this], y);
        return y;
    }

    /// <summary>Takes over another tensor's elements, layout and dtype, keeping this object, its role as a leaf, and nothing of its gradient.</summary>
    internal void Become(Tensor other)
    {
        (Storage, Layout, Offset, DType) = (other.Storage, other.Layout, other.Offset, other.DType);
        if (Meta is { } m) (m.Grad, m.Accumulator) = (null, null);
    }
}

[Flags]
internal enum TensorFlags : byte
{
    None = 0,
    Wrapped = 1,
    Inference = 2,
}

/// <summary>Helpers for axis numbers.</summary>
internal static class Dims
{
    /// <summary>A non-negative axis number; a 0-d tensor accepts 0 and -1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The axis doesn't exist.</exception>
    internal static int Wrap(long dim, int rank)
    {
        var n = Math.Max(rank, 1);
        if (dim < -n || dim >= n)
            throw new ArgumentOutOfRangeException(nameof(dim), dim, $"dim must lie in [{-n}, {n - 1}] for a tensor of {rank} axes");
        return (int)(dim < 0 ? dim + n : dim);
    }

    /// <summary>A mask of the axes; none given means all.</summary>
    internal static bool[] Mask(ReadOnlySpan<long> dims, int rank)
    {
        var mask = new bool[rank];
        if (dims.IsEmpty)
        {
            mask.AsSpan().Fill(true);
            return mask;
        }
        foreach (var d in dims)
        {
            var i = Wrap(d, rank);
            if (rank == 0) continue;
            if (mask[i]) throw new ArgumentException($"dim {d} appears twice in the list of axes");
            mask[i] = true;
        }
        return mask;
    }
}
