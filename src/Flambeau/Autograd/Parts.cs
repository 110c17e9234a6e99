namespace Flambeau.Autograd;

/// <summary>The positions of one axis that a view shows.</summary>
/// <param name="Dim">The axis.</param>
/// <param name="Start">The first position.</param>
/// <param name="Count">How many follow one another.</param>
/// <param name="Removed">The view doesn't have the axis.</param>
internal readonly record struct Part(int Dim, long Start, long Count, bool Removed)
{
    internal long End => Start + Count;

    /// <summary>The same positions of a tensor; no history.</summary>
    internal Tensor Of(Tensor whole)
    {
        var (sizes, strides) = (whole.Layout.Sizes, whole.Layout.Strides);
        var offset = whole.Offset + Start * strides[Dim];
        if (Removed) return whole.Alias(new Layout([.. sizes[..Dim], .. sizes[(Dim + 1)..]], [.. strides[..Dim], .. strides[(Dim + 1)..]]), offset);
        sizes = (long[])sizes.Clone();
        sizes[Dim] = Count;
        return whole.Alias(new Layout(sizes, strides), offset);
    }
}

/// <summary>
/// Gradients of parts of a tensor, which wait until all have come: then each is copied to its place in one tensor and the rest is filled with zeros, instead of
/// a sum of tensors of full size that are zero elsewhere. Not for backward passes that are recorded themselves.
/// </summary>
internal sealed class Parts
{
    readonly List<(Part Part, Tensor Gradient, bool Passing)> list = [];
    long elements;

    /// <param name="part">What the gradient is of.</param>
    /// <param name="g">The gradient.</param>
    /// <param name="passing">An op of this pass made it, and nobody else will hold it.</param>
    internal void Add(Part part, Tensor g, bool passing)
    {
        list.Add((part, g, passing));
        elements += g.Numel;
    }

    internal bool IsEmpty => list.Count == 0;

    /// <summary>Whether waiting for more would hold more than the sum takes.</summary>
    internal bool Overlap(Shape whole) => elements > whole.Numel;

    /// <summary>The gradient of the whole.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="dtype">Its dtype.</param>
    /// <param name="sum">What has come for all of it; is changed if it is <paramref name="owned"/>.</param>
    /// <param name="owned">Nobody else holds the sum.</param>
    /// <param name="free">Called with what nobody needs any more.</param>
    internal Tensor Join(Shape shape, DType dtype, Tensor? sum, bool owned, Action<Tensor> free)
    {
        IEnumerable<(Part Part, Tensor Gradient, bool Passing)> left = list;
        if (sum is null)
        {
            using var beside = Tensor.Beside(list[0].Gradient);
            left = Place(sum = Tensor.New(shape.ToArray(), dtype));
        }
        else if (!owned) sum = sum.Clone();
        foreach (var (part, g, _) in left) part.Of(sum).Add_(g);
        foreach (var (_, g, passing) in list)
        {
            if (passing) free(g);
        }
        list.Clear();
        elements = 0;
        return sum;
    }

    /// <summary>Fills a tensor with parts side by side; gives back those that lie elsewhere, which are to be added, in the order in which all came: sums of floats depend on it.</summary>
    List<(Part Part, Tensor Gradient, bool Passing)> Place(Tensor y)
    {
        var (placed, left) = (new List<(Part Part, Tensor Gradient, bool Passing)>(), new List<(Part Part, Tensor Gradient, bool Passing)>());
        var dim = list[0].Part.Dim;
        long first = long.MaxValue, last = 0;
        foreach (var p in list)
        {
            // most come one behind the other
            var apart = p.Part.Dim == dim && (p.Part.End <= first || p.Part.Start >= last || (placed.Count <= FewParts && left.Count == 0 && placed.TrueForAll(q => p.Part.End <= q.Part.Start || p.Part.Start >= q.Part.End)));
            (apart ? placed : left).Add(p);
            (first, last) = p.Part.Dim == dim ? (Math.Min(first, p.Part.Start), Math.Max(last, p.Part.End)) : (0, long.MaxValue);
        }
        long end = 0;
        foreach (var p in placed.OrderBy(static p => p.Part.Start))
        {
            Zero(new(dim, end, p.Part.Start - end, Removed: false));
            p.Part.Of(y).Copy_(p.Gradient);
            end = p.Part.End;
        }
        Zero(new(dim, end, y.Layout.Sizes[dim] - end, Removed: false));
        return left;

        void Zero(Part gap)
        {
            if (gap.Count > 0) gap.Of(y).Zero_();
        }
    }

    const int FewParts = 64;
}
