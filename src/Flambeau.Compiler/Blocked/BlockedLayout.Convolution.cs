using Flambeau.Cpu;
using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Blocked;

internal sealed partial class BlockedLayout
{
    /// <summary>A convolution over two axes that is faster on blocks: of all channels, of at least a few, or of each channel by its own kernel.</summary>
    static bool Gains(OpNode n)
    {
        if (n.Op is not ConvForward { Stride.Length: 2 } c || n.Inputs[0].Value is not { } x || n.Inputs[1].Value is not { } w || !IsImage(x) || !IsImage(w)) return false;
        long cin = x.Tensor!.Sizes!.Value[1], cout = w.Tensor!.Sizes!.Value[0];
        return c.Groups == 1 ? cout >= 4 && (cin >= 8 || IsStem(c, cin)) : IsDepthwise(c, cin, cout);
    }

    /// <summary>An image of so few channels is read in plain order.</summary>
    static bool IsStem(ConvForward c, long cin) => c.Groups == 1 && cin is > 0 and < 8 && c.Dilation[1] == 1;

    static bool IsDepthwise(ConvForward c, long cin, long cout) => c.Groups == cin && cin == cout;

    bool Convolution(OpNode n)
    {
        if (!Gains(n)) return false;
        var c = (ConvForward)n.Op!;
        Value x = n.Inputs[0].Value!, w = n.Inputs[1].Value!;
        var (sizes, kernel) = (x.Tensor!.Sizes!.Value, w.Tensor!.Sizes!.Value);
        bool depthwise = IsDepthwise(c, sizes[1], kernel[0]), stem = IsStem(c, sizes[1]) && !images[x].IsBlocked;
        Operand input = stem ? Plain(x) : Blocked(x);
        Operand weight = Plain(w), bias = n.Inputs[2].Value is { } given ? Plain(given) : Operand.None;
        var last = n;
        Take(n);
        if (OnlyUse(n.Output) is { Op: ChannelAffine } norm && norm.Inputs[0].Value == n.Output && Known(norm.Inputs[1]) && Known(norm.Inputs[2]))
        {
            // conv(x, w) · scale + shift = conv(x, w · scale) + shift.
            var scale = Plain(norm.Inputs[1].Value!);
            weight = Call("mul", w.Type, weight, Call("reshape", GraphType.Tensor, scale, Operand.Of((long[])[-1, 1, 1, 1])));
            if (!bias.IsNone) bias = Call("mul", GraphType.Tensor, bias, scale);
            if (norm.Inputs[2].Value is { } shift) bias = bias.IsNone ? Plain(shift) : Call("_add", GraphType.Tensor, bias, Plain(shift));
            Take(norm);
        }
        if (OnlyUse(last.Output) is { Op: Mul } times && ChannelScale(times, last.Output) is { } factors)
        {
            var scale = Call("reshape", GraphType.Tensor, Plain(factors), Operand.Of((long[])[-1]));
            weight = Call("mul", w.Type, weight, Call("reshape", GraphType.Tensor, scale, Operand.Of((long[])[-1, 1, 1, 1])));
            if (!bias.IsNone) bias = Call("mul", GraphType.Tensor, bias, scale);
            Take(times);
        }
        Operand residual = Operand.None;
        if (!depthwise && !stem && OnlyUse(last.Output) is { Op: Plus } sum && IsSum(sum, last.Output, out var other))
        {
            residual = Blocked(other);
            Take(sum);
        }
        var epilogue = "none";
        if (OnlyUse(last.Output) is { } end && End(end) is { } name)
        {
            epilogue = name;
            Take(end);
        }
        if (!bias.IsNone) bias = Call("_to_blocked", GraphType.Tensor, Call("reshape", GraphType.Tensor, bias, Operand.Of((long[])[1, -1, 1, 1])), block);
        var type = BlockedType(last.Output.Tensor!);
        var shape = BlockedForms.Shape(sizes[0], sizes[1], kernel[0], sizes[2], sizes[3], block, [kernel[2], kernel[3]], c.Stride, c.Padding, c.Dilation, c.OutputSize);
        if (!stem && !depthwise && Known(n.Inputs[1]) && Winograd.Choose(shape) is > 0 and var tile)
        {
            weight = Call("_blocked_winograd_weight", GraphType.Tensor, weight, block, tile);
            Give(last.Output, Call("_blocked_winograd", type, [input, weight, bias, residual, sizes[1], tile, Operand.Of(c.Padding), Operand.Of(c.OutputSize), epilogue]));
            return true;
        }
        weight = Call(stem ? "_blocked_stem_weight" : depthwise ? "_blocked_depthwise_weight" : "_blocked_weight", GraphType.Tensor, weight, block);
        Operand[] geometry = [stem ? block : sizes[1], Operand.Of((long[])[kernel[2], kernel[3]]), Operand.Of(c.Stride), Operand.Of(c.Padding), Operand.Of(c.Dilation), Operand.Of(c.OutputSize), epilogue];
        Give(last.Output, stem ? Call("_blocked_stem", type, [input, weight, bias, .. geometry]) : depthwise ? Call("_blocked_depthwise", type, [input, weight, bias, .. geometry]) : Call("_blocked_conv", type, [input, weight, bias, residual, .. geometry]));
        return true;

        // What follows becomes part of it.
        void Take(OpNode next)
        {
            last = next;
            done.Add(next);
        }
    }

    /// <summary>The other factor, if it is a known number for each channel.</summary>
    Value? ChannelScale(OpNode n, Value image)
    {
        if (n.Inputs[n.Inputs[0].Value == image ? 1 : 0].Value is not { } v || v == image || !fixedValues.Contains(v) || v.Tensor is not { Type: DType.Float32, Sizes: { } s }) return null;
        var channels = image.Tensor!.Sizes!.Value[1];
        return n.Output.Tensor!.Sizes == image.Tensor.Sizes && s.Numel == channels && s.Rank is 3 or 4 && s[s.Rank - 3] == channels ? v : null;
    }

    /// <summary>A value that only parameters and constants decide, or none.</summary>
    bool Known(Operand o) => o.IsNone || (o.Value is { } v && fixedValues.Contains(v));

    /// <summary>A sum of two images of the same shape, of which the other one is there already.</summary>
    bool IsSum(OpNode n, Value one, out Value other)
    {
        other = n.Inputs[n.Inputs[0].Value == one ? 1 : 0].Value!;
        return other is not null && other != one && images.ContainsKey(other) && IsImage(other) && other.Tensor!.Sizes == one.Tensor!.Sizes;
    }

    static string? End(OpNode n) => n.Op switch
    {
        Relu => "relu",
        Hardswish => "hardswish",
        Clamp { Min: { } low, Max: { } high } when low.ToDouble() == 0 && high.ToDouble() == 6 => "relu6",
        Hardtanh h when h.MinVal.ToDouble() == 0 && h.MaxVal.ToDouble() == 6 => "relu6",
        _ => null,
    };
}
