using Flambeau.Cuda.Driver;
using Flambeau.Cuda.Kernels;
using Flambeau.Cuda.Libraries;
using Flambeau.Cuda.Memory;

namespace Flambeau.Cuda;

/// <summary>What one GPU does for the core.</summary>
internal sealed unsafe partial class CudaBackend : DeviceBackend
{
    static readonly Lock gate = new();
    static CudaBackend?[] opened = [];
    static bool registered;

    readonly CudaDevice device;

    CudaBackend(CudaDevice device) : base(new(DeviceKind.Cuda, device.Index)) => this.device = device;

    /// <summary>The GPU itself.</summary>
    internal CudaDevice Gpu => device;

    /// <summary>Makes GPUs known to the core.</summary>
    internal static void Register()
    {
        lock (gate)
        {
            if (registered) return;
            registered = true;
            Register(DeviceKind.Cuda, Open);
            OpKernels.Register();
        }
    }

    /// <exception cref="NotSupportedException">There is no such GPU; the message says what was tried.</exception>
    internal static CudaBackend Open(int index)
    {
        var known = opened;
        if (index < known.Length && known[index] is { } there) return there;
        lock (gate)
        {
            int count;
            try
            {
                count = CudaDevice.Count;
            }
            catch (DllNotFoundException e)
            {
                throw new NotSupportedException($"device 'cuda:{index}' can't be used: {e.Message}", e);
            }
            catch (CudaException e)
            {
                throw new NotSupportedException($"device 'cuda:{index}' can't be used: the driver is there, but {e.Message} Is a GPU visible (nvidia-smi; CUDA_VISIBLE_DEVICES)?", e);
            }
            if (index < 0 || index >= count)
                throw new NotSupportedException($"device 'cuda:{index}' can't be used: the driver shows {count} GPU{(count == 1 ? "" : "s")}, numbered from 0. CUDA_VISIBLE_DEVICES is {Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES") ?? "not set"}.");
            if (opened.Length < count) Array.Resize(ref opened, count);
            return opened[index] ??= new(CudaDevice.Open(index));
        }
    }

    sealed class CudaStorage(CudaBackend backend, nint pointer, long bytes, long block, MemoryUse use = MemoryUse.Tensors) : DeviceStorage(backend, pointer, bytes)
    {
        protected override void Free(nint pointer, bool found) => backend.device.Pool.Return(pointer, block, use, found);
    }

    internal override Storage Allocate(long bytes, bool zero)
    {
        if (bytes < 0) throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "a storage can't have a negative size");
        var storage = Planned(bytes) ?? Block(bytes);
        if (zero && bytes > 0)
        {
            device.Bind();
            Api.Check(Api.cuMemsetD8Async(storage.Pointer, 0, (nuint)bytes, device.Stream), "cuMemsetD8Async");
        }
        if (storage is CudaStorage) TensorScope.Adopt(storage);
        return storage;
    }

    /// <summary>Address of a tensor's first element.</summary>
    internal static nint Address(Tensor t) => ((DeviceStorage)t.Storage).Pointer + (nint)(t.Offset * t.DType.Size());

    /// <summary>A new tensor here.</summary>
    internal Tensor Make(Layout layout, DType dtype) => new(Allocate(checked(layout.Numel * dtype.Size()), false), layout, dtype) { Flags = Autograd.Grad.NewFlags };

    /// <summary>A new row-major tensor here.</summary>
    internal Tensor Make(ReadOnlySpan<long> sizes, DType dtype) => Make(new Layout(sizes), dtype);

    /// <summary>A kernel of a source text.</summary>
    internal Kernel Kernel(string source, string name) => device.Kernels.Get(source, name);

    internal override void BackwardEnded()
    {
        if (!((Compiler.Devices.IGraphDevice)this).IsRecording) device.Pool.Settle();
    }

    internal override void BackwardPassed(long bytes)
    {
        if (!((Compiler.Devices.IGraphDevice)this).IsRecording) device.Pool.Dropped(bytes);
    }

    internal override void Synchronize()
    {
        device.Synchronize();
        CheckBad();
    }

    internal override bool FallsBack(string op) => FallbackCounts.Take(op, Device);

    internal CudaMemoryStatistics Memory => device.Pool.Statistics;
}
