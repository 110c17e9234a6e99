using Flambeau.Capture;
using Flambeau.Capture.Ast;

namespace Flambeau.Formats;

/// <summary>An object of a TorchScript archive: members from its pickle, methods from its class.</summary>
internal sealed class TorchScriptObject : IScriptObject
{
    readonly Dictionary<string, object?> members = new(StringComparer.Ordinal);
    readonly HashSet<string> parameters, buffers;
    readonly PyClass type;
    readonly TorchScriptCode code;

    TorchScriptObject(PyObject from, TorchScriptCode code, Dictionary<object, object?> known)
    {
        known.Add(from, this);
        this.code = code;
        TypeName = from.Type;
        type = code.Find(from.Type).Class ?? throw new CheckpointException($"the archive has an object of {CheckpointException.Quote(from.Type)}, but no code of that class");
        parameters = Names("__parameters__");
        buffers = Names("__buffers__");
        if (from.State is PyDict state)
        {
            foreach (var (key, value) in state)
            {
                if (key is string name) members[name] = Of(value, code, known);
            }
        }
        else if (from.State is not null) throw new CheckpointException($"an object of {CheckpointException.Quote(from.Type)} has state of another form ({PyKeys.TypeName(from.State)}), which isn't supported");
    }

    /// <summary>A value of a pickle as scripts see it. What is shared stays shared, so that small files can't grow.</summary>
    internal static object? Of(object? value, TorchScriptCode code, Dictionary<object, object?> known)
    {
        if (value is not (PyObject or PyDict or List<object?> or PyTuple)) return value;
        if (known.TryGetValue(value, out var done)) return done;
        switch (value)
        {
            case PyObject { Type: "torch.jit._pickle.restore_type_tag", Arguments: [var inner, ..] }: return known[value] = Of(inner, code, known);
            case PyObject { Type: "torch.jit._pickle.build_intlist" or "torch.jit._pickle.build_doublelist" or "torch.jit._pickle.build_boollist" or "torch.jit._pickle.build_tensorlist", Arguments: [var list, ..] }:
                return known[value] = Of(list, code, known);
            case PyObject o: return new TorchScriptObject(o, code, known);
            case List<object?> l: return known[value] = l.Select(i => Of(i, code, known)).ToArray();
            case PyTuple t: return known[value] = t.Select(i => Of(i, code, known)).ToArray();
            default:
                var d = new OrderedDictionary<object, object?>();
                foreach (var (key, item) in (PyDict)value) d.Add(key, Of(item, code, known));
                return known[value] = d;
        }
    }

    HashSet<string> Names(string list) => [.. type.Body.OfType<PyAssign>()
        .Where(a => a is { Target: PyName n, Value: PyListExpr } && n.Name == list)
        .SelectMany(static a => ((PyListExpr)a.Value!).Items.OfType<PyLiteral>().Select(static l => l.Value as string ?? ""))];

    /// <inheritdoc/>
    public string TypeName { get; }

    /// <summary>Names of the methods that can be called, <c>forward</c> first.</summary>
    internal IEnumerable<string> Methods => type.Body.OfType<PyFunction>().Select(static f => f.Name).Where(static n => !n.StartsWith('_')).OrderBy(static n => n == "forward" ? 0 : 1);

    /// <inheritdoc/>
    public bool TryGetMember(string name, out object? value)
    {
        if (members.TryGetValue(name, out value)) return true;
        foreach (var a in type.Body.OfType<PyAssign>())
        {
            if (a is { Target: PyName n, Value: not null } && n.Name == name && TryConstant(a.Value, out value)) return true;
        }
        return false;
    }

    static bool TryConstant(PyExpr e, out object? value)
    {
        value = (e as PyLiteral)?.Value;
        if (e is not (PyTupleExpr or PyListExpr)) return e is PyLiteral;
        var items = e is PyTupleExpr t ? t.Items : ((PyListExpr)e).Items;
        var values = new object?[items.Count];
        for (var i = 0; i < values.Length; i++)
        {
            if (!TryConstant(items[i], out values[i])) return false;
        }
        value = values;
        return true;
    }

    /// <inheritdoc/>
    public IEnumerable<ScriptMethod> FindScripts(string name) => code.Method(type, name) is { } method ? [method] : [];

    /// <summary>Sets <c>training</c> here and below.</summary>
    internal void Train(bool training)
    {
        foreach (var o in Below("").Select(static b => b.Object))
        {
            if (o.members.ContainsKey("training")) o.members["training"] = training;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<ScriptState> ScriptState =>
        from below in Below("")
        from m in below.Object.members
        where m.Value is Tensor && (below.Object.parameters.Contains(m.Key) || below.Object.buffers.Contains(m.Key))
        select new ScriptState(below.Prefix + m.Key, (Tensor)m.Value!, below.Object.parameters.Contains(m.Key));

    IEnumerable<(string Prefix, TorchScriptObject Object)> Below(string prefix)
    {
        var seen = new HashSet<TorchScriptObject>();
        var stack = new Stack<(string, TorchScriptObject)>([(prefix, this)]);
        while (stack.TryPop(out var next))
        {
            if (!seen.Add(next.Item2)) continue;
            yield return next;
            foreach (var (name, value) in next.Item2.members.Reverse())
            {
                if (value is TorchScriptObject o) stack.Push(($"{next.Item1}{name}.", o));
            }
        }
    }
}
