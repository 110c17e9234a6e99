using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.OnnxFormat;

/// <summary>Makes nodes of our graph, computes what is constant at once, and finds values by the model's names.</summary>
internal sealed partial class Importer
{
    /// <summary>A constant with at most this many elements is computed at import.</summary>
    const long MaxFolded = 1 << 14;

    /// <summary>Names of values in a graph of the model; sees those of the graphs around it.</summary>
    internal sealed class Scope(Scope? parent, bool closed = false)
    {
        internal readonly Scope? Parent = parent;

        /// <summary>The body of a function, which doesn't see the names around it.</summary>
        internal readonly bool Closed = closed;
        internal readonly Dictionary<string, Item> Items = new(StringComparer.Ordinal);
        internal readonly Dictionary<string, ValueInfoProto> Types = new(StringComparer.Ordinal);
    }

    /// <summary>A block of our graph; values made in it are seen by the blocks in it.</summary>
    internal sealed class Level(Level? parent)
    {
        internal readonly Level? Parent = parent;
    }

    static readonly HashSet<string> random = new(StringComparer.Ordinal) { "bernoulli", "multinomial", "dropout", "rand_like", "randn_like", "normal", "uniform" };

    internal readonly GraphBuilder Builder;
    internal readonly string? Folder;
    readonly ModelProto model;
    readonly Dictionary<string, long> opsets = new(StringComparer.Ordinal);
    readonly Dictionary<(string, string, string), FunctionProto> functions = [];
    readonly Dictionary<object, Operand> states = new(ReferenceEqualityComparer.Instance);

    readonly IReadOnlyDictionary<string, Tensor> known;

    Importer(ModelProto model, string? folder, string name, IReadOnlyDictionary<string, Tensor> known)
    {
        this.known = known;
        (this.model, Folder) = (model, folder);
        Builder = new(name);
        Current = new(null);
        Here = new(null);
        foreach (var o in model.OpsetImport) opsets[Domain(o.Domain)] = o.Version;
        foreach (var f in model.Functions) functions[(Domain(f.Domain), f.Name, f.Overload)] = f;
    }

    /// <summary>The innermost graph of the model.</summary>
    internal Scope Current { get; private set; }

    /// <summary>The innermost block of our graph.</summary>
    internal Level Here { get; private set; }

    internal static string Domain(string domain) => domain == "ai.onnx" ? "" : domain;

    internal bool Sees(Level? level)
    {
        if (level is null) return true;
        for (var l = Here; l is not null; l = l.Parent)
        {
            if (l == level) return true;
        }
        return false;
    }

    internal Item? Find(string name)
    {
        for (var s = Current; s is not null; s = s.Closed ? null : s.Parent)
        {
            if (s.Items.TryGetValue(name, out var item)) return item;
        }
        return null;
    }

    /// <summary>A tensor that belongs to the graph: trained if the model names it and it is real, else constant.</summary>
    internal Operand State(string? name, Tensor tensor)
    {
        if (states.TryGetValue(tensor, out var known)) return known;
        var kind = name is not null && tensor.DType.IsFloat() ? StateKind.Parameter : StateKind.Constant;
        return states[tensor] = Builder.AddState(name ?? "constant", tensor, kind).Value;
    }

    /// <summary>A node with one result that is no tensor, or of which nothing need be known.</summary>
    internal Operand Prim(string op, params Operand[] arguments) => Builder.Call(op, arguments);

    /// <summary>Calls an op. Items stand for their tensors; with nothing but small constants it is computed at once.</summary>
    internal Item[] Call(string op, params object?[] arguments)
    {
        var first = arguments.OfType<Item>().Concat(arguments.OfType<IEnumerable<Item>>().SelectMany(static l => l)).FirstOrDefault();
        if (Fold(op, arguments) is { } folded) return folded;
        var named = arguments.OfType<Kw>().ToDictionary(static k => k.Name, static k => Operator(k.Value));
        var results = Builder.Call(op, [.. arguments.Where(static a => a is not Kw).Select(Operator)], named);
        var type = first?.Type ?? ElementType.Undefined;
        return [.. results.Select(r => Item.Of(this, r, type))];
    }

    static Operand Operator(object? argument) => argument switch
    {
        Item i => i.Tensor,
        IEnumerable<Item?> list => Operand.Of(list.Select(static i => i?.Tensor ?? default)),
        _ => Operand.Of(argument),
    };

    Item[]? Fold(string op, object?[] arguments)
    {
        var tensors = 0;
        long elements = 0;
        foreach (var a in arguments)
        {
            foreach (var x in a is IEnumerable<Item?> list ? list : [a as Item])
            {
                if (x is null) continue;
                if (x.Constant is not { } c) return null;
                tensors++;
                elements += c.Numel;
            }
            if (!Plain(a is Kw k ? k.Value : a)) return null;
        }
        if (elements > MaxFolded || random.Contains(op) || (tensors == 0 && arguments.Length == 0)) return null;
        if (op is "expand" or "repeat" or "full" or "zeros" or "arange" or "tile" or "constant_pad_nd" or "nn.functional.pad" && !Small(arguments)) return null;
        using var off = Autograd.Grad.No();
        var result = Registry.Call(op, [.. arguments.Where(static a => a is not Kw).Select(Value)], arguments.OfType<Kw>().ToDictionary(static k => k.Name, static k => Value(k.Value)));
        return result switch
        {
            Tensor t => [Item.Of(this, t)],
            Tensor[] list => [.. list.Select(t => Item.Of(this, t))],
            System.Runtime.CompilerServices.ITuple tuple when Enumerable.Range(0, tuple.Length).All(i => tuple[i] is Tensor) => [.. Enumerable.Range(0, tuple.Length).Select(i => Item.Of(this, (Tensor)tuple[i]!))],
            _ => null,
        };
    }

    static bool Small(object?[] arguments)
    {
        double n = 1;
        foreach (var a in arguments)
        {
            foreach (var v in a is Operand o ? Flat(o.Constant) : Flat(a)) n *= Math.Max(1, Math.Abs(v));
        }
        return n <= MaxFolded;

        static IEnumerable<double> Flat(object? o) => o switch
        {
            long v => [v],
            int v => [v],
            Item i => i.Constant!.Shape.ToArray().Select(static v => (double)v),
            System.Collections.IEnumerable e and not string => e.Cast<object?>().SelectMany(static x => Flat(x is Operand p ? p.Constant : x)),
            _ => [],
        };
    }

    static bool Plain(object? a) => a switch
    {
        Operand o => o.IsConstant,
        IEnumerable<Item?> => true,
        System.Collections.IEnumerable e and not string => e.Cast<object?>().All(Plain),
        _ => true,
    };

    static object? Value(object? a) => a switch
    {
        Item i => i.Constant,
        IEnumerable<Item?> list => list.Any(static i => i is null) ? list.Select(static i => i?.Constant).ToArray() : list.Select(static i => i!.Constant!).ToArray(),
        Operand o => o.Constant,
        string or null or Shape => a,
        System.Collections.IEnumerable e => e.Cast<object?>().Select(Value).ToArray(),
        int v => (long)v,
        float v => (double)v,
        _ => a,
    };
}
