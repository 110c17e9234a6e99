using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>One axis resampled to another size; images are resampled axis by axis, since all filters here are products of one-axis filters.</summary>
[Op("_resample(Tensor self, int dim, int size, str mode, bool align_corners, float? scale, bool antialias) -> Tensor")]
public readonly partial record struct ResampleAxis(long Dim, long Size, string Mode, bool AlignCorners, double? Scale, bool Antialias)
{
    internal Tensor Forward(Tensor self)
    {
        var op = this;
        var from = self.Size((int)Dim);
        return ResampleKernel.Run(self, Dims.Wrap(Dim, self.Rank), Size, false, single => ResampleTaps.Create(op.Mode, from, op.Size, op.AlignCorners, op.Scale, op.Antialias, single));
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor dy) => dy.ResampleAxisAdjoint(Dim, selfShape[(int)Dim], Mode, AlignCorners, Scale, Antialias);
}

/// <summary>The adjoint of <see cref="ResampleAxis"/>, back to <c>size</c>.</summary>
[Op("_resample_adjoint(Tensor grad_output, int dim, int size, str mode, bool align_corners, float? scale, bool antialias) -> Tensor")]
public readonly partial record struct ResampleAxisAdjoint(long Dim, long Size, string Mode, bool AlignCorners, double? Scale, bool Antialias)
{
    internal Tensor Forward(Tensor gradOutput)
    {
        var op = this;
        var to = gradOutput.Size((int)Dim);
        return ResampleKernel.Run(gradOutput, Dims.Wrap(Dim, gradOutput.Rank), Size, true, single => ResampleTaps.Create(op.Mode, op.Size, to, op.AlignCorners, op.Scale, op.Antialias, single));
    }

    internal Tensor VjpGradOutput(Shape gradOutputShape, Tensor dy) => dy.ResampleAxis(Dim, gradOutputShape[(int)Dim], Mode, AlignCorners, Scale, Antialias);
}
