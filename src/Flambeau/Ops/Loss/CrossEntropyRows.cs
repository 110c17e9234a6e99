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
        var r = Composite(self, target, IgnoreIndex);
        return (r[0], r[1]);
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
        var probabilities = (self.To(logSum.DType) - logSum.Unsqueeze(1)).Exp();
        var kept = Tensor.Where(target.Ne(IgnoreIndex), gradOutput, 0);
        return (probabilities * kept.Unsqueeze(1) + gradOutput.NllSpread(target, null, self.Shape, IgnoreIndex)).To(self.DType);
    }
}
