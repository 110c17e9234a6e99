using Flambeau.Cpu;

namespace Flambeau;

/// <summary>Kernels that several ops share. A device without one says so.</summary>
internal abstract partial class DeviceBackend
{
    /// <summary>Elements of <paramref name="a"/> where the mask is true, else of <paramref name="b"/>, written to <paramref name="y"/>; all of one dtype but the mask.</summary>
    internal virtual void Select(Tensor y, Tensor mask, Tensor a, Tensor b) => throw NoHostMemory();

    /// <summary>A function of two integers by its name, in 64 bits, cut to the dtype.</summary>
    internal virtual Tensor Integer(string function, Tensor a, Tensor b, DType dtype) => throw NoHostMemory();

    /// <summary>A function of two real numbers by its name, written to <paramref name="y"/>.</summary>
    internal virtual void Function(string function, Tensor y, Tensor a, Tensor b) => throw NoHostMemory();

    /// <summary><c>x[indices]</c>, see <see cref="IndexPlan"/>.</summary>
    internal virtual Tensor Index(Tensor x, Tensor?[] indices, string op) => throw NoHostMemory();

    /// <summary>Combines values, which broadcast, into <c>y[indices]</c>.</summary>
    internal virtual void IndexPut(Combination how, Tensor y, Tensor?[] indices, Tensor values, string op) => throw NoHostMemory();

    /// <summary>Elements at positions along an axis; the index has the result's sizes.</summary>
    internal virtual Tensor Gather(Tensor x, int dim, Tensor index, string op) => throw NoHostMemory();

    /// <summary>Combines the source (a single number, or at least as long as the index on each axis) into positions along an axis.</summary>
    internal virtual void Scatter(Combination how, Tensor y, int dim, Tensor index, Tensor source, string op) => throw NoHostMemory();

    /// <summary>Softmax of one kind, or its gradient when its output is given; row-major, of any floating-point dtype.</summary>
    internal virtual Tensor Softmax(SoftmaxKernel.Kind kind, Tensor x, Tensor? output, int dim) => throw NoHostMemory();

    /// <summary>Where the largest or smallest element of each line is.</summary>
    internal virtual void Arg(Tensor x, Tensor y, int dim, bool largest) => throw NoHostMemory();

    /// <summary>Running totals along an axis of a row-major tensor.</summary>
    internal virtual void Scan(Scans.Kind kind, Tensor x, Tensor y, int dim, bool reverse) => throw NoHostMemory();

    /// <summary>Where the extreme element so far is.</summary>
    internal virtual void ScanExtremes(Tensor x, Tensor y, int dim, bool largest) => throw NoHostMemory();

    /// <summary>Positions of the first elements of each line in order.</summary>
    internal virtual void Sort(Tensor x, Tensor y, int dim, bool descending) => throw NoHostMemory();

    /// <summary>Coordinates of the elements that aren't zero.</summary>
    internal virtual Tensor Nonzero(Tensor x) => throw NoHostMemory();

    /// <summary>Zeros above or below a diagonal of a row-major tensor.</summary>
    internal virtual void Triangle(Tensor y, long diagonal, bool lower) => throw NoHostMemory();

    /// <summary>Normalises rows of row-major tensors of any floating-point dtype; means and deviations are in the dtype computed in, weights and what they get in any.</summary>
    internal virtual void RowNorm(Tensor x, Tensor? weight, Tensor? bias, Tensor y, Tensor? mean, Tensor rstd, double eps) => throw NoHostMemory();

    internal virtual void RowNormBackward(Tensor dy, Tensor x, Tensor? weight, Tensor? mean, Tensor rstd, Tensor? dx, Tensor? dw, Tensor? db) => throw NoHostMemory();

    /// <summary>Moves running statistics of channels toward a batch's, the variance as its unbiased estimate; false where that isn't offered.</summary>
    internal virtual bool MoveStatistics(Tensor? runningMean, Tensor? runningVariance, Tensor mean, Tensor variance, double count, double momentum) => false;

    /// <summary>Normalises channels by given means and variances; null where that isn't offered.</summary>
    internal virtual Tensor? ChannelInference(Tensor x, Tensor? weight, Tensor? bias, Tensor mean, Tensor variance, double eps) => null;

    /// <summary>Windows over up to three trailing axes.</summary>
    internal virtual void PoolMax(Tensor x, Tensor y, Tensor? at, PoolAxis[] axes) => throw NoHostMemory();

    internal virtual void PoolMean(Tensor x, Tensor y, PoolAxis[] axes, long? divisor, bool adjoint) => throw NoHostMemory();

    internal virtual void PoolMove(Tensor x, Tensor y, Tensor at, long size, long count, bool gather, bool add) => throw NoHostMemory();

    /// <summary>A convolution (0), its gradient to the input (1) or to the weight (2); row-major, in the compute dtype.</summary>
    internal virtual void Convolution(int which, in ConvShape shape, Tensor a, Tensor b, Tensor? bias, Tensor y) => throw NoHostMemory();

    /// <summary>Picks or spreads by class.</summary>
    internal virtual void Nll(Tensor full, Tensor picked, Tensor target, Tensor? weight, long classes, long ignore, bool spread) => throw NoHostMemory();

    /// <summary>All steps of a recurrent layer, <c>lstm</c>, <c>gru</c>, <c>tanh</c> or <c>relu</c>; row-major, in the compute dtype, see <see cref="IRecurrentCell"/>.</summary>
    internal virtual void RecurrentForward(string cell, int gates, Tensor x, Tensor h0, Tensor? c0, Tensor weight, Tensor? bias, Tensor h, Tensor c, Tensor kept, bool reverse) => throw NoHostMemory();

    internal virtual void RecurrentBackward(string cell, int gates, Tensor? dh, Tensor? dc, Tensor h0, Tensor? c0, Tensor weight, Tensor h, Tensor? c, Tensor? kept, Tensor dx, Tensor du, Tensor? carry, Tensor dh0, Tensor? dw, bool reverse) => throw NoHostMemory();

    /// <summary>Draws of a kind: <c>uniform</c>, <c>normal</c>, <c>bernoulli</c>, <c>integers</c>; the same as on the host.</summary>
    internal virtual void Draw(string kind, Tensor y, RandomStream stream, double a, double b, long low, ulong range) => throw NoHostMemory();
}
