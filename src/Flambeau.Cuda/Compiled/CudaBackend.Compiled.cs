using Flambeau.Compiler.Devices;
using Flambeau.Compiler.Loops;
using Flambeau.Cpu;
using Flambeau.Cuda.Compiled;
using Flambeau.Cuda.Driver;
using Flambeau.Cuda.Memory;

namespace Flambeau.Cuda;

/// <summary>Compiled graphs.</summary>
internal sealed unsafe partial class CudaBackend : IGraphDevice
{
    IRegionCode? IGraphDevice.Compile(Region region) => RegionCode.Make(device, region);

    DeviceStorage IGraphDevice.Block(long bytes, bool stays) => Block(bytes, stays ? MemoryUse.Programs : MemoryUse.Tensors);

    /// <summary>A block that no scope gives back.</summary>
    DeviceStorage Block(long bytes, MemoryUse use = MemoryUse.Tensors)
    {
        var pointer = device.Pool.Rent(Math.Max(bytes, 1), out var block, use);
        return new CudaStorage(this, pointer, bytes, block, use);
    }

    /// <summary>Memory that a plan, or a recording, has for a tensor.</summary>
    DeviceStorage? Planned(long bytes) =>
        (Placement.Current is { } placement && placement.Take(bytes, this) is DeviceStorage placed) ? placed : Recorder.Current?.Take(bytes);

    bool IGraphDevice.IsRecording => Recorder.Current is not null;

    void IGraphDevice.Follow(ref nint token)
    {
        var mine = device.Stream;
        if (token != 0 && token != mine) device.Order(mine, token);
        token = mine;
    }

    /// <exception cref="NotRecordedException">This thread is recording, and the work can't be repeated.</exception>
    static void MustNotRecord(string what)
    {
        if (Recorder.Current is not null) throw new NotRecordedException($"{DeviceBackend.Op} makes {what}");
    }

    IRecording? IGraphDevice.Record(int steps, Action<int> step, out string? why) => Recorder.Run(this, steps, step, out why);
}
