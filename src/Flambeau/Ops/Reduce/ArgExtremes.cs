using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Largest element along an axis and where it is first; NaN counts as largest. The gradient goes to that place.</summary>
[Op("max(Tensor self, int dim, bool keepdim=False) -> (Tensor, Tensor)")]
public readonly partial record struct MaxDim(long Dim, bool Keepdim = false)
{
    internal (Tensor Values, Tensor Indices) Forward(Tensor self)
    {
        var d = Dims.Wrap(Dim, self.Rank);
        var index = ArgKernel.Run(self, d, largest: true, keepdim: true, "max");
        var values = Lines.Gather(self, d, index);
        return (ArgKernel.Squeeze(values, d, Keepdim), ArgKernel.Squeeze(index, d, Keepdim));
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor y1, Tensor dy0) => dy0.ToPicked(selfShape, Dim, Keepdim, y1);
}

/// <summary>Smallest element along an axis and where it is first; NaN counts as smallest. The gradient goes to that place.</summary>
[Op("min(Tensor self, int dim, bool keepdim=False) -> (Tensor, Tensor)")]
public readonly partial record struct MinDim(long Dim, bool Keepdim = false)
{
    internal (Tensor Values, Tensor Indices) Forward(Tensor self)
    {
        var d = Dims.Wrap(Dim, self.Rank);
        var index = ArgKernel.Run(self, d, largest: false, keepdim: true, "min");
        var values = Lines.Gather(self, d, index);
        return (ArgKernel.Squeeze(values, d, Keepdim), ArgKernel.Squeeze(index, d, Keepdim));
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor y1, Tensor dy0) => dy0.ToPicked(selfShape, Dim, Keepdim, y1);
}

/// <summary>Position of the first largest element along an axis, or in the flattened tensor; NaN counts as largest. int64.</summary>
[Op("argmax(Tensor self, int? dim=None, bool keepdim=False) -> Tensor")]
public readonly partial record struct Argmax(long? Dim = null, bool Keepdim = false)
{
    internal Tensor Forward(Tensor self) => ArgKernel.Flat(self, Dim, largest: true, Keepdim, "argmax");
}

/// <summary>Position of the first smallest element along an axis, or in the flattened tensor; NaN counts as smallest. int64.</summary>
[Op("argmin(Tensor self, int? dim=None, bool keepdim=False) -> Tensor")]
public readonly partial record struct Argmin(long? Dim = null, bool Keepdim = false)
{
    internal Tensor Forward(Tensor self) => ArgKernel.Flat(self, Dim, largest: false, Keepdim, "argmin");
}
