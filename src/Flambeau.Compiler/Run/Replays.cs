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
    const int MostRecordings = 8;

    /// <summary>Inputs that lie in one block, as what a forward pass keeps does: copied at once while they lie as they did.</summary>
    sealed record Together(Tensor To, (int Input, long Offset)[] Parts);

    readonly List<(Memory Memory, long Offset)> escaping = [];
    readonly (Storage Storage, long Offset, int Version)[] states = new (Storage, long, int)[program.States.Count];
    (Tensor To, int Input)[] copies = [];
    Together[] blocks = [];
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
            if ((runs > MostRecordings ? "parameters move from run to run" : Obstacle() ?? Record(inputs)) is { } why)
            {
                refused = true;
                program.Say?.Invoke($"isn't recorded: {why}");
                return null;
            }
        }
        Copy(inputs);
        recording!.Replay();
        Interlocked.Increment(ref program.Replayed);
        foreach (var (target, _) in program.Writes) target.Tensor.Storage.Version++;
        return Results(inputs);
    }

    static Layout Flat(long bytes) => new((ReadOnlySpan<long>)[bytes]);

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
    string? Record(IReadOnlyList<Tensor> inputs)
    {
        if (results is null) Place(inputs);
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

    /// <summary>Copies inputs to where the recording reads them.</summary>
    void Copy(IReadOnlyList<Tensor> inputs)
    {
        Span<bool> done = stackalloc bool[inputs.Count];
        foreach (var block in blocks)
        {
            var whole = (inputs[block.Parts[0].Input].Storage as PartStorage)?.Whole;
            if (whole is null || whole.Bytes != block.To.Numel) continue;
            var same = true;
            foreach (var (i, offset) in block.Parts) same = same && (inputs[i].Storage as PartStorage)?.Whole == whole && Address(inputs[i]) - whole.Pointer == offset;
            if (!same) continue;
            program.Device!.Copy(Bytes(whole, 0, block.To.Layout), block.To);
            foreach (var (i, _) in block.Parts) done[i] = true;
        }
        foreach (var (to, i) in copies)
        {
            if (!done[i]) program.Device!.Copy(Bytes(inputs[i].Storage, inputs[i].Offset * inputs[i].DType.Size(), to.Layout), to);
        }
    }

    static nint Address(Tensor t) => ((DeviceStorage)t.Storage).Pointer + (nint)(t.Offset * t.DType.Size());

    void Place(IReadOnlyList<Tensor> inputs)
    {
        var read = Enumerable.Range(0, inputs.Count).Where(i => program.Inputs[i] is { } s && frame.Extent(s.Memory) > 0).ToArray();
        var places = new Dictionary<int, DeviceStorage>();
        var together = new List<Together>();
        foreach (var g in read.Where(i => inputs[i].Storage is PartStorage).GroupBy(i => ((PartStorage)inputs[i].Storage).Whole).Where(static g => g.Count() > 1))
        {
            var block = device.Block(g.Key.Bytes, stays: true);
            (int Input, long Offset)[] parts = [.. g.Select(i => (i, (long)(Address(inputs[i]) - g.Key.Pointer)))];
            foreach (var (i, offset) in parts) places[i] = new PartStorage(block, offset, frame.Extent(program.Inputs[i]!.Memory)!.Value);
            together.Add(new(Bytes(block, 0, Flat(block.Bytes)), parts));
        }
        blocks = [.. together];
        copies = [.. read.Select(i =>
        {
            var bytes = frame.Extent(program.Inputs[i]!.Memory)!.Value;
            return (Bytes(places.TryGetValue(i, out var place) ? place : device.Block(bytes, stays: true), 0, Flat(bytes)), i);
        })];
        long at = 0;
        foreach (var m in program.Profile.Memories.Where(static m => m.Owned && m.Escapes))
        {
            escaping.Add((m, at));
            at += (m.Bytes + Alignment - 1) / Alignment * Alignment;
        }
        results = device.Block(at, stays: true);
        resultBytes = Flat(at);
    }

    /// <summary>The results, in memory of their own.</summary>
    object?[] Results(IReadOnlyList<Tensor> inputs)
    {
        var parts = new Dictionary<Memory, Storage>(escaping.Count);
        if (escaping.Count > 0)
        {
            var fresh = device.Block(resultBytes!.Numel, stays: false);
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
