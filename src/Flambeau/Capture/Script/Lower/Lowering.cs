using Flambeau.Capture.Ast;
using Flambeau.Graphs;

namespace Flambeau.Capture.Lower;

/// <summary>
/// Makes a graph of a script by running it on what is known: whatever depends only on constants and on the object's configuration is computed at once,
/// whatever depends on inputs becomes nodes (online partial evaluation, Jones, Gomard and Sestoft, 1993).
/// </summary>
internal sealed partial class Lowering
{
    /// <summary>Loops of at most this many known passes are written out.</summary>
    const int UnrollLimit = 128;

    readonly GraphBuilder b;
    readonly Env env = new();
    readonly Dictionary<Tensor, Cell> stateCells = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<Tensor, ScriptState> known = new(ReferenceEqualityComparer.Instance);
    readonly Stack<Frame> frames = [];
    readonly List<Guard> guards = [];
    bool gradOff;

    sealed record Frame(ScriptMethod Method, object? Self);

    Lowering(string name) => b = new(name);

    /// <summary>Makes the graph of a method.</summary>
    /// <param name="method">The script.</param>
    /// <param name="self">Its object; null for a static one.</param>
    /// <param name="bound">Parameters that are fixed, by name.</param>
    /// <exception cref="ScriptException">It can't be made; says where and why.</exception>
    internal static LoweredScript Lower(ScriptMethod method, object? self, IReadOnlyDictionary<string, object?> bound)
    {
        var owner = (self as IScriptObject)?.TypeName;
        var l = new Lowering(owner is null ? method.Name : $"{owner}.{method.Name}");
        return l.Method(method, self, bound);
    }

    LoweredScript Method(ScriptMethod method, object? self, IReadOnlyDictionary<string, object?> bound)
    {
        if (self is IScriptObject o)
        {
            foreach (var s in o.ScriptState) known.TryAdd(s.Value, s);
        }
        frames.Push(new(method, self));
        foreach (var p in method.Parameters)
            env.Locals[p.Name] = bound.TryGetValue(p.Name, out var fixedValue) ? Coerce(Host(fixedValue, p.Name), p.Type, method.Line) : Input(p.Type, p.Name, method.Line);
        var result = Body(method);
        var outputs = new List<Operand>();
        Flatten(result, method.Returns, outputs, method.Line);
        Writes();
        Graph graph;
        try
        {
            graph = Prune.Run(b.Finish(outputs));
        }
        catch (GraphException e)
        {
            throw new ScriptException($"the graph of {method.Name} is not well formed: {e.Message}", Where(method.Line), e);
        }
        return new(graph, method, [.. method.Parameters.Where(p => !bound.ContainsKey(p.Name))], guards);
    }

    /// <summary>Runs a method's body in the current environment and gives its result.</summary>
    Sym Body(ScriptMethod method)
    {
        env.Locals.Remove(ReturnSlot);
        var flow = Run(new Steps(method.Body, 0, null));
        if (flow == Flow.Throw) return AlwaysThrows;
        if (!env.Locals.TryGetValue(ReturnSlot, out var result)) result = Sym.Null;
        return method.Returns is SimpleRef { Kind: SimpleKind.None } ? Sym.Null : Coerce(result, method.Returns, method.Line);
    }

    /// <summary>An input of the graph; tuples and records are taken apart.</summary>
    Sym Input(TypeRef type, string name, int line)
    {
        switch (type)
        {
            case TupleRef t:
                return new TupleSym([.. t.Items.Select((i, k) => Input(i, $"{name}.{t.Names?[k] ?? k.ToString(System.Globalization.CultureInfo.InvariantCulture)}", line))], t.Names);
            case RecordRef r:
                return new RecordSym(r, [.. r.Types.Select((f, k) => Input(f, $"{name}.{r.Fields[k]}", line))]);
            case SimpleRef { Kind: SimpleKind.Object }:
                throw Error($"parameter '{name}' is a host object; give it when the script is made, by Bind(\"{name}\", value)", line);
            default:
                return FromValue(b.Input(Types.Graph(type), name), "it is an input, which the caller still holds: Clone() it first");
        }
    }

    /// <summary>Operands for the graph's outputs; tuples and records are taken apart.</summary>
    void Flatten(Sym s, TypeRef type, List<Operand> into, int line)
    {
        switch (type)
        {
            case SimpleRef { Kind: SimpleKind.None }:
                break;
            case TupleRef t when Fields(s) is { } items:
                for (var i = 0; i < t.Items.Count; i++) Flatten(items[i], t.Items[i], into, line);
                break;
            case RecordRef r when Fields(s) is { } fields:
                for (var i = 0; i < r.Types.Count; i++) Flatten(fields[i], r.Types[i], into, line);
                break;
            default:
                into.Add(Arg(s, line));
                break;
        }
    }

    /// <summary>Items of a tuple or record; null for anything else.</summary>
    internal static IReadOnlyList<Sym>? Fields(Sym s) => s switch
    {
        TupleSym t => t.Items,
        RecordSym r => r.Fields,
        _ => null,
    };

    /// <summary>Buffers and parameters that the script changed.</summary>
    void Writes()
    {
        foreach (var cell in stateCells.Values)
        {
            var now = Tensor(cell);
            if (cell.State is not { } entry || now == entry.Value) continue;
            if (entry.Kind == StateKind.Constant)
                throw Error($"'{entry.Name}' is changed in place, but is neither a [Parameter] nor a [Buffer] of the module: mark it [Buffer]", frames.Peek().Method.Line);
            b.Write(entry, now);
        }
    }

    SourceLocation Where(int line)
    {
        var m = frames.Peek().Method;
        return new(m.File, line > 0 ? line : m.Line);
    }

    ScriptException Error(string message, int line) => new(message, Where(line));
}

/// <summary>What a method became.</summary>
/// <param name="Graph">Its graph.</param>
/// <param name="Method">The method.</param>
/// <param name="Parameters">Those that are inputs of the graph.</param>
/// <param name="Guards">What the graph relies on.</param>
internal sealed record LoweredScript(Graph Graph, ScriptMethod Method, IReadOnlyList<Parameter> Parameters, IReadOnlyList<Guard> Guards)
{
    /// <summary>Whether the object is still configured as it was.</summary>
    internal bool IsCurrent
    {
        get
        {
            foreach (var g in Guards)
            {
                if (!g.Holds) return false;
            }
            return true;
        }
    }
}

/// <summary>A member that had this value when the graph was built, such as whether a module is in training.</summary>
internal sealed record Guard(object Target, Func<object, object?> Get, object? Value)
{
    internal bool Holds => Equals(Get(Target), Value);
}
