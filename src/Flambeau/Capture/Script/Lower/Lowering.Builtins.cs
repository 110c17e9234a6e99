using Flambeau.Capture.Ast;
using Flambeau.Graphs;

namespace Flambeau.Capture.Lower;

/// <summary>What every language has besides ops.</summary>
internal sealed partial class Lowering
{
    Sym Builtins(BuiltinCall f)
    {
        var line = f.Line;
        Sym[] a = [.. f.Args.Select(e => Strip2(Eval(e), f.Function, line))];
        switch (f.Function)
        {
            case Builtin.Size: return FromOperand(Op("prim.size", line, Tensor(a[0], line), ToInt(a[1], line)));
            case Builtin.Shape: return FromOperand(Op("prim.shape", line, Tensor(a[0], line)));
            case Builtin.Rank: return FromOperand(Op("prim.rank", line, Tensor(a[0], line)));
            case Builtin.Numel: return FromOperand(Op("prim.numel", line, Tensor(a[0], line)));
            case Builtin.DType: return FromOperand(Op("prim.dtype", line, Tensor(a[0], line)));
            case Builtin.Device: return new Known("cpu");
            case Builtin.RequiresGrad: return FromOperand(Op("prim.requires_grad", line, Tensor(a[0], line)));
            case Builtin.Item: return FromOperand(Op("prim.item", line, Tensor(a[0], line)));
            case Builtin.Detach: return FromOperand(Op("detach", line, Tensor(a[0], line)));
            case Builtin.IsFloatingPoint: return FromOperand(Op("prim.is_floating_point", line, Arg(a[0], line)));
            case Builtin.Len: return Length(a[0], line);
            case Builtin.Append or Builtin.Insert or Builtin.Extend or Builtin.Pop or Builtin.Clear or Builtin.Reverse: return Change(f.Function, a, line);
            case Builtin.ListOf: return CopyOf(a[0], line);
            case Builtin.Contains: return Contains(a[0], a[1], line);
            case Builtin.IndexOf: return FromOperand(Op("prim.index_of", line, Arg(a[0], line), Arg(a[1], line)));
            case Builtin.Keys or Builtin.Values or Builtin.Items or Builtin.Get or Builtin.Remove: return OfDictionary(f.Function, a, line);
            case Builtin.Range: return List(RangeItems(f));
            case Builtin.Enumerate:
                var from = a.Length > 1 ? (long)((Known)a[1]).Value! : 0;
                return List(Parts(a[0], f).Select((x, i) => (Sym)new TupleSym([new Known(i + from), x])));
            case Builtin.Zip:
                var all = a.Select(x => Parts(x, f)).ToArray();
                return List(Enumerable.Range(0, all.Min(static x => x.Count)).Select(i => (Sym)new TupleSym([.. all.Select(x => x[i])])));
            case Builtin.Min or Builtin.Max: return Extreme(f, a);
            case Builtin.Sum: return Parts(a[0], f).Aggregate((Sym)new Known(0L), (s, x) => Arithmetic(BinaryOp.Add, s, x, line));
            case Builtin.Abs: return IsTensor(a[0]) ? CallRow("abs", a, new Dictionary<string, Sym>(), null, line) : Number(a[0], "abs", line);
            case Builtin.Sqrt or Builtin.Exp or Builtin.Log or Builtin.Log2 or Builtin.Sin or Builtin.Cos or Builtin.Tanh or Builtin.Floor or Builtin.Ceil or Builtin.Round or Builtin.Truncate or Builtin.ToSingle:
                return FromOperand(Op($"prim.{f.Function.ToString().ToLowerInvariant()}_float", line, Arg(ToFloat(a[0], line), line)));
            case Builtin.Unwrap: return Unwrap(a[0], line);
            case Builtin.IsInstance: return FromOperand(IsInstance(a[0], (TypeRef)((Known)a[1]).Value!, line));
            case Builtin.GradEnabled: return new Known(!gradOff);
            case Builtin.Print:
                b.Where = Where(line);
                b.Add(Row("prim.print"), [Text(a[0], line)]);
                return Sym.Null;
            default: throw Error($"{f.Function} is unknown", line);
        }
    }

    /// <summary>Optionals are opened, except where null is a value.</summary>
    Sym Strip2(Sym s, Builtin f, int line) => f is Builtin.IsInstance or Builtin.Append or Builtin.Insert or Builtin.Unwrap or Builtin.Get ? s : Strip(s, line);

    Ref List(IEnumerable<Sym> items) => env.New(new ListContent([.. items]));

    IReadOnlyList<Sym> Parts(Sym s, BuiltinCall f) => Sequence(s, f.Line)
        ?? throw Error($"{f.Function} needs a list whose length is known while the graph is built; {Describe(s)} isn't: use a loop", f.Line);

    IEnumerable<Sym> RangeItems(BuiltinCall f)
    {
        var (start, stop, step) = RangeOf(f);
        if (!start.IsConstant || !stop.IsConstant || !step.IsConstant) throw Error("a range of numbers known only when the graph runs can only be looped over", f.Line);
        var count = (long)RangeCount(start, stop, step, f.Line).Constant!;
        for (long i = 0; i < count; i++) yield return new Known((long)start.Constant! + i * (long)step.Constant!);
    }

    Sym Length(Sym s, int line)
    {
        if (s is Known { Value: string text }) return new Known((long)text.Length);
        if (IsTensor(s)) return FromOperand(Op("prim.size", line, Arg(s, line), 0L));
        if (s is Known or TupleSym or RecordSym || s is Ref r && Held(r.Cell) is not DynListContent) return new Known((long)Sequence(s, line)!.Count);
        return FromOperand(Op("prim.len", line, Arg(s, line)));
    }

    Sym Number(Sym s, string name, int line) => TypeOf(s) == GraphType.Float || TypeOf(s) == GraphType.Scalar
        ? FromOperand(Op($"prim.{name}_float", line, Arg(ToFloat(s, line), line)))
        : FromOperand(Op($"prim.{name}_int", line, ToInt(s, line)));

    Sym Extreme(BuiltinCall f, Sym[] a)
    {
        var items = a.Length == 1 ? Parts(a[0], f) : a;
        var best = items[0];
        var name = f.Function == Builtin.Min ? "min" : "max";
        foreach (var x in items.Skip(1))
        {
            best = TypeOf(best) == GraphType.Int && TypeOf(x) == GraphType.Int
                ? FromOperand(Op($"prim.{name}_int", f.Line, Arg(best, f.Line), Arg(x, f.Line)))
                : FromOperand(Op($"prim.{name}_float", f.Line, Arg(ToFloat(best, f.Line), f.Line), Arg(ToFloat(x, f.Line), f.Line)));
        }
        return best;
    }

    Sym Unwrap(Sym s, int line)
    {
        if (IsNullLiteral(s))
        {
            Raise(new Known("a value was expected, but it is null"), line);
            return AlwaysThrows;
        }
        return Strip(s, line);
    }

    Operand IsInstance(Sym s, TypeRef type, int line)
    {
        var t = TypeOf(s);
        var wanted = Types.Graph(type);
        if (t is OptionalType o) return wanted == GraphType.None ? Op("prim.is_none", line, Arg(s, line)) : wanted.Accepts(o.Element) ? Op("prim.not_bool", line, Op("prim.is_none", line, Arg(s, line))) : false;
        if (wanted is ListType or TupleType && t is ListType or TupleType) return wanted.GetType() == t.GetType();
        return wanted.Accepts(t);
    }

    /// <summary>Methods that change a list.</summary>
    Sym Change(Builtin f, Sym[] a, int line)
    {
        if (a[0] is not Ref { Cell: var cell } || IsTensor(a[0])) throw Error($"{f} needs a list, not {Describe(a[0])}", line);
        Check(cell, line);
        if (f == Builtin.Clear)
        {
            env.Heap[cell] = Held(cell) is DictContent ? new DictContent([]) : new ListContent([]);
            return Sym.Null;
        }
        if (Held(cell) is ListContent l && (a.Length < 2 || f is Builtin.Append || f is Builtin.Extend && Sequence(a[1], line) is not null || a[1] is Known))
        {
            var items = l.Items.ToList();
            var result = Sym.Null as Sym;
            switch (f)
            {
                case Builtin.Append: items.Add(a[1]); break;
                case Builtin.Insert: items.Insert((int)Math.Clamp(Wrapped(a[1], items.Count), 0, items.Count), a[2]); break;
                case Builtin.Extend: items.AddRange(Sequence(a[1], line)!); break;
                case Builtin.Reverse: items.Reverse(); break;
                default:
                    var at = Position(a.Length > 1 ? (long)((Known)a[1]).Value! : -1, items.Count, line);
                    result = items[at];
                    items.RemoveAt(at);
                    break;
            }
            env.Heap[cell] = new ListContent(items);
            return result;
        }
        foreach (var s in a.Skip(1))
        {
            if (s is Ref r) Freeze(env, r.Cell, "it is also an item of a list whose length is known only when the graph runs: Clone() it first");
        }
        var list = Dynamic(cell, line);
        switch (f)
        {
            case Builtin.Append: Put(Op("prim.append", line, list, Arg(a[1], line))); return Sym.Null;
            case Builtin.Insert: Put(Op("prim.insert", line, list, ToInt(a[1], line), Arg(a[2], line))); return Sym.Null;
            case Builtin.Extend: Put(Op("prim.concat", line, list, Arg(a[1], line))); return Sym.Null;
            case Builtin.Reverse: Put(Op("prim.reverse", line, list)); return Sym.Null;
            default:
                var where = a.Length > 1 ? ToInt(a[1], line) : -1L;
                var taken = FromOperand(Op("prim.getitem", line, list, where));
                Put(Op("prim.remove_at", line, list, where));
                return taken;
        }

        void Put(Operand o) => env.Heap[cell] = new DynListContent(o.Value!);
    }

    static long Wrapped(Sym s, int count) => (long)((Known)s).Value! is var i && i < 0 ? i + count : i;

    Sym CopyOf(Sym s, int line)
    {
        if (s is Ref r && Held(r.Cell) is DictContent d) return env.New(new DictContent(d.Items));
        if (s is Ref { Cell: var c } && Held(c) is DynListContent l) return env.New(new DynListContent(l.Value));
        return List(Sequence(s, line) ?? throw Error($"{Describe(s)} can't become a list in a graph", line));
    }

    Sym Contains(Sym list, Sym item, int line)
    {
        if (list is Ref r && Held(r.Cell) is DictContent d) return new Known(d.IndexOf(Key(item, line)) >= 0);
        if (list is Known { Value: string text } && item is Known { Value: string part }) return new Known(text.Contains(part, StringComparison.Ordinal));
        if (Items(list) is { } items && item is Known k && items.All(static i => i is Known)) return new Known(items.Any(i => Equals(((Known)i).Value, k.Value)));
        return FromOperand(Op("prim.contains", line, Arg(list, line), Arg(item, line)));
    }

    Sym OfDictionary(Builtin f, Sym[] a, int line)
    {
        if (a[0] is not Ref { Cell: var cell } || Held(cell) is not DictContent d) throw Error($"{f} needs a dictionary whose keys are known while the graph is built, not {Describe(a[0])}", line);
        switch (f)
        {
            case Builtin.Keys: return List(d.Items.Select(static i => new Known(i.Key)));
            case Builtin.Values: return List(d.Items.Select(static i => i.Value));
            case Builtin.Items: return List(d.Items.Select(static i => new TupleSym([new Known(i.Key), i.Value], ["Key", "Value"])));
            case Builtin.Get:
                var at = d.IndexOf(Key(a[1], line));
                return at >= 0 ? d.Items[at].Value : a.Length > 2 ? a[2] : Sym.Null;
            default:
                Check(cell, line);
                var there = d.IndexOf(Key(a[1], line));
                if (there >= 0) env.Heap[cell] = new DictContent([.. d.Items.Where((_, i) => i != there)]);
                return new Known(there >= 0);
        }
    }
}
