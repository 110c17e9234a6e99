using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Largest values of windows of blocked images, as <see cref="MaxPoolValues"/> finds them.</summary>
[Op("_blocked_max_pool(Tensor input, int[] kernel, int[] stride, int[] padding, int[] dilation, int[] output_size) -> Tensor")]
public readonly partial record struct BlockedMaxPool(long[] Kernel, long[] Stride, long[] Padding, long[] Dilation, long[] OutputSize)
{
    internal unsafe Tensor Forward(Tensor input)
    {
        var s = BlockedForms.Shape(input, input.Size(1) * input.Size(4), input.Size(1) * input.Size(4), Kernel, Stride, Padding, Dilation, OutputSize);
        var y = Tensor.New([s.N, s.InBlocks, s.OutH, s.OutW, s.Block], DType.Float32);
        input = Cast.Contiguous(input);
        if (y.Numel == 0) return y;
        fixed (float* px = &input.First<float>(), py = &y.First<float>()) BlockedPool.Max(s, px, py);
        return y;
    }
}

/// <summary>Mean of each channel of a blocked image over its plane: <c>[N, blocks, 1, 1, block]</c>.</summary>
[Op("_blocked_mean(Tensor input) -> Tensor")]
public readonly partial record struct BlockedMean
{
    internal unsafe Tensor Forward(Tensor input)
    {
        var s = BlockedForms.Image(input, "_blocked_mean");
        var y = Tensor.New([s.N, s.InBlocks, 1, 1, s.Block], DType.Float32);
        input = Cast.Contiguous(input);
        if (y.Numel == 0) return y;
        fixed (float* px = &input.First<float>(), py = &y.First<float>()) BlockedChannels.Mean(s, px, py);
        return y;
    }
}

/// <summary>Each channel of a blocked image times its factor, <c>[N or 1, blocks, 1, 1, block]</c>.</summary>
[Op("_blocked_scale(Tensor input, Tensor factors) -> Tensor")]
public readonly partial record struct BlockedScale
{
    internal unsafe Tensor Forward(Tensor input, Tensor factors)
    {
        var s = BlockedForms.Image(input, "_blocked_scale");
        if (factors.DType != DType.Float32 || factors.Rank != 5 || (factors.Size(0) != 1 && factors.Size(0) != s.N) || factors.Size(1) != s.InBlocks || factors.Size(2) * factors.Size(3) != 1 || factors.Size(4) != s.Block)
            throw new ArgumentException($"_blocked_scale: factors of shape {factors.Shape} don't fit an image of shape {input.Shape}; expected [N or 1, blocks, 1, 1, block]");
        var y = Tensor.New(input.Shape, DType.Float32);
        (input, factors) = (Cast.Contiguous(input), Cast.Contiguous(factors));
        if (y.Numel == 0) return y;
        fixed (float* px = &input.First<float>(), pf = &factors.First<float>(), py = &y.First<float>()) BlockedChannels.Scale(s, px, pf, factors.Size(0) == 1, py);
        return y;
    }
}

/// <summary>Normalises the first <c>channels</c> channels of each pixel of a blocked image, as <see cref="NativeLayerNorm"/> does; weight and bias are blocked, <c>[1, blocks, 1, 1, block]</c>.</summary>
[Op("_blocked_layer_norm(Tensor input, int channels, Tensor? weight, Tensor? bias, float eps) -> Tensor")]
public readonly partial record struct BlockedLayerNorm(long Channels, double Eps)
{
    internal unsafe Tensor Forward(Tensor input, Tensor? weight, Tensor? bias)
    {
        var s = BlockedForms.Image(input, "_blocked_layer_norm");
        s.Cin = Channels;
        if (s.InBlocks != input.Size(1) || (weight is not null && weight.Numel != s.InBlocks * s.Block) || (bias is not null && bias.Numel != s.InBlocks * s.Block))
            throw new ArgumentException($"_blocked_layer_norm: {Channels} channels, weight {weight?.Shape}, bias {bias?.Shape} don't fit an image of shape {input.Shape}");
        var y = Tensor.New(input.Shape, DType.Float32);
        (input, weight, bias) = (Cast.Contiguous(input), weight is null ? null : Cast.Contiguous(weight), bias is null ? null : Cast.Contiguous(bias));
        if (y.Numel == 0) return y;
        fixed (float* px = &input.First<float>(), pw = &(weight ?? y).First<float>(), pb = &(bias ?? y).First<float>(), py = &y.First<float>())
            BlockedChannels.LayerNorm(s, px, weight is null ? null : pw, bias is null ? null : pb, (float)Eps, py);
        return y;
    }
}

/// <summary>A blocked image of chosen channels: <c>channels</c> counts over the lanes of all inputs, one after another.</summary>
[Op("_blocked_gather(Tensor[] inputs, int[] channels) -> Tensor")]
public readonly partial record struct BlockedGather(long[] Channels)
{
    internal unsafe Tensor Forward(Tensor[] inputs)
    {
        if (inputs.Length == 0) throw new ArgumentException("_blocked_gather: no inputs; expected at least one blocked image");
        var s = BlockedForms.Image(inputs[0], "_blocked_gather");
        long lanes = 0;
        var (images, blocks) = (new Tensor[inputs.Length], new long[inputs.Length]);
        for (var i = 0; i < images.Length; i++)
        {
            var other = BlockedForms.Image(inputs[i], "_blocked_gather");
            if (other.N != s.N || other.H != s.H || other.W != s.W || other.Block != s.Block) throw new ArgumentException($"_blocked_gather: images of shapes {inputs[0].Shape} and {inputs[i].Shape}; expected the same but for the blocks");
            (images[i], blocks[i]) = (Cast.Contiguous(inputs[i]), inputs[i].Size(1));
            lanes += blocks[i] * s.Block;
        }
        foreach (var c in Channels)
        {
            if (c < 0 || c >= lanes) throw new ArgumentException($"_blocked_gather: channel {c} is outside 0..{lanes - 1}");
        }
        s.Cout = Channels.Length;
        var y = Tensor.New([s.N, s.OutBlocks, s.H, s.W, s.Block], DType.Float32);
        if (y.Numel == 0) return y;
        var handles = Array.ConvertAll(images, static x => x.Storage.Pin());
        try
        {
            var addresses = new nint[images.Length];
            for (var i = 0; i < addresses.Length; i++) addresses[i] = (handles[i].IsAllocated ? handles[i].AddrOfPinnedObject() : images[i].Storage.NativeAddress) + (nint)(images[i].Offset * sizeof(float));
            fixed (float* py = &y.First<float>()) BlockedChannels.Gather(s, addresses, blocks, Channels, py);
        }
        finally
        {
            foreach (var h in handles)
            {
                if (h.IsAllocated) h.Free();
            }
        }
        return y;
    }
}
