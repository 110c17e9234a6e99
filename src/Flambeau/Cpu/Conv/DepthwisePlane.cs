namespace Flambeau.Cpu;

/// <summary>Sizes of a plane, of the plane with its padding, and of the result of a convolution over it.</summary>
internal readonly record struct DepthwisePlane(long H, long W, long Top, long Left, long PaddedH, long PaddedW, long OutH, long OutW, long StrideH, long StrideW)
{
    /// <summary>Of the convolution; the padded plane holds whatever of the source and of what taps reach there is.</summary>
    internal static DepthwisePlane Forward(in ConvShape s)
    {
        long h = Reach(s, 1, s.Out[1], s.Stride[1]), w = Reach(s, 2, s.Out[2], s.Stride[2]);
        return new(s.In[1], s.In[2], s.Pad[1], s.Pad[2], Math.Max(h, s.Pad[1] + s.In[1]), Math.Max(w, s.Pad[2] + s.In[2]), s.Out[1], s.Out[2], s.Stride[1], s.Stride[2]);
    }

    /// <summary>Of the gradient of the input, for strides of 1.</summary>
    internal static DepthwisePlane Adjoint(in ConvShape s)
    {
        long top = s.Dilation[1] * (s.Kernel[1] - 1) - s.Pad[1], left = s.Dilation[2] * (s.Kernel[2] - 1) - s.Pad[2];
        long h = Reach(s, 1, s.In[1], 1), w = Reach(s, 2, s.In[2], 1);
        return new(s.Out[1], s.Out[2], top, left, Math.Max(h, top + s.Out[1]), Math.Max(w, left + s.Out[2]), s.In[1], s.In[2], 1, 1);
    }

    static long Reach(in ConvShape s, int axis, long results, long stride) => (results - 1) * stride + s.Dilation[axis] * (s.Kernel[axis] - 1) + 1;

    /// <summary>Where the taps lie in the padded plane.</summary>
    internal unsafe long* Offsets(in ConvShape s, long lanes)
    {
        var to = Scratch.Rent<long>(Scratch.Slot.Table, s.Kernel.Volume);
        for (long i = 0; i < s.Kernel[1]; i++)
        {
            for (long j = 0; j < s.Kernel[2]; j++) to[i * s.Kernel[2] + j] = (i * s.Dilation[1] * PaddedW + j * s.Dilation[2]) * lanes;
        }
        return to;
    }
}
