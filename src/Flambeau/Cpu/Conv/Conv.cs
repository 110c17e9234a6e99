using System.Numerics;

namespace Flambeau.Cpu;

/// <summary>
/// Convolutions over one to three axes as implicit matrix products: what im2col would write to memory is gathered panel by
/// panel where the register tile needs it. Results do not depend on the thread count. <c>T</c> is float or double.
/// After K. Chellapilla, S. Puri and P. Simard, "High Performance Convolutional Neural Networks for Document Processing", 2006,
/// and S. Chetlur et al., "cuDNN: Efficient Primitives for Deep Learning", arXiv:1410.0759.
/// </summary>
internal static unsafe class Conv
{
    // A padded copy is made in rounds. The small ones stay in cache, and as they cut only positions they may grow with the
    // thread count; those of the weight gradient cut its sums, so they may not.
    private const long RoundBytes = 1 << 20, SumRoundBytes = 31 << 20;

    /// <summary>y = conv(x, w) + bias; <paramref name="bias"/> [Cout] may be null. y is overwritten.</summary>
    public static void Forward<T>(in ConvShape s, T* x, T* w, T* bias, T* y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (s.N == 0 || s.Cout == 0 || s.Out.Volume == 0) return;
        if (ConvTrim.Fits(s, out var small, out var first))
        {
            Forward(small, x, ConvTrim.Take(s, small, first, w), bias, y);
            return;
        }
        if (bias == null && IsProduct(s))
        {
            Gemm.Run(false, true, s.N, s.Cout, s.Cin, T.One, x, s.Cin, w, s.Cin, T.Zero, y, s.Cout);
            return;
        }
        if (ConvSample.Fits(s))
        {
            Forward(ConvSample.Dense(s), ConvSample.Take(s, x), w, bias, y);
            return;
        }
        if (typeof(T) == typeof(float) && Winograd.Choose(s, s.Out, s.Cin, s.Cout) is > 0 and var tile)
        {
            Winograd.Forward(tile, s, (float*)x, (float*)w, (float*)bias, (float*)y);
            return;
        }
        if (Depthwise.Fits<T>(s))
        {
            Depthwise.Forward(s, x, w, bias, y);
            return;
        }
        var (source, grid) = ConvGrid.Forward(s, copy: Thin(s.CoutGroup));
        Correlate(s, false, source, [grid], x, w, bias, y);
    }

    /// <summary>
    /// dx = the gradient of the input, that is, the transposed convolution of dy; <paramref name="bias"/> [Cin] is for the latter
    /// and may be null. dx is overwritten.
    /// </summary>
    public static void BackwardInput<T>(in ConvShape s, T* dy, T* w, T* dx, T* bias = null) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (s.N == 0 || s.Cin == 0 || s.In.Volume == 0) return;
        if (ConvTrim.Fits(s, out var small, out var first))
        {
            BackwardInput(small, dy, ConvTrim.Take(s, small, first, w), dx, bias);
            return;
        }
        if (bias == null && IsProduct(s))
        {
            Gemm.Run(false, false, s.N, s.Cin, s.Cout, T.One, dy, s.Cout, w, s.Cin, T.Zero, dx, s.Cin);
            return;
        }
        if (bias == null && ConvSample.Fits(s))
        {
            var taken = ConvSample.Room<T>(s);
            BackwardInput(ConvSample.Dense(s), dy, w, taken);
            ConvSample.Spread(s, taken, dx);
            return;
        }
        if (typeof(T) == typeof(float) && Winograd.Choose(s, s.In, s.Cout, s.Cin) is > 0 and var tile)
        {
            Winograd.BackwardInput(tile, s, (float*)dy, (float*)w, (float*)bias, (float*)dx);
            return;
        }
        if (Depthwise.Fits<T>(s))
        {
            Depthwise.BackwardInput(s, dy, w, bias, dx);
            return;
        }
        var (source, grids) = ConvGrid.Adjoint(s, copy: Thin(s.CinGroup));
        Correlate(s, true, source, grids, dy, w, bias, dx);
    }

    /// <summary>dw = the gradient of the weights. Sums are cut at places that depend on the shape alone. dw is overwritten.</summary>
    public static void BackwardWeight<T>(in ConvShape s, T* x, T* dy, T* dw) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var size = s.Cout * s.CinGroup * s.Kernel.Volume;
        if (s.N == 0 || size == 0 || s.Out.Volume == 0)
        {
            new Span<T>(dw, checked((int)size)).Clear();
            return;
        }
        if (ConvTrim.Fits(s, out var small, out var first))
        {
            var kept = ConvTrim.Room<T>(small);
            BackwardWeight(small, x, dy, kept);
            ConvTrim.Spread(s, small, first, kept, dw);
            return;
        }
        if (IsProduct(s))
        {
            Gemm.Run(true, false, s.Cout, s.Cin, s.N, T.One, dy, s.Cout, x, s.Cin, T.Zero, dw, s.Cin);
            return;
        }
        if (ConvSample.Fits(s))
        {
            BackwardWeight(ConvSample.Dense(s), ConvSample.Take(s, x), dy, dw);
            return;
        }
        if (typeof(T) == typeof(float) && Winograd.Choose(s, s.Out, s.Cin, s.Cout) is > 0 and var tile)
        {
            Winograd.BackwardWeight(tile, s, (float*)x, (float*)dy, (float*)dw);
            return;
        }
        if (Depthwise.Fits<T>(s))
        {
            Depthwise.BackwardWeight(s, x, dy, dw);
            return;
        }
        var thin = s.CinGroup == 1 && s.CoutGroup <= 4 && s.Groups >= 8;
        var (source, grid) = ConvGrid.Forward(s, thin);
        var images = Round<T>(source, s.N, SumRoundBytes);
        var offsets = Offsets(Scratch.Rent<long>(Scratch.Slot.Table, s.CinGroup * grid.Taps.Length), grid, s.CinGroup, source);
        if (thin)
        {
            ConvWeightThin<T>.Run(s, source, grid, offsets, x, dy, dw);
            return;
        }
        var job = new ConvWeight<T>(s, source, grid, images, offsets);
        for (long n = 0; n < s.N; n += images)
        {
            var count = Math.Min(images, s.N - n);
            job.Add(Fill(source, x, n, count, s.Cin, s.In.Volume), dy + n * s.Cout * s.Out.Volume, count, dw, n == 0);
        }
        job.Finish(dw);
    }

    /// <summary>One pixel in, one tap, one pixel out: a plain product of images by weights.</summary>
    private static bool IsProduct(in ConvShape s) => s.Groups == 1 && s.In.Volume == 1 && s.Kernel.Volume == 1 && s.Out.Volume == 1 && s.Pad[0] + s.Pad[1] + s.Pad[2] == 0;

    private static bool Thin(long rows) => rows <= 3;

    private static long Round<T>(in ConvSource source, long n, long bytes) where T : unmanaged =>
        source.Direct ? n : Math.Clamp(bytes / Math.Max(1, source.Image * sizeof(T)), 1, n);

    private static T* Fill<T>(in ConvSource source, T* x, long first, long count, long channels, long volume) where T : unmanaged
    {
        x += first * channels * volume;
        if (source.Direct) return x;
        var to = Scratch.Rent<T>(Scratch.Slot.Source, count * source.Image);
        source.Fill(x, to, count * channels);
        return to;
    }

    private static long* Offsets(long* to, ConvGrid grid, long channels, in ConvSource source)
    {
        var taps = grid.Taps.Length;
        for (long c = 0; c < channels; c++)
            for (var t = 0; t < taps; t++) to[c * taps + t] = c * source.Channel + grid.Offsets[t];
        return to;
    }

    private static void Correlate<T>(in ConvShape s, bool adjoint, in ConvSource source, ConvGrid[] grids, T* x, T* w, T* bias, T* y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var kernel = TileKernel<T>.Best;
        long rows = adjoint ? s.CinGroup : s.CoutGroup, channels = adjoint ? s.CoutGroup : s.CinGroup;
        long from = adjoint ? s.Out.Volume : s.In.Volume, to = adjoint ? s.In.Volume : s.Out.Volume;
        var thin = Thin(rows);

        long depths = 0;
        foreach (var grid in grids) depths += channels * grid.Taps.Length;
        var offsets = Scratch.Rent<long>(Scratch.Slot.Table, depths);
        var gathered = adjoint && thin ? Scratch.Rent<T>(Scratch.Slot.Partial, s.Groups * rows * depths) : w;
        var filled = false;
        var packed = thin ? null : PackedWeights.Rent<T>(adjoint ? 1 : 0, Correlation<T>.PackedSize(kernel, s.Groups, rows, depths), out filled);

        var parts = new Correlation<T>[grids.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var depth = channels * grids[i].Taps.Length;
            if (thin && adjoint) Gather(s, grids[i].Taps, w, gathered);
            else if (!thin && !filled && adjoint) Correlation<T>.PackAdjoint(kernel, w, packed, s.Groups, rows, channels, s.Kernel.Volume, grids[i].Taps);
            else if (!thin && !filled) Correlation<T>.PackWeights(kernel, w, packed, s.Groups, rows, depth);
            parts[i] = new Correlation<T>
            {
                Kernel = kernel, Grid = grids[i], Groups = s.Groups, Rows = rows, Depth = depth, Weights = thin ? gathered : packed, Bias = bias,
                Offsets = Offsets(offsets, grids[i], channels, source), SourceImage = source.Image, SourceGroup = source.Channel * channels,
                SourceEnd = source.Direct ? x + s.N * s.Groups * channels * from : (T*)nuint.MaxValue, OutImage = s.Groups * rows * to, OutChannel = to,
            };
            offsets += depth;
            if (adjoint && thin) gathered += s.Groups * rows * depth;
            if (!thin) packed += Correlation<T>.PackedSize(kernel, s.Groups, rows, depth);
        }

        if (thin && s.N * s.Groups >= 4 * CpuThreads.Count)
        {
            CorrelationThin<T>.Fused(parts, source, x, channels, from, y, s.N);
            return;
        }
        var images = Round<T>(source, s.N, RoundBytes * CpuThreads.Count);
        for (long n = 0; n < s.N; n += images)
        {
            var count = Math.Min(images, s.N - n);
            var image = Fill(source, x, n, count, s.Groups * channels, from);
            foreach (var part in parts)
            {
                var run = part;
                run.Images = count;
                run.Source = image;
                run.Out = y + n * run.OutImage;
                if (thin || run.Depth == 0) CorrelationThin<T>.Run(run);
                else run.Run();
            }
        }
    }

    /// <summary>Weights [Cout, CinGroup, kernel] as the adjoint's rows: [group, ci, (co, tap)].</summary>
    private static void Gather<T>(in ConvShape shape, int[] taps, T* w, T* to) where T : unmanaged
    {
        var s = shape;
        long rows = s.CinGroup, cols = s.CoutGroup, volume = s.Kernel.Volume;
        // A block of input channels is contiguous for every output channel.
        const long Block = 16;
        var blocks = (rows + Block - 1) / Block;
        CpuThreads.For(s.Groups * blocks, Math.Max(1, (1 << 14) / Math.Max(1, Block * cols * taps.Length)), (first, end) =>
        {
            for (var task = first; task < end; task++)
            {
                long group = task / blocks, begin = task % blocks * Block, count = Math.Min(Block, rows - begin);
                for (long co = 0; co < cols; co++)
                {
                    T* from = w + ((group * cols + co) * rows + begin) * volume, row = to + ((group * rows + begin) * cols + co) * taps.Length;
                    for (long r = 0; r < count; r++, from += volume, row += cols * taps.Length)
                        for (var t = 0; t < taps.Length; t++) row[t] = from[taps[t]];
                }
            }
        });
    }
}
