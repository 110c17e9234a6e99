using System.Runtime.CompilerServices;
using Flambeau.Compiler.Devices;
using Flambeau.Compiler.Plan;
using Flambeau.Cpu;
using Flambeau.Graphs;

namespace Flambeau.Compiler.Run;

/// <summary>A step of a compiled graph.</summary>
internal abstract class Unit
{
    /// <summary>What it reads.</summary>
    internal abstract IReadOnlyList<Slot> Reads { get; }

    /// <summary>What it writes.</summary>
    internal abstract IReadOnlyList<Slot> Writes { get; }

    internal abstract void Run(Frame frame);
}

/// <summary>A region.</summary>
internal sealed unsafe class RegionUnit(IRegionCode kernel, IReadOnlyList<Slot> inputs, IReadOnlyList<Slot> outputs, string name) : Unit
{
    internal override IReadOnlyList<Slot> Reads => inputs;

    internal override IReadOnlyList<Slot> Writes => outputs;

    internal IRegionCode Kernel => kernel;

    internal override void Run(Frame frame)
    {
        byte** p = stackalloc byte*[inputs.Count + outputs.Count];
        for (var i = 0; i < outputs.Count; i++)
        {
            if (!frame.IsPlaced(outputs[i].Memory)) frame.Bind(outputs[i].Memory, Frame.Fresh(outputs[i].Memory), 0);
            p[inputs.Count + i] = frame.Address(outputs[i]);
        }
        for (var i = 0; i < inputs.Count; i++) p[i] = frame.Address(inputs[i]);
        kernel.Run(p);
    }

    public override string ToString() => name;
}

/// <summary>An op that runs by its eager kernel, whose result is placed where the plan wants it.</summary>
internal sealed class NodeUnit(OpNode node, object?[] arguments, IReadOnlyList<object?> results, bool trains) : Unit
{
    readonly Slot[] reads = [.. arguments.SelectMany(Profile.SlotsIn).Distinct()];
    readonly Slot[] writes = [.. results.SelectMany(Profile.SlotsIn)];
    readonly KeptWeight? kept = trains || results.SelectMany(Profile.SlotsIn).Any(static s => s.Memory.Backend is not null) ? null : KeptWeight.Of(node, arguments);

    internal OpNode Node => node;

    internal override IReadOnlyList<Slot> Reads => reads;

    internal override IReadOnlyList<Slot> Writes => writes;

    internal override void Run(Frame frame)
    {
        var given = new object?[arguments.Length];
        for (var i = 0; i < given.Length; i++) given[i] = frame.Value(arguments[i]);
        object result;
        Placement.Offer(frame.Offers(writes));
        try
        {
            result = kept is null ? node.Entry.Invoke(given) : kept.Invoke(node.Entry, given);
        }
        finally
        {
            Placement.Offer(null);
        }
        var parts = new object?[results.Count];
        for (var i = 0; i < parts.Length; i++) parts[i] = parts.Length == 1 ? result : ((ITuple)result)[i];
        Dictionary<Storage, Storage>? moved = null;
        if (writes.Length > 1)
        {
            for (var i = 0; i < parts.Length; i++) parts[i] = Untangle(frame, results[i], parts[i], ref moved);
        }
        for (var i = 0; i < parts.Length; i++) Take(frame, results[i], parts[i]);
    }

    static object? Untangle(Frame frame, object? expected, object? result, ref Dictionary<Storage, Storage>? moved)
    {
        if (expected is Slot s) return frame.Untangle(s, (Tensor)result!, ref moved);
        if (expected is not object?[] list) return result;
        var items = (System.Collections.IList)result!;
        var untangled = new object?[list.Length];
        for (var i = 0; i < list.Length; i++) untangled[i] = Untangle(frame, list[i], items[i], ref moved);
        return untangled;
    }

    static void Take(Frame frame, object? expected, object? result)
    {
        if (expected is Slot s) frame.Take(s, (Tensor)result!);
        else if (expected is object?[] list)
        {
            var items = (System.Collections.IList)result!;
            for (var i = 0; i < list.Length; i++) Take(frame, list[i], items[i]);
        }
    }

    public override string ToString() => node.Name;
}
