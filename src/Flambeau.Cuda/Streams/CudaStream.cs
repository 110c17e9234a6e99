using Flambeau.Cuda.Driver;

namespace Flambeau.Cuda;

/// <summary>
/// Work on a GPU in an order of its own. Each thread enqueues on a current stream, at first one that all threads share; kernels on different streams may run at the same time. What one
/// stream makes and another reads must be put in order with <see cref="WaitFor(CudaStream)"/> or an event; memory takes care of itself: a block is reused when all streams are done with it.
/// </summary>
/// <example><code>
/// using var side = new CudaStream();
/// using (side.Use()) next = batch.To(device, nonBlocking: true);
/// Train(current);
/// CudaStream.Current().WaitFor(side);
/// </code></example>
public sealed class CudaStream : IDisposable
{
    readonly CudaDevice device;
    nint handle;

    /// <summary>A new stream of a GPU.</summary>
    /// <exception cref="NotSupportedException">There is no such GPU.</exception>
    public CudaStream(int index = 0)
    {
        device = CudaBackend.Open(index).Gpu;
        handle = device.TakeStream();
        Returns = true;
    }

    CudaStream(CudaDevice device, nint handle) => (this.device, this.handle) = (device, handle);

    bool Returns { get; }

    /// <summary>The stream on which the calling thread enqueues.</summary>
    public static CudaStream Current(int index = 0)
    {
        var device = CudaBackend.Open(index).Gpu;
        return new(device, device.Stream);
    }

    internal CudaDevice Device => device;

    internal nint Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(CudaStream), "the stream was given back");

    /// <summary>Makes it the calling thread's current stream until the result is disposed.</summary>
    public Scope Use() => new(device, device.Switch(Handle));

    /// <summary>Whether all its work is done.</summary>
    public bool IsDone
    {
        get
        {
            using var e = Record();
            return e.IsDone;
        }
    }

    /// <summary>What is enqueued here from now on waits for what is on another stream now. Returns at once.</summary>
    public void WaitFor(CudaStream other)
    {
        ArgumentNullException.ThrowIfNull(other);
        device.Order(Handle, other.Handle);
    }

    /// <summary>What is enqueued here from now on waits for an event. Returns at once.</summary>
    public unsafe void WaitFor(CudaEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        device.Bind();
        Api.Check(Api.cuStreamWaitEvent(Handle, e.Handle, 0), "cuStreamWaitEvent");
    }

    /// <summary>An event that happens when the work enqueued so far is done.</summary>
    /// <param name="timing">It can be asked for times.</param>
    public CudaEvent Record(bool timing = false) => new(this, timing);

    /// <summary>Waits until its work is done.</summary>
    public void Synchronize()
    {
        device.Bind();
        Api.Check(Api.cuStreamSynchronize(Handle), "cuStreamSynchronize");
    }

    /// <summary>Gives the stream back, for the next one; work on it goes on.</summary>
    public void Dispose()
    {
        if (Returns && handle != 0) device.GiveStream(handle);
        handle = 0;
    }

    /// <summary>Restores the thread's stream.</summary>
    public readonly struct Scope : IDisposable, IEquatable<Scope>
    {
        readonly CudaDevice? device;
        readonly nint before;

        internal Scope(CudaDevice device, nint before) => (this.device, this.before) = (device, before);

        /// <inheritdoc/>
        public void Dispose() => device?.Switch(before);

        /// <inheritdoc/>
        public bool Equals(Scope other) => device == other.device && before == other.before;

        /// <inheritdoc/>
        public override bool Equals(object? obj) => obj is Scope s && Equals(s);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(device, before);

        /// <inheritdoc cref="Equals(Scope)"/>
        public static bool operator ==(Scope a, Scope b) => a.Equals(b);

        /// <inheritdoc cref="Equals(Scope)"/>
        public static bool operator !=(Scope a, Scope b) => !a.Equals(b);
    }
}
