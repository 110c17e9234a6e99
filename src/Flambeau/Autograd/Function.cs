namespace Flambeau.Autograd;

/// <summary>An op with a gradient of its own, written by the user in tensor ops. One object may be applied many times.</summary>
public abstract class Function
{
    /// <summary>Computes the outputs; history is off. Tensors the gradient needs go to <see cref="FunctionContext.Save"/>.</summary>
    protected abstract Tensor[] Forward(FunctionContext context, Tensor[] inputs);

    /// <summary>Gradients of the inputs, null for zero, from those of the outputs (null where none arrived). Recorded when the caller asked for higher derivatives.</summary>
    protected abstract Tensor?[] Backward(FunctionContext context, Tensor?[] gradients);

    /// <summary>Runs the function and records it.</summary>
    public Tensor[] Apply(params Tensor[] inputs)
    {
        var context = new FunctionContext([.. inputs.Select(static x => x.RequiresGrad)]);
        Tensor[] outputs;
        using (Grad.No())
        {
            outputs = Forward(context, inputs);
            // An input handed through must not lose its own history.
            outputs = Array.ConvertAll(outputs, y => Array.Exists(inputs, x => ReferenceEquals(x, y)) ? y.Alias(y.Layout, y.Offset) : y);
        }
        if (!Grad.Needs(inputs)) return outputs;
        var node = new Node(this, context);
        node.Connect(inputs);
        context.Bind(node);
        for (var i = 0; i < outputs.Length; i++)
        {
            if (!context.IsConstant(outputs[i])) Grad.Attach(outputs[i], node, i);
        }
        return outputs;
    }

    sealed class Node(Function function, FunctionContext context) : GradNode
    {
        public override string Name => function.GetType().Name;

        internal override bool MayShareResults => true;

        protected override void ReleaseSaved() => context.Release();

        protected internal override void Backward(ReadOnlySpan<Tensor?> dy, Span<Tensor?> dx)
        {
            var r = function.Backward(context, dy.ToArray());
            if (r.Length != dx.Length) throw new InvalidOperationException($"{Name}.Backward gave {r.Length} gradients for {dx.Length} inputs; expected one an input, null for none");
            r.CopyTo(dx);
        }
    }
}

/// <summary>What a <see cref="Function"/> hands from its forward to its backward pass.</summary>
public sealed class FunctionContext
{
    readonly bool[] needs;
    readonly HashSet<Tensor> constants = new(ReferenceEqualityComparer.Instance);
    SavedTensor[] saved = [];
    GradNode? node;

    internal FunctionContext(bool[] needs) => this.needs = needs;

    /// <summary>Anything else the backward pass needs.</summary>
    public object? State { get; set; }

    /// <summary>Keeps inputs or outputs for the backward pass; changing one in place in between is noticed.</summary>
    public void Save(params Tensor[] tensors) => saved = Array.ConvertAll(tensors, static t => new SavedTensor(t));

    /// <summary>The kept tensors.</summary>
    public Tensor[] Saved => node is { } n ? Array.ConvertAll(saved, s => s.Get(n)) : throw new InvalidOperationException("saved tensors can be read in the backward pass only");

    /// <summary>Whether the gradient of an input is wanted.</summary>
    public bool NeedsInputGrad(int input) => needs[input];

    /// <summary>Declares outputs through which no gradient flows.</summary>
    public void MarkNonDifferentiable(params Tensor[] outputs) => constants.UnionWith(outputs);

    internal bool IsConstant(Tensor output) => constants.Contains(output);

    internal void Bind(GradNode n) => node = n;

    internal void Release() => saved = [];
}
