namespace Flambeau.Autograd;

/// <summary>Trades time for memory: a part of the network keeps only its inputs and is computed again in the backward pass (Chen et al., 2016), with the same random numbers.</summary>
public static class Checkpoint
{
    /// <summary>Runs <paramref name="function"/> so that nothing inside it is kept.</summary>
    /// <param name="function">Must compute the same each time it is called with the same inputs and random state.</param>
    /// <param name="inputs">Tensors that reach the function as arguments; parameters it uses otherwise get their gradients too.</param>
    public static Tensor[] Run(Func<Tensor[], Tensor[]> function, params Tensor[] inputs)
    {
        if (!Grad.Enabled) return function(inputs);
        var before = Generator.Current.State;
        Tensor[] outputs;
        using (Grad.No()) outputs = Array.ConvertAll(function(inputs), y => Array.Exists(inputs, x => ReferenceEquals(x, y)) ? y.Alias(y.Layout, y.Offset) : y);
        var node = new Node(function, Amp.Autocast.Settings, before, Array.ConvertAll(inputs, static x => new SavedTensor(x)), Array.ConvertAll(inputs, static x => x.RequiresGrad));
        node.Connect(inputs);
        for (var i = 0; i < outputs.Length; i++) Grad.Attach(outputs[i], node, i);
        return outputs;
    }

    /// <summary>Form for one input and one output.</summary>
    public static Tensor Run(Func<Tensor, Tensor> function, Tensor input) => Run(xs => [function(xs[0])], input)[0];

    /// <summary>Runs layers one after another in segments, keeping only what passes between the segments.</summary>
    public static Tensor Sequential(IReadOnlyList<Func<Tensor, Tensor>> functions, int segments, Tensor input)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(segments, 1);
        var size = Math.Max(1, (functions.Count + segments - 1) / segments);
        var x = input;
        for (var start = 0; start < functions.Count; start += size)
        {
            var (from, to) = (start, Math.Min(functions.Count, start + size));
            x = Run(y =>
            {
                for (var i = from; i < to; i++) y = functions[i](y);
                return y;
            }, x);
        }
        return x;
    }

    sealed class Node(Func<Tensor[], Tensor[]> function, object? autocast, GeneratorState before, SavedTensor[] inputs, bool[] needs) : GradNode
    {
        SavedTensor[] inputs = inputs;

        public override string Name => "checkpoint";

        internal override bool MayShareResults => true;

        protected override void ReleaseSaved() => inputs = [];

        protected internal override void Backward(ReadOnlySpan<Tensor?> dy, Span<Tensor?> dx)
        {
            if (Grad.Enabled) throw new InvalidOperationException("a checkpointed part can't be differentiated twice: don't pass createGraph: true through Checkpoint.Run");
            if (!Engine.Accumulates) throw new InvalidOperationException("gradients through a checkpointed part come from Backward() only, because its parameters receive theirs on the way; Grad.Of can't pass it");
            var now = Generator.Current.State;
            Tensor[] xs, ys;
            try
            {
                Generator.Current.State = before;
                using var on = Grad.Yes();
                xs = new Tensor[inputs.Length];
                for (var i = 0; i < xs.Length; i++) xs[i] = inputs[i].Get(this).Detach().WithGrad(needs[i]);
                using var casts = Amp.Autocast.Resume(autocast);
                ys = function(xs);
            }
            finally
            {
                Generator.Current.State = now;
            }
            var roots = new List<Tensor>();
            var seeds = new List<Tensor?>();
            for (var i = 0; i < ys.Length; i++)
            {
                if (dy[i] is not { } g || !ys[i].RequiresGrad) continue;
                roots.Add(ys[i]);
                seeds.Add(g);
            }
            if (roots.Count > 0) Grad.Backward(roots, seeds);
            for (var i = 0; i < xs.Length; i++) dx[i] = xs[i].Grad;
        }
    }
}
