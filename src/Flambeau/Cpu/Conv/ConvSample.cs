namespace Flambeau.Cpu;

/// <summary>A kernel of one tap with a stride reads only some entries of the image: taken out, they make a convolution without stride.</summary>
internal static unsafe class ConvSample
{
    /// <summary>Whether the convolution is of that kind, and reads no padding.</summary>
    public static bool Fits(in ConvShape s)
    {
        var fits = s.Kernel.Volume == 1 && s.Stride.Volume > 1 && s.Out.Volume > 0;
        for (var i = 0; i < 3; i++) fits &= s.Pad[i] == 0 && (s.Out[i] - 1) * s.Stride[i] < s.In[i];
        return fits;
    }

    /// <summary>The convolution of the entries taken out.</summary>
    public static ConvShape Dense(ConvShape s)
    {
        s.In = s.Out;
        s.Stride = Axes.Of([], 1);
        return s;
    }

    /// <summary>Work memory for the entries of all images.</summary>
    public static T* Room<T>(in ConvShape s) where T : unmanaged => Scratch.Rent<T>(Scratch.Slot.Sample, s.N * s.Cin * s.Out.Volume);

    /// <summary>The entries that are read, [N, Cin, out].</summary>
    public static T* Take<T>(ConvShape s, T* x) where T : unmanaged
    {
        var to = Room<T>(s);
        Each(s, (image, row, place) =>
        {
            T* from = x + image * s.In.Volume + row, cell = to + place;
            long count = s.Out[2], step = s.Stride[2];
            for (long i = 0; i < count; i++) cell[i] = from[i * step];
        });
        return to;
    }

    /// <summary>The image that holds the entries, and zeros elsewhere.</summary>
    public static void Spread<T>(ConvShape s, T* taken, T* dx) where T : unmanaged
    {
        CpuThreads.For(s.N * s.Cin, Math.Max(1, (1 << 15) / s.In.Volume), (first, end) =>
            new Span<T>(dx + first * s.In.Volume, checked((int)((end - first) * s.In.Volume))).Clear());
        Each(s, (image, row, place) =>
        {
            T* to = dx + image * s.In.Volume + row, cell = taken + place;
            long count = s.Out[2], step = s.Stride[2];
            for (long i = 0; i < count; i++) to[i * step] = cell[i];
        });
    }

    /// <summary>Calls with the channel's number, the offset of each row that is read within the channel, and where its entries lie.</summary>
    static void Each(ConvShape s, Action<long, long, long> row) => CpuThreads.For(s.N * s.Cin, Math.Max(1, (1 << 14) / s.Out.Volume), (first, end) =>
    {
        for (var c = first; c < end; c++)
            for (long z = 0, place = c * s.Out.Volume; z < s.Out[0]; z++)
                for (long y = 0; y < s.Out[1]; y++, place += s.Out[2])
                    row(c, (z * s.Stride[0] * s.In[1] + y * s.Stride[1]) * s.In[2], place);
    });
}
