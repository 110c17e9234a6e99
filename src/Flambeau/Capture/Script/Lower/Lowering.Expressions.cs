using Flambeau.Capture.Ast;
using Flambeau.Graphs;

namespace Flambeau.Capture.Lower;

/// <summary>Expressions.</summary>
internal sealed partial class Lowering
{
    Sym Eval(Expr e)
    {
        b.Where = Where(e.Line);
        switch (e)
        {
            case Constant c: return Host(c.Value, "constant");
            case Local l: return env.Locals.TryGetValue(l.Name, out var v) ? v is Poison p ? throw Error(p.Reason, l.Line) : v : throw Error($"variable '{l.Name}' has no value here on some way through the program", l.Line);
            case Self s: return new Known(frames.Peek().Self ?? throw Error("a static script has no object of its own", s.Line));
            case Member m: return MemberOf(Eval(m.Target), m.Name, m.Get, m.Line);
            case OpCall o: return Call(o);
            case BuiltinCall f: return Builtins(f);
            case Binary x: return BinaryOf(x);
            case Unary u: return UnaryOf(u);
            case Conditional c: return Choose(Truth(Eval(c.Condition), c.Line), () => Eval(c.Then), () => Eval(c.Else), c.Line);
            case IndexExpr i: return Item(Strip(Eval(i.Target), i.Line), i.Parts, i.Line);
            case TupleExpr t: return new TupleSym([.. t.Items.Select(Eval)], t.Names);
            case ListExpr l: return env.New(ListOf(l));
            case DictExpr d: return env.New(new DictContent(DictItems(d)));
            case RecordExpr r: return new RecordSym(r.Type, [.. r.Fields.Select((f, i) => Coerce(Eval(f), r.Type.Types[i], r.Line))]);
            case WithExpr w: return With(w);
            case FormatExpr f: return Format(f);
            case ScriptCall c: return Inline(c.Method(), c.Receiver is null ? null : Receiver(c.Receiver), c.Args, c.Named, c.Line);
            case ObjectCall c: return CallObject(c);
            case HostCall h: return Run(h);
            case CastExpr c: return Cast(Eval(c.Operand), c.Type, c.Line);
            case AssignExpr a:
                conditional.Add(a.Name);
                return env.Locals[a.Name] = Eval(a.Value);
            case ThrowExpr t:
                Raise(Eval(t.Message), t.Line);
                return AlwaysThrows;
            default: throw Error($"{e.GetType().Name} is not expected here", e.Line);
        }
    }

    /// <summary>One of two values; both sides are nodes if it isn't known which.</summary>
    Sym Choose(Operand condition, Func<Sym> then, Func<Sym> otherwise, int line)
    {
        if (condition.IsConstant) return (bool)condition.Constant! ? then() : otherwise();
        var outer = env.Locals.GetValueOrDefault(ValueSlot);
        var flow = Either(condition, () => Keep(then()), () => Keep(otherwise()), line);
        if (flow == Flow.Throw) return AlwaysThrows;
        var value = env.Locals[ValueSlot];
        if (outer is null) env.Locals.Remove(ValueSlot);
        else env.Locals[ValueSlot] = outer;
        return value is Poison p ? throw Error(p.Reason, line) : value;

        Flow Keep(Sym v)
        {
            if (ReferenceEquals(v, AlwaysThrows)) return Flow.Throw;
            env.Locals[ValueSlot] = v;
            return Flow.Next;
        }
    }

    static readonly Poison AlwaysThrows = new("the method always throws");

    object? Receiver(Expr e) => Eval(e) switch
    {
        Known k => k.Value,
        var s => throw Error($"a method is called on {Describe(s)}, which isn't known while the graph is built", e.Line),
    };

    Sym MemberOf(Sym target, string name, Func<object, object?>? get, int line)
    {
        target = Strip(target, line);
        switch (target)
        {
            case RecordSym r when IndexOf(r.Type.Fields, name) is >= 0 and var i:
                return r.Fields[i];
            case TupleSym t when t.Names is { } names && IndexOf(names, name) is >= 0 and var i:
                return t.Items[i];
            case TupleSym t when name.StartsWith("Item", StringComparison.Ordinal) && int.TryParse(name.AsSpan(4), out var n) && n >= 1 && n <= t.Items.Count:
                return t.Items[n - 1];
            case Known { Value: IScriptObject o } when get is null:
                if (!o.TryGetMember(name, out var found)) throw Error($"{o.TypeName} has no member '{name}'", line);
                if (found is null or bool or long or double or string or DType) guards.Add(new(o, t => ((IScriptObject)t).TryGetMember(name, out var now) ? now : null, found));
                return Host(found, name);
            case Known { Value: { } host } when get is not null:
                object? value;
                try
                {
                    value = get(host);
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    throw new ScriptException($"reading member '{name}': {e.Message}", Where(line), e);
                }
                if (value is null or bool or int or long or double or float or string or DType) guards.Add(new(host, get, value));
                return Host(value, name);
            case Known { Value: null }:
                throw Error($"member '{name}' of null is read", line);
            default:
                throw Error($"member '{name}' of {Describe(target)} is read, which has none in a graph", line);
        }
    }

    static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == name) return i;
        }
        return -1;
    }

    Content ListOf(ListExpr l)
    {
        var items = new List<Sym>();
        // What came before a list whose length is known only when the graph runs.
        Operand? front = null;
        foreach (var e in l.Items)
        {
            if (e is not Spread s)
            {
                items.Add(l.Element is null ? Eval(e) : Coerce(Eval(e), l.Element, l.Line));
                continue;
            }
            var part = Strip(Eval(s.List), s.Line);
            if (Sequence(part, s.Line) is { } known) items.AddRange(known);
            else
            {
                Close();
                front = front is null ? Arg(part, s.Line) : Op("prim.concat", s.Line, front.Value, Arg(part, s.Line));
            }
        }
        if (front is null) return new ListContent(items);
        Close();
        return new DynListContent(front.Value.Value!);

        void Close()
        {
            if (items.Count == 0) return;
            var list = new ListContent([.. items]);
            FreezeItems(env, list);
            var known = Operand.Of(items.Select(i => Arg(i, l.Line)));
            front = front is null ? known : Op("prim.concat", l.Line, front.Value, known);
            items.Clear();
        }
    }

    List<KeyValuePair<object, Sym>> DictItems(DictExpr d)
    {
        var items = new List<KeyValuePair<object, Sym>>();
        for (var i = 0; i < d.Keys.Count; i++)
        {
            var key = Key(Eval(d.Keys[i]), d.Line);
            items.RemoveAll(p => p.Key.Equals(key));
            items.Add(new(key, Eval(d.Values[i])));
        }
        return items;
    }

    object Key(Sym s, int line) => s is Known { Value: string or long or double or bool } k ? k.Value!
        : throw Error($"{Describe(s)} is used as a key; keys of dictionaries must be known while the graph is built", line);

    Sym With(WithExpr w)
    {
        if (Strip(Eval(w.Record), w.Line) is not RecordSym r) throw Error("'with' needs a record", w.Line);
        Sym[] fields = [.. r.Fields];
        foreach (var f in w.Fields)
        {
            var i = IndexOf(r.Type.Fields, f.Name);
            fields[i] = Coerce(Eval(f.Value), r.Type.Types[i], w.Line);
        }
        return r with { Fields = fields };
    }

    Sym Format(FormatExpr f)
    {
        Operand text = "";
        foreach (var part in f.Parts)
        {
            var value = Strip(Eval(part), f.Line);
            // An object has a text of its own only while building.
            var piece = value is Known { Value: not (null or string or bool or long or double or DType) } k ? (Operand)(k.Value!.ToString() ?? "") : Text(value, f.Line);
            text = text is { IsConstant: true, Constant: "" } ? piece : Op("prim.add_str", f.Line, text, piece);
        }
        return FromOperand(text);
    }

    Operand Text(Sym s, int line) => TypeOf(s) == GraphType.String ? Arg(s, line) : Op("prim.str", line, Arg(s, line));

    Sym Run(HostCall h)
    {
        var args = new object?[h.Args.Count];
        for (var i = 0; i < args.Length; i++) args[i] = HostValue(Eval(h.Args[i]), h);
        try
        {
            return Host(h.Call(args), h.Name);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or ScriptException))
        {
            throw new ScriptException($"{h.Name}: {e.Message}", Where(h.Line), e);
        }
    }

    object? HostValue(Sym s, HostCall h) => s switch
    {
        Known k => k.Value,
        TupleSym or RecordSym => Fields(s)!.Select(x => HostValue(x, h)).ToArray(),
        Ref { Cell.State: { } state } => state.Tensor,
        Ref r when Held(r.Cell) is ListContent l => l.Items.Select(x => HostValue(x, h)).ToArray(),
        _ => throw Error($"{h.Name} is called with {Describe(s)}, which depends on the script's inputs; the method is no script, so it can be run only while the graph is built: mark it [Script]", h.Line),
    };

    Sym Cast(Sym s, TypeRef type, int line)
    {
        switch (type)
        {
            case SimpleRef { Kind: SimpleKind.Int }: return FromOperand(ToInt(s, line));
            case SimpleRef { Kind: SimpleKind.Float }: return ToFloat(s, line);
            case SimpleRef { Kind: SimpleKind.Bool }: return FromOperand(Truth(s, line));
            case SimpleRef { Kind: SimpleKind.String }: return FromOperand(Text(Strip(s, line), line));
            case ListRef when IsTensor(Strip(s, line)) && type is ListRef { Element: SimpleRef { Kind: var kind } }:
                return FromOperand(Op(kind == SimpleKind.Float ? "prim.floats" : "prim.ints", line, Arg(Strip(s, line), line)));
            default: return Coerce(s, type, line);
        }
    }

    Operand ToInt(Sym s, int line)
    {
        s = Strip(s, line);
        var t = TypeOf(s);
        if (t == GraphType.Int) return Arg(s, line);
        if (IsTensor(s)) return Op("prim.item_int", line, Arg(s, line));
        if (t == GraphType.Float) return Op("prim.int_of_float", line, Arg(s, line));
        if (t == GraphType.Bool) return Op("prim.int_of_bool", line, Arg(s, line));
        if (t == GraphType.Scalar) return Op("prim.int", line, Arg(s, line));
        throw Error($"{Describe(s)} can't become an integer", line);
    }

    Sym ToFloat(Sym s, int line)
    {
        s = Strip(s, line);
        var t = TypeOf(s);
        if (t == GraphType.Float) return s;
        if (IsTensor(s)) return FromOperand(Op("prim.item_float", line, Arg(s, line)));
        if (t == GraphType.Int) return FromOperand(Op("prim.float_of_int", line, Arg(s, line)));
        if (t == GraphType.Bool) return FromOperand(Op("prim.float_of_int", line, Op("prim.int_of_bool", line, Arg(s, line))));
        if (t == GraphType.Scalar) return FromOperand(Op("prim.float", line, Arg(s, line)));
        throw Error($"{Describe(s)} can't become a real number", line);
    }
}
