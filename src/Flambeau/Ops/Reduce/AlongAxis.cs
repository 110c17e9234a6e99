using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Elements at positions along an axis. The index has the tensor's sizes except along that axis; positions are valid and not negative.</summary>
[Op("_gather_along(Tensor self, int dim, Tensor index) -> Tensor")]
public readonly partial record struct GatherAlong(long Dim)
{
    internal Tensor Forward(Tensor self, Tensor index) => Lines.Gather(self, Dims.Wrap(Dim, self.Rank), index);

    internal Tensor VjpSelf(Shape selfShape, Tensor index, Tensor dy) => dy.ScatterAlong(Dim, index, selfShape.Rank == 0 ? 1 : selfShape[Dims.Wrap(Dim, selfShape.Rank)]);
}

/// <summary>Zeros to which elements are added at positions along an axis: the gradient of <see cref="GatherAlong"/>.</summary>
[Op("_scatter_along(Tensor self, int dim, Tensor index, int size) -> Tensor")]
public readonly partial record struct ScatterAlong(long Dim, long Size)
{
    internal Tensor Forward(Tensor self, Tensor index) => Lines.Scatter(self, Dims.Wrap(Dim, self.Rank), index, Size);

    internal Tensor VjpSelf(Tensor index, Tensor dy) => dy.GatherAlong(Dim, index);
}
