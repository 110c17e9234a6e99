namespace Flambeau.Nn;

/// <summary>What batch and instance norms share: affine parameters and running statistics.</summary>
[Module]
public abstract partial class RunningNorm : Layer
{
    [Parameter] readonly Tensor? weight;
    [Parameter] readonly Tensor? bias;
    [Buffer] readonly Tensor? runningMean;
    [Buffer] readonly Tensor? runningVar;
    [Buffer] readonly Tensor? numBatchesTracked;

    private protected RunningNorm(long numFeatures, double eps, double? momentum, bool affine, bool trackRunningStats, DType dtype)
    {
        NumFeatures = numFeatures;
        Eps = eps;
        Momentum = momentum;
        if (affine)
        {
            weight = Tensor.Ones([numFeatures], dtype).WithGrad();
            bias = Tensor.Zeros([numFeatures], dtype).WithGrad();
        }
        if (!trackRunningStats) return;
        runningMean = Tensor.Zeros([numFeatures], dtype);
        runningVar = Tensor.Ones([numFeatures], dtype);
        numBatchesTracked = Tensor.Zeros([], DType.Int64);
    }

    /// <summary>Number of channels.</summary>
    public long NumFeatures { get; }

    /// <summary>Added to the variance.</summary>
    public double Eps { get; }

    /// <summary>Weight of a new batch in the running statistics; null averages over all batches.</summary>
    public double? Momentum { get; }

    /// <summary>Scale of each channel.</summary>
    public Tensor? Weight => weight;

    /// <summary>Offset of each channel.</summary>
    public Tensor? Bias => bias;

    /// <summary>Mean of each channel over training batches.</summary>
    public Tensor? RunningMean => runningMean;

    /// <summary>Variance of each channel over training batches.</summary>
    public Tensor? RunningVar => runningVar;

    /// <summary>Counts a training batch and gives its weight in the running statistics.</summary>
    [Script]
    private protected double Count()
    {
        if (!Training || numBatchesTracked is null) return Momentum ?? 0;
        using var off = Autograd.Grad.No();
        numBatchesTracked.Add_(1);
        return Momentum ?? 1.0 / numBatchesTracked.Item<long>();
    }

    [Script]
    private protected void Check(Tensor input, int least, int most)
    {
        if (input.Rank < least || input.Rank > most) throw new ArgumentException($"{GetType().Name}: the input has shape {input.Shape}; expected {least}{(most > least ? $" or {most}" : "")} axes");
    }
}

/// <summary>What batch norms of all ranks share (Ioffe and Szegedy, arXiv 1502.03167).</summary>
[Module]
public abstract partial class BatchNormBase : RunningNorm
{
    private protected BatchNormBase(long numFeatures, double eps, double? momentum, bool affine, bool trackRunningStats, DType dtype) : base(numFeatures, eps, momentum, affine, trackRunningStats, dtype)
    {
    }

    [Script]
    private protected Tensor Normalize(Tensor input)
    {
        var momentum = Count();
        // Without running statistics the batch's own serve in evaluation, too.
        return input.BatchNorm(RunningMean, RunningVar, Weight, Bias, Training || RunningMean is null, momentum, Eps);
    }
}

/// <summary>What instance norms of all ranks share (Ulyanov et al., arXiv 1607.08022).</summary>
[Module]
public abstract partial class InstanceNormBase : RunningNorm
{
    private protected InstanceNormBase(long numFeatures, double eps, double momentum, bool affine, bool trackRunningStats, DType dtype) : base(numFeatures, eps, momentum, affine, trackRunningStats, dtype)
    {
    }

    [Script]
    private protected Tensor Normalize(Tensor input, int dims)
    {
        Check(input, dims + 1, dims + 2);
        var whole = input.Rank == dims + 2;
        if (input.Size(whole ? 1 : 0) != NumFeatures && Weight is not null)
            throw new ArgumentException($"{GetType().Name}: the input of shape {input.Shape} has {input.Size(whole ? 1 : 0)} channels; expected {NumFeatures}");
        var y = (whole ? input : input.Unsqueeze(0)).InstanceNorm(RunningMean, RunningVar, Weight, Bias, Training || RunningMean is null, Momentum ?? 0, Eps);
        return whole ? y : y.Select(0, 0);
    }
}
