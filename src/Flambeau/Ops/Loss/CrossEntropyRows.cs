using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// For scores <c>[N, C]</c> and classes <c>[N]</c>: minus the log-probability of each row's class, 0 for the class to ignore, and the logarithm of the sum of the row's exponentials, both at least float32.
/// The log-probabilities themselves are nowhere kept: the gradient comes from the scores.
/// </summary>
[Op("_cross_entropy_rows(Tensor self, Tensor target, int ignore_index) -> (Tensor, Tensor)")]
public readonly partial record struct CrossEntropyRows(long IgnoreIndex)
{
    internal (Tensor, Tensor) Forward(Tensor self, Tensor target)
    {
        if (self.Storage.Backend is not null)
        {
            var r = Composite(self, target, IgnoreIndex);
            return (r[0], r[1]);
        }
        var (x, at) = Host(self, target, IgnoreIndex);
        Tensor loss = Tensor.New(at.Layout.Sizes, x.DType), log = Tensor.New(at.Layout.Sizes, x.DType);
        if (x.Numel == 0) return (loss, log);
        if (x.DType == DType.Float32) Run<float>(x, at, loss, log, IgnoreIndex);
        else Run<double>(x, at, loss, log, IgnoreIndex);
        return (loss, log);
    }

    internal static (Tensor X, Tensor Classes) Host(Tensor self, Tensor target, long ignore) =>
        (Cast.Contiguous(Cast.To(self, Pointwise.Wide(self.DType))), NllKernel.Classes(self.Shape, target, ignore));

    static unsafe void Run<E>(Tensor x, Tensor at, Tensor loss, Tensor log, long ignore) where E : unmanaged, INumber<E>
    {
        fixed (E* px = &x.First<E>(), py = &loss.First<E>(), pl = &log.First<E>())
        fixed (long* pc = &at.First<long>())
            CrossEntropyKernel.Forward(px, pc, py, pl, x.Size(0), x.Size(1), ignore);
    }

    static Tensor[] Composite(Tensor self, Tensor target, long ignore)
    {
        var x = self.To(Pointwise.Wide(self.DType));
        return [x.LogSoftmax(1).NllPick(target, null, ignore), x.Logsumexp([1], false)];
    }

    internal (Tensor?, Tensor?) Vjp(Tensor self, Tensor target, Tensor y0, Tensor y1, Tensor? dy0, Tensor? dy1)
    {
        if (dy0 is not null && dy1 is null && !Autograd.Grad.Enabled) return (dy0.CrossEntropyRowsBackward(self, target, y1, IgnoreIndex), null);
        var ignore = IgnoreIndex;
        return (Recompute.Vjp(xs => Composite(xs[0]!, target, ignore), [self], [dy0, dy1])[0], null);
    }
}

/// <summary>The gradient of <see cref="CrossEntropyRows"/>: the probabilities, less 1 at each row's class, times the row's gradient.</summary>
[Op("_cross_entropy_rows_backward(Tensor grad_output, Tensor self, Tensor target, Tensor log_sum, int ignore_index) -> Tensor")]
public readonly partial record struct CrossEntropyRowsBackward(long IgnoreIndex)
{
    internal Tensor Forward(Tensor gradOutput, Tensor self, Tensor target, Tensor logSum)
    {
        if (self.Storage.Backend is null)
        {
            var (x, at) = CrossEntropyRows.Host(self, target, IgnoreIndex);
            var dx = Tensor.New(x.Layout.Sizes, x.DType);
            if (x.Numel == 0) return Cast.To(dx, self.DType);
            Tensor dy = Cast.Contiguous(Cast.To(gradOutput, x.DType)), log = Cast.Contiguous(logSum);
            if (x.DType == DType.Float32) Run<float>(dy, x, at, log, dx, IgnoreIndex);
            else Run<double>(dy, x, at, log, dx, IgnoreIndex);
            return Cast.To(dx, self.DType);
        }
        var probabilities = (self.To(logSum.DType) - logSum.Unsqueeze(1)).Exp();
        var kept = Tensor.Where(target.Ne(IgnoreIndex), gradOutput, 0);
        return (probabilities * kept.Unsqueeze(1) + gradOutput.NllSpread(target, null, self.Shape, IgnoreIndex)).To(self.DType);
    }
    static unsafe void Run<E>(Tensor dy, Tensor x, Tensor at, Tensor log, Tensor dx, long ignore) where E : unmanaged, INumber<E>
    {
        fixed (E* pd = &dy.First<E>(), px = &x.First<E>(), pl = &log.First<E>(), py = &dx.First<E>())
        fixed (long* pc = &at.First<long>())
            CrossEntropyKernel.Backward(pd, px, pc, pl, py, x.Size(0), x.Size(1), ignore);
    }
}
