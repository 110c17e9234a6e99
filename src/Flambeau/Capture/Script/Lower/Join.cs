using Flambeau.Graphs;

namespace Flambeau.Capture.Lower;

/// <summary>A value that is one thing on one way and another on the other: a result of an If, or carried by a Loop.</summary>
/// <param name="Left">On the first way; null where it has no value.</param>
/// <param name="Right">On the second.</param>
/// <param name="Type">Takes both.</param>
/// <param name="Key">Says which part of which variable it is.</param>
/// <param name="Hint">A name for readers.</param>
internal sealed record Leaf(Sym? Left, Sym? Right, GraphType Type, string Key, string? Hint);

/// <summary>
/// Joins what is known after two ways: the branches of an If, or the entry and the end of a loop's pass. What agrees stays known, what doesn't becomes a <see cref="Leaf"/>.
/// Variables that referred to one tensor on both ways refer to one afterwards.
/// </summary>
internal sealed class Join(Lowering lowering, Env before, Env left, Env right)
{
    readonly Dictionary<(Cell, Cell), int> pairs = [];
    readonly Dictionary<Cell, int> leftUses = lowering.Uses(left), rightUses = lowering.Uses(right);
    readonly List<(Func<IReadOnlyList<Value>, Env, Content> Make, string? Hint)> cells = [];
    readonly List<(Cell Cell, Func<IReadOnlyList<Value>, Env, Content> Make)> changed = [];
    readonly List<(string Name, Func<IReadOnlyList<Value>, Sym> Make)> locals = [];
    readonly List<Ref> made = [];
    Env? result;

    internal List<Leaf> Leaves { get; } = [];

    /// <summary>Finds what differs.</summary>
    internal Join Find()
    {
        foreach (var (name, l) in left.Locals)
        {
            if (right.Locals.TryGetValue(name, out var r)) locals.Add((name, Pair(l, r, name, name)));
            else if (lowering.MayBeMissing(name)) locals.Add((name, Pair(l, null, name, name)));
        }
        foreach (var (name, r) in right.Locals)
        {
            if (!left.Locals.ContainsKey(name) && lowering.MayBeMissing(name)) locals.Add((name, Pair(null, r, name, name)));
        }
        var i = 0;
        foreach (var cell in before.Heap.Keys.Concat(lowering.StateCells.Where(c => !before.Heap.ContainsKey(c))).ToArray())
        {
            var key = $"cell {i++}";
            var (l, r) = (Lowering.Content(left, cell), Lowering.Content(right, cell));
            if (ReferenceEquals(l, r) || l.Equals(r)) Keep(cell, l);
            // A view has no value of its own: it is looked up again in what it is a view of.
            else if (l is TensorContent { View: { } a } && r is TensorContent { View: { } c } && a.Look == c.Look) Keep(cell, Lowering.Content(before, cell));
            else changed.Add((cell, Contents(l, r, key, cell.Hint, (l.Frozen ?? r.Frozen))));
        }
        return this;
    }

    void Keep(Cell cell, Content content) => changed.Add((cell, (_, _) => content));

    /// <summary>What is known afterwards, with these values for the leaves.</summary>
    internal Env Take(IReadOnlyList<Value> values)
    {
        result = new Env();
        made.Clear();
        foreach (var (_, hint) in cells) made.Add(new Ref(new Cell(hint)));
        foreach (var (cell, make) in changed) result.Heap[cell] = make(values, result);
        for (var i = 0; i < cells.Count; i++) result.Heap[made[i].Cell] = cells[i].Make(values, result);
        foreach (var (name, make) in locals) result.Locals[name] = make(values);
        return result;
    }

    Func<IReadOnlyList<Value>, Sym> Pair(Sym? l, Sym? r, string key, string? hint)
    {
        if (l is Poison) return _ => l;
        if (r is Poison) return _ => r;
        if (l is not null && r is not null && Same(l, r)) return _ => l;
        if (Lowering.Fields(l ?? r!) is { } shape && (l is null || Lowering.Fields(l) is { } a && a.Count == shape.Count) && (r is null || Lowering.Fields(r) is { } c && c.Count == shape.Count) && SameRecord(l, r))
        {
            var parts = new Func<IReadOnlyList<Value>, Sym>[shape.Count];
            for (var i = 0; i < parts.Length; i++) parts[i] = Pair(l is null ? null : Lowering.Fields(l)![i], r is null ? null : Lowering.Fields(r)![i], $"{key}.{i}", $"{hint}.{i}");
            var model = l ?? r!;
            return v =>
            {
                Sym[] items = [.. parts.Select(p => p(v))];
                return model is RecordSym s ? s with { Fields = items } : ((TupleSym)model) with { Items = items };
            };
        }
        if (l is Ref x && r is Ref y && Kind(left, x) == Kind(right, y))
        {
            if (!pairs.TryGetValue((x.Cell, y.Cell), out var at))
            {
                at = cells.Count;
                pairs.Add((x.Cell, y.Cell), at);
                cells.Add((null!, hint));
                var (lc, rc) = (Lowering.Content(left, x.Cell), Lowering.Content(right, y.Cell));
                cells[at] = (Contents(lc, rc, key, hint, Shared(x.Cell, y.Cell, lc, rc)), hint);
            }
            return _ => made[at];
        }
        return Single(l, r, key, hint);
    }

    static bool SameRecord(Sym? l, Sym? r) => l is null || r is null || (l is RecordSym a ? r is RecordSym c && a.Type.Name == c.Type.Name : r is TupleSym);

    static Type Kind(Env env, Ref r) => Lowering.Content(env, r.Cell) switch
    {
        ListContent or DynListContent => typeof(ListContent),
        var c => c.GetType(),
    };

    /// <summary>Why the joined tensor or list can't be changed in place; null if nobody else refers to either.</summary>
    string? Shared(Cell l, Cell r, Content lc, Content rc)
    {
        if (lc.Frozen is { } f) return f;
        if (rc.Frozen is { } g) return g;
        if (lc is TensorContent { View: not null } || rc is TensorContent { View: not null })
            return "on some way here it is a view of another tensor: Clone() it first";
        return l.State is null && r.State is null && leftUses.GetValueOrDefault(l) <= 1 && rightUses.GetValueOrDefault(r) <= 1 ? null
            : "which object it is depends on a branch or loop, and something else refers to it too: Clone() it first";
    }

    Func<IReadOnlyList<Value>, Env, Content> Contents(Content l, Content r, string key, string? hint, string? frozen)
    {
        switch (l, r)
        {
            case (ListContent a, ListContent c) when a.Items.Count == c.Items.Count:
            {
                var items = a.Items.Select((x, i) => Pair(x, c.Items[i], $"{key}[{i}]", hint)).ToArray();
                return (v, _) => new ListContent([.. items.Select(p => p(v))], frozen);
            }
            case (DictContent a, DictContent c) when a.Items.Count == c.Items.Count && a.Items.Zip(c.Items).All(static p => p.First.Key.Equals(p.Second.Key)):
            {
                var items = a.Items.Select((x, i) => KeyValuePair.Create(x.Key, Pair(x.Value, c.Items[i].Value, $"{key}[{x.Key}]", hint))).ToArray();
                return (v, _) => new DictContent([.. items.Select(p => KeyValuePair.Create(p.Key, p.Value(v)))], frozen);
            }
            case (TensorContent a, TensorContent c):
            {
                if (a.Value == c.Value) return (_, _) => new TensorContent(a.Value, null, frozen);
                var at = Add(new Ref(new Cell()), new Ref(new Cell()), GraphType.Join(a.Value.Type, c.Value.Type) ?? GraphType.Tensor, key, hint, a, c);
                return (v, _) => new TensorContent(v[at], null, frozen);
            }
            case (ListContent or DynListContent, ListContent or DynListContent):
            {
                lowering.FreezeItems(left, l);
                lowering.FreezeItems(right, r);
                var (lt, rt) = (lowering.TypeIn(left, l), lowering.TypeIn(right, r));
                if (Lowering.JoinTypes(lt, rt) is not { } type) return (_, _) => throw new ScriptException($"a list holds {lt} on one way and {rt} on another");
                var at = Add(new Ref(new Cell()), new Ref(new Cell()), type, key, hint, l, r);
                return (v, _) => new DynListContent(v[at], frozen);
            }
            default:
                return (_, _) => throw new ScriptException("a dictionary has other keys on one way through a branch or loop than on another; its keys must be known while the graph is built");
        }
    }

    int Add(Ref l, Ref r, GraphType type, string key, string? hint, Content lc, Content rc)
    {
        left.Heap[l.Cell] = lc;
        right.Heap[r.Cell] = rc;
        Leaves.Add(new(l, r, type, key, hint));
        return Leaves.Count - 1;
    }

    Func<IReadOnlyList<Value>, Sym> Single(Sym? l, Sym? r, string key, string? hint)
    {
        var lt = l is null ? null : lowering.TypeIn(left, l);
        var rt = r is null ? null : lowering.TypeIn(right, r);
        if ((l is Known { Value: not (null or bool or long or double or string or DType) }) || (r is Known { Value: not (null or bool or long or double or string or DType) }) || IsDict(left, l) || IsDict(right, r))
            return _ => new Poison($"'{hint}' is one object on one way through a branch or loop and another on another; a graph can't choose between objects when it runs");
        var type = lt is null ? Lowering.Loose(rt!) : rt is null ? Lowering.Loose(lt) : Lowering.JoinTypes(lt, rt);
        if (type is null) return _ => new Poison($"'{hint}' is {lt} on one way through a branch or loop and {rt} on another");
        if (l is Ref a) lowering.Freeze(left, a.Cell, "it is an optional value on some way here: Clone() it first");
        if (r is Ref c) lowering.Freeze(right, c.Cell, "it is an optional value on some way here: Clone() it first");
        Leaves.Add(new(l, r, type, key, hint));
        var at = Leaves.Count - 1;
        return v => lowering.FromValueIn(result!, v[at]);
    }

    static bool IsDict(Env env, Sym? s) => s is Ref r && Lowering.Content(env, r.Cell) is DictContent;

    static bool Same(Sym l, Sym r) => (l, r) switch
    {
        (Known a, Known c) => a.Value is IScriptObject || c.Value is IScriptObject ? ReferenceEquals(a.Value, c.Value) : Equals(a.Value, c.Value) && a.Value?.GetType() == c.Value?.GetType() && !IsNegativeZero(a.Value, c.Value),
        (Dyn a, Dyn c) => a.Value == c.Value,
        (Ref a, Ref c) => a.Cell == c.Cell,
        _ => false,
    };

    static bool IsNegativeZero(object? a, object? c) => a is double x && c is double y && double.IsNegative(x) != double.IsNegative(y);
}
