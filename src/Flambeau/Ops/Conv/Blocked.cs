using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// <c>[N, C, H, W]</c> as <c>[N, ⌈C / block⌉, H, W, block]</c>: blocks of channels side by side, the last one filled up with zeros. Float32. Compiled graphs hold images so between
/// convolutions, which then read and write whole registers.
/// </summary>
[Op("_to_blocked(Tensor self, int block) -> Tensor")]
public readonly partial record struct ToBlocked(long Block)
{
    internal Tensor Forward(Tensor self)
    {
        if (self.Rank != 4 || Block <= 0) throw new ArgumentException($"_to_blocked: shape {self.Shape}, block {Block}; expected [N, C, H, W] and a positive block");
        long channels = self.Size(1), blocks = (channels + Block - 1) / Block;
        if (channels % Block != 0)
        {
            var padded = self.NewZeros([self.Size(0), blocks * Block, self.Size(2), self.Size(3)]);
            Cast.Copy(self, padded.Narrow(1, 0, channels));
            self = padded;
        }
        return Cast.Clone(self.Unflatten(1, [blocks, Block]).Permute([0, 1, 3, 4, 2]));
    }
}

/// <summary>The inverse of <see cref="ToBlocked"/>: <c>[N, channels, H, W]</c>.</summary>
[Op("_from_blocked(Tensor self, int channels) -> Tensor")]
public readonly partial record struct FromBlocked(long Channels)
{
    internal Tensor Forward(Tensor self)
    {
        if (self.Rank != 5 || Channels > self.Size(1) * self.Size(4) || Channels <= (self.Size(1) - 1) * self.Size(4))
            throw new ArgumentException($"_from_blocked: shape {self.Shape} doesn't hold {Channels} channels; expected [N, blocks, H, W, block]");
        var all = Cast.Clone(self.Permute([0, 1, 4, 2, 3])).Flatten(1, 2);
        return Channels == all.Size(1) ? all : Cast.Clone(all.Narrow(1, 0, Channels));
    }
}

/// <summary>Weights <c>[Cout, Cin, Kh, Kw]</c> as <c>[⌈Cout / block⌉, ⌈Cin / block⌉, Kh · Kw, block (in), block (out)]</c>, filled up with zeros.</summary>
[Op("_blocked_weight(Tensor weight, int block) -> Tensor")]
public readonly partial record struct BlockedWeight(long Block)
{
    internal Tensor Forward(Tensor weight)
    {
        long cout = weight.Size(0), cin = weight.Size(1), taps = weight.Size(2) * weight.Size(3), outs = (cout + Block - 1) / Block, ins = (cin + Block - 1) / Block;
        var padded = weight.NewZeros([outs * Block, ins * Block, taps]);
        Cast.Copy(weight.Flatten(2, 3), padded.Narrow(0, 0, cout).Narrow(1, 0, cin));
        return Cast.Clone(padded.Reshape([outs, Block, ins, Block, taps]).Permute([0, 2, 4, 3, 1]));
    }
}

/// <summary>Weights <c>[Cout, Cin, Kh, Kw]</c> as <c>[⌈Cout / block⌉, Kh, Kw · Cin, block]</c>, filled up with zeros: for images of few channels in plain order.</summary>
[Op("_blocked_stem_weight(Tensor weight, int block) -> Tensor")]
public readonly partial record struct BlockedStemWeight(long Block)
{
    internal Tensor Forward(Tensor weight)
    {
        long cout = weight.Size(0), outs = (cout + Block - 1) / Block;
        var padded = Tensor.Zeros([outs * Block, weight.Size(1), weight.Size(2), weight.Size(3)], weight.DType);
        Cast.Copy(weight, padded.Narrow(0, 0, cout));
        return Cast.Clone(padded.Unflatten(0, [outs, Block]).Permute([0, 3, 4, 2, 1])).Flatten(2, 3);
    }
}

/// <summary>Weights <c>[C, 1, Kh, Kw]</c> as <c>[⌈C / block⌉, Kh · Kw, block]</c>, filled up with zeros.</summary>
[Op("_blocked_depthwise_weight(Tensor weight, int block) -> Tensor")]
public readonly partial record struct BlockedDepthwiseWeight(long Block)
{
    internal Tensor Forward(Tensor weight)
    {
        long channels = weight.Size(0), taps = weight.Size(2) * weight.Size(3), blocks = (channels + Block - 1) / Block;
        var padded = weight.NewZeros([blocks * Block, taps]);
        Cast.Copy(weight.Flatten(1, 3), padded.Narrow(0, 0, channels));
        return Cast.Clone(padded.Reshape([blocks, Block, taps]).Permute([0, 2, 1]));
    }
}

/// <summary>
/// <see cref="ConvForward"/> over two axes on blocked images, with weights of <see cref="BlockedWeight"/>, a blocked bias <c>[1, blocks, 1, 1, block]</c>, something to add before the
/// epilogue (<c>none</c>, <c>relu</c>, <c>relu6</c>, <c>hardswish</c>), and no gradient.
/// </summary>
[Op("_blocked_conv(Tensor input, Tensor weight, Tensor? bias, Tensor? residual, int channels, int[] kernel, int[] stride, int[] padding, int[] dilation, int[] output_size, str epilogue) -> Tensor")]
public readonly partial record struct BlockedConvolution(long Channels, long[] Kernel, long[] Stride, long[] Padding, long[] Dilation, long[] OutputSize, string Epilogue)
{
    internal unsafe Tensor Forward(Tensor input, Tensor weight, Tensor? bias, Tensor? residual)
    {
        var s = BlockedForms.Shape(input, Channels, weight.Size(0) * input.Size(4), Kernel, Stride, Padding, Dilation, OutputSize);
        if (weight.Rank != 5 || weight.Size(1) != s.InBlocks || weight.Size(2) != s.Taps || weight.Size(4) != s.Block) throw new ArgumentException($"_blocked_conv: weights of shape {weight.Shape} don't fit an input of shape {input.Shape} and kernel {new Shape(Kernel)}");
        var y = Tensor.New([s.N, s.OutBlocks, s.OutH, s.OutW, s.Block], DType.Float32);
        if (residual is not null && residual.Shape != y.Shape) throw new ArgumentException($"_blocked_conv: the residual has shape {residual.Shape}, the result {y.Shape}");
        (input, weight, bias, residual) = (Cast.Contiguous(input), Cast.Contiguous(weight), bias is null ? null : Cast.Contiguous(bias), residual is null ? null : Cast.Contiguous(residual));
        if (y.Numel == 0) return y;
        fixed (float* px = &input.First<float>(), pw = &weight.First<float>(), pb = &(bias ?? y).First<float>(), pr = &(residual ?? y).First<float>(), py = &y.First<float>())
            BlockedConv.Run(s, px, pw, bias is null ? null : pb, residual is null ? null : pr, py, BlockedForms.End(Epilogue));
        return y;
    }
}

/// <summary>The same from an image in plain order <c>[N, C, H, W]</c> of few channels, with weights of <see cref="BlockedStemWeight"/>: a network's first layer.</summary>
[Op("_blocked_stem(Tensor input, Tensor weight, Tensor? bias, int block, int[] kernel, int[] stride, int[] padding, int[] dilation, int[] output_size, str epilogue) -> Tensor")]
public readonly partial record struct BlockedStem(long Block, long[] Kernel, long[] Stride, long[] Padding, long[] Dilation, long[] OutputSize, string Epilogue)
{
    internal unsafe Tensor Forward(Tensor input, Tensor weight, Tensor? bias)
    {
        if (input.Rank != 4) throw new ArgumentException($"_blocked_stem: an input of shape {input.Shape}; expected [N, C, H, W]");
        var s = BlockedForms.Shape(input.Size(0), input.Size(1), weight.Size(0) * Block, input.Size(2), input.Size(3), Block, Kernel, Stride, Padding, Dilation, OutputSize);
        if (input.DType != DType.Float32 || weight.Rank != 4 || weight.Size(1) != s.KernelH || weight.Size(2) != s.KernelW * s.Cin || weight.Size(3) != Block || s.DilationW != 1)
            throw new ArgumentException($"_blocked_stem: weights of shape {weight.Shape} don't fit an input of {input.DType.Name()} {input.Shape} and kernel {new Shape(Kernel)}, or columns are dilated");
        var y = Tensor.New([s.N, s.OutBlocks, s.OutH, s.OutW, s.Block], DType.Float32);
        (input, weight, bias) = (Cast.Contiguous(input), Cast.Contiguous(weight), bias is null ? null : Cast.Contiguous(bias));
        if (y.Numel == 0) return y;
        fixed (float* px = &input.First<float>(), pw = &weight.First<float>(), pb = &(bias ?? y).First<float>(), py = &y.First<float>())
            BlockedConv.Run(s, px, pw, bias is null ? null : pb, null, py, BlockedForms.End(Epilogue), plain: true);
        return y;
    }
}

/// <summary>The same for convolutions of each channel by its own kernel, with weights of <see cref="BlockedDepthwiseWeight"/>.</summary>
[Op("_blocked_depthwise(Tensor input, Tensor weight, Tensor? bias, int channels, int[] kernel, int[] stride, int[] padding, int[] dilation, int[] output_size, str epilogue) -> Tensor")]
public readonly partial record struct BlockedDepthwiseConvolution(long Channels, long[] Kernel, long[] Stride, long[] Padding, long[] Dilation, long[] OutputSize, string Epilogue)
{
    internal unsafe Tensor Forward(Tensor input, Tensor weight, Tensor? bias)
    {
        var s = BlockedForms.Shape(input, Channels, Channels, Kernel, Stride, Padding, Dilation, OutputSize);
        if (weight.Rank != 3 || weight.Size(0) != s.InBlocks || weight.Size(1) != s.Taps || weight.Size(2) != s.Block) throw new ArgumentException($"_blocked_depthwise: weights of shape {weight.Shape} don't fit an input of shape {input.Shape} and kernel {new Shape(Kernel)}");
        var y = Tensor.New([s.N, s.InBlocks, s.OutH, s.OutW, s.Block], DType.Float32);
        (input, weight, bias) = (Cast.Contiguous(input), Cast.Contiguous(weight), bias is null ? null : Cast.Contiguous(bias));
        if (y.Numel == 0) return y;
        fixed (float* px = &input.First<float>(), pw = &weight.First<float>(), pb = &(bias ?? y).First<float>(), py = &y.First<float>())
            BlockedDepthwise.Run(s, px, pw, bias is null ? null : pb, py, BlockedForms.End(Epilogue));
        return y;
    }
}
