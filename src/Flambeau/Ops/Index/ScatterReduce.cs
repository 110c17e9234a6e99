using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// The elements of a source reduced along one axis into the positions of an index: <c>sum</c>, <c>prod</c>, <c>mean</c>, <c>amax</c> or <c>amin</c>.
/// </summary>
/// <param name="Dim">The axis.</param>
/// <param name="Reduce">The reduction.</param>
/// <param name="IncludeSelf">The tensor's own elements take part; otherwise positions that are reached are reduced from the source alone.</param>
[Op("scatter_reduce(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True) -> Tensor", InPlace = true)]
public readonly partial record struct ScatterReduce(long Dim, string Reduce, bool IncludeSelf = true)
{
    internal Tensor Forward(Tensor self, Tensor index, Tensor src)
    {
        if (Reduce is not ("sum" or "prod" or "mean" or "amax" or "amin"))
            throw new ArgumentException($"scatter_reduce: reduce is '{Reduce}'; expected 'sum', 'prod', 'mean', 'amax' or 'amin'");
        var y = Cast.Clone(self);
        if (!IncludeSelf) Scattering.Run(Combination.Replace, y, Dim, index, Tensor.FromScalar(Identity(self.DType), self.DType), "scatter_reduce");
        var how = Reduce switch { "prod" => Combination.Product, "amax" => Combination.Max, "amin" => Combination.Min, _ => Combination.Sum };
        Scattering.Run(how, y, Dim, index, src, "scatter_reduce");
        return Reduce == "mean" ? Divide(y, Counts(y, index)) : y;
    }

    Scalar Identity(DType dtype) => Reduce switch
    {
        "prod" => 1,
        "amax" => dtype switch
        {
            DType.Bool or DType.UInt8 => 0,
            DType.Int8 => sbyte.MinValue,
            DType.Int16 => short.MinValue,
            DType.Int32 => int.MinValue,
            DType.Int64 => long.MinValue,
            _ => double.NegativeInfinity,
        },
        "amin" => dtype switch
        {
            DType.Bool => 1,
            DType.UInt8 => byte.MaxValue,
            DType.Int8 => sbyte.MaxValue,
            DType.Int16 => short.MaxValue,
            DType.Int32 => int.MaxValue,
            DType.Int64 => long.MaxValue,
            _ => double.PositiveInfinity,
        },
        _ => 0,
    };

    /// <summary>How many values met at each element; 1 for none.</summary>
    Tensor Counts(Tensor like, Tensor index)
    {
        var n = IncludeSelf ? like.OnesLike(DType.Int64) : like.ZerosLike(DType.Int64);
        return n.ScatterAdd(Dim, index, like.NewOnes([], DType.Int64).Expand(index.Shape)).ClampMin((Scalar)1);
    }

    static Tensor Divide(Tensor y, Tensor counts)
    {
        if (!y.DType.IsIntegral()) return Cast.To(y / Cast.To(counts, y.DType.ToReal()), y.DType);
        long[] a = y.ToArray<long>(), n = counts.ToArray<long>();
        for (var i = 0; i < a.Length; i++)
        {
            a[i] = a[i] / n[i] - (a[i] % n[i] < 0 ? 1 : 0);
        }
        return Cast.To(Tensor.From(a, y.Shape), y.DType);
    }

    internal (Tensor?, Tensor?, Tensor?) Vjp(Tensor self, Tensor index, Tensor src, Tensor y, Tensor dy)
    {
        Tensor own, from;
        var srcShape = src.Shape;
        src = Reached(src, index.Shape);
        switch (Reduce)
        {
            case "sum":
                (own, from) = (dy, dy.Gather(Dim, index));
                break;
            case "mean":
                own = dy / Counts(y, index).To(dy.DType.ToReal());
                from = own.Gather(Dim, index);
                break;
            case "prod":
                (own, from) = Product(self, index, src, y, dy);
                break;
            default:
                var mine = self.Eq(y);
                var theirs = src.Eq(y.Gather(Dim, index)).To(dy.DType);
                var ties = (IncludeSelf ? mine.To(dy.DType) : dy.NewZeros(mine.Shape)).ScatterAdd(Dim, index, theirs);
                var shared = dy / ties.MaskedFill(ties.Eq(0), 1);
                own = IncludeSelf ? shared.MaskedFill(mine.LogicalNot(), 0) : dy;
                from = theirs * shared.Gather(Dim, index);
                break;
        }
        if (!IncludeSelf) own = own.Scatter(Dim, index, own.NewZeros([]));
        return (own, null, Widen(from, srcShape));
    }

    /// <summary>The part of the source that the index covers.</summary>
    static Tensor Reached(Tensor src, Shape index)
    {
        if (src.Rank == 0) return src.Expand(index);
        for (var d = 0; d < index.Rank; d++) src = src.Slice(d, 0, index[d]);
        return src;
    }

    static Tensor Widen(Tensor g, Shape shape)
    {
        if (g.Shape == shape) return g;
        if (shape.Rank == 0) return g.Sum();
        var pad = new long[2 * shape.Rank];
        for (var d = 0; d < shape.Rank; d++) pad[2 * (shape.Rank - 1 - d) + 1] = shape[d] - g.Shape[d];
        return g.ConstantPadNd(pad, 0);
    }

    /// <summary>A product's derivative is the product of the other factors: the result divided by the factor, unless that is zero.</summary>
    (Tensor, Tensor) Product(Tensor self, Tensor index, Tensor src, Tensor y, Tensor dy)
    {
        Tensor selfZero = self.Eq(0), srcZero = src.Eq(0);
        var safeSelf = self.MaskedFill(selfZero, 1);
        var own = dy * safeSelf.ScatterReduce(Dim, index, src, "prod", IncludeSelf) / safeSelf;
        var zeros = self.ZerosLike().ScatterAdd(Dim, index, srcZero.To(self.DType)).Gather(Dim, index);
        var single = srcZero.LogicalAnd(zeros.Eq(1));
        var without = self.ScatterReduce(Dim, index, src.MaskedFill(single, 1), "prod", IncludeSelf);
        var whole = (dy * y).Gather(Dim, index) / src.MaskedFill(srcZero, 1);
        var from = (dy * without).Gather(Dim, index).MaskedFill(single.LogicalNot(), 0) + whole.MaskedFill(single, 0);
        return (own, from);
    }
}
