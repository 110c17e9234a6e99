namespace Flambeau.Ops;

/// <summary>One axis of a sampled image: from grid coordinates to the elements (flat index and weight) that make up a value.</summary>
internal sealed class GridAxis(long size, string mode, string padding, bool align)
{
    internal (Tensor Index, Tensor? Weight)[] Taps(Tensor g)
    {
        var u = align ? (g + 1) * ((size - 1) / 2.0) : ((g + 1) * size - 1) / 2;
        if (mode == "bicubic") return Cubic(u);
        u = Inside(u);
        if (mode == "nearest") return [At(u.Detach().Round())];
        var low = u.Detach().Floor();
        var t = u - low;
        return [At(low, 1 - t), At(low + 1, t)];
    }

    (Tensor, Tensor?)[] Cubic(Tensor u)
    {
        const double a = -0.75;
        var low = u.Detach().Floor();
        // The weights' derivatives nearly cancel, so they are made and summed in double precision.
        var t = (u - low).To(DType.Float64);
        Tensor Near(Tensor x) => (((a + 2) * x - (a + 3)) * x * x + 1).To(u.DType);
        Tensor Far(Tensor x, Tensor rest) => (x * rest * rest * a).To(u.DType);
        var s = 1 - t;
        return [At(Inside(low - 1), Far(t, s)), At(Inside(low), Near(t)), At(Inside(low + 1), Near(s)), At(Inside(low + 2), Far(s, t))];
    }

    /// <summary>Coordinates outside brought in, as the padding mode says.</summary>
    Tensor Inside(Tensor u)
    {
        if (padding == "zeros") return u;
        if (padding == "reflection") u = Reflect(u);
        // No gradient flows at the border itself.
        var inner = (u > 0) & (u < size - 1);
        return Tensor.Where(inner, u, u.Detach().Clamp(0, size - 1));
    }

    Tensor Reflect(Tensor u)
    {
        double low = align ? 0 : -0.5, span = align ? size - 1 : size;
        if (span == 0) return u * 0;
        var x = (u - low).Abs();
        var extra = x.FMod(span);
        var even = (x.Detach() / span).Floor().FMod(2).Eq(0);
        return Tensor.Where(even, extra + low, span - extra + low);
    }

    (Tensor, Tensor?) At(Tensor i, Tensor? weight = null)
    {
        var index = i.NanToNum(0).Clamp(0, size - 1).To(DType.Int64);
        if (padding != "zeros") return (index, weight);
        var valid = ((i >= 0) & (i <= size - 1)).To(i.DType);
        return (index, weight is null ? valid : weight * valid);
    }
}
