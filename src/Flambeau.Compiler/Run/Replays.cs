using Flambeau.Compiler.Devices;
using Flambeau.Compiler.Passes;
using Flambeau.Compiler.Plan;
using Flambeau.Graphs;

namespace Flambeau.Compiler.Run;

/// <summary>
/// The steps of a frame as its device recorded them: after a first run, which loads kernels, they are recorded once on fixed memory, and later calls copy
/// their inputs there, enqueue the recording and copy the results out. When parameters have moved they are recorded again. What can't be recorded runs step by step, and the log says why.
/// </summary>
internal sealed class Replays(Frame frame, Executable program, IGraphDevice device)
{
    /// <summary>Larger results are worth more than the launches that a recording saves.</summary>
    const long LargestResults = 256L << 20;

    const long Alignment = 256;

    readonly List<(Memory Memory, long Offset)> escaping = [];
    readonly (Storage Storage, long Offset, int Version)[] states = new (Storage, long, int)[program.States.Count];
    (Tensor To, int Input)[] copies = [];
    IRecording? recording;
    DeviceStorage? results;
    Layout? resultBytes;
    int runs;
    bool refused;

    /// <summary>Runs the recording; null where the steps have to be run.</summary>
    internal object?[]? Run(IReadOnlyList<Tensor> inputs)
    {
        if (refused || !program.Records) return null;
        if (recording is null || !Holds())
        {
            if (runs++ == 0) return null;
            if ((Obstacle() ?? Record()) is { } why)
            {
                refused = true;
                program.Say?.Invoke($"isn't recorded: {why}");
                return null;
            }
        }
        foreach (var (to, i) in copies) program.Device!.Copy(Bytes(inputs[i].Storage, inputs[i].Offset * inputs[i].DType.Size(), to.Layout), to);
        recording!.Replay();
        Interlocked.Increment(ref program.Replayed);
        foreach (var (target, _) in program.Writes) target.Tensor.Storage.Version++;
        return Results(inputs);
    }

    static Tensor Bytes(Storage storage, long offset, Layout layout) => new(storage, layout, DType.UInt8, offset);

    bool Holds()
    {
        for (var i = 0; i < states.Length; i++)
        {
            var t = program.States[i].Memory.State!.Tensor;
            if (!ReferenceEquals(t.Storage, states[i].Storage) || t.Offset != states[i].Offset || (t.Storage.Backend is null && t.Storage.Version != states[i].Version)) return false;
        }
        return true;
    }

    /// <summary>What is known to keep the steps from being recorded.</summary>
    string? Obstacle()
    {
        foreach (var u in program.Units.OfType<NodeUnit>())
        {
            if (Purity.IsRandom(u.Node)) return $"{u.Node.Name} draws other numbers in each run";
        }
        foreach (var s in program.Units.SelectMany(static u => u.Writes))
        {
            if (s.Memory.Backend != program.Device) return "some steps compute on the host, or on another device";
        }
        var read = program.UsedSlots.Select(static s => s.Memory).ToHashSet();
        foreach (var s in program.Inputs)
        {
            if (s is null || !read.Contains(s.Memory)) continue;
            if (s.Memory.Backend != program.Device) return $"input {s.Memory.Input} is on the host, or on another device";
            if (frame.Extent(s.Memory) is null) return $"input {s.Memory.Input} is looked at before its first element";
        }
        var bytes = program.Profile.Memories.Where(static m => m.Owned && m.Escapes).Sum(static m => m.Bytes);
        return bytes > LargestResults ? $"its results are {bytes:N0} bytes, which would be copied" : null;
    }

    /// <summary>Records the steps on memory that stays; says why if that fails.</summary>
    string? Record()
    {
        if (results is null) Place();
        foreach (var (to, i) in copies) frame.Bind(program.Inputs[i]!.Memory, to.Storage, 0);
        frame.BindStates();
        foreach (var (memory, offset) in escaping) frame.Bind(memory, new PartStorage(results!, offset, memory.Bytes), 0);
        for (var i = 0; i < states.Length; i++)
        {
            var t = program.States[i].Memory.State!.Tensor;
            states[i] = (t.Storage, t.Offset, t.Storage.Version);
        }
        recording?.Dispose();
        recording = null;
        var generator = Generator.Current;
        var before = generator.State;
        frame.PlacesAll = true;
        string? why;
        try
        {
            recording = device.Record(program.Units.Count + 1, i =>
            {
                if (i < program.Units.Count) program.Units[i].Run(frame);
                else frame.Write();
            }, out why);
        }
        finally
        {
            frame.PlacesAll = false;
        }
        if (generator.State != before)
        {
            generator.State = before;
            recording?.Dispose();
            recording = null;
            why = "it draws random numbers";
        }
        if (recording is { } made) program.Say?.Invoke($"is recorded: {made.Count} kernels and copies are enqueued at once");
        return why;
    }

    void Place()
    {
        copies = [.. program.Inputs.Select(static (s, i) => (Slot: s, Input: i)).Where(x => x.Slot is { } s && frame.Extent(s.Memory) > 0).Select(x =>
        {
            var bytes = frame.Extent(x.Slot!.Memory)!.Value;
            return (Bytes(device.Block(bytes), 0, new Layout((ReadOnlySpan<long>)[bytes])), x.Input);
        })];
        long at = 0;
        foreach (var m in program.Profile.Memories.Where(static m => m.Owned && m.Escapes))
        {
            escaping.Add((m, at));
            at += (m.Bytes + Alignment - 1) / Alignment * Alignment;
        }
        results = device.Block(at);
        resultBytes = new Layout((ReadOnlySpan<long>)[at]);
    }

    /// <summary>The results, in memory of their own.</summary>
    object?[] Results(IReadOnlyList<Tensor> inputs)
    {
        var parts = new Dictionary<Memory, Storage>(escaping.Count);
        if (escaping.Count > 0)
        {
            var fresh = device.Block(resultBytes!.Numel);
            program.Device!.Copy(Bytes(results!, 0, resultBytes), Bytes(fresh, 0, resultBytes));
            foreach (var (memory, offset) in escaping) parts.Add(memory, new PartStorage(fresh, offset, memory.Bytes));
        }
        return [.. program.Outputs.Select(Value)];

        object? Value(object? content) => content switch
        {
            Slot { Memory: { Input: >= 0 and var i } } s => new Tensor(inputs[i].Storage, s.Layout, s.DType, inputs[i].Offset + s.Offset),
            Slot s => parts.TryGetValue(s.Memory, out var part) ? new Tensor(part, s.Layout, s.DType, s.Offset) : frame.Tensor(s),
            object?[] a => Array.ConvertAll(a, Value),
            _ => content,
        };
    }
}
