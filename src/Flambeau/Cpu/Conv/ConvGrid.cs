namespace Flambeau.Cpu;

/// <summary>
/// A lattice of output positions that all read the source at the same offsets, one per tap. A convolution is one grid; its
/// adjoint is one for each residue of the position modulo the stride, with the taps that reach that residue.
/// </summary>
internal sealed class ConvGrid
{
    /// <summary>Positions along each axis.</summary>
    public Axes Size;

    /// <summary>Source and output entries from one position to the next along each axis.</summary>
    public Axes From, To;

    /// <summary>Output entry of the first position.</summary>
    public long Start;

    /// <summary>The taps: index into the kernel, and source offset from a position's base.</summary>
    public int[] Taps = [];
    public long[] Offsets = [];

    /// <summary>The grid of y = conv(x) and the form of x that it reads.</summary>
    public static (ConvSource, ConvGrid) Forward(in ConvShape s, bool copy)
    {
        Axes padded = default;
        for (var i = 0; i < 3; i++) padded[i] = Math.Max(1, (s.Out[i] - 1) * s.Stride[i] + (s.Kernel[i] - 1) * s.Dilation[i] + 1);
        var source = new ConvSource(s.Cin, s.In, s.Pad, padded, s.Stride[2], copy);
        var grid = new ConvGrid { Size = s.Out, Taps = new int[s.Kernel.Volume], Offsets = new long[s.Kernel.Volume] };
        grid.From[0] = s.Stride[0] * source.Plane;
        grid.From[1] = s.Stride[1] * source.Row;
        grid.From[2] = 1;
        grid.To[0] = s.Out[1] * s.Out[2];
        grid.To[1] = s.Out[2];
        grid.To[2] = 1;
        for (var t = 0; t < grid.Taps.Length; t++)
        {
            var (z, y, x) = Split(t, s.Kernel);
            grid.Taps[t] = t;
            grid.Offsets[t] = z * s.Dilation[0] * source.Plane + y * s.Dilation[1] * source.Row + source.Column(x * s.Dilation[2]);
        }
        if (source.Direct && Pointwise(s)) grid.Flatten();
        return (source, grid);
    }

    /// <summary>The grids of dx = convᵀ(dy) and the form of dy that they read.</summary>
    public static (ConvSource, ConvGrid[]) Adjoint(in ConvShape s, bool copy)
    {
        // Along an axis, x at r + stride·i meets tap k at y position i + e, e = (r + pad - k·dilation) / stride if that divides.
        Axes low = default, padded = default;
        for (var i = 0; i < 3; i++)
        {
            long most = 0;
            for (long r = 0; r < Math.Min(s.Stride[i], s.In[i]); r++)
                for (long k = 0; k < s.Kernel[i]; k++)
                {
                    if (!Meets(s, i, r, k, out var e)) continue;
                    low[i] = Math.Max(low[i], -e);
                    most = Math.Max(most, (s.In[i] - r - 1) / s.Stride[i] + e);
                }
            padded[i] = most + low[i] + 1;
        }
        var source = new ConvSource(s.Cout, s.Out, low, padded, 1, copy);
        var grids = new List<ConvGrid>();
        for (long z = 0; z < Math.Min(s.Stride[0], s.In[0]); z++)
            for (long y = 0; y < Math.Min(s.Stride[1], s.In[1]); y++)
                for (long x = 0; x < Math.Min(s.Stride[2], s.In[2]); x++)
                    grids.Add(Residue(s, source, low, z, y, x));
        if (source.Direct && Pointwise(s)) grids[0].Flatten();
        return (source, [.. grids]);
    }

    private static ConvGrid Residue(in ConvShape s, in ConvSource source, Axes low, long z, long y, long x)
    {
        var grid = new ConvGrid { Start = (z * s.In[1] + y) * s.In[2] + x };
        grid.Size[0] = (s.In[0] - z - 1) / s.Stride[0] + 1;
        grid.Size[1] = (s.In[1] - y - 1) / s.Stride[1] + 1;
        grid.Size[2] = (s.In[2] - x - 1) / s.Stride[2] + 1;
        grid.From[0] = source.Plane;
        grid.From[1] = source.Row;
        grid.From[2] = 1;
        grid.To[0] = s.Stride[0] * s.In[1] * s.In[2];
        grid.To[1] = s.Stride[1] * s.In[2];
        grid.To[2] = s.Stride[2];
        List<int> taps = [];
        List<long> offsets = [];
        for (var t = 0; t < s.Kernel.Volume; t++)
        {
            var (kz, ky, kx) = Split(t, s.Kernel);
            if (!Meets(s, 0, z, kz, out var ez) || !Meets(s, 1, y, ky, out var ey) || !Meets(s, 2, x, kx, out var ex)) continue;
            taps.Add(t);
            offsets.Add((ez + low[0]) * source.Plane + (ey + low[1]) * source.Row + ex + low[2]);
        }
        grid.Taps = [.. taps];
        grid.Offsets = [.. offsets];
        return grid;
    }

    private static bool Meets(in ConvShape s, int axis, long r, long k, out long e)
    {
        var d = r + s.Pad[axis] - k * s.Dilation[axis];
        e = d / s.Stride[axis];
        return d % s.Stride[axis] == 0;
    }

    private static (long, long, long) Split(long t, Axes kernel) => (t / kernel[2] / kernel[1], t / kernel[2] % kernel[1], t % kernel[2]);

    /// <summary>Every position reads and writes the same place, so none of the axes matters.</summary>
    private static bool Pointwise(in ConvShape s) =>
        s.Kernel.Volume == 1 && s.Stride.Volume == 1 && s.Pad[0] == 0 && s.Pad[1] == 0 && s.Pad[2] == 0
        && s.In[0] == s.Out[0] && s.In[1] == s.Out[1] && s.In[2] == s.Out[2];

    /// <summary>Positions of a pointwise grid over unpadded memory are one long row.</summary>
    private void Flatten()
    {
        var all = Size.Volume;
        (Size[0], Size[1], Size[2]) = (1, 1, all);
    }
}
