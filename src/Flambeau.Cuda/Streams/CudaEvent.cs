using Flambeau.Cuda.Driver;

namespace Flambeau.Cuda;

/// <summary>A moment in the work of a stream: <see cref="CudaStream.Record"/> makes it, streams and the host can wait for it.</summary>
public sealed unsafe class CudaEvent : IDisposable
{
    readonly CudaDevice device;
    readonly bool timing;
    nint handle;

    internal CudaEvent(CudaStream stream, bool timing)
    {
        (device, this.timing) = (stream.Device, timing);
        device.Bind();
        nint e;
        Api.Check(Api.cuEventCreate(&e, timing ? 0u : 2u), "cuEventCreate");
        handle = e;
        Api.Check(Api.cuEventRecord(e, stream.Handle), "cuEventRecord");
    }

    /// <summary>Gives the event back.</summary>
    ~CudaEvent() => Free();

    internal nint Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(CudaEvent));

    /// <summary>Whether it has happened.</summary>
    public bool IsDone
    {
        get
        {
            device.Bind();
            var result = Api.cuEventQuery(Handle);
            if (result == Api.NotReady) return false;
            Api.Check(result, "cuEventQuery");
            return true;
        }
    }

    /// <summary>Waits until it has happened.</summary>
    public void Synchronize()
    {
        device.Bind();
        Api.Check(Api.cuEventSynchronize(Handle), "cuEventSynchronize");
    }

    /// <summary>The time from another event to this one, on the GPU's clock; waits for both.</summary>
    /// <exception cref="InvalidOperationException">One of them was recorded without timing.</exception>
    public TimeSpan Since(CudaEvent earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        if (!timing || !earlier.timing) throw new InvalidOperationException("events that are asked for times are recorded with Record(timing: true)");
        earlier.Synchronize();
        Synchronize();
        float ms;
        Api.Check(Api.cuEventElapsedTime(&ms, earlier.Handle, Handle), "cuEventElapsedTime");
        return TimeSpan.FromMilliseconds(ms);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    void Free()
    {
        if (handle == 0) return;
        device.Bind();
        _ = Api.cuEventDestroy_v2(handle);
        handle = 0;
    }
}
