using Flambeau.Autograd;
using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Capture;

/// <summary>
/// Records the primitive ops of a program as a graph. Writes in place become values of their own: each storage has a current value,
/// and tensors that look into it are looked up, or taken anew from it, by their strides.
/// </summary>
internal sealed partial class Tracer : OpObserver
{
    readonly GraphBuilder builder;
    readonly TraceOptions options;
    readonly Dictionary<Tensor, (int Generation, Operand Value)> known = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<Storage, Memory> memories = new(ReferenceEqualityComparer.Instance);
    readonly HashSet<Value> dependent = [];
    readonly List<TraceNote> notes = [];
    readonly bool gradients = Grad.Enabled;
    readonly int epoch;

    internal Tracer(TraceOptions options, int epoch)
    {
        this.options = options;
        this.epoch = epoch;
        builder = new(options.Name);
    }

    internal IReadOnlyList<TraceNote> Notes => notes;

    internal void AddInput(Tensor t, int number)
    {
        var v = builder.Input(TensorType.Of(t), $"x{number}");
        dependent.Add(v);
        Remember(t, v);
    }

    internal Graph Finish(IReadOnlyList<Tensor> outputs)
    {
        builder.Where = null;
        return builder.Finish([.. outputs.Select(o => Look(o))]);
    }

    /// <inheritdoc/>
    public override void OnOp(IOp op, object?[] arguments, Tensor[] outputs)
    {
        var entry = Registry.BySchema(op.Schema)!;
        var operands = Array.ConvertAll(arguments, Argument);
        for (var i = 0; i < operands.Length; i++)
        {
            // A C# null may stand for a default that isn't None.
            if (operands[i].IsNone && entry.Schema.Arguments[i] is { IsOptional: false, HasDefault: true, Default: { } value }) operands[i] = Operand.Of(value);
        }
        if (options.Locations) builder.Where = CallSite.Find();
        if (OpSchemaTypes.Components(entry.Schema.Returns).Count() == outputs.Length && !entry.Schema.Returns.EndsWith("[]", StringComparison.Ordinal))
        {
            var values = builder.Add(entry, operands, [.. outputs.Select(TensorType.Of)]);
            Depend(operands, values);
            for (var i = 0; i < outputs.Length; i++) Remember(outputs[i], Stopped(values[i]));
            return;
        }
        // Results that are a list: one value, and one more for each element.
        var list = builder.Add(entry, operands, [new ListType(outputs.Length > 0 ? outputs.Select(static t => (GraphType)TensorType.Of(t)).Aggregate(static (a, b) => GraphType.Join(a, b)!) : GraphType.Tensor)]);
        Depend(operands, list);
        for (var i = 0; i < outputs.Length; i++)
        {
            var item = builder.Add(Registry.Find("prim.getitem")[0], [list[0], i], [TensorType.Of(outputs[i])]);
            Depend(operands, item);
            Remember(outputs[i], Stopped(item[0]));
        }
    }

    /// <inheritdoc/>
    public override void OnCall(string name, object?[] arguments, Tensor output)
    {
        if (name == "detach" && !options.KeepsGradients)
        {
            if (arguments[0] is Tensor x && Known(x) is { } same) Remember(output, same);
            return;
        }
        if (options.Locations) builder.Where = CallSite.Find();
        var entry = Registry.Find(name).First(e => e.Schema.Arguments.Count == arguments.Length);
        var operands = Array.ConvertAll(arguments, Argument);
        var values = builder.Add(entry, operands, [TensorType.Of(output)]);
        Depend(operands, values);
        Remember(output, values[0]);
    }

    /// <inheritdoc/>
    public override void OnRead(Tensor tensor)
    {
        if (Known(tensor) is not { } value || !value.Values.Any(dependent.Contains)) return;
        var where = CallSite.Find();
        notes.Add(new("C# looks at the value of a traced tensor: what it does with it is fixed in the graph. Compute with tensors (Where, comparisons), or mark the method [Script] to keep the branch", where));
    }

    /// <inheritdoc/>
    public override void OnSpan(Tensor tensor)
    {
        OnRead(tensor);
        // C# may write its elements: what they are from now on is a constant.
        if (tensor.Storage.Birth == epoch) memories.Remove(tensor.Storage);
    }

    /// <summary>No gradient passes what ran under <see cref="Grad.No"/>.</summary>
    Operand Stopped(Value v)
    {
        if (!gradients || Grad.Enabled || !options.KeepsGradients || v.Tensor?.Type?.IsDifferentiable() == false) return v;
        var stopped = builder.Add(Registry.Find("detach")[0], [v], [v.Type]);
        if (dependent.Contains(v)) dependent.Add(stopped[0]);
        return stopped[0];
    }

    void Depend(Operand[] operands, IReadOnlyList<Value> values)
    {
        if (operands.Any(o => o.Values.Any(dependent.Contains))) dependent.UnionWith(values);
    }

    void Depend(IReadOnlyList<Operand> operands, IReadOnlyList<Value> values) => Depend([.. operands], values);

    Operand Argument(object? a) => a switch
    {
        Tensor t => Look(t),
        string or Operand => Operand.Of(a),
        IEnumerable<Tensor?> list => Operand.Of(list.Select(t => t is null ? Operand.None : Look(t))),
        _ => Operand.Of(a),
    };
}
