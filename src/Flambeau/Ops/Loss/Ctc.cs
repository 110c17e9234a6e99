using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// Minus the log-likelihood of each label sequence, given log-probabilities <c>[T, N, C]</c> of classes over time: summed over all alignments, blanks between labels.
/// Labels <c>[N, S]</c>, or all of them joined. Its gradient is the one that is right for log-probabilities from a log-softmax, and can't be differentiated again: as in PyTorch, there is no second derivative.
/// </summary>
[Op("_ctc_nll(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank, bool zero_infinity) -> Tensor")]
public readonly partial record struct CtcNll(long[] InputLengths, long[] TargetLengths, long Blank, bool ZeroInfinity)
{
    internal Tensor Forward(Tensor logProbs, Tensor targets) => Cast.To(logProbs.DType == DType.Float64 ? Run<double>(logProbs, targets) : Run<float>(logProbs, targets), logProbs.DType);

    unsafe Tensor Run<T>(Tensor logProbs, Tensor targets) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var p = Cast.Contiguous(Cast.To(logProbs, DTypes.Of<T>()));
        var labels = Labels(targets);
        long n = p.Size(1), classes = p.Size(2);
        var y = Tensor.New([n], p.DType);
        var op = this;
        fixed (T* pp = &p.First<T>(), py = &y.First<T>())
        {
            T* x = pp, loss = py;
            CpuThreads.Each(n, i =>
            {
                var l = CtcKernel<T>.Loss(x + i * classes, n * classes, op.InputLengths[i], op.Of(labels, targets, i), op.Blank);
                loss[i] = op.ZeroInfinity && T.IsPositiveInfinity(l) ? T.Zero : l;
            });
        }
        return y;
    }

    internal static long[] Labels(Tensor targets) => targets.To(DType.Int64).ToArray<long>();

    /// <summary>The labels of sequence <paramref name="i"/> among all of them.</summary>
    internal ReadOnlySpan<long> Of(long[] all, Tensor targets, long i)
    {
        long start = 0;
        if (targets.Rank == 2) start = i * targets.Layout.Sizes[1];
        else for (var k = 0; k < i; k++) start += TargetLengths[k];
        return all.AsSpan((int)start, (int)TargetLengths[i]);
    }

    internal Tensor VjpLogProbs(Tensor logProbs, Tensor targets, Tensor dy) => Autograd.Grad.Enabled
        ? throw new NotSupportedException("ctc_loss: its gradient can't be differentiated again (nor can PyTorch's); call Backward without createGraph")
        : dy.CtcNllBackward(logProbs, targets, InputLengths, TargetLengths, Blank, ZeroInfinity);
}

/// <summary>The gradient of <see cref="CtcNll"/>; it has none of its own.</summary>
[Op("_ctc_nll_backward(Tensor grad_output, Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank, bool zero_infinity) -> Tensor")]
public readonly partial record struct CtcNllBackward(long[] InputLengths, long[] TargetLengths, long Blank, bool ZeroInfinity)
{
    internal Tensor Forward(Tensor gradOutput, Tensor logProbs, Tensor targets) =>
        Cast.To(logProbs.DType == DType.Float64 ? Run<double>(gradOutput, logProbs, targets) : Run<float>(gradOutput, logProbs, targets), logProbs.DType);

    unsafe Tensor Run<T>(Tensor gradOutput, Tensor logProbs, Tensor targets) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var p = Cast.Contiguous(Cast.To(logProbs, DTypes.Of<T>()));
        var dy = gradOutput.ToArray<T>();
        var labels = CtcNll.Labels(targets);
        long n = p.Size(1), classes = p.Size(2);
        var g = p.ZerosLike();
        var op = new CtcNll(InputLengths, TargetLengths, Blank, ZeroInfinity);
        fixed (T* pp = &p.First<T>(), pg = &g.First<T>())
        {
            T* x = pp, dx = pg;
            CpuThreads.Each(n, i => CtcKernel<T>.Gradient(x + i * classes, dx + i * classes, n * classes, classes, op.InputLengths[i], op.Of(labels, targets, i), op.Blank, op.ZeroInfinity, dy[i]));
        }
        return g;
    }
}
