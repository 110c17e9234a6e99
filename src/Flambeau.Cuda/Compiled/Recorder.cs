using Flambeau.Compiler.Devices;
using Flambeau.Cuda.Driver;

namespace Flambeau.Cuda.Compiled;

/// <summary>A step does something that a replay wouldn't do again.</summary>
internal sealed class NotRecordedException(string message) : Exception(message);

/// <summary>
/// Captures what this thread enqueues as a CUDA graph, on a stream of its own, so that other threads' work stays out of it. Memory that a step takes
/// lies in blocks that the recording keeps: the next step, which runs after it, has them again.
/// </summary>
internal sealed class Recorder
{
    const long ChunkBytes = 4L << 20, Alignment = 512;

    [ThreadStatic] static Recorder? current;
    [ThreadStatic] static nint[]? streams;

    readonly CudaBackend backend;
    readonly List<DeviceStorage> chunks = [];
    int chunk;
    long at;

    Recorder(CudaBackend backend) => this.backend = backend;

    /// <summary>What this thread records into.</summary>
    internal static Recorder? Current => current;

    /// <summary>Memory until the end of the step.</summary>
    internal DeviceStorage Take(long bytes)
    {
        var size = (Math.Max(bytes, 1) + Alignment - 1) / Alignment * Alignment;
        for (; chunk < chunks.Count; chunk++, at = 0)
        {
            if (chunks[chunk].Bytes - at < size) continue;
            var part = new PartStorage(chunks[chunk], at, bytes);
            at += size;
            return part;
        }
        chunks.Add(((IGraphDevice)backend).Block(Math.Max(size, ChunkBytes), stays: true));
        at = size;
        return new PartStorage(chunks[^1], 0, bytes);
    }

    /// <summary>Records steps; the reason where that fails.</summary>
    internal static unsafe IRecording? Run(CudaBackend backend, int steps, Action<int> step, out string? why)
    {
        var device = backend.Gpu;
        var recorder = new Recorder(backend);
        var list = streams ??= [];
        if (list.Length <= device.Index) Array.Resize(ref list, device.Index + 1);
        streams = list;
        if (list[device.Index] == 0) list[device.Index] = device.NewStream(records: true);
        var stream = list[device.Index];
        why = null;
        device.Bind();
        Api.Check(Api.cuStreamBeginCapture_v2(stream, 2), "cuStreamBeginCapture");
        var before = device.Switch(stream);
        current = recorder;
        var done = false;
        try
        {
            for (var i = 0; i < steps; i++)
            {
                (recorder.chunk, recorder.at) = (0, 0);
                step(i);
            }
            done = true;
        }
        catch (Exception e) when (e is CudaException or NotRecordedException)
        {
            why = e.Message;
        }
        finally
        {
            current = null;
            device.Switch(before);
            nint graph = 0;
            var ended = Api.cuStreamEndCapture(stream, &graph);
            if (!done || ended != 0)
            {
                if (graph != 0) _ = Api.cuGraphDestroy(graph);
                graph = 0;
                why ??= $"the driver couldn't (error {ended})";
            }
            recorder.graph = graph;
        }
        return recorder.graph == 0 ? null : new Recording(device, recorder.graph, recorder.chunks);
    }

    nint graph;

    sealed unsafe class Recording : IRecording
    {
        readonly CudaDevice device;
        readonly List<DeviceStorage> held;
        nint executable;

        internal Recording(CudaDevice device, nint graph, List<DeviceStorage> held)
        {
            (this.device, this.held) = (device, held);
            nuint count = 0;
            nint e;
            try
            {
                Api.Check(Api.cuGraphGetNodes(graph, null, &count), "cuGraphGetNodes");
                Api.Check(Api.cuGraphInstantiateWithFlags(&e, graph, 0), "cuGraphInstantiate");
            }
            finally
            {
                _ = Api.cuGraphDestroy(graph);
            }
            (Count, executable) = ((int)count, e);
        }

        ~Recording() => Free();

        public int Count { get; }

        public void Replay()
        {
            device.Bind();
            var result = Api.cuGraphLaunch(executable, device.Stream);
            if (result != 0) Api.Check(result, "cuGraphLaunch");
            GC.KeepAlive(held);
        }

        public void Dispose()
        {
            Free();
            GC.SuppressFinalize(this);
        }

        void Free()
        {
            if (executable == 0) return;
            device.Bind();
            // launches that are still going on keep it until they are done
            _ = Api.cuGraphExecDestroy(executable);
            executable = 0;
        }
    }
}
