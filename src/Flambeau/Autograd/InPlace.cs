using Flambeau.Cpu;
using Flambeau.Ops;

namespace Flambeau.Autograd;

/// <summary>In-place ops: the op gives a new result, whose data and history the tensor then takes over.</summary>
internal static class InPlace
{
    /// <summary>Checks that the tensor may be written.</summary>
    internal static void Check(Tensor self, string op)
    {
        if (!self.Storage.IsWritable)
            throw new InvalidOperationException($"{op}_ would write to memory that is mapped read-only; clone the tensor first");
        var strides = self.Layout.Strides;
        for (var i = 0; i < strides.Length; i++)
        {
            if (strides[i] == 0 && self.Layout.Sizes[i] > 1)
                throw new InvalidOperationException($"{op}_ would write to a tensor of shape {self.Shape} whose elements share memory (strides {self.Strides}); clone it first");
        }
        if (!Grad.Enabled) return;
        if (self.Meta is { RequiresGrad: true, Node: null } || (self.Meta?.ViewBase?.Meta is { RequiresGrad: true, Node: null } && self.RequiresGrad))
            throw new InvalidOperationException($"{op}_ on a leaf that requires a gradient (or a view of one); do it under Grad.No(), or on a clone");
    }

    /// <summary>A stand-in for the tensor as it was before the change, with its history.</summary>
    internal static Tensor Before(Tensor self, string op, bool copy)
    {
        Check(self, op);
        var edge = self.GradEdge();
        Tensor old;
        // The copy has the history, which what happens without recording hasn't: whoever watches is told of a plain copy.
        using (Grad.No())
        using (OpObserver.Hide()) old = copy ? self.Detach().Clone() : self.Alias(self.Layout, self.Offset);
        if (copy) OpObserver.Current?.OnCall("clone", [self], old);
        if (edge.Node is not null)
        {
            old.Meta = new() { Node = edge.Node, OutputIndex = edge.Index };
            old.Meta.AttrVersion = old.Storage.Version;
        }
        return old;
    }

    /// <summary>Writes the result and takes its history.</summary>
    internal static Tensor After(Tensor self, Tensor result, string op)
    {
        CheckShape(self, result.Shape, op);
        Write(self, result);
        if (!Grad.Enabled) return self;
        if (result.RequiresGrad || self.RequiresGrad) Rebase(self, result);
        return self;
    }

    internal static void CheckShape(Tensor self, Shape result, string op)
    {
        if (result != self.Shape)
            throw new ArgumentException($"{op}_ gives shape {result}, which a tensor of shape {self.Shape} can't take in place; use {op} without the underscore");
    }

    /// <summary>Copies data, broadcast, and counts the version.</summary>
    internal static void Write(Tensor self, Tensor value)
    {
        OpObserver.Current?.OnWrite(self, value);
        using var scope = KernelScope.Enter();
        if (ReferenceEquals(self.Storage, value.Storage) && !(self.Layout.SameStrides(value.Layout) && self.Offset == value.Offset)) value = Cast.Clone(value);
        Cast.Copy(value, self);
        self.Storage.Version++;
    }

    /// <summary>A formula of one input written straight into it.</summary>
    internal static void Pointwise<TOp>(in TOp op, string name, Tensor self) where TOp : struct, IPointwise1
    {
        Cpu.Pointwise.Run(op, self, destination: self);
        self.Storage.Version++;
    }

    /// <summary>A formula of two inputs written straight into the first.</summary>
    internal static void Pointwise<TOp>(in TOp op, string name, Tensor self, Tensor other) where TOp : struct, IPointwise2
    {
        CheckShape(self, Shape.Broadcast(self.Shape, other.Shape), name);
        Cpu.Pointwise.Run(op, self, Apart(self, other), destination: self);
        self.Storage.Version++;
    }

    /// <summary>A formula of three inputs written straight into the first.</summary>
    internal static void Pointwise<TOp>(in TOp op, string name, Tensor self, Tensor b, Tensor c) where TOp : struct, IPointwise3
    {
        CheckShape(self, Shape.Broadcast(Shape.Broadcast(self.Shape, b.Shape), c.Shape), name);
        Cpu.Pointwise.Run(op, self, Apart(self, b), Apart(self, c), destination: self);
        self.Storage.Version++;
    }

    /// <summary>The tensor, or a copy of it if it shows elements of <paramref name="self"/> in another order.</summary>
    static Tensor Apart(Tensor self, Tensor other) =>
        ReferenceEquals(self.Storage, other.Storage) && !(self.Offset == other.Offset && self.Layout.SameStrides(other.Layout)) ? Cast.Clone(other) : other;

    /// <summary>An argument of a kernel that writes <paramref name="self"/> while it reads: a copy if they share memory.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(other))]
    internal static Tensor? Other(Tensor self, Tensor? other) => other is not null && ReferenceEquals(self.Storage, other.Storage) ? Cast.Clone(other) : other;

    /// <summary>Writes a result computed without recording.</summary>
    internal static void Take(Tensor self, Tensor result, string op)
    {
        CheckShape(self, result.Shape, op);
        Write(self, result);
    }

    static void Rebase(Tensor self, Tensor result)
    {
        if (!self.DType.IsDifferentiable()) return;
        if (self.DType != result.DType) result = result.To(self.DType);
        var edge = result.GradEdge();
        var meta = self.Meta ??= new();
        if (meta.ViewBase is { } b)
        {
            var node = new CopySlices(b, self);
            node.Edges = [b.GradEdge(), edge];
            Grad.Attach(b, node);
            b.Meta!.RequiresGrad = false;
        }
        meta.Node = edge.Node;
        meta.OutputIndex = edge.Index;
        meta.RequiresGrad = false;
        meta.AttrVersion = self.Storage.Version;
    }

    /// <summary>The history of a tensor of which a view was written: the written part's gradient goes to the new value.</summary>
    sealed class CopySlices(Tensor b, Tensor view) : GradNode
    {
        readonly Geometry of = new(b), part = new(view);

        public override string Name => "copy_slices";

        internal override bool MayShareResults => true;

        protected override void ReleaseSaved() { }

        protected internal override void Backward(ReadOnlySpan<Tensor?> dy, Span<Tensor?> dx)
        {
            if (dy[0] is not { } g) return;
            if (Wants(1)) dx[1] = StridedMove.Run(new(of, part), g);
            if (Wants(0)) dx[0] = g - StridedMove.Run(new(part, of), StridedMove.Run(new(of, part), g));
        }
    }
}
