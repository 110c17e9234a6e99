using System.Globalization;
using Flambeau.Cli.Models;
using Flambeau.Graphs;

namespace Flambeau.Cli.Inspect;

/// <summary>What there is to say about a program: what it takes and holds, what each node costs, how its memory is planned.</summary>
/// <param name="file">The model.</param>
/// <param name="model">The program.</param>
/// <param name="costs">Of one run; null where there are no inputs to run it on.</param>
/// <param name="why">Why there are none.</param>
internal sealed class Report(ModelFile file, ModelGraph model, Costs? costs, string? why)
{
    const int LongestValue = 200;

    readonly IReadOnlyDictionary<Value, string> names = model.Graph.Names;
    readonly Dictionary<Value, StateEntry> state = model.Graph.State.ToDictionary(static s => s.Value);
    readonly List<Node> order = [.. model.Graph.Nodes];

    static long Bytes(Tensor t) => t.Numel * t.DType.Size();

    /// <summary>Everything but the nodes.</summary>
    public string Summary()
    {
        var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        text.WriteLine($"{Show.Visible(file.Path)}: {Show.Visible(file.Format)}");
        foreach (var (key, value) in file.Metadata) text.WriteLine($"  {Show.Visible(key)} = {Show.Visible(value.Length <= LongestValue ? value : value[..LongestValue] + "…")}");
        if (file.Graphs.Count > 1) text.WriteLine($"programs: {string.Join(", ", file.Graphs.Select(static g => Show.Visible(g.Name)))}; this is {Show.Visible(model.Name)}");
        foreach (var i in model.Inputs) text.WriteLine($"input {Show.Visible(i.Name)}: {Show.Visible(i.Type.ToString()!)}{(i.Default is { } p ? $", by default {p.Default ?? "none"}" : "")}");
        for (var i = 0; i < model.Outputs.Count; i++) text.WriteLine($"output {Show.Visible(model.Outputs[i])}: {Show.Visible(model.Graph.Outputs[i].Type.ToString()!)}");
        foreach (var kind in model.Graph.State.GroupBy(static s => s.Kind))
        {
            Tensor[] tensors = [.. kind.Select(static s => s.Tensor).Distinct(ReferenceEqualityComparer.Instance).Cast<Tensor>()];
            var what = kind.Key switch { StateKind.Parameter => "parameters", StateKind.Buffer => "buffers", _ => "constants" };
            text.WriteLine($"{what}: {tensors.Sum(static t => t.Numel):N0} elements in {tensors.Length:N0} tensors, {Show.Size(tensors.Sum(Bytes))}");
        }
        text.WriteLine($"nodes: {order.Count:N0}, of {order.OfType<OpNode>().Select(static n => n.Name).Distinct().Count():N0} ops");
        if (costs is null) text.WriteLine($"costs aren't known: {why}");
        else
        {
            text.WriteLine($"operations of one run: {Show.Count(costs.Operations)} (a multiplication and an addition count as two)");
            text.WriteLine(costs.Plan is not { } plan ? $"no memory plan: {costs.WhyNot}"
                : $"compiled: {costs.Compiled.Steps:N0} steps, {costs.Compiled.Regions:N0} of them fused; memory plan: {plan.Blocks.Count:N0} blocks in an arena of {Show.Size(plan.Bytes)}, lower bound {Show.Size(plan.LowerBound)}");
        }
        return text.ToString();
    }

    /// <summary>A row for each node.</summary>
    public void Table(TextWriter output)
    {
        List<string[]> rows = [["node", "result", "sizes", "parameters", "operations", "share"]];
        Rows(model.Graph.Body, 0, rows);
        Show.Table(output, rows, false, false, false, true, true, true);
    }

    void Rows(Block block, int depth, List<string[]> rows)
    {
        foreach (var n in block.Nodes)
        {
            var cost = n is OpNode o ? costs?.Nodes.GetValueOrDefault(o) : null;
            var times = cost is { Calls: > 1 } ? $" ×{cost.Calls}" : "";
            var share = cost is { Operations: > 0 } ? (100.0 * cost.Operations / Math.Max(1, costs!.Operations)).ToString("0.0", CultureInfo.InvariantCulture) + "%" : "";
            rows.Add([new string(' ', 2 * depth) + Name(n) + times, Show.Visible(string.Join(", ", n.Outputs.Select(v => "%" + names[v]))), cost?.Result ?? "", Count(Parameters(n)), cost is { Operations: > 0 } ? Show.Count(cost.Operations) : "", share]);
            foreach (var b in n.Blocks) Rows(b, depth + 1, rows);
        }
    }

    static string Name(Node n) => n switch { OpNode o => o.Name, IfNode => "if", _ => "loop" };

    static string Count(long n) => n == 0 ? "" : n.ToString("N0", CultureInfo.InvariantCulture);

    IEnumerable<StateEntry> StateOf(Node n) => n.Inputs.SelectMany(static o => o.Values).Where(state.ContainsKey).Select(v => state[v]).Distinct();

    long Parameters(Node n) => StateOf(n).Where(static s => s.Kind == StateKind.Parameter).Sum(static s => s.Tensor.Numel);

    /// <summary>A row for each block of the arena.</summary>
    public void PlanTable(TextWriter output)
    {
        if (costs?.Plan is not { } plan) return;
        List<string[]> rows = [["block", "offset", "size", "written by step", "last used by"]];
        for (var i = 0; i < plan.Blocks.Count; i++)
        {
            var b = plan.Blocks[i];
            rows.Add([b.Into < 0 ? $"{i}" : $"{i} in place of {b.Into}", plan.Offsets[i].ToString("N0", CultureInfo.InvariantCulture), Show.Size(b.Bytes), $"{b.First}", $"{b.Last}"]);
        }
        Show.Table(output, rows, false, true, true, true, true);
    }

    /// <summary>What the page tells of a box.</summary>
    public IEnumerable<(string Key, string Value)> Facts(Box box, ModelGraph from)
    {
        yield return (box.Kind == "control" ? "control flow" : box.Kind, box.Node is { } node ? Name(node) : box.Title);
        if (box.Node is not { } n)
        {
            if (box.Kind == "input" && from.Inputs.FirstOrDefault(i => i.Name == box.Title) is { } input) yield return ("type", input.Type.ToString()!);
            yield break;
        }
        foreach (var v in n.Outputs) yield return ("gives", $"%{names[v]}: {v.Type}");
        if (n is OpNode op)
        {
            for (var i = 0; i < op.Inputs.Count; i++)
            {
                var a = op.Entry.Schema.Arguments[i];
                if (!a.HasDefault || op.Inputs[i] != Operand.Of(a.Default)) yield return (a.Name, Text(op.Inputs[i]));
            }
            if (costs?.Nodes.GetValueOrDefault(op) is { } cost)
            {
                if (cost.Result.Length > 0) yield return ("result of the run", cost.Result + (cost.Bytes > 0 ? $", {Show.Size(cost.Bytes)}" : ""));
                yield return ("operations", Show.Count(cost.Operations) + (cost.Calls > 1 ? $" in {cost.Calls:N0} calls" : ""));
            }
            yield return ("signature", op.Entry.Text);
        }
        else
        {
            foreach (var i in n.Inputs) yield return ("takes", Text(i));
        }
        foreach (var s in StateOf(n)) yield return (s.Kind.ToString().ToLowerInvariant(), $"{s.Name}: {s.Tensor.DType.Name()} {s.Tensor.Shape}");
        if (n.Where is { } where) yield return ("from", where.ToString());
    }

    string Text(Operand o) => o.Value is { } v ? "%" + names[v] : o.List is { } list ? $"[{string.Join(", ", list.Select(Text))}]" : o.IsNone ? "none" : o.ToString();
}
