using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Capture;

internal sealed partial class Tracer
{
    /// <summary>What is known of a storage: the value of all of it, and of each look into it, since the last write.</summary>
    sealed class Memory(Tensor whole, Operand value)
    {
        /// <summary>A look that all others are taken from.</summary>
        internal readonly Tensor Whole = whole;

        /// <summary>Its value now.</summary>
        internal Operand Value = value;

        /// <summary>A value before it that has the strides of <see cref="Whole"/>, if the present one may not.</summary>
        internal Operand? Strided;

        /// <summary>Counts writes.</summary>
        internal int Generation;

        /// <summary>Other looks.</summary>
        internal readonly List<(Tensor Look, Operand Value)> Looks = [];
    }

    readonly Dictionary<Storage, StateEntry> external = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<Tensor, (string Name, StateKind Kind)> names = new(ReferenceEqualityComparer.Instance);

    /// <summary>Gives state its name before it is seen.</summary>
    internal void Name(Tensor t, string name, StateKind kind) => names.TryAdd(t, (name, kind));

    void Remember(Tensor t, Operand value)
    {
        if (!memories.TryGetValue(t.Storage, out var m)) memories.Add(t.Storage, m = new(t, value));
        else m.Looks.Add((t, value));
        known[t] = (m.Generation, value);
    }

    /// <summary>The value of a tensor that has one already.</summary>
    Operand? Known(Tensor t)
    {
        if (!memories.TryGetValue(t.Storage, out var m)) return null;
        if (known.TryGetValue(t, out var k) && k.Generation == m.Generation) return k.Value;
        if (Same(t, m.Whole)) return Found(t, m, m.Value);
        foreach (var (look, value) in m.Looks)
        {
            if (Same(t, look)) return Found(t, m, value);
        }
        return null;
    }

    Operand Found(Tensor t, Memory m, Operand value)
    {
        known[t] = (m.Generation, value);
        return value;
    }

    static bool Same(Tensor a, Tensor b) => a.Offset == b.Offset && a.DType == b.DType && a.Layout.SameStrides(b.Layout);

    /// <summary>The value of any tensor: known, a look into known memory, a constant, or state.</summary>
    Operand Look(Tensor t)
    {
        if (Known(t) is { } value) return value;
        // Parameters that share a storage, as in a mapped file, are not looks into each other.
        if (!names.ContainsKey(t) && memories.TryGetValue(t.Storage, out var m))
        {
            if (t.DType != m.Whole.DType) throw new TraceException($"a tensor of dtype {t.DType.Name()} looks into the memory of one of {m.Whole.DType.Name()}; a graph can't hold that", CallSite.Find());
            // An input may lie elsewhere in its storage next time.
            var (whole, from) = (m.Whole, Strided(m));
            var look = from.Value?.Definition is not null && whole.Offset == 0
                ? Add("as_strided", t, from, Operand.Of(t.Shape), Operand.Of(t.Layout.Strides), t.Offset)
                : Add("_strided_move", t, from, Operand.Of(whole.Shape), Operand.Of(whole.Layout.Strides), 0, Operand.Of(t.Shape), Operand.Of(t.Layout.Strides), t.Offset - whole.Offset);
            m.Looks.Add((t, look));
            return Found(t, m, look);
        }
        using var hidden = Hide();
        if (t.IsWrapped) return Operand.Of(t.ToScalar());
        Remember(t, State(t).Value);
        return known[t].Value;
    }

    StateEntry State(Tensor t)
    {
        // Made by the program from plain C# data: other calls may hold other data, which a check would find. Its elements may change later: they are copied.
        var fresh = t.Storage.Birth == epoch;
        var (name, kind) = names.TryGetValue(t, out var n) ? n : fresh || !t.RequiresGrad ? ("constant", StateKind.Constant) : ("parameter", StateKind.Parameter);
        var entry = builder.AddState(name, fresh ? t.Detach().Clone() : t, kind);
        if (!fresh) external.TryAdd(t.Storage, entry);
        return entry;
    }

    /// <summary>All of a storage, with the strides that the trace saw.</summary>
    Operand Strided(Memory m)
    {
        if (m.Strided is not { } before) return m.Value;
        m.Value = Add("_strided_write", m.Whole, before, m.Value, Operand.Of(m.Whole.Shape), Operand.Of(m.Whole.Layout.Strides), 0);
        m.Strided = null;
        return m.Value;
    }

    Operand Add(string op, Tensor like, params Operand[] arguments)
    {
        var (entry, operands) = Resolver.Resolve(op, arguments);
        var values = builder.Add(entry, operands, [TensorType.Of(like)]);
        Depend(operands, values);
        return values[0];
    }

    /// <inheritdoc/>
    public override void OnWrite(Tensor tensor, Tensor value)
    {
        using var hidden = Hide();
        if (options.Locations) builder.Where = CallSite.Find();
        var source = Look(value);
        if (source.Value is null) source = Add("full", tensor, Operand.Of(tensor.Shape), source, tensor.DType);
        else
        {
            if (value.DType != tensor.DType) source = Add("_to_dtype", value.To(tensor.DType), source, tensor.DType);
            if (value.Shape != tensor.Shape) source = Add("expand", tensor, source, Operand.Of(tensor.Shape));
        }
        Look(tensor);
        var m = memories[tensor.Storage];
        if (Same(tensor, m.Whole))
        {
            if (m.Strided is null && !value.Layout.SameStrides(tensor.Layout)) m.Strided = m.Value;
            else if (value.Layout.SameStrides(tensor.Layout)) m.Strided = null;
            m.Value = source;
        }
        else m.Value = Add("_strided_write", m.Whole, Strided(m), source, Operand.Of(tensor.Shape), Operand.Of(tensor.Layout.Strides), tensor.Offset - m.Whole.Offset);
        m.Generation++;
        m.Looks.Clear();
        if (!Same(tensor, m.Whole)) m.Looks.Add((tensor, source));
        known[tensor] = (m.Generation, source);
        if (external.TryGetValue(tensor.Storage, out var state))
        {
            if (state.Kind == StateKind.Constant) external[tensor.Storage] = state = builder.Promote(state, StateKind.Buffer);
            builder.Write(state, m.Value);
        }
    }
}
