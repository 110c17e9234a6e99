using Flambeau.Cpu;
using Flambeau.Ops;

namespace Flambeau;

/// <summary>
/// What a device other than the host does for the core: memory, copies, and the families of kernels that come from formulas. Kernels of single ops
/// are in <see cref="DeviceKernels{TOp, TResult}"/>. Calls return before the work is done; everything on one device happens in the order of the calls.
/// </summary>
internal abstract partial class DeviceBackend(Device device)
{
    static readonly Dictionary<DeviceKind, Func<int, DeviceBackend>> openers = [];

    /// <summary>Makes a kind of device known; the function opens the device with a number, and explains itself when it can't.</summary>
    internal static void Register(DeviceKind kind, Func<int, DeviceBackend> open)
    {
        lock (openers) openers[kind] = open;
    }

    /// <summary>The backend of a device; null for the host.</summary>
    /// <exception cref="NotSupportedException">No backend for the device is loaded, or the device can't be used.</exception>
    internal static DeviceBackend? For(Device device)
    {
        if (device.Kind == DeviceKind.Cpu) return null;
        Func<int, DeviceBackend>? open;
        lock (openers) openers.TryGetValue(device.Kind, out open);
        return open is not null ? open(device.Index) : throw new NotSupportedException(
            $"no backend for device '{device}' is loaded: this program computes on 'cpu' only. Reference Flambeau.Cuda, and get the device from Device.Cuda(), which loads the backend.");
    }

    /// <summary>The first device among tensors; null if all are on the host.</summary>
    internal static DeviceBackend? Of(params ReadOnlySpan<Tensor?> tensors)
    {
        foreach (var t in tensors)
        {
            if (t?.Storage.Backend is { } b) return b;
        }
        return null;
    }

    /// <summary>Which device this is.</summary>
    internal Device Device { get; } = device;

    /// <summary>The op that runs on this thread, for messages.</summary>
    [ThreadStatic] static string? running;

    /// <summary>The generator that it drew from, and where that stood before.</summary>
    [ThreadStatic] static Generator? drewFrom;
    [ThreadStatic] static long drewAt;

    /// <summary>Runs an op: the tensors it makes are on this device, and messages name it.</summary>
    internal Running Enter(string op)
    {
        var scope = new Running(Placement.On(this), running, drewFrom, drewAt);
        (running, drewFrom) = (op, null);
        return scope;
    }

    internal readonly struct Running(Placement.Scope placement, string? outer, Generator? generator, long offset) : IDisposable
    {
        public void Dispose()
        {
            placement.Dispose();
            running = outer;
            if (generator is not null) (drewFrom, drewAt) = (generator, offset);
        }
    }

    /// <summary>Remembers where a generator stood when the running op first drew from it.</summary>
    internal static void Drew(Generator generator, long before)
    {
        if (running is not null && drewFrom is null) (drewFrom, drewAt) = (generator, before);
    }

    /// <summary>Undoes the draws of the running op, which is about to run again.</summary>
    internal static void Rewind()
    {
        if (drewFrom is not { } generator) return;
        generator.State = generator.State with { Offset = drewAt };
        drewFrom = null;
    }

    /// <summary>Whether an op that has no kernel here may run on the host, on copies; counts it if so.</summary>
    internal virtual bool FallsBack(string op) => false;

    /// <summary>The op that runs on this thread.</summary>
    internal static string Op => running ?? "this access";

    /// <summary>Says that an op wants host memory where there is none.</summary>
    internal Exception NoHostMemory() => running is { } op ? NoKernel(op)
        : new InvalidOperationException($"the elements of a tensor on '{Device}' can't be reached from C#: they are in the device's memory. Copy the tensor with To(Device.Cpu) first, or read it with ToArray() or Item().");

    /// <summary>Says that an op has no kernel here.</summary>
    internal Exception NoKernel(string op) => new NoKernelException(
        $"{op} has no kernel for '{Device}', and falling back to the host is refused. Allow that ({Device.Kind}.Fallback), or copy its arguments with To(Device.Cpu), run it there, and copy the result back with To(new Device(DeviceKind.{Device.Kind}, {Device.Index})).");

    /// <summary>Checks that tensors can meet in one op: all on this device, or single numbers on the host.</summary>
    /// <exception cref="InvalidOperationException">They are on different devices.</exception>
    internal void Check(string op, params ReadOnlySpan<Tensor?> tensors)
    {
        foreach (var t in tensors)
        {
            if (t is null || ReferenceEquals(t.Storage.Backend, this) || (t.Storage.Backend is null && t.Rank == 0)) continue;
            var list = new List<string>();
            foreach (var o in tensors) list.Add(o is null ? "None" : $"{o.DType.Name()} {o.Shape} on '{o.Device}'");
            throw new InvalidOperationException($"{op}: the tensors are on different devices: {string.Join(", ", list)}. Move them to one device with To(device); a module with its parameters by module.To(device).");
        }
    }

    internal abstract Storage Allocate(long bytes, bool zero);

    /// <summary>Writes <paramref name="x"/>, broadcast and converted, into <paramref name="y"/>; at least one of them is here, the other here or on the host.</summary>
    internal abstract void Copy(Tensor x, Tensor y);

    /// <summary>A backward pass has let go of some such number of bytes that ops had saved for it.</summary>
    internal virtual void BackwardPassed(long bytes) { }

    /// <summary>A backward pass is over: what it went through is garbage now.</summary>
    internal virtual void BackwardEnded() { }

    /// <summary>Waits until all work is done.</summary>
    internal abstract void Synchronize();

    internal abstract Tensor Pointwise<TOp>(in TOp op, Tensor a, Tensor? destination) where TOp : struct, IPointwise1;

    internal abstract Tensor Pointwise<TOp>(in TOp op, Tensor a, Tensor b, Tensor? destination) where TOp : struct, IPointwise2;

    internal abstract Tensor Pointwise<TOp>(in TOp op, Tensor a, Tensor b, Tensor c, Tensor? destination) where TOp : struct, IPointwise3;

    internal abstract Tensor Reduce<TOp>(in TOp op, Tensor x, bool[] reduced, bool keepdim) where TOp : struct, IReduction;

    internal abstract void Update<TUpdate>(in TUpdate update, Tensor parameter, Tensor gradient, Tensor? first, Tensor? second) where TUpdate : struct, IUpdate;

    /// <summary><c>[b, n, k] · [b, k, m]</c> of any strides, plus a tensor that broadcasts to the result if one is given.</summary>
    internal abstract Tensor MatMul(Tensor a, Tensor b, Tensor? plus);
}
