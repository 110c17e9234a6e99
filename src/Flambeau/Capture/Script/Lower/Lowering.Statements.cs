using Flambeau.Capture.Ast;
using Flambeau.Graphs;

namespace Flambeau.Capture.Lower;

/// <summary>Statements.</summary>
internal sealed partial class Lowering
{
    /// <summary>Variables that no program can name: the method's result, and how a run ended.</summary>
    internal const string ReturnSlot = "<return>", FlowSlot = "<flow>", ValueSlot = "<value>";

    /// <summary>Runs what is left up to the next border.</summary>
    Flow Run(Rest? rest)
    {
        while (true)
        {
            switch (rest)
            {
                case null:
                    return Flow.Next;
                case Passes p:
                    rest = p.Again(p.Next);
                    break;
                case Steps s when s.At == s.Statements.Count:
                    rest = s.Next;
                    break;
                case Steps s:
                    var next = s with { At = s.At + 1 };
                    var flow = Step(s.Statements[s.At], ref next!, out var after);
                    if (flow == Flow.Next) rest = after;
                    else if (flow is Flow.Break or Flow.Continue)
                    {
                        if (!Jump(flow, s.Next, out rest)) return flow;
                    }
                    else return flow;
                    break;
            }
        }
    }

    /// <summary>Where a break or continue leads, if that is inside the border.</summary>
    static bool Jump(Flow flow, Rest? from, out Rest? to)
    {
        for (var r = from; r is not null; r = r.Behind)
        {
            if (r is not Passes p) continue;
            to = flow == Flow.Break ? p.Next : p;
            return true;
        }
        to = null;
        return false;
    }

    /// <summary>Runs one statement. A branch that isn't known takes what follows with it if it may leave early.</summary>
    Flow Step(Stmt s, ref Steps next, out Rest? after)
    {
        after = next;
        b.Where = Where(s.Line);
        switch (s)
        {
            case Assign a:
                var assigned = Eval(a.Value);
                if (ReferenceEquals(assigned, AlwaysThrows)) return Flow.Throw;
                Set(a.Target, assigned, a.Line);
                return Flow.Next;
            case ExprStmt e:
                return Thrown(Eval(e.Value));
            case If i:
                return Branch(i, next, out after);
            case While w:
                return WhileLoop(w, next, out after);
            case ForEach f:
                return ForEachLoop(f, next, out after);
            case Break:
                return Flow.Break;
            case Continue:
                return Flow.Continue;
            case Return r:
                var value = r.Value is null ? Sym.Null : Eval(r.Value);
                if (ReferenceEquals(value, AlwaysThrows)) return Flow.Throw;
                env.Locals[ReturnSlot] = Coerce(value, frames.Peek().Method.Returns, r.Line);
                return Flow.Return;
            case Throw t:
                Raise(Eval(t.Message), t.Line);
                return Flow.Throw;
            case Assert a:
                return Branch(new If(a.Condition, [], [new Throw("AssertionError", a.Message ?? new Constant("an assertion doesn't hold", a.Line), a.Line)], a.Line), next, out after);
            case GradScope g:
                return Scope(g);
            default:
                throw Error($"statement {s.GetType().Name} is unknown", s.Line);
        }
    }

    static Flow Thrown(Sym s) => ReferenceEquals(s, AlwaysThrows) ? Flow.Throw : Flow.Next;

    void Raise(Sym message, int line)
    {
        b.Where = Where(line);
        b.Add(Row("prim.raise"), [Arg(message, line)]);
    }

    Flow Branch(If s, Steps next, out Rest? after)
    {
        after = next;
        var condition = Truth(Eval(s.Condition), s.Line);
        if (condition.IsConstant)
        {
            after = new Steps((bool)condition.Constant! ? s.Then : s.Else, 0, next);
            return Flow.Next;
        }
        // A branch that may leave early takes along all that follows it up to the border.
        var exits = Exits.Any(s.Then) || Exits.Any(s.Else);
        var flow = Either(condition, () => Run(new Steps(s.Then, 0, exits ? next : null)), () => Run(new Steps(s.Else, 0, exits ? next : null)), s.Line);
        if (!exits) return flow;
        // Everything up to the border has been run.
        after = null;
        return flow;
    }

    /// <summary>Runs one of two ways, which one being known when the graph runs, and joins what is known after them.</summary>
    Flow Either(Operand condition, Func<Flow> then, Func<Flow> otherwise, int line)
    {
        var where = Where(line);
        var before = env.Clone();
        var (left, leftFlow, leftEnv) = Way(then);
        env.Become(before.Clone());
        if (leftFlow == Flow.Throw)
        {
            Guarded(condition, left, new([], [], []), where);
            return otherwise();
        }
        var (right, rightFlow, rightEnv) = Way(otherwise);
        if (rightFlow == Flow.Throw)
        {
            Guarded(condition, new([], [], []), right, where);
            foreach (var n in left.Nodes) b.Add(n);
            env.Become(leftEnv);
            return leftFlow;
        }
        var flow = leftFlow;
        if (leftFlow != rightFlow)
        {
            if (leftFlow != Flow.Mixed) leftEnv.Locals[FlowSlot] = new Known((long)leftFlow);
            if (rightFlow != Flow.Mixed) rightEnv.Locals[FlowSlot] = new Known((long)rightFlow);
            flow = Flow.Mixed;
        }
        var join = new Join(this, before, leftEnv, rightEnv).Find();
        b.Where = where;
        var leftBlock = Seal([], left, leftEnv, join.Leaves.Select(static l => (l.Left, l.Type)));
        var rightBlock = Seal([], right, rightEnv, join.Leaves.Select(static l => (l.Right, l.Type)));
        var outputs = join.Leaves.Select(static l => new Value(l.Type, l.Hint)).ToArray();
        b.Add(new IfNode(condition, leftBlock, rightBlock, outputs, where));
        env.Become(join.Take(outputs));
        return flow;
    }

    (Block Block, Flow Flow, Env Env) Way(Func<Flow> run)
    {
        b.BeginBlock();
        var flow = run();
        if (flow != Flow.Throw) Settle();
        return (b.EndBlock(), flow, env.Clone());
    }

    void Guarded(Operand condition, Block then, Block otherwise, SourceLocation where) => b.Add(new IfNode(condition, then, otherwise, [], where));

    /// <summary>A number, tensor of one element, or optional, as a condition.</summary>
    Operand Truth(Sym s, int line)
    {
        s = Strip(s, line);
        if (IsTensor(s)) return Op("prim.item_bool", line, Arg(s, line));
        var t = TypeOf(s);
        if (t == GraphType.Bool) return Arg(s, line);
        if (t == GraphType.Int) return Op("prim.ne_int", line, Arg(s, line), 0);
        if (t == GraphType.Float) return Op("prim.ne_float", line, Arg(s, line), 0.0);
        if (t == GraphType.Scalar) return Op("prim.bool", line, Arg(s, line));
        if (s is Known { Value: null }) return false;
        if (s is Ref or TupleSym) return Op("prim.gt_int", line, Arg(Length(s, line), line), 0);
        throw Error($"{Describe(s)} can't be a condition; compare it with something", line);
    }

    Flow Scope(GradScope g)
    {
        var outer = gradOff;
        gradOff = !g.Enabled;
        var before = new Dictionary<Cell, Content>(env.Heap);
        var flow = Run(new Steps(g.Body, 0, null));
        gradOff = outer;
        if (flow == Flow.Throw) return flow;
        if (flow == Flow.Mixed) throw Error("a branch on a value leaves a no-grad block early: set a local variable there, and leave after the block", g.Line);
        Settle();
        if (!g.Enabled && !outer) CutHistory(before, g.Line);
        return flow;
    }

    /// <summary>Tensors that were computed in a no-grad block have no history outside.</summary>
    void CutHistory(Dictionary<Cell, Content> before, int line)
    {
        b.Where = Where(line);
        foreach (var cell in Reachable())
        {
            if (Held(cell) is not TensorContent now) continue;
            before.TryGetValue(cell, out var old);
            if (old is TensorContent { Value: var v } && v == now.Value) continue;
            if (now.View is not null) continue;
            if (old is not null && cell.State is null)
                throw Error($"a tensor from outside{(cell.Hint is null ? "" : $" ('{cell.Hint}')")} is changed in place in a no-grad block, which would keep its old history: update it outside the block, or compute a new tensor", line);
            env.Heap[cell] = now with { Value = One("detach", now.Value) };
        }
    }

    void Set(Target target, Sym value, int line)
    {
        switch (target)
        {
            case DiscardTarget:
                break;
            case LocalTarget l:
                env.Locals[l.Name] = value;
                break;
            case TupleTarget t:
                var items = Unpack(value, t.Items.Count, line);
                for (var i = 0; i < items.Count; i++) Set(t.Items[i], items[i], line);
                break;
            case IndexTarget i:
                SetItem(Strip(Eval(i.Of), line), i.Parts, value, line);
                break;
            case MemberTarget m:
                SetMember(m, value, line);
                break;
        }
    }

    /// <summary>The items of something that has as many.</summary>
    IReadOnlyList<Sym> Unpack(Sym value, int count, int line)
    {
        value = Strip(value, line);
        var items = Fields(value) ?? (value is Ref r && Held(r.Cell) is ListContent l ? l.Items : null);
        if (items is null && value is Ref { Cell: var c } && Held(c) is DynListContent d)
            items = [.. Enumerable.Range(0, count).Select(i => FromValue(One("prim.getitem", d.Value, (long)i), Chosen))];
        if (items is null) throw Error($"{Describe(value)} can't be taken apart into {count} variables", line);
        return items.Count == count ? items : throw Error($"{items.Count} items can't be taken apart into {count} variables", line);
    }

    /// <summary>A tensor member takes the value over when the graph ends: a buffer is overwritten.</summary>
    void SetMember(MemberTarget m, Sym value, int line)
    {
        var target = Eval(m.Of);
        var old = MemberOf(target, m.Name, m.Get, line);
        if (old is Ref { Cell: { State: not null } cell } && IsTensor(old)) Update(cell, Tensor(value, line), line);
        else throw Error($"member '{m.Name}' is set, but only tensors that are parameters or buffers can be: keep the value in a local variable, or in a [Buffer]", line);
    }
}
