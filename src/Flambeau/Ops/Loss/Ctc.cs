using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// Minus the log-likelihood of each label sequence, given log-probabilities <c>[T, N, C]</c> of classes over time: summed over all alignments, blanks between labels.
/// Labels <c>[N, S]</c>, or all of them joined. Its gradient can't be differentiated again.
/// </summary>
[Op("_ctc_nll(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank) -> Tensor")]
public readonly partial record struct CtcNll(long[] InputLengths, long[] TargetLengths, long Blank)
{
    internal unsafe Tensor Forward(Tensor logProbs, Tensor targets)
    {
        var p = Cast.Contiguous(Cast.To(logProbs, DType.Float64));
        var labels = Cast.Contiguous(Cast.To(targets, DType.Int64)).ToArray<long>();
        long n = p.Size(1), classes = p.Size(2);
        var y = Tensor.New([n], DType.Float64);
        var op = this;
        fixed (double* pp = &p.First<double>(), py = &y.First<double>())
        {
            double* x = pp, loss = py;
            CpuThreads.Each(n, i => loss[i] = CtcKernel.Loss(x + i * classes, n * classes, op.InputLengths[i], op.Labels(labels, targets, i), op.Blank));
        }
        return Cast.To(y, logProbs.DType);
    }

    internal ReadOnlySpan<long> Labels(long[] all, Tensor targets, long i)
    {
        long start = 0;
        if (targets.Rank == 2) start = i * targets.Layout.Sizes[1];
        else for (var k = 0; k < i; k++) start += TargetLengths[k];
        return all.AsSpan((int)start, (int)TargetLengths[i]);
    }

    internal Tensor VjpLogProbs(Tensor logProbs, Tensor targets, Tensor dy) => Autograd.Grad.Enabled
        ? throw new NotSupportedException("ctc_loss: its gradient can't be differentiated again; call Backward without createGraph")
        : dy.CtcNllBackward(logProbs, targets, InputLengths, TargetLengths, Blank);
}

/// <summary>The gradient of <see cref="CtcNll"/>.</summary>
[Op("_ctc_nll_backward(Tensor grad_output, Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank) -> Tensor")]
public readonly partial record struct CtcNllBackward(long[] InputLengths, long[] TargetLengths, long Blank)
{
    internal unsafe Tensor Forward(Tensor gradOutput, Tensor logProbs, Tensor targets)
    {
        var p = Cast.Contiguous(Cast.To(logProbs, DType.Float64));
        var dy = Cast.Contiguous(Cast.To(gradOutput, DType.Float64)).ToArray<double>();
        var labels = Cast.Contiguous(Cast.To(targets, DType.Int64)).ToArray<long>();
        long n = p.Size(1), classes = p.Size(2);
        var g = Tensor.Zeros(p.Shape, DType.Float64);
        var op = new CtcNll(InputLengths, TargetLengths, Blank);
        fixed (double* pp = &p.First<double>(), pg = &g.First<double>())
        {
            double* x = pp, dx = pg;
            CpuThreads.Each(n, i => CtcKernel.Gradient(x + i * classes, dx + i * classes, n * classes, op.InputLengths[i], op.Labels(labels, targets, i), op.Blank, dy[i]));
        }
        return Cast.To(g, logProbs.DType);
    }
}
