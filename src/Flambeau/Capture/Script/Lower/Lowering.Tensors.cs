using Flambeau.Capture.Ast;
using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Capture.Lower;

/// <summary>Tensors that are changed in place, and views of them: a graph's values never change, so each update makes a new one that all who look at the tensor see.</summary>
internal sealed partial class Lowering
{
    /// <summary>The tensor's value now.</summary>
    Value Tensor(Cell cell)
    {
        var t = (TensorContent)Held(cell);
        if (t.View is not { } v) return t.Value;
        var of = Tensor(v.Base);
        if (of == v.Of) return t.Value;
        var now = v.Look(of);
        env.Heap[cell] = t with { Value = now, View = v with { Of = of } };
        return now;
    }

    Value Tensor(Sym s, int line)
    {
        s = Strip(s, line);
        if (IsTensor(s)) return Tensor(((Ref)s).Cell);
        if (IsNumber(TypeOf(s))) return Op("prim.tensor", line, Arg(s, line)).Value!;
        throw Error($"{Describe(s)} is no tensor", line);
    }

    /// <summary>Replaces the tensor's elements by those of a value of the same shape and dtype.</summary>
    void Update(Cell cell, Value now, int line)
    {
        var t = (TensorContent)Held(cell);
        if (t.Frozen is { } reason) throw Error($"a tensor{(cell.Hint is null ? "" : $" ('{cell.Hint}')")} is changed in place, but {reason}", line);
        if (t.View is not { } v)
        {
            env.Heap[cell] = t with { Value = now };
            return;
        }
        if (v.Back is null) throw Error($"a tensor is changed in place through the view that '{v.Name}' gave, which can't be tracked: change the tensor itself, or Clone() the view first", line);
        Update(v.Base, v.Back(Tensor(v.Base), now), line);
        env.Heap[cell] = t with { Value = now, View = v with { Of = Tensor(v.Base) } };
    }

    /// <summary>A view made by an op, of which in-place updates are tracked.</summary>
    Ref Look(Cell of, string op, Operand[] rest, int line)
    {
        var where = Where(line);
        Value Make(Value x)
        {
            b.Where = where;
            return b.Call(op, [x, .. rest]);
        }
        var value = Tensor(of);
        return env.New(new TensorContent(Make(value), new View(of, value, Make, Back(op, rest), op)));
    }

    /// <summary>How a base looks after its view changed.</summary>
    Func<Value, Value, Value>? Back(string op, Operand[] a) => op switch
    {
        "select" => (x, y) => One("select_scatter", x, y, a[0], a[1]),
        "slice" => (x, y) => One("slice_scatter", [x, y, .. a]),
        "narrow" => (x, y) => One("slice_scatter", x, y, a[0], a[1], Op("prim.add_int", 0, a[1], a[2])),
        "diagonal" => (x, y) => One("diagonal_scatter", [x, y, .. a]),
        "transpose" or "swapaxes" or "swapdims" => (_, y) => One("transpose", y, a[0], a[1]),
        "t" or "T" or "mT" or "numpy_T" => (_, y) => One(op, y),
        "unsqueeze" => (_, y) => One("squeeze", y, a[0]),
        "squeeze" or "view" or "reshape" or "flatten" or "unflatten" or "view_as" or "reshape_as" or "ravel" or "_unsafe_view" => (x, y) => One("reshape", y, (Operand)One("prim.shape", x)),
        "permute" when a[0].IsConstant && a[0].Constant is object?[] dims && dims.All(static d => d is long) => (_, y) => One("permute", y, Operand.Of(Inverse(dims))),
        "contiguous" or "to" or "float" or "type_as" => null,
        _ => null,
    };

    static IEnumerable<Operand> Inverse(object?[] dims)
    {
        var n = dims.Length;
        var at = dims.Select(d => (int)((long)d! + ((long)d! < 0 ? n : 0))).ToArray();
        return Enumerable.Range(0, n).Select(i => (Operand)(long)Array.IndexOf(at, i));
    }

    /// <summary>Ops whose result shares the elements of their first operand, always or for some layouts.</summary>
    static readonly HashSet<string> views = new(StringComparer.Ordinal)
    {
        "select", "slice", "narrow", "diagonal", "transpose", "swapaxes", "swapdims", "t", "T", "mT", "numpy_T", "H", "mH", "adjoint", "unsqueeze", "squeeze", "view", "reshape", "flatten",
        "unflatten", "view_as", "reshape_as", "ravel", "_unsafe_view", "permute", "movedim", "moveaxis", "expand", "expand_as", "broadcast_to", "as_strided", "unfold", "view_as_real", "view_as_complex",
        "detach", "contiguous", "to", "type_as", "float", "double", "half", "bfloat16", "int", "long", "short", "bool", "byte", "char", "real", "imag", "conj", "resolve_conj", "resolve_neg",
        "squeeze_copy", "atleast_1d", "atleast_2d", "atleast_3d", "positive", "nn.functional.dropout", "dropout",
    };

    /// <summary>Ops that give a list of views.</summary>
    static readonly HashSet<string> listViews = new(StringComparer.Ordinal) { "unbind", "split", "split_with_sizes", "chunk", "tensor_split", "hsplit", "vsplit", "dsplit", "broadcast_tensors", "meshgrid" };

    /// <summary>An op that writes its first operand: the same op without that, whose result becomes the tensor's.</summary>
    Sym InPlace(string name, IReadOnlyList<Sym> args, IReadOnlyDictionary<string, Sym> named, string? schema, int line)
    {
        var self = Strip(args[0], line);
        if (!IsTensor(self)) throw Error($"{name} changes {Describe(self)}, which is no tensor", line);
        var cell = ((Ref)self).Cell;
        var old = Tensor(cell);
        var plain = name.TrimEnd('_');
        if (plain is "requires_grad" or "detach" or "resize" or "set" || (Registry.Find(plain).Count == 0 && plain is not ("zero" or "fill")))
            throw Error($"{name} has no form that gives a new tensor, so it can't be in a graph", line);
        var (entry, bound) = Bind(name, args, named, schema, line);
        b.Where = Where(line);
        var now = plain switch
        {
            "zero" => One("zeros_like", old),
            "fill" => One(bound[1].Type is TensorType ? "fill" : "full_like", old, bound[1]),
            _ => Single(plain, entry, bound, line),
        };
        if (plain is not ("copy" or "zero" or "fill" or "masked_fill" or "relu" or "index_put" or "clamp" or "index_fill" or "scatter" or "tril" or "triu")) now = One("type_as", now, old);
        Update(cell, now, line);
        return self;
    }

    Value Single(string op, OpEntry entry, IReadOnlyList<Operand> bound, int line)
    {
        var row = Registry.BySchema(string.Concat(op, entry.Text.AsSpan(entry.Name.Length)));
        try
        {
            return (row is not null ? b.Add(row, bound) : b.Call(op, [bound[0]], Named(entry, bound))) is [var one] ? one
                : throw Error($"{op} has several results, so it can't be done in place", line);
        }
        catch (ArgumentException e)
        {
            throw new ScriptException(e.Message, Where(line), e);
        }
    }

    static Dictionary<string, Operand> Named(OpEntry entry, IReadOnlyList<Operand> bound)
    {
        var named = new Dictionary<string, Operand>(StringComparer.Ordinal);
        for (var i = 1; i < bound.Count; i++)
        {
            var a = entry.Schema.Arguments[i];
            if (!a.HasDefault || bound[i] != Operand.Of(a.Default)) named.Add(a.Name, bound[i]);
        }
        return named;
    }
}
