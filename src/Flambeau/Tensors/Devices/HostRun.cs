using System.Diagnostics.CodeAnalysis;
using Flambeau.Cpu;

namespace Flambeau;

/// <summary>
/// One op, run on the host in place of a device that has no kernel for it: its arguments are copied to the host, its results back, and so are arguments that it
/// changed. It draws the random numbers that it would have drawn on the device.
/// </summary>
internal sealed class HostRun : IDisposable
{
    readonly DeviceBackend device;
    readonly Placement.Scope placement;
    readonly List<(Tensor There, Tensor Copy, int Version)> copies = [];

    internal HostRun(DeviceBackend device)
    {
        this.device = device;
        DeviceBackend.Rewind();
        placement = Placement.On(null);
    }

    /// <summary>The tensor in host memory, in the order of axes it had.</summary>
    [return: NotNullIfNotNull(nameof(t))]
    internal Tensor? Copy(Tensor? t)
    {
        if (t?.Storage.Backend is null) return t;
        foreach (var c in copies)
        {
            if (ReferenceEquals(c.There, t)) return c.Copy;
        }
        var copy = Tensor.NewHost(t.Layout.DenseLike(), t.DType);
        copy.Flags |= t.Flags & TensorFlags.Wrapped;
        t.Storage.Backend.Copy(t, copy);
        copies.Add((t, copy, copy.Storage.Version));
        return copy;
    }

    internal Tensor[] Copy(Tensor[] list) => Array.ConvertAll(list, t => Copy(t));

    internal Tensor?[] Copies(Tensor?[] list) => Array.ConvertAll(list, Copy);

    /// <summary>A result on the device; an argument that was handed through is the argument again.</summary>
    [return: NotNullIfNotNull(nameof(y))]
    internal Tensor? Back(Tensor? y)
    {
        if (y is null || y.Storage.Backend is not null) return y;
        foreach (var c in copies)
        {
            if (ReferenceEquals(c.Copy, y)) return c.There;
        }
        var layout = y.Layout.DenseLike();
        var there = new Tensor(device.Allocate(checked(layout.Numel * y.DType.Size()), false), layout, y.DType) { Flags = Autograd.Grad.NewFlags };
        device.Copy(y, there);
        return there;
    }

    internal Tensor[] Back(Tensor[] list) => Array.ConvertAll(list, t => Back(t));

    public void Dispose()
    {
        placement.Dispose();
        foreach (var (there, copy, version) in copies)
        {
            if (copy.Storage.Version != version) device.Copy(copy, there);
        }
    }
}
