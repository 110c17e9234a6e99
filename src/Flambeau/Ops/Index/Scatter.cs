using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>A copy with the elements of a source written along one axis to the positions of an index; of repeated positions the last counts. A 0-d source is written everywhere.</summary>
[Op("scatter(Tensor self, int dim, Tensor index, Tensor src) -> Tensor", InPlace = true)]
public readonly partial record struct Scatter(long Dim)
{
    internal Tensor Forward(Tensor self, Tensor index, Tensor src)
    {
        var y = Cast.Clone(self);
        Write(y, index, src);
        return y;
    }

    internal void Write(Tensor self, Tensor index, Tensor src) => Scattering.Run(Combination.Replace, self, Dim, index, src, "scatter");

    internal Tensor VjpSelf(Tensor index, Tensor dy) => dy.Scatter(Dim, index, dy.NewZeros([]));

    internal Tensor VjpSrc(Tensor index, Shape srcShape, Tensor dy) => Scattering.SourceGradient(dy, Dim, index, srcShape);
}

/// <summary>A copy with the elements of a source added along one axis at the positions of an index.</summary>
[Op("scatter_add(Tensor self, int dim, Tensor index, Tensor src) -> Tensor", InPlace = true)]
public readonly partial record struct ScatterAdd(long Dim)
{
    internal Tensor Forward(Tensor self, Tensor index, Tensor src)
    {
        var y = Cast.Clone(self);
        Write(y, index, src);
        return y;
    }

    internal void Write(Tensor self, Tensor index, Tensor src) => Scattering.Run(Combination.Sum, self, Dim, index, src, "scatter_add");

    internal Tensor VjpSelf(Tensor dy) => dy;

    internal Tensor VjpSrc(Tensor index, Shape srcShape, Tensor dy) => Scattering.SourceGradient(dy, Dim, index, srcShape);
}

internal static class Scattering
{
    internal static void Run(Combination how, Tensor y, long dim, Tensor index, Tensor src, string op)
    {
        if (src.DType != y.DType && src.Rank > 0)
            throw new ArgumentException($"{op}: the source is {src.DType.Name()}, the tensor is {y.DType.Name()}; they must agree");
        if (y.Storage.Backend is { } device) device.Scatter(how, y, Dims.Wrap(dim, y.Rank), index, src, op);
        else Combining.Run(how, y, src, new Loop(new GatherPlan(y, index, dim, op)), op);
    }

    readonly struct Loop(GatherPlan plan) : ICombineLoop
    {
        public void Run<T, C>(Tensor y, Tensor values) where T : unmanaged where C : struct, ICombine<T> => GatherLoops.Write<T, C>(y, values, plan);
    }

    /// <summary>The elements of dy that came from the source; a source may reach beyond the index.</summary>
    internal static Tensor SourceGradient(Tensor dy, long dim, Tensor index, Shape srcShape)
    {
        var g = dy.Gather(dim, index);
        if (g.Shape == srcShape) return g;
        if (srcShape.Rank == 0) return g.Sum();
        if (index.Numel == 0) return dy.NewZeros(srcShape);
        var pad = new long[2 * srcShape.Rank];
        for (var d = 0; d < srcShape.Rank; d++) pad[2 * (srcShape.Rank - 1 - d) + 1] = srcShape[d] - g.Shape[d];
        return g.ConstantPadNd(pad, 0);
    }
}
