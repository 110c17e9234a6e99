using System.Runtime.CompilerServices;
using Flambeau.Autograd;
using Flambeau.Cpu;
using Flambeau.Graphs;

namespace Flambeau.Compiler.Plan;

/// <summary>A graph can't be compiled as it is; the message says why.</summary>
public sealed class CompileException(string message) : Exception(message);

/// <summary>
/// What the values of a graph are on given inputs: found by running it once, op by op. Sizes, strides, dtypes, which tensors share memory, and
/// all numbers, which are fixed from here on.
/// </summary>
internal sealed class Profile
{
    readonly Dictionary<Value, object?> contents = [];
    readonly List<Slot> slots = [];
    readonly List<Memory> memories = [];

    internal IReadOnlyList<Slot> Slots => slots;

    internal IReadOnlyList<Memory> Memories => memories;

    /// <summary>Where the program runs; null for the host.</summary>
    internal DeviceBackend? Device { get; private set; }

    /// <summary>What a value is: a slot, a constant, or an array of these.</summary>
    internal object? this[Value v] => contents[v];

    internal object? Content(Operand o) => o.Value is { } v ? contents[v] : o.List is { } l ? l.Select(Content).ToArray() : o.Constant;

    /// <summary>All slots in a value.</summary>
    internal static IEnumerable<Slot> SlotsIn(object? content) => content switch
    {
        Slot s => [s],
        object?[] a => a.SelectMany(SlotsIn),
        _ => [],
    };

    /// <exception cref="CompileException">The graph has If or Loop nodes.</exception>
    internal static Profile Run(Graph graph, IReadOnlyList<object?> inputs)
    {
        var p = new Profile();
        var generator = Generator.Current;
        var random = generator.State;
        var values = new Dictionary<Value, object?>();
        var known = new Dictionary<Storage, Memory>(ReferenceEqualityComparer.Instance);
        using var off = Grad.No();
        using var scope = KernelScope.Enter();
        for (var i = 0; i < inputs.Count; i++)
        {
            var v = graph.Inputs[i];
            values[v] = inputs[i];
            p.contents[v] = inputs[i] is Tensor t ? p.External(t, known, new Memory(p.memories.Count, t.Storage.Bytes) { Input = i, Backend = t.Storage.Backend }) : inputs[i];
        }
        foreach (var s in graph.State)
        {
            values[s.Value] = s.Tensor;
            p.contents[s.Value] = p.External(s.Tensor, known, new Memory(p.memories.Count, s.Tensor.Storage.Bytes) { State = s, Backend = s.Tensor.Storage.Backend });
        }
        // What makes tensors of nothing makes them where the others are.
        p.Device = DeviceBackend.Of([.. inputs.OfType<Tensor>(), .. graph.State.Select(static s => s.Tensor)]);
        using var placed = p.Device is null ? default : Placement.On(p.Device);
        var last = LastUses(graph);
        for (var i = 0; i < graph.Body.Nodes.Count; i++)
        {
            if (graph.Body.Nodes[i] is not OpNode n) throw new CompileException($"the graph has a node {graph.Body.Nodes[i].GetType().Name} whose path depends on values");
            if (n.Name is "prim.item_int" or "prim.item_float" or "prim.item_bool" or "prim.ints" or "prim.floats")
                throw new CompileException($"{n.Name}{(n.Where is { } w ? $" at {w}" : "")} makes numbers of a tensor's elements, on which the rest may depend");
            object?[] given = [.. n.Inputs.Select(o => Evaluate(o, values))];
            if (n.Name is "_nonzero" or "_unique" or "bincount" || (n.Name == "index" && given[1] is object?[] list && list.Any(static i => i is Tensor { DType: DType.Bool or DType.UInt8 })))
                throw new CompileException($"{n.Name}{(n.Where is { } at ? $" at {at}" : "")} has a result whose size depends on a tensor's elements");
            var result = n.Entry.Invoke(given);
            if (n.Outputs.Count == 1) p.Define(n.Outputs[0], Interpreter.Normal(result), values, known);
            else
            {
                var parts = (ITuple)result;
                for (var k = 0; k < n.Outputs.Count; k++) p.Define(n.Outputs[k], Interpreter.Normal(parts[k]), values, known);
            }
            foreach (var gone in last[i])
            {
                values.Remove(gone);
            }
        }
        generator.State = random;
        foreach (var slot in graph.Outputs.SelectMany(o => SlotsIn(p.Content(o))))
        {
            if (slot.Memory.Owned) slot.Memory.Escapes = true;
        }
        return p;
    }

    Slot External(Tensor t, Dictionary<Storage, Memory> known, Memory memory)
    {
        // Inputs or state that share a storage are apart all the same: the next call's may not share one.
        memories.Add(memory);
        known.TryAdd(t.Storage, memory);
        var slot = new Slot(slots.Count, t.DType, t.Layout, 0, memory);
        slots.Add(slot);
        bases[memory] = t.Offset;
        return slot;
    }

    readonly Dictionary<Memory, long> bases = [];

    void Define(Value v, object? result, Dictionary<Value, object?> values, Dictionary<Storage, Memory> known)
    {
        values[v] = result;
        contents[v] = Describe(result, known);
    }

    object? Describe(object? o, Dictionary<Storage, Memory> known)
    {
        switch (o)
        {
            case Tensor t:
                if (!known.TryGetValue(t.Storage, out var m))
                {
                    m = new Memory(memories.Count, t.Storage.Bytes) { Backend = t.Storage.Backend };
                    memories.Add(m);
                    known.Add(t.Storage, m);
                }
                var slot = new Slot(slots.Count, t.DType, t.Layout, t.Offset - bases.GetValueOrDefault(m), m);
                slots.Add(slot);
                return slot;
            case object?[] a:
                return Array.ConvertAll(a, x => Describe(x, known));
            default:
                return o;
        }
    }

    static object? Evaluate(Operand o, Dictionary<Value, object?> values) =>
        o.Value is { } v ? values[v] : o.List is { } l ? l.Select(x => Evaluate(x, values)).ToArray() : o.Constant;

    /// <summary>For each node the values that nothing after it uses.</summary>
    static List<Value>[] LastUses(Graph graph)
    {
        var nodes = graph.Body.Nodes;
        var keep = new HashSet<Value>(graph.Outputs.SelectMany(static o => o.Values).Concat(graph.Writes.SelectMany(static w => w.Value.Values)));
        var last = new List<Value>[nodes.Count];
        for (var i = nodes.Count - 1; i >= 0; i--)
            last[i] = [.. nodes[i].Inputs.SelectMany(static o => o.Values).Concat(nodes[i].Outputs).Where(keep.Add)];
        return last;
    }
}
