using Flambeau.Capture.Ast;
using Flambeau.Graphs;

namespace Flambeau.Capture.Lower;

/// <summary>Indices of tensors, lists, tuples and dictionaries.</summary>
internal sealed partial class Lowering
{
    Sym Item(Sym target, IReadOnlyList<IndexPart> parts, int line)
    {
        if (target is Known { Value: System.Collections.IEnumerable and not string }) target = env.New(new ListContent(Sequence(target, line)!, "it belongs to an object: copy it first"));
        if (IsTensor(target))
        {
            var view = Basic(((Ref)target).Cell, parts, line, out var tensors);
            return tensors is null ? new Ref(view) : CallRow("index", [new Ref(view), env.New(new ListContent(tensors))], new Dictionary<string, Sym>(), null, line);
        }
        if (parts is not [var part]) throw Error($"{Describe(target)} takes one index, not {parts.Count}", line);
        if (part is SlicePart s) return SliceOf(target, s, line);
        if (part is not At at) throw Error($"{Describe(target)} can't be indexed so", line);
        var index = Strip(Eval(at.Position), line);
        if (target is Ref r && Held(r.Cell) is DictContent d)
        {
            var i = d.IndexOf(Key(index, line));
            return i >= 0 ? d.Items[i].Value : throw Error($"the dictionary has no key '{((Known)index).Value}'", line);
        }
        if (Items(target) is { } items)
        {
            if (index is Known { Value: long k }) return items[Position(k, items.Count, line)];
            if (target is TupleSym or RecordSym) throw Error("an item of a tuple is taken at a position that is known only when the graph runs; use a list", line);
            FreezeItems(env, Held(((Ref)target).Cell));
            return FromValue((Value)Op("prim.getitem", line, Arg(target, line), ToInt(index, line)).Value!, Chosen);
        }
        if (target is Ref { Cell: var c } && Held(c) is DynListContent l)
        {
            // x.Shape[0] is one size, not a list of which one is taken.
            if (l.Value.Definition is OpNode { Name: "prim.shape" } shape) return FromOperand(Op("prim.size", line, shape.Inputs[0], ToInt(index, line)));
            return FromValue((Value)Op("prim.getitem", line, l.Value, ToInt(index, line)).Value!, Chosen);
        }
        if (target is Dyn { Type: DictType } map) return FromValue(One("prim.getitem", map.Value, Arg(index, line)), Chosen);
        throw Error($"{Describe(target)} can't be indexed in a graph", line);
    }

    int Position(long i, int count, int line) => i >= -count && i < count ? (int)(i < 0 ? i + count : i)
        : throw Error($"index {i} is out of range for {count} items", line);

    Sym SliceOf(Sym target, SlicePart s, int line)
    {
        Operand? End(Expr? e) => e is null || Eval(e) is var v && IsNullLiteral(v) ? (Operand?)null : ToInt(v, line);
        var (from, to, step) = (End(s.Start), End(s.Stop), End(s.Step));
        if (step is { } x && !(x.IsConstant && x.Constant is long and not 0)) throw Error("a slice of a list with a step known only when the graph runs can't be in a graph", line);
        var by = step is { } given ? (long)given.Constant! : 1;
        if (Items(target) is { } items && (from is null || from.Value.IsConstant) && (to is null || to.Value.IsConstant))
        {
            // Bounds as in Python: backward slices go from the last item to before the first.
            var (least, most) = by > 0 ? (0, items.Count) : (-1, items.Count - 1);
            long Bound(Operand? o, long otherwise) => o is { } v ? Math.Clamp((long)v.Constant! < 0 ? (long)v.Constant! + items.Count : (long)v.Constant!, least, most) : otherwise;
            var (a, c) = (Bound(from, by > 0 ? least : most), Bound(to, by > 0 ? most : least));
            var part = new List<Sym>();
            for (var i = a; by > 0 ? i < c : i > c; i += by) part.Add(items[(int)i]);
            return target is TupleSym ? new TupleSym(part) : env.New(new ListContent(part));
        }
        if (by != 1) throw Error("a slice with a step other than 1, of a list whose items are known only when the graph runs, can't be in a graph", line);
        if (target is Ref r) FreezeItems(env, Held(r.Cell));
        return FromOperand(Op("prim.list_slice", line, Arg(target, line), from ?? 0L, to ?? long.MaxValue));
    }

    /// <summary>A view by all parts but tensors; those are left, each at its axis.</summary>
    Cell Basic(Cell x, IReadOnlyList<IndexPart> parts, int line, out List<Sym>? tensors)
    {
        tensors = null;
        var values = parts.Select(p => p is At a ? Strip(Eval(a.Position), line) : null).ToArray();
        var ellipsis = parts.Select(static (p, i) => (p, i)).FirstOrDefault(static p => p.p is EllipsisPart, (null!, -1)).i;
        // Behind the ellipsis axes count from the end.
        if (ellipsis >= 0)
        {
            long back = -1;
            for (var i = parts.Count - 1; i > ellipsis; i--)
            {
                switch (parts[i])
                {
                    case At when values[i] is not null && IsTensor(values[i]!):
                        throw Error("a tensor of positions behind an ellipsis can't be in a graph: write the axes out, or use IndexSelect or Gather", line);
                    case At:
                        x = Look(x, "select", [back, ToInt(values[i]!, line)], line).Cell;
                        break;
                    case NewAxisPart:
                        x = Look(x, "unsqueeze", [back], line).Cell;
                        back--;
                        break;
                    case SlicePart s:
                        x = Slice(x, back, s, line);
                        back--;
                        break;
                }
            }
        }
        var dim = 0;
        for (var i = 0; i < (ellipsis < 0 ? parts.Count : ellipsis); i++)
        {
            switch (parts[i])
            {
                case At when IsTensor(values[i]!) || TypeOf(values[i]!) is ListType || values[i] is Known { Value: bool } || TypeOf(values[i]!) == GraphType.Bool:
                    tensors ??= [];
                    while (tensors.Count < dim) tensors.Add(Sym.Null);
                    tensors.Add(IndexTensor(values[i]!, line));
                    dim++;
                    break;
                case At when IsNullLiteral(values[i]!):
                case NewAxisPart:
                    x = Look(x, "unsqueeze", [(long)dim++], line).Cell;
                    break;
                case At:
                    x = Look(x, "select", [(long)dim, ToInt(values[i]!, line)], line).Cell;
                    break;
                case SlicePart s:
                    x = Slice(x, dim++, s, line);
                    break;
            }
        }
        return x;
    }

    Sym IndexTensor(Sym s, int line)
    {
        if (IsTensor(s)) return s;
        if (TypeOf(s) is ListType { Element: var e } && e == GraphType.Int) return FromOperand(Op("prim.tensor_of_ints", line, Arg(s, line)));
        throw Error($"{Describe(s)} is no index of a tensor in a graph; expected an integer, a range, or a tensor of positions or truth values", line);
    }

    Cell Slice(Cell x, long dim, SlicePart s, int line)
    {
        Operand End(Expr? e) => e is null || Eval(e) is var v && IsNullLiteral(v) ? Operand.None : ToInt(v, line);
        var (from, to) = (End(s.Start), End(s.Stop));
        var step = End(s.Step);
        if (from.IsNone && to.IsNone && step.IsNone) return x;
        return Look(x, "slice", [dim, from, to, step.IsNone ? 1L : step], line).Cell;
    }

    void SetItem(Sym target, IReadOnlyList<IndexPart> parts, Sym value, int line)
    {
        if (IsTensor(target))
        {
            var cell = ((Ref)target).Cell;
            var view = Basic(cell, parts, line, out var tensors);
            var old = Tensor(view);
            var now = Strip(value, line);
            if (tensors is null)
            {
                var source = IsTensor(now) ? Arg(now, line) : Op("prim.tensor", line, Arg(now, line));
                Update(view, One("copy", old, source), line);
                return;
            }
            var put = IsTensor(now) ? (Operand)One("type_as", Arg(now, line), old) : Arg(now, line);
            Update(view, One("index_put", old, Operand.Of(tensors.Select(t => Arg(t, line))), put), line);
            return;
        }
        if (parts is not [At at] || target is not Ref r) throw Error($"{Describe(target)} can't be changed in a graph", line);
        var index = Strip(Eval(at.Position), line);
        switch (Held(r.Cell))
        {
            case DictContent d:
                Check(r.Cell, line);
                var key = Key(index, line);
                var items = d.Items.ToList();
                var i = d.IndexOf(key);
                if (i >= 0) items[i] = new(key, value);
                else items.Add(new(key, value));
                env.Heap[r.Cell] = new DictContent(items);
                break;
            case ListContent l when index is Known { Value: long k }:
                Check(r.Cell, line);
                Sym[] now = [.. l.Items];
                now[Position(k, now.Length, line)] = value;
                env.Heap[r.Cell] = new ListContent(now);
                break;
            default:
                Check(r.Cell, line);
                var list = Dynamic(r.Cell, line);
                if (value is Ref v) Freeze(env, v.Cell, "it is also an item of a list that is changed at a position known only when the graph runs: Clone() it first");
                env.Heap[r.Cell] = new DynListContent(One("prim.setitem", list, ToInt(index, line), Arg(value, line)));
                break;
        }
    }

    void Check(Cell cell, int line)
    {
        if (Held(cell).Frozen is { } reason) throw Error($"a {(Held(cell) is DictContent ? "dictionary" : "list")} is changed, but {reason}", line);
    }

    /// <summary>A list as one value.</summary>
    Operand Dynamic(Cell cell, int line)
    {
        FreezeItems(env, Held(cell));
        return Arg(new Ref(cell), line);
    }
}
