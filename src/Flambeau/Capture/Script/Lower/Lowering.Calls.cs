using Flambeau.Capture.Ast;
using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Capture.Lower;

/// <summary>Calls of ops, scripts, submodules and graphs.</summary>
internal sealed partial class Lowering
{
    Sym Call(OpCall o)
    {
        var args = o.Args.Select(Eval).ToArray();
        var named = o.Named.ToDictionary(static n => n.Name, n => Eval(n.Value), StringComparer.Ordinal);
        return CallRow(o.Name, args, named, o.Schema, o.Line);
    }

    /// <summary>Calls an op by name and operands, or by its exact row.</summary>
    Sym CallRow(string name, IReadOnlyList<Sym> args, IReadOnlyDictionary<string, Sym> named, string? schema, int line)
    {
        b.Where = Where(line);
        if (name.EndsWith('_') && !name.EndsWith("__", StringComparison.Ordinal) && args.Count > 0)
            return InPlace(name, args, named, schema, line);
        var (entry, bound) = Bind(name, args, named, schema, line);
        if (Folds(entry) && bound.All(static a => a.IsConstant)) return FromOperand(Fold(entry, bound, line));
        if (Effects(entry, bound, [.. entry.Schema.Arguments.Select((a, i) => i < args.Count ? args[i] : named.GetValueOrDefault(a.Name, Sym.Null))], line) is { } special) return special;
        var self = args.Count > 0 ? args[0] : named.GetValueOrDefault("self");
        if (self is Ref r && IsTensor(self) && views.Contains(entry.Name) && OneTensor(entry) && entry.Schema.Arguments.Count > 0 && bound[0].Value == Tensor(r.Cell))
            return Look(r.Cell, entry, bound, line);
        b.Where = Where(line);
        var results = b.Add(entry, bound);
        var frozen = listViews.Contains(entry.Name) ? $"it is one of the views that {entry.Name} gave, which can't be tracked: Clone() it first" : null;
        return results switch
        {
            [] => Sym.Null,
            [var one] => FromValue(one, frozen),
            _ => new TupleSym([.. results.Select(v => FromValue(v, frozen))]),
        };
    }

    static bool OneTensor(OpEntry entry) => entry.Schema.Returns.Trim() == "Tensor" && entry.Schema.Arguments[0].Type == "Tensor";

    Ref Look(Cell of, OpEntry entry, IReadOnlyList<Operand> bound, int line)
    {
        var where = Where(line);
        Operand[] rest = [.. bound.Skip(1)];
        Value Make(Value x)
        {
            b.Where = where;
            return b.Add(entry, [x, .. rest])[0];
        }
        var value = Tensor(of);
        return env.New(new TensorContent(Make(value), new View(of, value, Make, Back(entry.Name, rest), entry.Name)));
    }

    (OpEntry, IReadOnlyList<Operand>) Bind(string name, IReadOnlyList<Sym> args, IReadOnlyDictionary<string, Sym> named, string? schema, int line)
    {
        Operand[] positional = [.. args.Select(a => Arg(a, line))];
        var byName = named.ToDictionary(static n => n.Key, n => Arg(n.Value, line), StringComparer.Ordinal);
        if (schema is not null && Registry.BySchema(schema) is { } exact) return (exact, InOrder(exact, positional, byName, line));
        try
        {
            return Resolver.Resolve(name, positional, byName);
        }
        catch (ArgumentException first)
        {
            // An optional value that the program knows to be there.
            var stripped = positional.Select(o => Opened(o, line)).ToArray();
            if (stripped.SequenceEqual(positional)) throw new ScriptException(first.Message, Where(line), first);
            try
            {
                return Resolver.Resolve(name, stripped, byName);
            }
            catch (ArgumentException e)
            {
                throw new ScriptException(e.Message, Where(line), e);
            }
        }
    }

    /// <summary>Operands that stand in the order of the row already.</summary>
    Operand[] InOrder(OpEntry entry, Operand[] positional, Dictionary<string, Operand> named, int line)
    {
        var schema = entry.Schema.Arguments;
        var bound = new Operand[schema.Count];
        for (var i = 0; i < bound.Length; i++)
        {
            bound[i] = i < positional.Length ? positional[i] : named.TryGetValue(schema[i].Name, out var n) ? n
                : schema[i].HasDefault ? Operand.Of(schema[i].Default) : throw Error($"{entry.Name} is called without its argument '{schema[i].Name}': {entry.Text}", line);
            // C# says null where Python has the default.
            if (bound[i].IsNone && !schema[i].IsOptional && schema[i].HasDefault) bound[i] = Operand.Of(schema[i].Default);
            if (!ArgBinder.Takes(schema[i], bound[i].Argument)) bound[i] = Opened(bound[i], line);
            if (!ArgBinder.Takes(schema[i], bound[i].Argument)) throw Error($"{entry.Name}: argument '{schema[i].Name}' is {bound[i].Type}; the signature is {entry.Text}", line);
        }
        return bound;
    }

    Operand Opened(Operand o, int line) => o.Value is { Type: OptionalType } v ? Op("prim.unwrap", line, v) : o;

    Sym Inline(ScriptMethod method, object? self, IReadOnlyList<Expr> args, IReadOnlyList<NamedArg> named, int line) =>
        Inline(method, self, [.. args.Select(Eval)], named.ToDictionary(static n => n.Name, n => Eval(n.Value), StringComparer.Ordinal), line);

    Sym Inline(ScriptMethod method, object? self, IReadOnlyList<Sym> args, IReadOnlyDictionary<string, Sym> named, int line)
    {
        foreach (var f in frames)
        {
            if (ReferenceEquals(f.Method, method) && ReferenceEquals(f.Self, self))
                throw Error($"{method.Name} calls itself ({string.Join(" ← ", frames.Select(static x => x.Method.Name))}); calls are written out, so recursion can't end: use a loop", line);
        }
        var locals = new Dictionary<string, Sym>(StringComparer.Ordinal);
        for (var i = 0; i < method.Parameters.Count; i++)
        {
            var p = method.Parameters[i];
            var value = i < args.Count ? args[i] : named.TryGetValue(p.Name, out var n) ? n : p.HasDefault ? Host(p.Default, p.Name) : throw Error($"{method.Name} is called without its argument '{p.Name}'", line);
            locals[p.Name] = Coerce(value, p.Type, line);
        }
        if (args.Count > method.Parameters.Count) throw Error($"{method.Name} has {method.Parameters.Count} parameters, but is called with {args.Count} arguments", line);
        var outer = env.Enter();
        callers.Push(outer);
        foreach (var (name, value) in locals) env.Locals[name] = value;
        frames.Push(new(method, self));
        try
        {
            return Body(method);
        }
        finally
        {
            frames.Pop();
            callers.Pop();
            env.Leave(outer);
            b.Where = Where(line);
        }
    }

    Sym CallObject(ObjectCall c)
    {
        var target = Strip(Eval(c.Target), c.Line);
        if (target is not Known { Value: { } host }) throw Error($"method '{c.Method}' of {Describe(target)} is called, which isn't known while the graph is built", c.Line);
        Sym[] args = [.. c.Args.Select(Eval)];
        var named = c.Named.ToDictionary(static n => n.Name, n => Eval(n.Value), StringComparer.Ordinal);
        switch (host)
        {
            case Delegate d when Script.Find(d) is { } script:
                return Inline(script, null, args, named, c.Line);
            case Func<Tensor, Tensor> f:
                return Inline(Pointwise(f, c.Line), args, named, c.Line);
            case IGraphSource source:
                return Inline(source, args, named, c.Line);
            case IScriptObject o:
                var found = o.FindScripts(c.Method).FirstOrDefault(m => Fits(m, args, named));
                if (found is not null) return Inline(found, o, args, named, c.Line);
                throw Error(o.FindScripts(c.Method).Any()
                    ? $"{o.TypeName}.{c.Method} takes other arguments than ({string.Join(", ", args.Select(Describe))})"
                    : $"{o.TypeName}.{c.Method} is no script: mark it [Script], or trace it and call the traced graph", c.Line);
            default:
                throw Error($"{Describe(target)} can't be called from a script", c.Line);
        }
    }

    static bool Fits(ScriptMethod m, Sym[] args, Dictionary<string, Sym> named) =>
        args.Length <= m.Parameters.Count && m.Parameters.Skip(args.Length).All(p => p.HasDefault || named.ContainsKey(p.Name)) && named.Keys.All(n => m.Parameters.Any(p => p.Name == n));

    /// <summary>A function that isn't marked, such as an activation given as a lambda: traced, if it does the same for tensors of any shape.</summary>
    ScriptFunction Pointwise(Func<Tensor, Tensor> f, int line)
    {
        try
        {
            var graph = Trace.Of(f, Flambeau.Tensor.From([-1f, -0.5f, 0.5f, 1f], new long[] { 2, 2 })).Graph;
            var other = Trace.Of(f, Flambeau.Tensor.From([-1f, 0.25f, 1f], new long[] { 3, 1, 1 })).Graph;
            if (graph.Nodes.Select(Form).SequenceEqual(other.Nodes.Select(Form))) return new(graph);
        }
        catch (TraceException e)
        {
            throw new ScriptException($"a function that is no script is called, and can't be traced: {e.Message}", Where(line), e);
        }
        throw Error("a function that is no script is called, and it does something else for another shape: make it a static method marked [Script]", line);

        static string Form(Node n) => n is OpNode op ? $"{op.Name}({string.Join(", ", op.Inputs.Select(static i => i.IsConstant ? i.ToString() : "%"))})" : n.GetType().Name;
    }

    /// <summary>Copies a finished graph into this one; its state becomes this graph's.</summary>
    Sym Inline(IGraphSource source, Sym[] args, Dictionary<string, Sym> named, int line)
    {
        var (graph, parameters, returns) = source.Use();
        var inputs = new List<Operand>();
        for (var i = 0; i < parameters.Count; i++)
        {
            var p = parameters[i];
            var value = i < args.Length ? args[i] : named.TryGetValue(p.Name, out var n) ? n : p.HasDefault ? Host(p.Default, p.Name) : throw Error($"{graph.Name} is called without its argument '{p.Name}'", line);
            Flatten(Coerce(value, p.Type, line), p.Type, inputs, line);
        }
        if (inputs.Count != graph.Inputs.Count) throw Error($"{graph.Name} has {graph.Inputs.Count} inputs, but is called with {inputs.Count}", line);
        var map = new Dictionary<Value, Operand>();
        for (var i = 0; i < inputs.Count; i++) map[graph.Inputs[i]] = inputs[i];
        foreach (var s in graph.State) map[s.Value] = Tensor(StateCell(s.Tensor, s.Name));
        Copy.Nodes(b, graph.Body, map);
        foreach (var w in graph.Writes) Update(StateCell(w.State.Tensor, w.State.Name), Copy.Map(w.Value, map).Value!, line);
        var at = 0;
        var outputs = graph.Outputs.Select(o => FromOperand(Copy.Map(o, map))).ToArray();
        return Rebuild(returns, outputs, ref at);
    }

    static Sym Rebuild(TypeRef type, Sym[] outputs, ref int at)
    {
        switch (type)
        {
            case SimpleRef { Kind: SimpleKind.None }:
                return Sym.Null;
            case TupleRef t:
                var items = new Sym[t.Items.Count];
                for (var i = 0; i < items.Length; i++) items[i] = Rebuild(t.Items[i], outputs, ref at);
                return new TupleSym(items, t.Names);
            case RecordRef r:
                var fields = new Sym[r.Types.Count];
                for (var i = 0; i < fields.Length; i++) fields[i] = Rebuild(r.Types[i], outputs, ref at);
                return new RecordSym(r, fields);
            default:
                return outputs[at++];
        }
    }
}
