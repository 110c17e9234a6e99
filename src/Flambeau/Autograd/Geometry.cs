using Flambeau.Cpu;

namespace Flambeau.Autograd;

/// <summary>Which elements of a storage a tensor shows.</summary>
internal sealed record Geometry(Layout Layout, long Offset)
{
    internal Geometry(Tensor t) : this(t.Layout, t.Offset) { }

    internal long Extent => Offset + Layout.Extent();
}

/// <summary>Reads the elements that <see cref="Part"/> shows out of a tensor laid out as <see cref="Of"/>: the view relation of two tensors as an op.</summary>
internal readonly record struct AsStridedOf(Geometry Of, Geometry Part)
{
    internal Tensor Call(Tensor x)
    {
        var y = Relay.Move(x, Of, Part);
        if (Grad.Needs(x)) Relay.Record(y, x, new Node(this));
        return y;
    }

    internal sealed class Node(AsStridedOf op) : GradNode
    {
        public override string Name => "as_strided";
        protected override void ReleaseSaved() { }
        protected internal override void Backward(ReadOnlySpan<Tensor?> dy, Span<Tensor?> dx) => dx[0] = new AsStridedOfBackward(op.Of, op.Part).Call(dy[0]!);
    }
}

/// <summary>Puts elements back where <see cref="AsStridedOf"/> took them from; zero elsewhere.</summary>
internal readonly record struct AsStridedOfBackward(Geometry Of, Geometry Part)
{
    internal Tensor Call(Tensor x)
    {
        var y = Relay.Move(x, Part, Of);
        if (Grad.Needs(x)) Relay.Record(y, x, new Node(this));
        return y;
    }

    internal sealed class Node(AsStridedOfBackward op) : GradNode
    {
        public override string Name => "as_strided_backward";
        protected override void ReleaseSaved() { }
        protected internal override void Backward(ReadOnlySpan<Tensor?> dy, Span<Tensor?> dx) => dx[0] = new AsStridedOf(op.Of, op.Part).Call(dy[0]!);
    }
}

static file class Relay
{
    internal static Tensor Move(Tensor x, Geometry from, Geometry to)
    {
        using var scope = KernelScope.Enter();
        using var off = Grad.No();
        var buffer = Tensor.Zeros([Math.Max(from.Extent, to.Extent)], x.DType);
        if (from.Layout.Overlaps()) AddInto(buffer, x, from);
        else Cast.Copy(x, buffer.Alias(from.Layout, from.Offset));
        return Cast.Clone(buffer.Alias(to.Layout, to.Offset));
    }

    /// <summary>Elements that show the same place of the storage add up there.</summary>
    static void AddInto(Tensor buffer, Tensor x, Geometry from)
    {
        var places = Tensor.From(Offsets.Of(from.Layout.Sizes, from.Layout.Strides), new Shape(from.Layout.Sizes));
        buffer.Slice(0, from.Offset).IndexPut_([places], x, accumulate: true);
    }

    internal static void Record(Tensor y, Tensor x, GradNode node)
    {
        node.Connect(x);
        Grad.Attach(y, node);
    }
}
