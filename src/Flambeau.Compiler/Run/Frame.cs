using System.Runtime.InteropServices;
using Flambeau.Compiler.Devices;
using Flambeau.Compiler.Plan;
using Flambeau.Cpu;

namespace Flambeau.Compiler.Run;

/// <summary>Memory of one run at a time: the arena, the tensors that lie in it, and those that come and go with each run.</summary>
internal sealed unsafe class Frame
{
    readonly Executable program;
    readonly Tensor?[] tensors;
    readonly Storage?[] storages;
    readonly Slot[][] looks;
    readonly nint[] addresses;
    readonly nint arena;
    readonly long block;
    readonly DeviceStorage? deviceArena;
    readonly Replays? replays;
    nint queue;
    readonly List<GCHandle> held = [], passing = [];
    readonly Storage?[] stateStorages;
    readonly Dictionary<Slot[], Storage?[]> offers = new(ReferenceEqualityComparer.Instance);

    internal Frame(Executable program)
    {
        this.program = program;
        tensors = new Tensor?[program.Profile.Slots.Count];
        addresses = new nint[tensors.Length];
        storages = new Storage?[program.Profile.Memories.Count];
        var used = program.UsedSlots.ToLookup(static s => s.Memory);
        looks = [.. program.Profile.Memories.Select(m => used[m].ToArray())];
        if (program.Device is IGraphDevice device)
        {
            deviceArena = device.Block(program.Plan.Bytes, stays: true);
            replays = new(this, program, device);
        }
        else arena = CachingAllocator.Rent(Math.Max(program.Plan.Bytes, CachingAllocator.SmallLimit + 1), out block);
        foreach (var (memory, offset) in program.Placed)
        {
            Storage storage = deviceArena is null ? new ExternalStorage(arena + (nint)offset, memory.Bytes, this) : new PartStorage(deviceArena, offset, memory.Bytes);
            GC.SuppressFinalize(storage);
            Bind(memory, storage, 0, lasting: true);
        }
        stateStorages = new Storage?[program.States.Count];
    }

    ~Frame()
    {
        foreach (var h in held) h.Free();
        if (deviceArena is null) CachingAllocator.Return(arena, block);
    }

    /// <summary>While steps are recorded, results that go to the caller have their place too.</summary>
    internal bool PlacesAll { get; set; }

    /// <summary>Whether a memory that the program makes has a place, or is made anew in each run.</summary>
    internal bool IsPlaced(Memory memory) => memory.Backend == program.Device && (!memory.Escapes || PlacesAll);

    internal static Storage Fresh(Memory memory) => memory.Backend is { } device ? device.Allocate(memory.Bytes, false) : Storage.Host(memory.Bytes);

    /// <summary>What tensors of the program look at of a memory, in bytes from its base; null if some lie before that.</summary>
    internal long? Extent(Memory memory)
    {
        long end = 0;
        foreach (var s in looks[memory.Id])
        {
            if (s.Layout.Numel == 0) continue;
            if (s.Offset < 0 || s.Layout.Strides.AsSpan().ContainsAnyInRange(long.MinValue, -1)) return null;
            end = Math.Max(end, (s.Offset + s.Layout.Extent()) * s.DType.Size());
        }
        return end;
    }

    /// <summary>How many results had to be copied to where the plan wants them.</summary>
    internal long Copies { get; private set; }

    internal Tensor Tensor(Slot s) => tensors[s.Id] ?? throw new InvalidOperationException($"{s} was used before it was made");

    internal byte* Address(Slot s) => (byte*)addresses[s.Id];

    internal object? Value(object? content) => content switch
    {
        Slot s => tensors[s.Id],
        object?[] a => Array.ConvertAll(a, Value),
        _ => content,
    };

    /// <summary>Makes the tensors that look into a memory.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="storage">What it is now.</param>
    /// <param name="offset">Where the base tensor begins, in elements.</param>
    /// <param name="lasting">It stays for all runs.</param>
    internal void Bind(Memory memory, Storage storage, long offset, bool lasting = false)
    {
        if (ReferenceEquals(storages[memory.Id], storage) && lasting) return;
        storages[memory.Id] = storage;
        var start = storage is DeviceStorage there ? there.Pointer : storage.NativeAddress;
        if (start == 0)
        {
            var handle = storage.Pin();
            start = handle.AddrOfPinnedObject();
            (lasting ? held : passing).Add(handle);
        }
        foreach (var s in looks[memory.Id])
        {
            tensors[s.Id] = new Tensor(storage, s.Layout, s.DType, offset + s.Offset);
            addresses[s.Id] = start + (nint)((offset + s.Offset) * s.DType.Size());
        }
    }

    /// <summary>Takes a result: it may lie where it should, or be copied there, or be a block of its own that goes to the caller.</summary>
    internal void Take(Slot s, Tensor result)
    {
        var memory = s.Memory;
        if (!IsPlaced(memory))
        {
            if (!ReferenceEquals(storages[memory.Id], result.Storage)) Bind(memory, result.Storage, result.Offset - s.Offset);
            return;
        }
        if (ReferenceEquals(storages[memory.Id], result.Storage) || storages[memory.Id] is null) return;
        Copies++;
        Cast.Copy(result, tensors[s.Id]!);
    }

    /// <summary>
    /// A result that landed in the place of another one, which has the same size, moves out before that is filled; if it goes to the caller it may not
    /// stay in the arena at all.
    /// </summary>
    /// <param name="s">Where it should be.</param>
    /// <param name="result">The result.</param>
    /// <param name="moved">New blocks by those that were left.</param>
    internal Tensor Untangle(Slot s, Tensor result, ref Dictionary<Storage, Storage>? moved)
    {
        var storage = result.Storage;
        if (!IsMine(storage) || ReferenceEquals(storages[s.Memory.Id], storage)) return result;
        moved ??= new(ReferenceEqualityComparer.Instance);
        if (!moved.TryGetValue(storage, out var fresh))
        {
            moved.Add(storage, fresh = storage.Backend is { } device ? device.Allocate(storage.Bytes, false) : Storage.Host(storage.Bytes));
            var bytes = new Layout((ReadOnlySpan<long>)[storage.Bytes]);
            Cast.Copy(new Tensor(storage, bytes, DType.UInt8, 0), new Tensor(fresh, bytes, DType.UInt8, 0));
            Copies++;
        }
        return new Tensor(fresh, result.Layout, result.DType, result.Offset);
    }

    bool IsMine(Storage storage) => storage is ExternalStorage { Owner: Frame f } ? f == this : storage is PartStorage part && part.Whole == deviceArena;

    /// <summary>Storages of results that have a planned place.</summary>
    internal Storage?[]? Offers(Slot[] writes)
    {
        if (!offers.TryGetValue(writes, out var list)) offers.Add(writes, list = new Storage?[writes.Length]);
        var any = false;
        for (var i = 0; i < writes.Length; i++)
        {
            var m = writes[i].Memory;
            list[i] = !IsPlaced(m) || (i > 0 && writes[i - 1].Memory == m) ? null : storages[m.Id];
            any |= list[i] is not null;
        }
        return any ? list : null;
    }

    void Timed(long[] ticks)
    {
        for (var i = 0; i < ticks.Length; i++)
        {
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            program.Units[i].Run(this);
            program.Device?.Synchronize();
            ticks[i] += System.Diagnostics.Stopwatch.GetTimestamp() - start;
        }
    }

    internal object?[] Run(IReadOnlyList<Tensor> inputs)
    {
        using var off = Autograd.Grad.No();
        using var scope = KernelScope.Enter();
        using var placed = program.Device is null ? default : Placement.On(program.Device);
        try
        {
            if (program.Device is IGraphDevice { IsRecording: false } device)
            {
                device.Follow(ref queue);
                if (program.Ticks is null && replays!.Run(inputs) is { } results) return results;
            }
            for (var i = 0; i < inputs.Count; i++)
            {
                if (program.Inputs[i] is { } slot) Bind(slot.Memory, inputs[i].Storage, inputs[i].Offset);
            }
            BindStates();
            if (program.Ticks is { } ticks) Timed(ticks);
            else
            {
                foreach (var unit in program.Units) unit.Run(this);
            }
            Write();
            return [.. program.Outputs.Select(Value)];
        }
        finally
        {
            foreach (var h in passing)
            {
                if (h.IsAllocated) h.Free();
            }
            passing.Clear();
            GC.KeepAlive(inputs);
        }
    }

    /// <summary>Looks at parameters and buffers where they are now.</summary>
    internal void BindStates()
    {
        for (var i = 0; i < stateStorages.Length; i++)
        {
            var t = program.States[i].Memory.State!.Tensor;
            if (ReferenceEquals(stateStorages[i], t.Storage)) continue;
            stateStorages[i] = t.Storage;
            Bind(program.States[i].Memory, t.Storage, t.Offset, lasting: true);
        }
    }

    /// <summary>Writes what the state becomes.</summary>
    internal void Write()
    {
        foreach (var (target, source) in program.Writes)
        {
            Cast.Copy(Tensor(source), target.Tensor);
            target.Tensor.Storage.Version++;
        }
    }
}
