using Flambeau.Compiler.Devices;
using Flambeau.Compiler.Fuse;
using Flambeau.Compiler.Loops;
using Flambeau.Compiler.Plan;
using Flambeau.Graphs;

namespace Flambeau.Compiler.Run;

/// <summary>A graph compiled for inputs of certain dtypes, sizes and strides: steps in order, and a place for each result.</summary>
internal sealed class Executable
{
    readonly System.Collections.Concurrent.ConcurrentBag<Frame> frames = [];

    Executable(Profile profile) => Profile = profile;

    internal Profile Profile { get; }

    /// <summary>Whose memory is planned; null for the host's. What lies elsewhere is made anew in each run.</summary>
    internal DeviceBackend? Device => Profile.Device;

    internal IReadOnlyList<Unit> Units { get; private set; } = [];

    internal MemoryPlan Plan { get; private set; } = null!;

    /// <summary>Planned memories and their offsets in the arena.</summary>
    internal IReadOnlyList<(Memory Memory, long Offset)> Placed { get; private set; } = [];

    /// <summary>Slots that something reads or that are returned.</summary>
    internal IReadOnlyCollection<Slot> UsedSlots { get; private set; } = [];

    internal IReadOnlyList<Slot?> Inputs { get; private set; } = [];

    internal IReadOnlyList<Slot> States { get; private set; } = [];

    internal IReadOnlyList<object?> Outputs { get; private set; } = [];

    internal IReadOnlyList<(StateEntry Target, Slot Source)> Writes { get; private set; } = [];

    /// <summary>Where to add up how long each step takes; null to not measure.</summary>
    internal long[]? Ticks { get; set; }

    /// <summary>Whether a device may record the steps and replay them.</summary>
    internal bool Records { get; init; }

    /// <summary>Hears what happens in later runs.</summary>
    internal Action<string>? Say { get; init; }

    /// <summary>How many runs were replays of a recording.</summary>
    internal long Replayed;

    /// <summary>How many results were copied to their place, in all runs.</summary>
    internal long Copies => frames.Sum(static f => f.Copies);

    /// <summary>Compiles a graph without control flow.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputs">An example.</param>
    /// <param name="fuse">Whether regions are made.</param>
    /// <param name="trains">Parameters change with every run: nothing that is made of them is kept.</param>
    /// <param name="options">Whether steps are recorded, and who hears of it.</param>
    /// <exception cref="CompileException">It has control flow, or numbers among its results that depend on values.</exception>
    internal static Executable Compile(Graph graph, IReadOnlyList<object?> inputs, bool fuse = true, bool trains = false, CompileOptions? options = null)
    {
        var profile = Profile.Run(graph, inputs);
        var made = new Executable(profile) {
            Records = options?.Record ?? false,
            Say = options is null ? null : options.Say,
        };
        var (groups, members) = Fuser.Run(graph, profile, fuse);
        var nodes = graph.Body.Nodes;
        made.Outputs = [.. graph.Outputs.Select(profile.Content)];
        made.Writes = [.. graph.Writes.Select(w => (w.State, (Slot)profile.Content(w.Value)!))];
        var kept = made.Outputs.SelectMany(Profile.SlotsIn).Concat(made.Writes.Select(static w => w.Source)).ToHashSet();
        var readers = new Dictionary<Slot, HashSet<Group>>();
        foreach (var g in groups)
        {
            foreach (var s in g.Nodes.SelectMany(n => nodes[n].Inputs.SelectMany(o => Profile.SlotsIn(profile.Content(o)))))
            {
                if (!readers.TryGetValue(s, out var set)) readers.Add(s, set = []);
                set.Add(g);
            }
        }
        var units = new List<Unit>();
        foreach (var g in groups)
        {
            var first = g.Nodes.Min;
            // A reduction alone has a kernel of its own, which also knows long rows.
            if (members[first] is not null && (g.Nodes.Count > 1 || members[first] is not ReductionNode))
            {
                var bound = RegionBuilder.Build(g, members, s => kept.Contains(s) || (readers.TryGetValue(s, out var r) && r.Any(x => x != g)));
                if (bound.Outputs.Count == 0) continue;
                if (Code(bound.Region, members[first]!.Output.Memory.Backend) is { } code)
                {
                    units.Add(new RegionUnit(code, bound.Inputs, bound.Outputs, string.Join('+', g.Nodes.Select(n => members[n]!.Node.Name))));
                    continue;
                }
            }
            foreach (var n in g.Nodes) Add((OpNode)nodes[n]);
        }
        made.Units = units;
        made.UsedSlots = [.. units.SelectMany(static u => u.Reads.Concat(u.Writes)).Concat(kept).Distinct()];
        made.Inputs = [.. graph.Inputs.Select(v => profile[v] as Slot)];
        made.States = [.. graph.State.Select(s => (Slot)profile[s.Value]!)];
        made.Arrange();
        return made;

        void Add(OpNode node)
        {
            object?[] results = [.. node.Outputs.Select(v => profile[v])];
            object?[] arguments = [.. node.Inputs.Select(profile.Content)];
            var read = arguments.SelectMany(Profile.SlotsIn).Select(static s => s.Memory).ToHashSet();
            // Looks into memory that is there already, and numbers, are known before the run.
            if (results.SelectMany(Profile.SlotsIn).All(s => read.Contains(s.Memory)))
            {
                if (node.Entry.Name.StartsWith("prim.", StringComparison.Ordinal) || results.SelectMany(Profile.SlotsIn).Any() || !arguments.SelectMany(Profile.SlotsIn).Any()) return;
                throw new CompileException($"{node.Name} gives a number that depends on the values of tensors");
            }
            units.Add(new NodeUnit(node, arguments, results, trains));
        }
    }

    static IRegionCode? Code(Region region, DeviceBackend? device) => device is null ? new RegionKernel(region) : (device as IGraphDevice)?.Compile(region);

    /// <summary>Plans the memory of what is made and used within a run.</summary>
    void Arrange()
    {
        var (first, last) = (new Dictionary<Memory, int>(), new Dictionary<Memory, int>());
        for (var u = 0; u < Units.Count; u++)
        {
            foreach (var s in Units[u].Writes) first.TryAdd(s.Memory, u);
            foreach (var s in Units[u].Reads.Concat(Units[u].Writes)) last[s.Memory] = u;
        }
        foreach (var (_, source) in Writes) last[source.Memory] = Units.Count;
        var planned = Profile.Memories.Where(m => m.Owned && !m.Escapes && m.Backend == Device && first.ContainsKey(m)).OrderBy(m => first[m]).ToList();
        var number = new Dictionary<Memory, int>();
        var blocks = new List<PlannedBlock>();
        var taken = new HashSet<Memory>();
        foreach (var m in planned)
        {
            number[m] = blocks.Count;
            var into = Units[first[m]] is RegionUnit r ? Replaced(r, m, first[m], last, number, taken) : -1;
            blocks.Add(new(m.Bytes, first[m], last[m], into));
        }
        Plan = MemoryPlan.Make(blocks);
        Placed = [.. planned.Select((m, i) => (m, Plan.Offsets[i]))];
    }

    /// <summary>An input that ends in this step and whose memory the output can take over, or -1.</summary>
    static int Replaced(RegionUnit unit, Memory output, int step, Dictionary<Memory, int> last, Dictionary<Memory, int> number, HashSet<Memory> taken)
    {
        var o = unit.Writes.ToList().FindIndex(s => s.Memory == output);
        var slot = unit.Writes[o];
        for (var i = 0; i < unit.Reads.Count; i++)
        {
            var x = unit.Reads[i];
            if (!number.TryGetValue(x.Memory, out var n) || last[x.Memory] != step || taken.Contains(x.Memory)) continue;
            if (x.DType != slot.DType || x.Memory.Bytes != output.Bytes || x.Offset != 0 || !x.Layout.SameStrides(slot.Layout)) continue;
            if (unit.Reads.Count(r => r.Memory == x.Memory) != 1 || !unit.Kernel.CanReplace(i, o)) continue;
            taken.Add(x.Memory);
            return n;
        }
        return -1;
    }

    /// <summary>Runs on inputs of the guarded dtypes, sizes and strides.</summary>
    internal object?[] Run(IReadOnlyList<Tensor> inputs)
    {
        if (!frames.TryTake(out var frame)) frame = new Frame(this);
        try
        {
            return frame.Run(inputs);
        }
        finally
        {
            frames.Add(frame);
        }
    }
}
