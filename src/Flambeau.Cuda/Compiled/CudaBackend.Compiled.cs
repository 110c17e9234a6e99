using Flambeau.Compiler.Devices;
using Flambeau.Compiler.Loops;
using Flambeau.Cpu;
using Flambeau.Cuda.Compiled;
using Flambeau.Cuda.Driver;

namespace Flambeau.Cuda;

/// <summary>Compiled graphs.</summary>
internal sealed unsafe partial class CudaBackend : IGraphDevice
{
    IRegionCode? IGraphDevice.Compile(Region region) => RegionCode.Make(device, region);

    DeviceStorage IGraphDevice.Block(long bytes) => Block(bytes);

    /// <summary>A block that no scope gives back.</summary>
    DeviceStorage Block(long bytes)
    {
        var pointer = device.Pool.Rent(Math.Max(bytes, 1), out var block);
        return new CudaStorage(this, pointer, bytes, block);
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
