namespace Flambeau.Nn;

/// <summary>What convolutions share: sizes, weight and bias, and padding other than with zeros.</summary>
[Module]
public abstract partial class ConvBase : Layer
{
    [Parameter] readonly Tensor weight;
    [Parameter] readonly Tensor? bias;

    private protected ConvBase(int dims, bool transposed, long inChannels, long outChannels, Ints kernelSize, Ints stride, ConvPadding padding, Ints dilation, long groups, bool hasBias, string paddingMode, DType dtype)
    {
        var owner = GetType().Name;
        if (groups < 1 || inChannels % groups != 0 || outChannels % groups != 0)
            throw new ArgumentException($"{owner}: {inChannels} input and {outChannels} output channels can't be divided into {groups} groups");
        if (paddingMode is not ("zeros" or "reflect" or "replicate" or "circular"))
            throw new ArgumentException($"{owner}: padding mode '{paddingMode}' is unknown; expected zeros, reflect, replicate or circular");
        KernelSize = kernelSize.Of(owner, nameof(kernelSize), dims);
        Stride = stride.Of(owner, nameof(stride), dims, 1);
        Dilation = dilation.Of(owner, nameof(dilation), dims, 1);
        Groups = groups;
        PaddingMode = paddingMode;
        Same = padding.Mode == "same";
        if (Same && Stride.Any(static s => s != 1)) throw new ArgumentException($"{owner}: padding 'same' needs stride 1; the stride is [{string.Join(", ", Stride)}]");
        Padding = padding.Mode is null ? padding.Sizes.Of(owner, nameof(padding), dims, 0) : new long[dims];
        long[] shape = transposed ? [inChannels, outChannels / groups, .. KernelSize] : [outChannels, inChannels / groups, .. KernelSize];
        weight = Init.KaimingUniform(Tensor.Empty(shape, dtype), a: Math.Sqrt(5)).WithGrad();
        var fan = shape[1..].Aggregate(1L, static (n, s) => n * s);
        var bound = fan > 0 ? 1 / Math.Sqrt(fan) : 0;
        bias = hasBias ? Init.Uniform(Tensor.Empty([outChannels], dtype), -bound, bound).WithGrad() : null;
    }

    /// <summary>The kernels: [out, in/groups, …]; for transposed convolutions [in, out/groups, …].</summary>
    public Tensor Weight => weight;

    /// <summary>One offset for each output channel.</summary>
    public Tensor? Bias => bias;

    /// <summary>Size of the window along each axis.</summary>
    private protected long[] KernelSize { get; }

    private protected long[] Stride { get; }

    private protected long[] Padding { get; }

    private protected long[] Dilation { get; }

    private protected long Groups { get; }

    private protected string PaddingMode { get; }

    private protected bool Same { get; }

    /// <summary>The arguments of the functional call: the input, padded already unless with zeros, and what is left to pad.</summary>
    [Script]
    private protected Tensor Padded(Tensor input)
    {
        var pad = new long[2 * KernelSize.Length];
        for (var i = 0; i < KernelSize.Length; i++)
        {
            // The functional pad begins with the last axis.
            var at = 2 * (KernelSize.Length - 1 - i);
            var total = Same ? Dilation[i] * (KernelSize[i] - 1) : 2 * Padding[i];
            pad[at] = total / 2;
            pad[at + 1] = total - total / 2;
        }
        return input.Pad(pad, PaddingMode);
    }
}
