namespace Flambeau.Cpu;

/// <summary>
/// Taps that read nothing but padding for every output: those around the middle of a padded 3 × 3 kernel on an image of one pixel, as deep
/// layers have on small images. Without them the convolution is a smaller one.
/// </summary>
internal static unsafe class ConvTrim
{
    /// <summary>The smaller convolution and the first tap it keeps on each axis; false where every tap reads something.</summary>
    public static bool Fits(in ConvShape s, out ConvShape small, out Axes first)
    {
        (small, first) = (s, Axes.Of([], 0));
        for (var i = 0; i < 3; i++)
        {
            long low = 0, high = s.Kernel[i] - 1;
            while (low < high && !Reads(s, i, low)) low++;
            while (high > low && !Reads(s, i, high)) high--;
            if (s.Pad[i] < low * s.Dilation[i]) return false;
            first[i] = low;
            small.Kernel[i] = high - low + 1;
            small.Pad[i] -= low * s.Dilation[i];
        }
        return small.Kernel.Volume < s.Kernel.Volume;
    }

    static bool Reads(in ConvShape s, int axis, long tap)
    {
        // Some output o has 0 <= o·stride + at < size.
        var at = tap * s.Dilation[axis] - s.Pad[axis];
        var o = at >= 0 ? 0 : (-at + s.Stride[axis] - 1) / s.Stride[axis];
        return o < s.Out[axis] && o * s.Stride[axis] + at < s.In[axis];
    }

    /// <summary>Work memory for the weights that are kept.</summary>
    public static T* Room<T>(in ConvShape small) where T : unmanaged => Scratch.Rent<T>(Scratch.Slot.Trim, small.Cout * small.CinGroup * small.Kernel.Volume);

    /// <summary>The weights that are kept.</summary>
    public static T* Take<T>(in ConvShape s, in ConvShape small, Axes first, T* w) where T : unmanaged
    {
        var kept = Room<T>(small);
        Move(s, small, first, w, kept, back: false);
        return kept;
    }

    /// <summary>Gradients of the weights that are kept, and zeros for the others.</summary>
    public static void Spread<T>(in ConvShape s, in ConvShape small, Axes first, T* kept, T* dw) where T : unmanaged
    {
        new Span<T>(dw, checked((int)(s.Cout * s.CinGroup * s.Kernel.Volume))).Clear();
        Move(s, small, first, dw, kept, back: true);
    }

    static void Move<T>(ConvShape s, ConvShape small, Axes first, T* all, T* kept, bool back) where T : unmanaged =>
        CpuThreads.For(s.Cout * s.CinGroup, Math.Max(1, (1 << 13) / small.Kernel.Volume), (begin, end) =>
        {
            var to = kept + begin * small.Kernel.Volume;
            for (var filter = begin; filter < end; filter++)
                for (long z = 0; z < small.Kernel[0]; z++)
                    for (long y = 0; y < small.Kernel[1]; y++)
                    {
                        var from = all + ((filter * s.Kernel[0] + z + first[0]) * s.Kernel[1] + y + first[1]) * s.Kernel[2] + first[2];
                        for (long x = 0; x < small.Kernel[2]; x++, to++)
                            if (back) from[x] = *to;
                            else *to = from[x];
                    }
        });
}
