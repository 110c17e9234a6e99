using System.Runtime.CompilerServices;
using Flambeau.Autograd;
using Flambeau.Compiler;
using Flambeau.Compiler.Plan;
using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Cli.Models;

/// <summary>What a node did in one run.</summary>
/// <param name="Calls">How often it ran.</param>
/// <param name="Operations">Operations of all its runs.</param>
/// <param name="Result">What it gave last: dtype and sizes.</param>
/// <param name="Bytes">Size of the tensors among that.</param>
internal sealed record NodeCost(long Calls, long Operations, string Result, long Bytes);

/// <summary>What one run of a program costs: a multiplication and an addition count as two operations, any other op as one for each element it gives, a view as none.</summary>
internal sealed class Costs : OpObserver
{
    static readonly HashSet<string> free = new(StringComparer.Ordinal)
    {
        "view", "reshape", "permute", "transpose", "slice", "select", "expand", "squeeze", "unsqueeze", "flatten", "unflatten", "t", "detach", "alias", "as_strided", "diagonal", "unfold", "narrow", "split", "unbind",
    };

    readonly Dictionary<OpNode, NodeCost> nodes = [];
    long pending;

    /// <summary>By node; a node that didn't run isn't there.</summary>
    public IReadOnlyDictionary<OpNode, NodeCost> Nodes => nodes;

    public long Operations => nodes.Values.Sum(static n => n.Operations);

    /// <summary>The memory plan of the compiled program; null if it can't be compiled for these inputs.</summary>
    public MemoryPlan? Plan { get; private set; }

    /// <summary>Steps and fused regions of the compiled program.</summary>
    public CompileStatistics Compiled { get; private set; }

    /// <summary>Why there is no plan.</summary>
    public string? WhyNot { get; private set; }

    /// <summary>Runs a program and counts.</summary>
    public static Costs Of(Graph graph, object?[] inputs)
    {
        using var off = Grad.No();
        var costs = new Costs();
        var kept = graph.Writes.Select(static w => (w.State.Tensor, Copy: w.State.Tensor.Clone())).ToArray();
        Current = costs;
        try
        {
            Interpreter.Run(graph, inputs, costs.Ran);
        }
        finally
        {
            Current = null;
        }
        costs.MakePlan(graph, inputs);
        foreach (var (tensor, copy) in kept) tensor.Copy_(copy);
        return costs;
    }

    void MakePlan(Graph graph, object?[] inputs)
    {
        if (!Array.TrueForAll(inputs, static i => i is Tensor))
        {
            WhyNot = "inputs that are no tensors";
            return;
        }
        try
        {
            var compiled = graph.Compile(new CompileOptions { Strict = true, Name = graph.Name });
            compiled.Run([.. inputs.Cast<Tensor>()]);
            (Plan, Compiled) = (compiled.Plan, compiled.Statistics);
        }
        catch (Exception e) when (e is CompileException or InvalidCastException)
        {
            WhyNot = e is CompileException ? e.Message : "results that are no tensors";
        }
    }

    void Ran(OpNode node, object? result)
    {
        var tensors = Tensors(result).ToArray();
        var before = nodes.GetValueOrDefault(node);
        var text = tensors.Length > 0 ? string.Join(", ", tensors.Select(static t => $"{t.DType.Name()} {t.Shape}")) : result is string or null or ITuple or Array ? "" : Convert.ToString(result, System.Globalization.CultureInfo.InvariantCulture) ?? "";
        nodes[node] = new((before?.Calls ?? 0) + 1, (before?.Operations ?? 0) + pending, text, tensors.Sum(static t => t.Numel * t.DType.Size()));
        pending = 0;
    }

    static IEnumerable<Tensor> Tensors(object? result) => result switch
    {
        Tensor t => [t],
        string => [],
        System.Collections.IEnumerable e => e.Cast<object?>().SelectMany(Tensors),
        ITuple t => Enumerable.Range(0, t.Length).SelectMany(i => Tensors(t[i])),
        _ => [],
    };

    public override void OnOp(IOp op, object?[] arguments, Tensor[] outputs)
    {
        var made = outputs.Sum(static o => o.Numel);
        Tensor T(int i) => (Tensor)arguments[i]!;
        pending += op.Name switch
        {
            "_conv" => 2 * made * PerOutput(T(1)),
            "_conv_input" => 2 * T(0).Numel * PerOutput(T(1)),
            "mm" or "bmm" or "linear" or "nn.functional.linear" or "mv" or "dot" => 2 * made * T(0).Size(-1),
            "addmm" or "baddbmm" => 2 * made * T(1).Size(-1),
            "_attention" => 4 * T(0).Numel * T(1).Size(-2),
            "_lstm_layer" => 2 * T(0).Size(0) * T(0).Size(1) * T(3).Numel,
            "_gru_layer" or "_rnn_layer" => 2 * T(0).Size(0) * T(0).Size(1) * T(2).Numel,
            var view when free.Contains(view) => 0,
            _ => made,
        };
    }

    static long PerOutput(Tensor weight) => weight.Numel / Math.Max(1, weight.Size(0));
}
