using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Flambeau.Formats;

/// <summary>Tensors handed to and taken from other libraries in one process, without copying, by the DLPack protocol.</summary>
public static unsafe class DLPack
{
    const int CpuDevice = 1;

    /// <summary>
    /// A new <c>DLManagedTensor*</c> over the tensor's memory. Whoever takes it must call its deleter once; until then the memory stays alive.
    /// </summary>
    /// <exception cref="ArgumentException">The tensor requires a gradient, or isn't on the CPU.</exception>
    public static nint Export(Tensor tensor)
    {
        if (tensor.RequiresGrad) throw new ArgumentException("DLPack.Export: the tensor requires a gradient, which other libraries can't follow; Detach() it first");
        if (tensor.Device != Device.Cpu) throw new ArgumentException($"DLPack.Export: the tensor is on {tensor.Device}; only CPU memory can be exported");
        var owner = new Owner(tensor);
        var rank = tensor.Rank;
        var m = (DLManagedTensor*)NativeMemory.AllocZeroed((nuint)(sizeof(DLManagedTensor) + 2 * rank * sizeof(long)));
        var sizes = (long*)(m + 1);
        for (var d = 0; d < rank; d++)
        {
            sizes[d] = tensor.Layout.Sizes[d];
            sizes[rank + d] = tensor.Layout.Strides[d];
        }
        var (code, bits) = TypeOf(tensor.DType);
        m->Tensor = new()
        {
            Data = (void*)owner.Address,
            DeviceType = CpuDevice,
            Rank = rank,
            Code = code,
            Bits = bits,
            Lanes = 1,
            Shape = sizes,
            Strides = sizes + rank,
            ByteOffset = (ulong)(tensor.Offset * tensor.DType.Size()),
        };
        m->ManagerContext = (void*)GCHandle.ToIntPtr(GCHandle.Alloc(owner));
        m->Deleter = &Delete;
        return (nint)m;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Delete(DLManagedTensor* m)
    {
        if (m is null) return;
        var handle = GCHandle.FromIntPtr((nint)m->ManagerContext);
        (handle.Target as Owner)?.Release();
        handle.Free();
        NativeMemory.Free(m);
    }

    /// <summary>
    /// A tensor over the memory of a <c>DLManagedTensor*</c>, which it takes over: the deleter is called when no tensor looks into the memory any more.
    /// Strides are kept; negative ones are copied away.
    /// </summary>
    /// <exception cref="ArgumentException">The memory isn't on the CPU, misaligned, or its type is unknown; the deleter is then not called.</exception>
    public static Tensor Import(nint managed)
    {
        var m = (DLManagedTensor*)managed;
        if (m is null) throw new ArgumentException("DLPack.Import: the pointer is null");
        ref var t = ref m->Tensor;
        if (t.DeviceType != CpuDevice) throw new ArgumentException($"DLPack.Import: the tensor is on a device of type {t.DeviceType}; expected CPU (1)");
        if (t.Rank < 0 || t.Rank > 64 || (t.Rank > 0 && t.Shape is null)) throw new ArgumentException($"DLPack.Import: the tensor has {t.Rank} axes");
        var dtype = TypeOf(t.Code, t.Bits, t.Lanes);
        var sizes = new Span<long>(t.Shape, t.Rank).ToArray();
        if (sizes.Any(static s => s < 0)) throw new ArgumentException($"DLPack.Import: sizes [{string.Join(", ", sizes)}]; none may be negative");
        var strides = t.Strides is null ? Layout.RowMajor(sizes) : new Span<long>(t.Strides, t.Rank).ToArray();
        if (strides.Any(static s => s < 0)) throw new ArgumentException($"DLPack.Import: strides [{string.Join(", ", strides)}]; none may be negative. Copy the tensor before exporting it");
        var layout = new Layout(sizes, strides);
        var data = (nint)t.Data + checked((nint)t.ByteOffset);
        if (layout.Numel > 0 && (t.Data is null || data % Math.Min(8, dtype.Size()) != 0)) throw new ArgumentException($"DLPack.Import: address {data:x} is null or not aligned for {dtype.Name()}");
        return new(new ExternalStorage(data, layout.Extent() * dtype.Size(), null, release: () =>
        {
            if (m->Deleter is not null) m->Deleter(m);
        }), layout, dtype);
    }

    static (byte Code, byte Bits) TypeOf(DType dtype) => dtype switch
    {
        DType.Bool => (6, 8),
        DType.UInt8 => (1, 8),
        DType.BFloat16 => (4, 16),
        _ => ((byte)(dtype.IsComplex() ? 5 : dtype.IsFloat() ? 2 : 0), (byte)(dtype.Size() * 8)),
    };

    static DType TypeOf(byte code, byte bits, ushort lanes) => (code, bits, lanes) switch
    {
        (0, 8, 1) => DType.Int8,
        (0, 16, 1) => DType.Int16,
        (0, 32, 1) => DType.Int32,
        (0, 64, 1) => DType.Int64,
        (1, 8, 1) => DType.UInt8,
        (2, 16, 1) => DType.Float16,
        (2, 32, 1) => DType.Float32,
        (2, 64, 1) => DType.Float64,
        (4, 16, 1) => DType.BFloat16,
        (5, 64, 1) => DType.Complex64,
        (5, 128, 1) => DType.Complex128,
        (6, 8, 1) => DType.Bool,
        _ => throw new ArgumentException($"DLPack.Import: type code {code} of {bits} bits and {lanes} lanes has no dtype here"),
    };

    /// <summary>Keeps the tensor's memory in place.</summary>
    sealed class Owner
    {
        readonly Storage storage;
        GCHandle pin;

        internal Owner(Tensor tensor)
        {
            storage = tensor.Storage;
            pin = storage.Pin();
        }

        internal nint Address => storage.NativeAddress != 0 ? storage.NativeAddress : pin.IsAllocated ? pin.AddrOfPinnedObject() : 0;

        internal void Release()
        {
            if (pin.IsAllocated) pin.Free();
        }
    }
}
