using Flambeau.Cpu;
using static Flambeau.Cpu.SoftmaxKernel;

namespace Flambeau.Ops;

/// <summary>Exponentials along an axis over their sum. Integers become float32; a dtype converts the tensor first.</summary>
[Op("softmax(Tensor self, int dim, dtype? dtype=None) -> Tensor")]
public readonly partial record struct Softmax(long Dim, DType? Dtype = null)
{
    internal Tensor Forward(Tensor self) => SoftmaxRule.Forward(Kind.Softmax, self, Dim, Dtype, "softmax");

    internal Tensor VjpSelf(Tensor y, Tensor dy) => dy.SoftmaxBackwardData(y, Dim);
}

/// <summary>Logarithm of <see cref="Softmax"/>, without overflow.</summary>
[Op("log_softmax(Tensor self, int dim, dtype? dtype=None) -> Tensor")]
public readonly partial record struct LogSoftmax(long Dim, DType? Dtype = null)
{
    internal Tensor Forward(Tensor self) => SoftmaxRule.Forward(Kind.LogSoftmax, self, Dim, Dtype, "log_softmax");

    internal Tensor VjpSelf(Tensor y, Tensor dy) => dy.LogSoftmaxBackwardData(y, Dim);
}

/// <summary><see cref="Softmax"/> that gives zeros for lines of nothing but −∞.</summary>
[Op("_safe_softmax(Tensor self, int dim, dtype? dtype=None) -> Tensor")]
[Op("torch.ops.aten._safe_softmax.default(Tensor self, int dim, dtype? dtype=None) -> Tensor")]
public readonly partial record struct SafeSoftmax(long Dim, DType? Dtype = null)
{
    internal Tensor Forward(Tensor self) => SoftmaxRule.Forward(Kind.Safe, self, Dim, Dtype, "_safe_softmax");

    internal Tensor VjpSelf(Tensor y, Tensor dy) => dy.SoftmaxBackwardData(y, Dim);
}

/// <summary>Gradient of <see cref="Softmax"/>: <c>y · (dy − Σ dy · y)</c>.</summary>
[Op("_softmax_backward_data(Tensor grad_output, Tensor output, int dim, dtype? input_dtype=None) -> Tensor")]
public readonly partial record struct SoftmaxBackwardData(long Dim, DType? InputDtype = null)
{
    internal Tensor Forward(Tensor gradOutput, Tensor output) => SoftmaxRule.Backward(Kind.Softmax, gradOutput, output, Dim, InputDtype);

    internal Tensor VjpGradOutput(Tensor output, Tensor dy) => dy.SoftmaxBackwardData(output, Dim);

    internal Tensor VjpOutput(Tensor gradOutput, Tensor output, Tensor dy) =>
        dy * (gradOutput - (gradOutput * output).Sum(Dim, keepdim: true)) - gradOutput * (dy * output).Sum(Dim, keepdim: true);
}

/// <summary>Gradient of <see cref="LogSoftmax"/>: <c>dy − exp(y) · Σ dy</c>.</summary>
[Op("_log_softmax_backward_data(Tensor grad_output, Tensor output, int dim, dtype? input_dtype=None) -> Tensor")]
public readonly partial record struct LogSoftmaxBackwardData(long Dim, DType? InputDtype = null)
{
    internal Tensor Forward(Tensor gradOutput, Tensor output) => SoftmaxRule.Backward(Kind.LogSoftmax, gradOutput, output, Dim, InputDtype);

    internal Tensor VjpGradOutput(Tensor output, Tensor dy) => dy - (dy * output.Exp()).Sum(Dim, keepdim: true);

    internal Tensor VjpOutput(Tensor gradOutput, Tensor output, Tensor dy) => -dy * output.Exp() * gradOutput.Sum(Dim, keepdim: true);
}

internal static class SoftmaxRule
{
    internal static Tensor Forward(Kind kind, Tensor self, long dim, DType? dtype, string name)
    {
        var result = dtype ?? Promotion.ToFloat(self.DType);
        if (!result.IsFloat()) throw new ArgumentException($"{name}: the result would be {result.Name()}; expected a floating-point dtype");
        var d = Dims.Wrap(dim, self.Rank);
        return Cast.To(SoftmaxKernel.Forward(kind, Cast.Contiguous(Cast.To(self, Stored(self, result))), d), result);
    }

    internal static Tensor Backward(Kind kind, Tensor dy, Tensor output, long dim, DType? dtype)
    {
        if (dy.Shape != output.Shape) throw new ArgumentException($"_softmax_backward_data: grad_output has shape {dy.Shape}, output {output.Shape}; they must agree");
        var wide = Stored(dy, Promotion.Promote(dy.DType, output.DType));
        var dx = SoftmaxKernel.Backward(kind, Cast.Contiguous(Cast.To(dy, wide)), Cast.Contiguous(Cast.To(output, wide)), Dims.Wrap(dim, dy.Rank));
        return Cast.To(dx, dtype ?? dy.DType);
    }

    /// <summary>What kernels read and write: on the host what they compute in; those of a device convert as they read.</summary>
    static DType Stored(Tensor x, DType dtype) => x.Storage.Backend is null ? Pointwise.Wide(dtype) : dtype;
}
