using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// Dropout (Srivastava et al., JMLR 15 (2014) 1929) with its mask: elements are kept with probability 1 − p and scaled by 1 / (1 − p), the others are 0.
/// When <c>train</c> is false the values pass, and the mask is all true.
/// </summary>
[Op("native_dropout(Tensor input, float p, bool? train) -> (Tensor, Tensor)")]
public readonly partial record struct NativeDropout(double P, bool? Train)
{
    internal double Scale => Train == false ? 1 : P >= 1 ? 0 : 1 / (1 - P);

    internal unsafe (Tensor Output, Tensor Mask) Forward(Tensor input)
    {
        if (!(P >= 0 && P <= 1)) throw new ArgumentException($"native_dropout: the probability is {P}; expected a number in [0, 1]");
        if (Train == false) return (Cast.Clone(input), input.OnesLike(DType.Bool));
        if (!input.DType.IsFloat() || input.Storage.Backend is not null)
        {
            var kept = RandomTensor.Bernoulli(input.Layout.Sizes, DType.Bool, 1 - P, null);
            return (new NativeDropoutBackward(Scale).Forward(input, kept), kept);
        }
        var x = Cast.Contiguous(Cast.To(input, Pointwise.Wide(input.DType)));
        Tensor y = Tensor.New(x.Layout.Sizes, x.DType), mask = Tensor.New(x.Layout.Sizes, DType.Bool);
        if (x.DType == DType.Float32) Fill<float>(x, y, mask);
        else Fill<double>(x, y, mask);
        return (Cast.To(y, input.DType), mask);
    }

    unsafe void Fill<E>(Tensor x, Tensor y, Tensor mask) where E : unmanaged, INumber<E>
    {
        if (x.Numel == 0) return;
        var stream = Generator.Current.Take(x.Numel, RandomFill.PerBlock32);
        double keep = 1 - P, scale = Scale;
        fixed (E* px = &x.First<E>(), py = &y.First<E>())
        fixed (bool* pm = &mask.First<bool>())
        {
            nint from = (nint)px, to = (nint)py, flags = (nint)pm;
            CpuThreads.For(x.Numel, StridedLoop.Grain, (begin, end) =>
            {
                // pieces that stay in the first-level cache between the draw and the product
                for (var at = begin; at < end; at += 2048)
                {
                    var n = (int)Math.Min(2048, end - at);
                    var m = new Span<bool>((bool*)flags + at, n);
                    RandomFill.Bernoulli(m, stream, at, keep);
                    MaskedScale.Run((E*)to + at, (E*)from + at, (byte*)flags + at, E.CreateTruncating(scale), n);
                }
            });
        }
    }

    internal Tensor VjpInput(Tensor y1, Tensor dy0) => dy0.NativeDropoutBackward(y1, Scale);
}

/// <summary>Gradient of <see cref="NativeDropout"/>: the gradient where the mask is set, scaled, else 0. Integers and bools give float32.</summary>
[Op("native_dropout_backward(Tensor grad_output, Tensor mask, float scale) -> Tensor")]
public readonly partial record struct NativeDropoutBackward(double Scale)
{
    internal Tensor Forward(Tensor gradOutput, Tensor mask)
    {
        var result = Promotion.ToFloat(gradOutput.DType);
        if (result.IsComplex()) return gradOutput * mask * Scale;
        var x = Cast.To(gradOutput, Pointwise.Wide(result));
        var m = Cast.To(mask, DType.Bool);
        if (DeviceBackend.Of(x, m) is not null) return Tensor.Where(m, x * Scale, 0.0).To(result);
        var y = Tensor.New(Pointwise.Broadcast(x, m), x.DType);
        if (x.DType == DType.Float32) StridedLoop.Run(new MaskedScale.Loop<float>((float)Scale), y, x, m);
        else StridedLoop.Run(new MaskedScale.Loop<double>(Scale), y, x, m);
        return Cast.To(y, result);
    }

    internal Tensor VjpGradOutput(Tensor mask, Tensor dy) => dy.NativeDropoutBackward(mask, Scale);
}
