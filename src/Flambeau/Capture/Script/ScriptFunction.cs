using Flambeau.Capture.Ast;
using Flambeau.Capture.Lower;
using Flambeau.Graphs;

namespace Flambeau;

/// <summary>Runs a graph: <see cref="Interpreter"/>, or something faster with the same results.</summary>
public delegate object?[] GraphExecutor(Graph graph, object?[] inputs);

/// <summary>
/// A function as a graph: a <c>[Script]</c> method, or a graph made otherwise. It can be called like the original, also from scripts, which take its nodes over.
/// </summary>
public sealed class ScriptFunction : Capture.IGraphSource
{
    readonly ScriptMethod method;
    readonly object? self;
    readonly Graph? graph;
    readonly Dictionary<string, object?> bound;
    readonly Lock gate = new();
    List<LoweredScript> variants = [];

    internal ScriptFunction(ScriptMethod method, object? self, Dictionary<string, object?>? bound = null) => (this.method, this.self, this.bound) = (method, self, bound ?? []);

    /// <summary>A finished graph of tensors as a function.</summary>
    /// <param name="graph">Such as a trace.</param>
    public ScriptFunction(Graph graph) : this(graph,
        [.. graph.Inputs.Select(static (v, i) => new Parameter(v.Hint ?? $"input{i}", Reference(v.Type)))],
        graph.Outputs.Count == 1 ? Reference(graph.Outputs[0].Type) : new TupleRef([.. graph.Outputs.Select(static o => Reference(o.Type))]))
    {
    }

    /// <summary>A finished graph as a function.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="parameters">What it takes; tuples and records are several inputs.</param>
    /// <param name="returns">What it gives; tuples and records are several outputs.</param>
    public ScriptFunction(Graph graph, IReadOnlyList<Parameter> parameters, TypeRef returns) : this(new ScriptMethod(graph.Name, parameters, returns, [], "", 0), null) => this.graph = graph;

    /// <summary>The method's or the graph's name.</summary>
    public string Name => method.Name;

    /// <summary>What it takes.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. method.Parameters.Where(p => !bound.ContainsKey(p.Name))];

    /// <summary>What it gives.</summary>
    public TypeRef Returns => method.Returns;

    /// <summary>Runs the graph; by default the interpreter, op by op through eager dispatch.</summary>
    public GraphExecutor Executor { get; set; } = static (g, inputs) => Interpreter.Run(g, inputs);

    /// <summary>The graph, for the object as it is configured now: a module that is switched between training and evaluation has two.</summary>
    /// <exception cref="Capture.ScriptException">The script can't be made into a graph; says where and why.</exception>
    public Graph Graph => graph ?? Current().Graph;

    /// <summary>The same function with a parameter fixed: what depends on it alone is computed while the graph is built.</summary>
    /// <exception cref="ArgumentException">There is no such parameter.</exception>
    public ScriptFunction Bind(string parameter, object? value)
    {
        if (graph is not null) throw new InvalidOperationException($"{Name} is a finished graph, in which no parameter can be fixed");
        if (Parameters.All(p => p.Name != parameter)) throw new ArgumentException($"{Name} has no free parameter '{parameter}'; it has {string.Join(", ", Parameters.Select(static p => p.Name))}");
        return new(method, self, new(bound) { [parameter] = value }) { Executor = Executor };
    }

    /// <summary>Calls it. Arguments and result are those of the original method; parameters with a default may be left out at the end.</summary>
    /// <exception cref="ArgumentException">The number of arguments is wrong.</exception>
    public object? Call(params object?[] arguments)
    {
        var parameters = Parameters;
        if (arguments.Length > parameters.Count || parameters.Skip(arguments.Length).Any(static p => !p.HasDefault))
            throw new ArgumentException($"{Name} takes ({string.Join(", ", parameters.Select(static p => p.Name))}); {arguments.Length} arguments were given");
        if (!Script.Enabled && method.Eager is { } eager) return eager(self, All(arguments));
        var inputs = new List<object?>();
        for (var i = 0; i < parameters.Count; i++) Types.ToGraph(i < arguments.Length ? arguments[i] : parameters[i].Default, parameters[i].Type, inputs);
        var outputs = Executor(Graph, [.. inputs]);
        var at = 0;
        return Types.FromGraph(method.Returns, outputs, ref at);
    }

    /// <summary>Calls it with tensors, for a tensor.</summary>
    public Tensor Forward(params Tensor[] inputs) => Call([.. inputs]) as Tensor ?? throw new InvalidOperationException($"{Name} doesn't give one tensor; use Call");

    object?[] All(object?[] arguments)
    {
        var all = new object?[method.Parameters.Count];
        var next = 0;
        for (var i = 0; i < all.Length; i++)
        {
            var p = method.Parameters[i];
            all[i] = bound.TryGetValue(p.Name, out var fixedValue) ? fixedValue : next < arguments.Length ? arguments[next++] : p.Default;
        }
        return all;
    }

    LoweredScript Current()
    {
        foreach (var v in variants)
        {
            if (v.IsCurrent) return v;
        }
        lock (gate)
        {
            var made = Lowering.Lower(method, self, bound);
            // The latest few: a module is rarely configured in more ways.
            variants = [made, .. variants.Take(3)];
            return made;
        }
    }

    (Graph Graph, IReadOnlyList<Parameter> Parameters, TypeRef Returns) Capture.IGraphSource.Use() => (Graph, Parameters, Returns);

    static TypeRef Reference(GraphType type) => type switch
    {
        TensorType => TypeRef.Tensor,
        ListType l => new ListRef(Reference(l.Element)),
        OptionalType o => new OptionalRef(Reference(o.Element)),
        _ when type == GraphType.Int => TypeRef.Int,
        _ when type == GraphType.Float => TypeRef.Float,
        _ when type == GraphType.Bool => TypeRef.Bool,
        _ when type == GraphType.String => TypeRef.String,
        _ when type == GraphType.DType => TypeRef.DType,
        _ => TypeRef.Number,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Name}({string.Join(", ", Parameters.Select(static p => p.Name))})";
}
