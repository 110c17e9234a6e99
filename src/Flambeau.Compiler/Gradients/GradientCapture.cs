using Flambeau.Autograd;
using Flambeau.Capture;
using Flambeau.Compiler.Plan;
using Flambeau.Compiler.Run;
using Flambeau.Nn;

namespace Flambeau.Compiler.Gradients;

/// <summary>Captures a program together with its gradients, by running both once, eagerly.</summary>
/// <param name="Results">The run's results, with history.</param>
/// <param name="Trace">The graph.</param>
/// <param name="Compile">Makes the program for later runs; null where no result depends on anything that wants a gradient.</param>
internal sealed record GradientCapture(Tensor[] Results, TraceResult Trace, Func<DifferentiableCode>? Compile)
{
    internal static GradientCapture Run(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, Tensor[] inputs, Module? module, CompileOptions options)
    {
        Tensor[] results = [], sources = [], leaves = [], roots = [];
        int[] rooted = [], wanted = [];
        using var on = Grad.Yes();
        var trace = Capture.Trace.Of(x =>
        {
            // Leaves of their own: history ends at the program's inputs.
            Tensor[] own = [.. x.Select((t, i) => inputs[i].RequiresGrad ? t.Detach().WithGrad() : t.Detach())];
            results = [.. function(own)];
            rooted = [.. Enumerable.Range(0, results.Length).Where(i => results[i].RequiresGrad)];
            roots = [.. rooted.Select(i => results[i])];
            var parameters = Leaves(roots).Where(p => !own.Contains(p)).ToArray();
            var direct = Enumerable.Range(0, own.Length).Where(i => own[i].RequiresGrad).ToArray();
            leaves = [.. direct.Select(i => own[i]), .. parameters];
            sources = [.. direct.Select(i => inputs[i]), .. parameters];
            Tensor[] seeds = [.. roots.Select(static r => r.Detach().OnesLike())];
            Tensor?[] gradients = roots.Length == 0 ? [] : Grad.Of(roots, leaves, seeds, retainGraph: true, allowUnused: true);
            wanted = [.. Enumerable.Range(0, gradients.Length).Where(i => gradients[i] is not null)];
            return [.. results.Select(static r => r.Detach()), .. seeds, .. wanted.Select(i => gradients[i]!)];
        }, inputs, module, new TraceOptions { Name = options.Name, Check = false, KeepsGradients = false, Locations = false });
        if (roots.Length == 0) return new(results, trace, null);
        return new(CapturedGradient.Attach(results, roots, leaves, sources), trace, () =>
        {
            var halves = Halves.Cut(trace.Graph, results.Length, roots.Length);
            var forward = Executable.Compile(halves.Forward, inputs, options.Fuse, trains: true, options);
            Tensor[] targets = [.. wanted.Select(i => sources[i])];
            return new(options, halves, forward, results.Length, rooted, targets, [.. targets.Select(s => Array.FindIndex(inputs, t => ReferenceEquals(t, s)))]);
        });
    }

    /// <summary>Where the history of these tensors begins.</summary>
    static List<Tensor> Leaves(IEnumerable<Tensor> roots)
    {
        var found = new List<Tensor>();
        var seen = new HashSet<GradNode>(ReferenceEqualityComparer.Instance);
        var queue = new Queue<GradNode>(roots.Select(static r => r.GradEdge().Node!));
        while (queue.TryDequeue(out var node))
        {
            if (!seen.Add(node)) continue;
            if (node is AccumulateGrad leaf) found.Add(leaf.Leaf);
            foreach (var e in node.Next)
            {
                if (e.Node is { } next) queue.Enqueue(next);
            }
        }
        return found;
    }
}

/// <summary>The backward pass of the run that captured a program: by its eager history.</summary>
internal sealed class CapturedGradient(Tensor[] roots, Tensor[] leaves, int[] rooted) : GradNode
{
    bool released;

    public override string Name => "captured program";

    internal override bool MayShareResults => true;

    internal static Tensor[] Attach(Tensor[] results, Tensor[] roots, Tensor[] leaves, Tensor[] sources)
    {
        int[] rooted = [.. roots.Select(r => Array.IndexOf(results, r))];
        var node = new CapturedGradient(roots, leaves, rooted);
        node.Connect(sources);
        Tensor[] outputs = [.. results.Select(static r => r.Detach())];
        foreach (var i in rooted) Grad.Attach(outputs[i], node, i);
        return outputs;
    }

    protected override void ReleaseSaved() => released = true;

    protected internal override void Backward(ReadOnlySpan<Tensor?> dy, Span<Tensor?> dx)
    {
        if (Grad.Enabled) throw new InvalidOperationException(DifferentiableCode.NoSecond);
        if (released) throw new InvalidOperationException("the history of this result was released by an earlier backward pass; pass retainGraph: true to that");
        var seeds = new Tensor?[roots.Length];
        for (var k = 0; k < seeds.Length; k++) seeds[k] = dy[rooted[k]] ?? Grad.ZeroOf(this, rooted[k]);
        Grad.Of(roots, leaves, seeds, retainGraph: true, allowUnused: true).CopyTo(dx);
    }
}
