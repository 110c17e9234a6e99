using Flambeau.Autograd;
using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Tests.RandomGraphs;

/// <summary>
/// A graph of random nodes. Each is run while the graph is built, so that sizes fit; what an op refuses is left out.
/// </summary>
sealed class RandomGraph
{
    readonly Random random;
    readonly GraphBuilder builder;
    readonly Dictionary<Value, object?> known = [];
    readonly List<Value> pool = [];
    readonly List<Value> inputs = [];

    internal RandomGraph(int seed)
    {
        random = new(seed);
        builder = new($"random {seed}");
        using var off = Grad.No();
        var n = 1 + Below(3);
        for (var i = 0; i < n; i++) Leaf(Sizes(), DTypeOf(), input: true);
        Nodes(3 + Below(22), 0);
        var tensors = pool.Where(v => known[v] is Tensor or long or double or bool).ToArray();
        var outputs = tensors.TakeLast(2).Concat(Enumerable.Range(0, 2).Select(_ => One(tensors))).Distinct().ToArray();
        Graph = builder.Finish([.. outputs.Select(static v => (Operand)v)]);
    }

    internal Graph Graph { get; }

    internal object?[] Inputs => [.. inputs.Select(v => known[v])];

    internal IReadOnlyDictionary<Value, object?> Known => known;

    internal int Below(int n) => random.Next(n);

    internal bool Chance(double p) => random.NextDouble() < p;

    internal T One<T>(IReadOnlyList<T> list) => list[random.Next(list.Count)];

    /// <summary>A tensor that is there, preferably a late one.</summary>
    internal Operand T(Func<Tensor, bool>? fits = null)
    {
        var all = pool.Where(v => known[v] is Tensor t && (fits is null || fits(t))).ToArray();
        if (all.Length == 0) throw new NoneFits();
        return all[Chance(0.6) ? Math.Max(0, all.Length - 1 - Below(4)) : Below(all.Length)];
    }

    internal Operand F() => T(static t => t.DType.IsFloat());

    internal Tensor At(Operand o) => (Tensor)known[o.Value!]!;

    /// <summary>An int: a constant or one that is computed.</summary>
    internal Operand Int(long low, long high)
    {
        var all = pool.Where(v => known[v] is long l && l >= low && l < high).ToArray();
        return all.Length > 0 && Chance(0.5) ? One(all) : random.NextInt64(low, Math.Max(low + 1, high));
    }

    internal Operand Any(Func<object?, bool> fits)
    {
        var all = pool.Where(v => fits(known[v])).ToArray();
        return all.Length > 0 ? One(all) : throw new NoneFits();
    }

    internal long Dim(Operand x) => At(x).Rank is var r && r > 0 ? (Chance(0.5) ? Below(r) : Below(r) - r) : 0;

    internal Operand Leaf(long[] sizes, DType dtype, bool input = false)
    {
        var t = Values(sizes, dtype);
        var kind = Below(4);
        Value v;
        if (input || (kind == 0 && depth == 0))
        {
            v = builder.Input(Chance(0.8) ? TensorType.Of(t) : GraphType.Tensor, $"x{inputs.Count}");
            inputs.Add(v);
        }
        else v = builder.AddState("s", t, kind == 1 ? StateKind.Parameter : StateKind.Constant).Value;
        known[v] = t;
        if (depth == 0) pool.Add(v);
        return v;
    }

    /// <summary>Something to combine with a tensor: of its sizes or some of them 1, or a number.</summary>
    internal Operand Other(Operand x)
    {
        var t = At(x);
        switch (Below(6))
        {
            case 0: return One<Operand>([0, 1, 2, -1, 3]);
            case 1: return One<Operand>([0.0, 1.0, -0.0, 2.0, 0.5, -1.5, 4.0]);
            case 2: return T(o => o.DType == t.DType && o.Shape == t.Shape);
            case 3: return Leaf([], t.DType);
            case 4: return T();
            default: return Leaf([.. t.Shape.ToArray().Select(s => Chance(0.3) ? 1 : s).Skip(Chance(0.2) ? 1 : 0)], Chance(0.7) ? t.DType : DTypeOf());
        }
    }

    internal long[] Sizes()
    {
        var s = new long[One([0, 1, 1, 2, 2, 2, 3, 3, 4])];
        for (var i = 0; i < s.Length; i++) s[i] = Chance(0.03) ? 0 : 1 + Below(5);
        return s;
    }

    internal DType DTypeOf() => One([DType.Float32, DType.Float32, DType.Float32, DType.Float64, DType.Int64, DType.Int32, DType.Bool, DType.BFloat16, DType.Float16, DType.UInt8, DType.Complex64]);

    Tensor Values(long[] sizes, DType dtype)
    {
        var n = (int)new Shape(sizes).Numel;
        var special = Chance(0.15);
        var x = new double[n];
        for (var i = 0; i < n; i++)
        {
            x[i] = dtype.IsFloat() || dtype.IsComplex() ? special && Chance(0.3) ? One([double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, 0]) : Math.Round((random.NextDouble() - 0.4) * 5, 2) : Below(10) - (dtype is DType.UInt8 or DType.Bool ? 0 : 4);
        }
        var t = Tensor.From(x, sizes);
        return dtype == DType.Bool ? t.Gt(4) : t.To(dtype);
    }

    int depth;

    void Nodes(int count, int level)
    {
        for (var made = 0; made < count; made++)
        {
            try
            {
                var r = random.NextDouble();
                if (r < 0.05 && level < 2) If(level);
                else if (r < 0.1 && level < 2) Loop(level);
                else Op(One(OpFamilies.All)(this));
            }
            catch (Exception e) when (e is NoneFits or ArgumentException or InvalidOperationException or NotSupportedException or IndexOutOfRangeException or OverflowException or DivideByZeroException or FormatException or InvalidCastException)
            {
                // The op doesn't take these.
            }
        }
    }

    void Op((string Name, Operand[] Arguments) call)
    {
        var (entry, bound) = Resolver.Resolve(call.Name, call.Arguments);
        var result = Interpreter.Normal(entry.Invoke([.. bound.Select(o => Evaluate.Get(o, known))]));
        var types = Resolver.Results(entry, bound);
        object?[] parts = types.Count == 1 ? [result] : (object?[])result!;
        if (parts.Any(static p => p is Tensor { Numel: > 4000 })) return;
        var precise = Chance(0.8);
        var outputs = builder.Add(entry, bound, [.. parts.Select((p, i) => p is Tensor { IsWrapped: false } t && precise ? TensorType.Of(t) : types[i])]);
        for (var i = 0; i < parts.Length; i++)
        {
            known[outputs[i]] = parts[i];
            pool.Add(outputs[i]);
        }
    }

    void If(int level)
    {
        var condition = Any(static o => o is bool);
        if (Chance(0.2)) condition = Chance(0.5);
        var before = pool.Count;
        Block Branch(int results, Func<int, Value, bool> fits, List<Value> chosen)
        {
            builder.BeginBlock(Array.Empty<Value>());
            depth++;
            Nodes(1 + Below(4), level + 1);
            depth--;
            for (var i = 0; i < results; i++)
            {
                var all = pool.Where(v => known[v] is not null && fits(i, v)).ToArray();
                if (all.Length > 0) chosen.Add(all.Length > 2 && Chance(0.8) ? One(all[^3..]) : One(all));
            }
            pool.RemoveRange(before, pool.Count - before);
            var block = builder.EndBlock([.. chosen.Select(static v => (Operand)v)]);
            return chosen.Count == results ? block : throw new NoneFits();
        }
        List<Value> a = [], b = [];
        var then = Branch(1 + Below(2), (_, v) => known[v] is Tensor or long, a);
        var otherwise = Branch(a.Count, (i, v) => known[v]!.GetType() == known[a[i]]!.GetType(), b);
        var outputs = builder.If(condition, then, otherwise);
        for (var i = 0; i < outputs.Count; i++)
        {
            known[outputs[i]] = known[(bool)Evaluate.Get(condition, known)! ? a[i] : b[i]];
            pool.Add(outputs[i]);
        }
    }

    void Loop(int level)
    {
        var count = Int(0, 4);
        var carried = Enumerable.Range(0, 1 + Below(2)).Select(_ => T().Value!).ToArray();
        var before = pool.Count;
        var parameters = builder.BeginBlock([new Value(GraphType.Int, "i"), .. carried.Select(c => new Value(c.Type))]);
        depth++;
        known[parameters[0]] = 0L;
        for (var i = 0; i < carried.Length; i++) known[parameters[i + 1]] = known[carried[i]];
        pool.AddRange(parameters.Skip(1));
        Nodes(1 + Below(5), level + 1);
        Operand[] results = [.. carried.Select(c =>
        {
            var t = (Tensor)known[c]!;
            var all = pool.Skip(before).Where(v => known[v] is Tensor o && o.DType == t.DType && o.Shape == t.Shape && !o.IsWrapped && c.Type.Accepts(v.Type)).ToArray();
            return (Operand)(all.Length > 0 ? all[^1] : parameters[1 + Array.IndexOf(carried, c)]);
        })];
        depth--;
        var flags = pool.Where(v => known[v] is bool).ToArray();
        pool.RemoveRange(before, pool.Count - before);
        Operand go = flags.Length == 0 || Chance(0.8) ? true : One(flags);
        var node = new LoopNode(count, true, [.. carried.Select(static c => (Operand)c)], builder.EndBlock([go, .. results]), [.. carried.Select(static c => new Value(c.Type))]);
        Evaluate.Run(node, known);
        builder.Add(node);
        pool.AddRange(node.Outputs);
    }

    internal sealed class NoneFits : Exception;
}
