using Flambeau.Graphs;

namespace Flambeau.Capture.Lower;

/// <summary>What joining two ways needs to know.</summary>
internal sealed partial class Lowering
{
    const string Chosen = "which tensor it is is known only when the graph runs: Clone() it first";

    /// <summary>Variables of callers: they can't change, but what they refer to can.</summary>
    readonly Stack<Dictionary<string, Sym>> callers = [];

    internal IEnumerable<Cell> StateCells => stateCells.Values;

    /// <summary>Variables that conditions set: where one fails they have no value, but the program doesn't read it either.</summary>
    readonly HashSet<string> conditional = new(StringComparer.Ordinal);

    internal static bool IsSlot(string name) => name.StartsWith('<');

    internal bool MayBeMissing(string name) => IsSlot(name) || conditional.Contains(name);

    internal static Content Content(Env env, Cell cell) => env.Heap.TryGetValue(cell, out var c) ? c
        : cell.State is { } s ? new TensorContent(s.Value) : throw new InvalidOperationException($"cell '{cell.Hint}' has no content");

    Content Held(Cell cell) => Content(env, cell);

    /// <summary>Runs something with another environment.</summary>
    T In<T>(Env other, Func<T> run)
    {
        var (locals, heap) = (env.Locals, env.Heap);
        env.Become(other);
        try
        {
            return run();
        }
        finally
        {
            other.Become(env);
            env.Restore(locals, heap);
        }
    }

    internal GraphType TypeIn(Env other, Sym s) => In(other, () => TypeOf(s));

    internal GraphType TypeIn(Env other, Content c) => In(other, () =>
    {
        var probe = new Cell();
        env.Heap[probe] = c;
        var type = TypeOf(new Ref(probe));
        env.Heap.Remove(probe);
        return type;
    });

    internal Sym FromValueIn(Env other, Value v) => In(other, () => FromValue(v, Chosen));

    internal void Freeze(Env other, Cell cell, string reason)
    {
        if (Content(other, cell) is { Frozen: null } c) other.Heap[cell] = c with { Frozen = reason };
    }

    internal void FreezeItems(Env other, Content list)
    {
        if (list is not ListContent l) return;
        foreach (var i in l.Items)
        {
            if (i is Ref r) Freeze(other, r.Cell, "it is also an item of a list whose length is known only when the graph runs: Clone() it first");
        }
    }

    /// <summary>The type for both; null if there is none.</summary>
    internal static GraphType? JoinTypes(GraphType a, GraphType b)
    {
        if (a is ListType { Element: var x } && b is ListType { Element: var y })
        {
            if (x == GraphType.Any) return b;
            if (y == GraphType.Any) return a;
            return JoinTypes(x, y) is { } e ? new ListType(e) : null;
        }
        if (a == GraphType.Any || b == GraphType.Any) return null;
        if (GraphType.Join(a, b) is { } j) return j;
        if (a is TensorType && IsNumber(b) || b is TensorType && IsNumber(a)) return GraphType.Tensor;
        return IsNumber(a) && IsNumber(b) && a != GraphType.Bool && b != GraphType.Bool ? GraphType.Float : null;
    }

    /// <summary>The type of what has no value on one way: there a placeholder stands, whose dtype and sizes are others.</summary>
    internal static GraphType Loose(GraphType type) => type switch
    {
        TensorType => GraphType.Tensor,
        TupleType t => new TupleType([.. t.Elements.Select(Loose)]),
        ListType l => new ListType(Loose(l.Element)),
        OptionalType o => new OptionalType(Loose(o.Element)),
        _ => type,
    };

    /// <summary>The operand as a value of this type; a placeholder of it where there is no value.</summary>
    Operand ArgAs(Sym? s, GraphType type)
    {
        var line = frames.Peek().Method.Line;
        if (s is null) return Placeholder(type);
        var t = TypeOf(s);
        if (type is TensorType && IsNumber(t)) return Op("prim.tensor", line, Arg(s, line));
        if (type == GraphType.Float && t != GraphType.Float) return Arg(ToFloat(s, line), line);
        return Arg(s, line);
    }

    Operand Placeholder(GraphType type) => type switch
    {
        TensorType => One("zeros", Operand.Of(Array.Empty<object>())),
        ListType => Operand.Of(Array.Empty<object>()),
        OptionalType => Operand.None,
        TupleType t => b.Add(Row("prim.tuple"), [Operand.Of(t.Elements.Select(Placeholder))])[0],
        _ when type == GraphType.Int => 0L,
        _ when type == GraphType.Float => 0.0,
        _ when type == GraphType.Bool => false,
        _ when type == GraphType.String => "",
        _ when type == GraphType.DType => DType.Float32,
        _ => Operand.None,
    };

    /// <summary>How often variables and items refer to each cell.</summary>
    internal Dictionary<Cell, int> Uses(Env other)
    {
        var uses = new Dictionary<Cell, int>();
        foreach (var locals in callers.Append(other.Locals))
        {
            foreach (var s in locals.Values) Visit(s);
        }
        return uses;

        void Visit(Sym s)
        {
            foreach (var i in Fields(s) ?? []) Visit(i);
            if (s is Ref r) Cell(r.Cell);
        }

        void Cell(Cell cell)
        {
            if (!uses.TryAdd(cell, 1))
            {
                uses[cell]++;
                return;
            }
            switch (Content(other, cell))
            {
                case ListContent l:
                    foreach (var i in l.Items) Visit(i);
                    break;
                case DictContent d:
                    foreach (var i in d.Items) Visit(i.Value);
                    break;
                case TensorContent { View: { } v }:
                    Cell(v.Base);
                    break;
            }
        }
    }

    IEnumerable<Cell> Reachable() => Uses(env).Keys;

    /// <summary>Brings all views up to date that something refers to.</summary>
    void Settle()
    {
        foreach (var cell in Reachable())
        {
            if (Held(cell) is TensorContent) Tensor(cell);
        }
    }

    /// <summary>Ends a block that was begun with these nodes: what it gives for each leaf.</summary>
    Block Seal(IReadOnlyList<Value> parameters, Block block, Env with, IEnumerable<(Sym? Value, GraphType Type)> leaves, Operand? first = null)
    {
        b.BeginBlock(parameters);
        foreach (var n in block.Nodes) b.Add(n);
        Operand[] results = In(with, () => leaves.Select(l => ArgAs(l.Value, l.Type)).ToArray());
        return b.EndBlock(first is { } f ? [f, .. results] : results);
    }
}
