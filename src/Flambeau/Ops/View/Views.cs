using Flambeau.Autograd;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>The same elements in row-major order under another shape; one size may be -1. Shares memory where strides allow, else copies.</summary>
[Op("reshape(Tensor self, int[] shape) -> Tensor", View = true)]
public readonly partial record struct Reshape(Shape Shape)
{
    internal Tensor Forward(Tensor self)
    {
        var sizes = ReshapeRule.Resolve(self.Numel, Shape, "reshape");
        if (sizes.AsSpan().SequenceEqual(self.Layout.Sizes)) return self.Alias(self.Layout, self.Offset);
        if (ReshapeRule.Strides(self.Layout, sizes) is { } strides) return self.Alias(new Layout(sizes, strides), self.Offset);
        return Cast.Clone(self).Alias(new Layout(sizes.AsSpan()), 0);
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor dy) => dy.Reshape(selfShape);
}

/// <summary>Size-1 axes stretched without copying; -1 keeps a size; new leading axes may be added.</summary>
[Op("expand(Tensor self, int[] size, *, bool implicit=False) -> Tensor", View = true)]
public readonly partial record struct Expand(Shape Size, bool Implicit = false)
{
    internal Tensor Forward(Tensor self)
    {
        int rank = Size.Rank, lead = rank - self.Rank;
        if (lead < 0) throw new ArgumentException($"expand: a tensor of shape {self.Shape} can't be expanded to {Size}, which has fewer axes");
        var sizes = new long[rank];
        var strides = new long[rank];
        for (var d = 0; d < rank; d++)
        {
            var own = d < lead ? 1 : self.Layout.Sizes[d - lead];
            var want = Size[d] == -1 && d >= lead ? own : Size[d];
            if (want < 0 || (own != want && own != 1))
                throw new ArgumentException($"expand: a tensor of shape {self.Shape} can't be expanded to {Size}: axis {d} has size {own}");
            sizes[d] = want;
            strides[d] = d < lead || own != want ? 0 : self.Layout.Strides[d - lead];
        }
        return self.Alias(new Layout(sizes, strides), self.Offset);
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor dy) => dy.SumToSize(selfShape);
}

/// <summary>Axes in another order, without copying.</summary>
[Op("permute(Tensor self, int[] dims) -> Tensor", View = true)]
public readonly partial record struct Permute(long[] Dims)
{
    internal Tensor Forward(Tensor self)
    {
        if (Dims.Length != self.Rank) throw new ArgumentException($"permute: {Dims.Length} axes were given for a tensor of shape {self.Shape}; expected all {self.Rank}");
        Flambeau.Dims.Mask(Dims, self.Rank);
        var sizes = new long[Dims.Length];
        var strides = new long[Dims.Length];
        for (var i = 0; i < Dims.Length; i++)
        {
            var d = Flambeau.Dims.Wrap(Dims[i], self.Rank);
            sizes[i] = self.Layout.Sizes[d];
            strides[i] = self.Layout.Strides[d];
        }
        return self.Alias(new Layout(sizes, strides), self.Offset);
    }

    internal Tensor VjpSelf(Tensor dy)
    {
        var inverse = new long[Dims.Length];
        for (var i = 0; i < Dims.Length; i++) inverse[Flambeau.Dims.Wrap(Dims[i], Dims.Length)] = i;
        return dy.Permute(inverse);
    }
}

/// <summary>Every <c>step</c>-th element of an axis from <c>start</c> (inclusive) to <c>end</c> (exclusive); negative ends count from the back. A view.</summary>
[Op("slice(Tensor self, int dim=0, int? start=None, int? end=None, int step=1) -> Tensor", View = true)]
public readonly partial record struct Slice(long Dim = 0, long? Start = null, long? End = null, long Step = 1)
{
    internal Tensor Forward(Tensor self)
    {
        if (self.Rank == 0) throw new ArgumentException("slice: a 0-d tensor has no axis to slice");
        if (Step <= 0) throw new ArgumentException($"slice: step is {Step}; expected a positive number. Flip() reverses an axis");
        var d = Dims.Wrap(Dim, self.Rank);
        var n = self.Layout.Sizes[d];
        var start = Clamp(Start ?? 0, n);
        var end = Math.Max(start, Clamp(End ?? n, n));
        var sizes = (long[])self.Layout.Sizes.Clone();
        var strides = (long[])self.Layout.Strides.Clone();
        sizes[d] = (end - start + Step - 1) / Step;
        strides[d] *= Step;
        return self.Alias(new Layout(sizes, strides), self.Offset + start * self.Layout.Strides[d]);
    }

    static long Clamp(long i, long n) => Math.Clamp(i < 0 ? i + n : i, 0, n);

    internal Tensor VjpSelf(Shape selfShape, Tensor dy) => dy.SliceBackward(selfShape, Dim, Start, End, Step);

    sealed partial class Node
    {
        internal override Part? Part
        {
            get
            {
                if (op.Step != 1) return null;
                var d = Dims.Wrap(op.Dim, shape_self.Rank);
                var start = Clamp(op.Start ?? 0, shape_self[d]);
                return new(d, start, Math.Max(0, Clamp(op.End ?? shape_self[d], shape_self[d]) - start), Removed: false);
            }
        }
    }
}

/// <summary>Zeros of a shape with a slice of them replaced: the gradient of <see cref="Slice"/>.</summary>
[Op("slice_backward(Tensor grad_output, int[] input_sizes, int dim, int? start, int? end, int step) -> Tensor")]
public readonly partial record struct SliceBackward(Shape InputSizes, long Dim, long? Start, long? End, long Step)
{
    internal Tensor Forward(Tensor gradOutput)
    {
        var y = Tensor.Zeros(InputSizes, gradOutput.DType);
        Cast.Copy(gradOutput, new Slice(Dim, Start, End, Step).Forward(y));
        return y;
    }

    internal Tensor VjpGradOutput(Tensor dy) => dy.Slice(Dim, Start, End, Step);
}

/// <summary>One position of an axis, which disappears. A view.</summary>
[Op("select(Tensor self, int dim, int index) -> Tensor", View = true)]
public readonly partial record struct Select(long Dim, long Index)
{
    internal Tensor Forward(Tensor self)
    {
        if (self.Rank == 0) throw new ArgumentException("select: a 0-d tensor has no axis to select from");
        var d = Dims.Wrap(Dim, self.Rank);
        var n = self.Layout.Sizes[d];
        if (Index < -n || Index >= n)
            throw new ArgumentOutOfRangeException(nameof(Index), Index, $"select: index {Index} is out of range for axis {d} of shape {self.Shape}; expected {-n} to {n - 1}");
        var i = Index < 0 ? Index + n : Index;
        var layout = new Layout([.. self.Layout.Sizes[..d], .. self.Layout.Sizes[(d + 1)..]], [.. self.Layout.Strides[..d], .. self.Layout.Strides[(d + 1)..]]);
        return self.Alias(layout, self.Offset + i * self.Layout.Strides[d]);
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor dy)
    {
        var d = Dims.Wrap(Dim, selfShape.Rank);
        var i = Index < 0 ? Index + selfShape[d] : Index;
        return dy.Unsqueeze(d).SliceBackward(selfShape, d, i, i + 1, 1);
    }

    sealed partial class Node
    {
        internal override Part? Part
        {
            get
            {
                var d = Dims.Wrap(op.Dim, shape_self.Rank);
                return new(d, op.Index < 0 ? op.Index + shape_self[d] : op.Index, 1, Removed: true);
            }
        }
    }
}

/// <summary>A new axis of size 1 before axis <c>dim</c>. A view.</summary>
[Op("unsqueeze(Tensor self, int dim) -> Tensor", View = true)]
public readonly partial record struct Unsqueeze(long Dim)
{
    internal Tensor Forward(Tensor self)
    {
        var d = Dims.Wrap(Dim, self.Rank + 1);
        var stride = d < self.Rank ? self.Layout.Strides[d] * self.Layout.Sizes[d] : 1;
        var layout = new Layout([.. self.Layout.Sizes[..d], 1, .. self.Layout.Sizes[d..]], [.. self.Layout.Strides[..d], stride, .. self.Layout.Strides[d..]]);
        return self.Alias(layout, self.Offset);
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor dy) => dy.Reshape(selfShape);
}
