using Flambeau.Compiler.Loops;

namespace Flambeau.Compiler.Devices;

/// <summary>What a <see cref="DeviceBackend"/> that also implements this does for compiled graphs: regions as kernels, memory for plans, and replays of what was enqueued.</summary>
internal interface IGraphDevice
{
    /// <summary>A region as a kernel; null where it can't be one, then its ops run one by one.</summary>
    IRegionCode? Compile(Region region);

    /// <summary>A block of memory that no scope gives back.</summary>
    /// <param name="bytes">Its size.</param>
    /// <param name="stays">It belongs to a program, not to its results.</param>
    DeviceStorage Block(long bytes, bool stays);

    /// <summary>Makes what this thread enqueues from here on wait for what it, or another, enqueued with the token; renews the token.</summary>
    void Follow(ref nint token);

    /// <summary>Whether this thread is recording.</summary>
    bool IsRecording { get; }

    /// <summary>Records what steps enqueue, instead of doing it. Memory that a step takes is its own until the step ends.</summary>
    /// <param name="steps">How many.</param>
    /// <param name="step">Runs one.</param>
    /// <param name="why">Why they can't be recorded; null if they were.</param>
    IRecording? Record(int steps, Action<int> step, out string? why);
}

/// <summary>A region ready to run on tensors' addresses.</summary>
internal unsafe interface IRegionCode
{
    /// <summary>Whether the output may be written over the input: element by element, after its last use.</summary>
    bool CanReplace(int input, int output);

    /// <summary>Runs on the first elements of inputs, then outputs.</summary>
    void Run(byte** p);
}

/// <summary>Work on fixed addresses, to be enqueued at once, again and again.</summary>
internal interface IRecording : IDisposable
{
    /// <summary>How many kernels and copies it has.</summary>
    int Count { get; }

    /// <summary>Enqueues it.</summary>
    void Replay();
}
