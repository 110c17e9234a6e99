using Flambeau.Autograd;
using Flambeau.Compiler.Plan;
using Flambeau.Compiler.Run;

namespace Flambeau.Compiler.Gradients;

/// <summary>A compiled program whose results carry history: one node on the tape, with a compiled backward pass.</summary>
/// <param name="options">How it is compiled.</param>
/// <param name="halves">The program and its backward pass.</param>
/// <param name="forward">The program, compiled.</param>
/// <param name="results">How many results it has.</param>
/// <param name="rooted">Results that gradients flow from.</param>
/// <param name="sources">Tensors that receive gradients: parameters; in place of inputs, those of the capture.</param>
/// <param name="inputs">For each source the number of the input that it is, or -1.</param>
internal sealed class DifferentiableCode(CompileOptions options, Halves halves, Executable forward, int results, int[] rooted, Tensor[] sources, int[] inputs)
{
    const int MaxBackward = 4;
    internal const string NoSecond = "a compiled program gives first derivatives; for derivatives of these run it eagerly, as with FLAMBEAU_JIT=0";

    readonly Tensor[] parameters = [.. sources.Where((_, i) => inputs[i] < 0)];
    readonly Lock gate = new();
    volatile (Layout[] Seeds, Executable Code)[] backward = [];

    internal Executable Forward => forward;

    string Name => options.Name;

    int Kept => halves.Kept;

    /// <summary>Whether gradients may look into memory of somebody else; only known once the backward pass was compiled.</summary>
    bool Shares { get; set; }

    internal Tensor[] Run(Tensor[] given)
    {
        var y = Array.ConvertAll(forward.Run(given), static o => (Tensor)o!);
        var node = new Node(this, y[results..]);
        var edges = new Tensor?[sources.Length];
        for (var i = 0; i < edges.Length; i++) edges[i] = inputs[i] < 0 ? sources[i] : given[inputs[i]];
        node.Connect(edges);
        Array.Resize(ref y, results);
        foreach (var i in rooted) Grad.Attach(y[i], node, i);
        return y;
    }

    void Backward(Tensor[] kept, ReadOnlySpan<Tensor?> dy, Span<Tensor?> dx, Node node)
    {
        var given = new Tensor[kept.Length + rooted.Length];
        kept.CopyTo(given, 0);
        for (var k = 0; k < rooted.Length; k++) given[kept.Length + k] = dy[rooted[k]] ?? Grad.ZeroOf(node, rooted[k]);
        var gradients = Find(given).Run(given);
        for (var i = 0; i < gradients.Length; i++) dx[i] = (Tensor)gradients[i]!;
    }

    /// <summary>The backward pass for gradients of these strides, as one that was expanded has others; where there are too many kinds, they are made dense.</summary>
    Executable Find(Tensor[] given)
    {
        if (Match(given) is { } known) return known;
        lock (gate)
        {
            if (Match(given) is { } made) return made;
            if (backward.Length >= MaxBackward)
            {
                for (var i = halves.Kept; i < given.Length; i++) given[i] = given[i].Contiguous();
                if (Match(given) is { } dense) return dense;
            }
            options.Say("compiles the backward pass");
            var code = Executable.Compile(halves.Backward, given, options.Fuse, trains: true, options);
            Slot[] slots = [.. code.Outputs.SelectMany(Profile.SlotsIn)];
            Shares |= Array.Exists(slots, static s => !s.Memory.Owned) || slots.Select(static s => s.Memory).Distinct().Count() < slots.Length;
            backward = [([.. given.Skip(halves.Kept).Select(static t => t.Layout)], code), .. backward];
            return code;
        }
    }

    Executable? Match(Tensor[] given)
    {
        foreach (var (layouts, code) in backward)
        {
            var same = true;
            for (var i = 0; i < layouts.Length && same; i++) same = given[halves.Kept + i].Layout.SameStrides(layouts[i]);
            if (same) return code;
        }
        return null;
    }

    sealed class Node(DifferentiableCode code, Tensor[] kept) : GradNode
    {
        SavedTensor[] saved = [.. kept.Concat(code.parameters).Select(static t => new SavedTensor(t))];

        public override string Name => code.Name;

        internal override bool MayShareResults => code.backward.Length == 0 || code.Shares;

        protected override void ReleaseSaved() => saved = [];

        protected internal override void Backward(ReadOnlySpan<Tensor?> dy, Span<Tensor?> dx)
        {
            if (Grad.Enabled) throw new InvalidOperationException(NoSecond);
            Tensor[] all = [.. saved.Select(s => s.Get(this))];
            code.Backward(all[..code.Kept], dy, dx, this);
        }
    }
}
