using System.Globalization;
using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Writes a graph as a model: one node of ours becomes one or a few of theirs.</summary>
internal sealed partial class Exporter
{
    internal const int MinOpset = 13, MaxOpset = 23;

    readonly Graph graph;
    readonly OnnxExportOptions options;
    readonly ModelProto model = new() { ProducerName = "Flambeau", ProducerVersion = typeof(Tensor).Assembly.GetName().Version?.ToString(3) ?? "" };
    readonly GraphProto main = new();
    readonly Dictionary<Value, object> names = [];
    readonly Dictionary<(DType, string), string> constants = [];
    readonly HashSet<string> taken = new(StringComparer.Ordinal);
    readonly Dictionary<Value, GraphType> types;
    readonly IReadOnlyDictionary<IfNode, bool> ways;
    readonly Dictionary<string, (Tensor Tensor, ElementType Type)> initializers = new(StringComparer.Ordinal);
    readonly Dictionary<Value, StateEntry> states;
    readonly Dictionary<Value, int> uses;
    readonly Dictionary<string, string> renamed = new(StringComparer.Ordinal);
    GraphProto current;

    Exporter(Graph graph, OnnxExportOptions options, TypeProfile profile)
    {
        (this.graph, this.options, types, ways, current) = (graph, options, profile.Types, profile.Ways, main);
        states = graph.State.ToDictionary(static s => s.Value);
        uses = graph.Nodes.SelectMany(static n => n.Inputs.SelectMany(static o => o.Values).Concat(n.Blocks.SelectMany(static b => b.Results.SelectMany(static r => r.Values))))
            .Concat(graph.Outputs.SelectMany(static o => o.Values)).GroupBy(static v => v).ToDictionary(static g => g.Key, static g => g.Count());
    }

    internal int Opset => options.Opset;

    /// <summary>Makes the model. Tensors stay in <paramref name="tensors"/>, to be written into the model or beside it.</summary>
    /// <summary><paramref name="named"/> tells which of our values are which of theirs.</summary>
    internal static ModelProto Export(Graph graph, OnnxExportOptions options, IReadOnlyList<object?>? examples, out IReadOnlyDictionary<string, (Tensor Tensor, ElementType Type)> tensors, out IReadOnlyDictionary<Value, string> named)
    {
        if (options.Opset is < MinOpset or > MaxOpset) throw new OnnxException($"opset {options.Opset} can't be written; choose {MinOpset} to {MaxOpset}");
        if (graph.Writes.Count > 0)
            throw new OnnxException($"the graph changes state when it runs ({string.Join(", ", graph.Writes.Take(3).Select(static w => w.State.Name))}), which ONNX can't; call Eval() on the module before it is traced, so that batch norms use their running statistics");
        var e = new Exporter(graph, options, TypeProfile.Run(graph, examples));
        e.Write();
        tensors = e.initializers;
        var made = e.main.Node.SelectMany(static n => n.Output).ToHashSet(StringComparer.Ordinal);
        named = graph.Body.Nodes.SelectMany(static n => n.Outputs).Where(v => e.names.GetValueOrDefault(v) is string)
            .Select(v => (Value: v, Name: e.renamed.GetValueOrDefault((string)e.names[v], (string)e.names[v]))).Where(p => made.Contains(p.Name)).ToDictionary(static p => p.Value, static p => p.Name);
        return e.model;
    }

    void Write()
    {
        model.IrVersion = options.Opset switch { <= 14 => 7, <= 18 => 8, <= 20 => 9, <= 22 => 10, _ => 11 };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = options.Opset });
        foreach (var (k, v) in options.Metadata ?? new Dictionary<string, string>()) model.MetadataProps.Add(new StringStringEntryProto { Key = k, Value = v });
        model.Graph = main;
        main.Name = options.Name ?? graph.Name;
        Check(options.InputNames, graph.Inputs.Count, "inputs");
        Check(options.OutputNames, graph.Outputs.Count, "outputs");
        string[] outputs = [.. graph.Outputs.Select((_, i) => options.OutputNames?[i] ?? (graph.Outputs.Count == 1 ? "output" : $"output_{i}"))];
        foreach (var o in outputs)
        {
            if (!taken.Add(o)) throw new OnnxException($"two outputs are called '{o}'");
        }
        for (var i = 0; i < graph.Inputs.Count; i++)
        {
            var v = graph.Inputs[i];
            var name = options.InputNames is { } given ? taken.Add(given[i]) ? given[i] : throw new OnnxException($"two inputs or outputs are called '{given[i]}'") : Fresh(v.Hint ?? "input");
            names.Add(v, name);
            main.Input.Add(Info(name, TypeOf(v)));
        }
        foreach (var s in graph.State) names.Add(s.Value, Fresh(s.Name));
        Nodes(graph.Body);
        for (var i = 0; i < outputs.Length; i++)
        {
            var type = TypeOf(graph.Outputs[i]);
            // A graph's outputs must be made by its nodes, under their own names.
            Emit("Identity", [Name(graph.Outputs[i])], [outputs[i]]);
            main.Output.Add(Info(outputs[i], type));
        }
        Rename(outputs);
        foreach (var s in graph.State)
        {
            var name = (string)names[s.Value];
            if (Used(name)) initializers.Add(name, (s.Tensor, ElementTypes.Of(s.Tensor.DType)));
        }
        Cleanup.Run(main, initializers);
        foreach (var (name, t) in initializers)
        {
            var p = new TensorProto { Name = name, DataType = t.Type };
            p.Dims.AddRange(t.Tensor.Shape.ToArray());
            main.Initializer.Add(p);
        }
    }

    static void Check(IReadOnlyList<string>? names, int count, string what)
    {
        if (names is not null && names.Count != count) throw new OnnxException($"{names.Count} names are given for {count} {what}");
    }

    bool Used(string name) => Cleanup.Uses(main).Contains(name);

    /// <summary>A node whose only use is to name an output gives its own result that name.</summary>
    void Rename(string[] outputs)
    {
        var makers = main.Node.SelectMany(static n => n.Output.Select((o, i) => (o, n, i))).Where(static p => p.o.Length > 0).ToDictionary(static p => p.o, static p => (p.n, p.i));
        var counts = Cleanup.UseCounts(main);
        foreach (var output in outputs)
        {
            var identity = main.Node.Last(n => n.OpType == "Identity" && n.Output[0] == output);
            if (!makers.TryGetValue(identity.Input[0], out var maker) || counts[identity.Input[0]] != 1) continue;
            maker.n.Output[maker.i] = output;
            renamed[identity.Input[0]] = output;
            main.Node.Remove(identity);
        }
    }

    /// <summary>A name that nothing has yet.</summary>
    internal string Fresh(string hint)
    {
        if (hint.Length == 0) hint = "v";
        var name = hint;
        for (var i = 1; !taken.Add(name); i++) name = string.Create(CultureInfo.InvariantCulture, $"{hint}_{i}");
        return name;
    }

    /// <summary>Adds a node; its first output's name.</summary>
    internal string Emit(string op, IReadOnlyList<string?> inputs, params (string Name, object? Value)[] attributes) => Emit(op, inputs, [Fresh(op.ToLowerInvariant())], attributes)[0];

    /// <summary>Adds a node with outputs of these names.</summary>
    internal string[] Emit(string op, IReadOnlyList<string?> inputs, string[] outputs, params (string Name, object? Value)[] attributes)
    {
        var n = new NodeProto { OpType = op, Name = $"{op}_{current.Node.Count}" };
        var last = inputs.Count;
        while (last > 0 && string.IsNullOrEmpty(inputs[last - 1])) last--;
        n.Input.AddRange(inputs.Take(last).Select(static i => i ?? ""));
        n.Output.AddRange(outputs);
        foreach (var (name, value) in attributes)
        {
            if (value is not null) n.Attribute.Add(AttributeWriter.Write(name, value));
        }
        if (where is not null) n.DocString = where.ToString();
        current.Node.Add(n);
        return outputs;
    }

    SourceLocation? where;

    /// <summary>The name of a small constant; equal ones share it.</summary>
    internal string Constant(Tensor t)
    {
        if (t.Numel > 64) return Initializer("constant", t);
        var key = (t.DType, $"{t.Shape}:{Convert.ToHexString(TensorCodec.Bytes(t, ElementTypes.Of(t.DType)))}");
        return constants.TryGetValue(key, out var name) ? name : constants[key] = Initializer("constant", t);
    }

    internal string Initializer(string hint, Tensor t, ElementType? type = null)
    {
        var name = Fresh(hint);
        initializers.Add(name, (t, type ?? ElementTypes.Of(t.DType)));
        return name;
    }

    internal string Constant(long v) => Constant(Tensor.FromScalar(v));
    internal string Constant(params long[] v) => Constant(Tensor.From(v));
    internal string Constant(double v, DType dtype) => Constant(Tensor.FromScalar(v, dtype));

    internal GraphType TypeOf(Value v) => v.Type is TensorType { Type: not null, Shape: not null } || v.Type is not (TensorType or ListType) && v.Type != GraphType.Any ? v.Type
        : types.TryGetValue(v, out var t) ? v.Type is TensorType { Type: not null } own && t is TensorType p ? p with { Type = own.Type, Shape = own.Shape ?? p.Shape } : t : v.Type;

    internal GraphType TypeOf(Operand o) => o.Value is { } v ? TypeOf(v) : o.List is { } l ? new ListType(l.Count > 0 ? TypeOf(l[0]) : GraphType.Any) : o.Type;

    /// <summary>The dtype of what is put into a list that begins empty.</summary>
    internal DType ElementOf(Value list)
    {
        foreach (var node in graph.Nodes)
        {
            if (node is LoopNode l)
            {
                for (var i = 0; i < l.Carried.Count; i++)
                {
                    if (l.Carried[i].Value == list && TypeOf(l.Body.Parameters[i + 1]) is ListType { Element: TensorType { Type: { } d } }) return d;
                }
            }
            else if (node is OpNode { Name: "prim.append" } append && append.Inputs[0].Value == list && TypeOf(append.Inputs[1]) is TensorType { Type: { } e }) return e;
        }
        return DType.Float32;
    }

    internal StateEntry? State(Operand o) => o.Value is { } v ? states.GetValueOrDefault(v) : null;

    internal int Uses(Value v) => uses.GetValueOrDefault(v);

    /// <summary>The list of names, or the name, of an operand.</summary>
    internal object Named(Operand o)
    {
        if (o.Value is { } v) return names.TryGetValue(v, out var n) ? n : throw new OnnxException($"{v} has no form in ONNX");
        if (o.List is { } l) return l.Count > 0 && TypeOf(l[0]) is TensorType ? l.Select(Name).ToList() : IntsOf(l);
        return o.Constant switch
        {
            long i => Constant(i),
            bool b => Constant(Tensor.FromScalar(b)),
            double d => Constant(d, DType.Float64),
            var c => throw new OnnxException($"constant {c ?? "None"} has no form in ONNX"),
        };
    }

    /// <summary>The name of an operand; a list becomes a sequence, a list of integers a tensor.</summary>
    internal string Name(Operand o) => Named(o) switch
    {
        string s => s,
        List<string> list => Emit("SequenceConstruct", list),
        var other => throw new OnnxException($"{other} has no form in ONNX"),
    };

    /// <summary>Integers as a tensor of one axis.</summary>
    internal string IntsOf(IReadOnlyList<Operand> list)
    {
        if (list.All(static o => o.IsConstant)) return Constant(list.Select(static o => Convert.ToInt64(o.Constant, CultureInfo.InvariantCulture)).ToArray());
        var axis = Constant([0L]);
        var parts = new List<string>();
        for (var i = 0; i < list.Count;)
        {
            var j = i;
            while (j < list.Count && list[j].IsConstant) j++;
            if (j > i) parts.Add(IntsOf([.. list.Skip(i).Take(j - i)]));
            else parts.Add(Emit("Unsqueeze", [Name(list[j++]), axis]));
            i = j;
        }
        return parts.Count == 1 ? parts[0] : Emit("Concat", parts, ("axis", 0L));
    }

    internal void Set(Value v, object name) => names[v] = name;

    internal static ValueInfoProto Info(string name, GraphType type) => new() { Name = name, Type = TypeWriter.Write(type, name) };
}
