using Flambeau.Capture.Ast;
using Flambeau.Graphs;

namespace Flambeau.Capture.Lower;

/// <summary>Loops: written out where their passes are known, nodes where they aren't.</summary>
internal sealed partial class Lowering
{
    const string GoSlot = "<go>";

    Flow ForEachLoop(ForEach f, Steps next, out Rest? after)
    {
        after = next;
        if (f.Items is BuiltinCall { Function: Builtin.Range } range) return RangeLoop(f, range, next, out after);
        var items = Strip(Eval(f.Items), f.Line);
        if (Sequence(items, f.Line) is { } known)
        {
            after = WriteOut(known.Count, i => Set(f.Variable, known[i], f.Line), f.Body, next);
            return Absorb(f.Body, ref after, next);
        }
        var (count, item) = Walk(items, f.Line);
        return LoopNode(count, true, i => Set(f.Variable, item(i), f.Line), f.Body, [], null, f.Line, next, out after);
    }

    Flow RangeLoop(ForEach f, BuiltinCall range, Steps next, out Rest? after)
    {
        var (start, stop, step) = RangeOf(range);
        after = next;
        Sym Item(Operand i) => FromOperand(start is { IsConstant: true, Constant: 0L } && step is { IsConstant: true, Constant: 1L } ? i
            : Op("prim.add_int", f.Line, start, step is { IsConstant: true, Constant: 1L } ? i : Op("prim.mul_int", f.Line, i, step)));
        var count = RangeCount(start, stop, step, f.Line);
        if (count.IsConstant && (long)count.Constant! <= UnrollLimit)
        {
            after = WriteOut((int)(long)count.Constant!, i => Set(f.Variable, Item((long)i), f.Line), f.Body, next);
            return Absorb(f.Body, ref after, next);
        }
        return LoopNode(count, true, i => Set(f.Variable, Item(i), f.Line), f.Body, [], null, f.Line, next, out after);
    }

    (Operand Start, Operand Stop, Operand Step) RangeOf(BuiltinCall range)
    {
        Operand Int(Expr e) => ToInt(Eval(e), range.Line);
        return range.Args switch
        {
            [var stop] => (0L, Int(stop), 1L),
            [var start, var stop] => (Int(start), Int(stop), 1L),
            [var start, var stop, var step] => (Int(start), Int(stop), Int(step)),
            _ => throw Error("a range has a start, an end and a step", range.Line),
        };
    }

    /// <summary>ceil((stop − start) / step), at least 0.</summary>
    Operand RangeCount(Operand start, Operand stop, Operand step, int line)
    {
        if (step is { IsConstant: true, Constant: 0L }) throw Error("the step of a range is 0", line);
        var distance = start is { IsConstant: true, Constant: 0L } ? stop : Op("prim.sub_int", line, stop, start);
        if (step is { IsConstant: true, Constant: 1L }) return distance.IsConstant ? Math.Max(0, (long)distance.Constant!) : distance;
        return Op("prim.max_int", line, 0L, Op("prim.neg_int", line, Op("prim.floordiv_int", line, Op("prim.neg_int", line, distance), step)));
    }

    /// <summary>Passes one after the other.</summary>
    Rest? WriteOut(int count, Action<int> begin, IReadOnlyList<Stmt> body, Rest? next)
    {
        return Begin(0, next);

        Rest? Begin(int pass, Rest? behind)
        {
            if (pass >= count) return new Passes(_ => behind, behind);
            return new Passes(_ => Enter(pass, behind), behind);
        }

        Rest? Enter(int pass, Rest? behind)
        {
            begin(pass);
            return new Steps(body, 0, Begin(pass + 1, behind));
        }
    }

    /// <summary>A loop that nobody returns from is run up to its end at once, so that what follows is not written behind each way out of it.</summary>
    Flow Absorb(IReadOnlyList<Stmt> body, ref Rest? after, Steps next)
    {
        if (!Exits.Any(body) || Exits.Returns(body)) return Flow.Next;
        // The frames end in `next`; run them with a border there.
        var flow = Run(Bordered(after, next));
        after = next;
        return flow;
    }

    static Rest? Bordered(Rest? rest, Rest border) => rest switch
    {
        null => null,
        _ when ReferenceEquals(rest, border) => null,
        Passes p => new Passes(n => Bordered(p.Again(n), border), Bordered(p.Next, border)),
        Steps s => s with { Next = Bordered(s.Next, border) },
        _ => rest,
    };

    Flow WhileLoop(While w, Steps next, out Rest? after)
    {
        // Passes whose condition is known are tried one by one; if one isn't, the loop begins anew as a node.
        var before = env.Clone();
        b.BeginBlock();
        var first = !w.TestFirst;
        for (var pass = 0; pass <= UnrollLimit; pass++)
        {
            var go = first ? (Operand)true : Truth(Eval(w.Condition), w.Line);
            first = false;
            if (!go.IsConstant) break;
            if (!(bool)go.Constant!)
            {
                foreach (var n in b.EndBlock().Nodes) b.Add(n);
                after = next;
                return Flow.Next;
            }
            if (pass == UnrollLimit) break;
            var flow = Run(new Steps(w.Body, 0, new Passes(static _ => new Steps([], 0, null), new Steps([new Assign(new LocalTarget(GoSlot), new Constant(false, w.Line), w.Line)], 0, null))));
            if (flow == Flow.Next && env.Locals.Remove(GoSlot, out var ended))
            {
                if (ended is not Known { Value: false }) break;
                foreach (var n in b.EndBlock().Nodes) b.Add(n);
                after = next;
                return Flow.Next;
            }
            if (flow is Flow.Return or Flow.Throw)
            {
                foreach (var n in b.EndBlock().Nodes) b.Add(n);
                after = null;
                return flow;
            }
            if (flow != Flow.Next || env.Locals.ContainsKey(FlowSlot)) break;
            if (Run(new Steps(w.Step, 0, null)) == Flow.Throw) break;
        }
        b.EndBlock();
        env.Become(before);
        var condition = w.TestFirst ? Truth(Eval(w.Condition), w.Line) : true;
        return LoopNode(Operand.None, condition, static _ => { }, w.Body, w.Step, w.Condition, w.Line, next, out after);
    }

    /// <summary>
    /// A loop that stays one. What a pass changes is found by running the body until nothing new turns up; those values are carried.
    /// </summary>
    Flow LoopNode(Operand count, Operand condition, Action<Value> begin, IReadOnlyList<Stmt> body, IReadOnlyList<Stmt> step, Expr? again, int line, Steps next, out Rest? after)
    {
        var where = Where(line);
        var returns = Exits.Returns(body);
        if (returns) env.Locals[FlowSlot] = new Known((long)Flow.Next);
        Settle();
        var before = env.Clone();
        Expr stay = again ?? new Constant(true, line), leave = new Constant(false, line);
        var tail = new Passes(_ => new Steps([.. step, new Assign(new LocalTarget(GoSlot), stay, line)], 0, null), new Steps([new Assign(new LocalTarget(GoSlot), leave, line)], 0, null));
        IReadOnlyList<Leaf> leaves = [];
        Join? join = null;
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var parameters = new List<Value> { new(GraphType.Int, "i") };
            parameters.AddRange(leaves.Select(static l => new Value(l.Type, l.Hint)));
            env.Become(join is null ? before.Clone() : join.Take([.. parameters.Skip(1)]));
            b.BeginBlock(parameters);
            begin(parameters[0]);
            var flow = Run(new Steps(body, 0, tail));
            if (flow == Flow.Throw) throw Error("every pass of this loop throws; throw before the loop instead", line);
            var go = Go(flow, returns, line);
            env.Locals.Remove(GoSlot);
            Settle();
            var block = b.EndBlock();
            var end = env.Clone();
            var entry = before.Clone();
            var found = new Join(this, before, entry, end).Find();
            if (join is not null && SameLeaves(leaves, found.Leaves))
            {
                // The body as it was run just now is the loop's.
                var sealedBody = Seal(parameters, block, end, found.Leaves.Select(static l => (l.Right, l.Type)), go);
                b.Where = where;
                Operand[] carried = In(entry, () => found.Leaves.Select(l => ArgAs(l.Left, l.Type)).ToArray());
                var outputs = found.Leaves.Select(static l => new Value(l.Type, l.Hint)).ToArray();
                b.Add(new LoopNode(count, condition, carried, sealedBody, outputs, where));
                env.Become(found.Take(outputs));
                return AfterLoop(returns, line, next, out after);
            }
            (join, leaves) = (found, found.Leaves);
        }
        throw Error("the types of the variables that this loop changes don't settle; give them their final type before the loop", line);
    }

    Operand Go(Flow flow, bool returns, int line)
    {
        if (flow == Flow.Next)
        {
            env.Locals.TryGetValue(GoSlot, out var go);
            return go is null ? false : Truth(go, line);
        }
        if (flow == Flow.Return)
        {
            env.Locals[FlowSlot] = new Known((long)Flow.Return);
            return false;
        }
        if (!returns) throw Error("the loop is left in a way that can't be told", line);
        // Mixed: some way returns. On that way nothing says whether to go on.
        var on = env.Locals.TryGetValue(GoSlot, out var g) ? Truth(g, line) : false;
        var ended = Op("prim.eq_int", line, Arg(env.Locals[FlowSlot], line), (long)Flow.Return);
        return Op("prim.and_bool", line, Op("prim.not_bool", line, ended), on);
    }

    static bool SameLeaves(IReadOnlyList<Leaf> a, IReadOnlyList<Leaf> c)
    {
        if (a.Count != c.Count) return false;
        for (var i = 0; i < a.Count; i++)
        {
            if (a[i].Key != c[i].Key || !a[i].Type.Equals(c[i].Type)) return false;
        }
        return true;
    }

    Flow AfterLoop(bool returns, int line, Steps next, out Rest? after)
    {
        after = next;
        if (!returns) return Flow.Next;
        var left = Op("prim.eq_int", line, Arg(env.Locals[FlowSlot], line), (long)Flow.Return);
        env.Locals.Remove(FlowSlot);
        if (left.IsConstant)
        {
            if (!(bool)left.Constant!) return Flow.Next;
            after = null;
            return Flow.Return;
        }
        var result = env.Locals.GetValueOrDefault(ReturnSlot);
        var flow = Either(left, () =>
        {
            if (result is not null) env.Locals[ReturnSlot] = result;
            return Flow.Return;
        }, () =>
        {
            env.Locals.Remove(ReturnSlot);
            return Run(next);
        }, line);
        after = null;
        return flow;
    }

    /// <summary>Items that are known one by one; null for what is known only when the graph runs.</summary>
    IReadOnlyList<Sym>? Sequence(Sym items, int line) => items switch
    {
        _ when Fields(items) is { } f => f,
        Ref r when Held(r.Cell) is ListContent l => l.Items,
        Ref r when Held(r.Cell) is DictContent d => [.. d.Items.Select(static i => new Known(i.Key))],
        Known { Value: System.Collections.IEnumerable e and not string } => [.. e.Cast<object?>().Select((x, i) => Host(x, $"item.{i}"))],
        Known { Value: string } => throw Error("a loop over the characters of a text can't be in a graph", line),
        Known => throw Error($"{Describe(items)} can't be looped over", line),
        _ => null,
    };

    /// <summary>Number of items, and the item at a position.</summary>
    (Operand Count, Func<Operand, Sym> Item) Walk(Sym items, int line)
    {
        if (IsTensor(items))
        {
            var cell = ((Ref)items).Cell;
            return (Op("prim.size", line, Tensor(cell), 0L), i => Look(cell, "select", [0L, i], line));
        }
        if (items is Ref r && Held(r.Cell) is DynListContent l) return (Op("prim.len", line, l.Value), i => FromValue((Value)Op("prim.getitem", line, l.Value, i).Value!, Chosen));
        throw Error($"{Describe(items)} can't be looped over", line);
    }
}
