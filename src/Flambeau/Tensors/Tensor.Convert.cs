using System.Numerics;
using System.Runtime.InteropServices;
using Flambeau.Cpu;
using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>The tensor in another dtype; itself if it has it already, unless a copy is asked for. Gradients flow through.</summary>
    public Tensor To(DType dtype, bool copy = false) => dtype != DType ? ToDtype(dtype) : copy ? Clone() : this;

    /// <summary>The tensor on another device; itself if it is there already. Gradients flow through, back to where they came from.</summary>
    /// <exception cref="NotSupportedException">No backend for the device is loaded.</exception>
    public Tensor To(Device device) => device == Device ? this : Ops.ToDevice.Run(new(device.ToString(), Device.ToString()), this);

    /// <summary>The tensor itself if row-major, else a row-major copy.</summary>
    [Op("contiguous(Tensor self) -> Tensor")]
    public Tensor Contiguous() => IsContiguous ? this : Clone();

    /// <summary>The tensor itself if its elements lie in the order asked for, else a copy in that order. Gradients flow through.</summary>
    /// <exception cref="ArgumentException">Channels-last is asked of a tensor that doesn't have 4 or 5 axes.</exception>
    public Tensor Contiguous(MemoryFormat format)
    {
        if (format == MemoryFormat.Contiguous) return Contiguous();
        if (Rank is not (4 or 5)) throw new ArgumentException($"contiguous: a tensor of shape {Shape} has {Rank} axes; channels-last is an order of [N, C, H, W] or [N, C, D, H, W]");
        if (MemoryOrder.Lies(Layout, true)) return this;
        return Rank == 4 ? Permute(0, 2, 3, 1).Contiguous().Permute(0, 3, 1, 2) : Permute(0, 2, 3, 4, 1).Contiguous().Permute(0, 4, 1, 2, 3);
    }

    /// <summary>The value of a tensor of one element, converted.</summary>
    /// <exception cref="InvalidOperationException">It has more or fewer elements.</exception>
    public T Item<T>() where T : unmanaged
    {
        if (Numel != 1) throw new InvalidOperationException($"Item needs a tensor of one element; this one has shape {Shape}");
        if (Storage.Backend is not null) return To(Device.Cpu).Item<T>();
        OpObserver.Current?.OnRead(this);
        T value = DType switch
        {
            DType.Bool or DType.UInt8 => Elements.Convert<byte, T>(Kept<byte>()),
            DType.Int8 => Elements.Convert<sbyte, T>(Kept<sbyte>()),
            DType.Int16 => Elements.Convert<short, T>(Kept<short>()),
            DType.Int32 => Elements.Convert<int, T>(Kept<int>()),
            DType.Int64 => Elements.Convert<long, T>(Kept<long>()),
            DType.Float16 => Elements.Convert<Half, T>(Kept<Half>()),
            DType.BFloat16 => Elements.Convert<BFloat16, T>(Kept<BFloat16>()),
            DType.Float32 => Elements.Convert<float, T>(Kept<float>()),
            DType.Float64 => Elements.Convert<double, T>(Kept<double>()),
            DType.Complex64 => Elements.Convert<Complex64, T>(Kept<Complex64>()),
            _ => Elements.Convert<Complex, T>(Kept<Complex>()),
        };
        GC.KeepAlive(this);
        return value;
    }

    /// <summary>The value of a tensor of one element as a number of its category.</summary>
    public Scalar ToScalar() => DType switch
    {
        DType.Bool => Item<bool>(),
        var d when d.IsInteger() => Item<long>(),
        var d when d.IsComplex() => Item<Complex>(),
        _ => Item<double>(),
    };

    /// <summary>The elements in row-major order, converted to <typeparamref name="T"/> as by <see cref="To(DType, bool)"/>.</summary>
    public T[] ToArray<T>() where T : unmanaged
    {
        var r = new T[Numel];
        CopyTo(r.AsSpan());
        return r;
    }

    /// <summary>Copies the elements in row-major order, converted.</summary>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    public void CopyTo<T>(Span<T> destination) where T : unmanaged
    {
        if (destination.Length < Numel) throw new ArgumentException($"a tensor of {Numel} elements doesn't fit a span of {destination.Length}");
        OpObserver.Current?.OnRead(this);
        using var hidden = OpObserver.Hide();
        using var scope = KernelScope.Enter();
        var x = Cast.Contiguous(Cast.To(Detach(), DTypes.Of<T>()).To(Device.Cpu));
        x.Bytes().CopyTo(MemoryMarshal.AsBytes(destination));
        GC.KeepAlive(x);
    }

    /// <summary>
    /// The elements of a contiguous tensor where they lie. The span is good while the tensor is referenced: keep it in a variable that is used after
    /// the last access (or <see cref="GC.KeepAlive"/> it).
    /// </summary>
    /// <exception cref="InvalidOperationException">The tensor isn't contiguous, has another dtype, or lies on another device.</exception>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        if (DTypes.Of<T>() != DType) throw new InvalidOperationException($"a {DType.Name()} tensor can't be seen as a span of {typeof(T).Name}; convert it with To(DType.{DTypes.Of<T>()})");
        if (!IsContiguous) throw new InvalidOperationException($"a tensor of shape {Shape} with strides {Strides} isn't contiguous; call Contiguous() first");
        if (Device != Device.Cpu) throw new InvalidOperationException($"a tensor on {Device} has no span: its elements are in the device's memory. Copy it with To(Device.Cpu) first");
        OpObserver.Current?.OnSpan(this);
        return MemoryMarshal.CreateSpan(ref Kept<T>(), checked((int)Numel));
    }
}
