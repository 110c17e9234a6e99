using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>
/// One grid of a convolution for a batch of images in their padded form: for every group,
/// out[row, position] = bias[row] + Σ weights[row, k] · source[position + offsets[k]].
/// </summary>
internal unsafe struct Correlation<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    public TileKernel<T> Kernel;
    public ConvGrid Grid;
    public long Images, Groups, Rows, Depth;
    public T* Source, SourceEnd, Weights, Out, Bias;
    public long SourceImage, SourceGroup, OutImage, OutChannel;

    /// <summary>Source offset of each k within a group.</summary>
    public long* Offsets;

    /// <summary>Too few rows to fill a register tile: outputs are vectors of positions, and nothing is packed.</summary>
    public readonly bool Thin => Rows <= 3 || Depth == 0;

    /// <summary>Room for the packed weights of all groups.</summary>
    public static long PackedSize(TileKernel<T> kernel, long groups, long rows, long depth) =>
        groups * ((rows + kernel.Rows - 1) / kernel.Rows) * kernel.Rows * depth;

    /// <summary>Packs row-major weights [groups, rows, depth] for <see cref="Run"/>.</summary>
    public static void PackWeights(TileKernel<T> kernel, T* weights, T* packed, long groups, long rows, long depth)
    {
        var panels = (rows + kernel.Rows - 1) / kernel.Rows;
        var width = kernel.Rows;
        CpuThreads.For(groups * panels, Math.Max(1, (1 << 14) / Math.Max(1, width * depth)), (first, end) =>
        {
            for (var i = first; i < end; i++)
            {
                long g = i / panels, p = i % panels;
                Pack.Panel(weights + (g * rows + p * width) * depth, depth, 1, Math.Min(width, rows - p * width), depth, packed + i * width * depth, width);
            }
        });
    }

    /// <summary>Packs weights [groups, channels, rows, kernel] as those of [groups, rows, (channels, taps)].</summary>
    public static void PackAdjoint(TileKernel<T> kernel, T* weights, T* packed, long groups, long rows, long channels, long volume, int[] taps)
    {
        long panels = (rows + kernel.Rows - 1) / kernel.Rows, depth = channels * taps.Length;
        var width = kernel.Rows;
        if (volume == 1 && taps.Length == 1)
        {
            CpuThreads.For(groups, Math.Max(1, (1 << 14) / Math.Max(1, rows * depth)), (first, end) =>
            {
                for (var g = first; g < end; g++) Pack.Panels(weights + g * channels * rows, 1, rows, rows, depth, packed + g * panels * width * depth, width, 0, panels);
            });
            return;
        }
        // A channel's weights for several panels lie together, and far from the next channel's.
        var abreast = Math.Clamp(panels / (2 * CpuThreads.Count), 1, 8);
        var blocks = (panels + abreast - 1) / abreast;
        CpuThreads.For(groups * blocks, Math.Max(1, (1 << 14) / Math.Max(1, abreast * width * depth)), [MethodImpl(MethodImplOptions.AggressiveOptimization)] (first, end) =>
        {
            for (var i = first; i < end; i++)
            {
                long g = i / blocks, begin = i % blocks * abreast, last = Math.Min(panels, begin + abreast);
                for (long c = 0; c < channels; c++)
                    for (var p = begin; p < last; p++)
                    {
                        T* from = weights + ((g * channels + c) * rows + p * width) * volume, to = packed + ((g * panels + p) * depth + c * taps.Length) * width;
                        var lanes = Math.Min(width, rows - p * width);
                        foreach (var tap in taps)
                        {
                            var at = from + tap;
                            long l = 0;
                            for (; l < lanes; l++) to[l] = at[l * volume];
                            for (; l < width; l++) to[l] = T.Zero;
                            to += width;
                        }
                    }
            }
        });
    }

    /// <summary>The product as register tiles: panels of packed weights by panels of positions. Groups, positions and rows are shared out.</summary>
    public readonly void Run()
    {
        int mr = Kernel.Rows, nr = Kernel.Cols;
        long panels = (Images * Grid.Size.Volume + nr - 1) / nr, rowPanels = (Rows + mr - 1) / mr, groups = Groups;
        var target = Math.Clamp(groups * panels * nr * Rows * Depth >> 18, 1, 8L * CpuThreads.Count);
        var step = Math.Max(1, panels * groups / target);
        var blocks = (panels + step - 1) / step;
        var split = Math.Clamp(target / (blocks * groups), 1, Math.Max(1, rowPanels / 4));
        var self = this;
        CpuThreads.Each(groups * blocks * split, task =>
        {
            long part = task % split, block = task / split % blocks, group = task / split / blocks;
            self.Block(group, rowPanels * part / split, rowPanels * (part + 1) / split, block * step, Math.Min(panels, (block + 1) * step));
        });
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Block(long group, long i0, long i1, long first, long end)
    {
        const int Group = 12;
        int mr = Kernel.Rows, nr = Kernel.Cols;
        var depth = GemmPacked<T>.Even(Depth, GemmPacked<T>.Depth, 4);
        // While all weights stay in the second-level cache, the panels at hand had best stay in the first: as many as it holds,
        // for each row of the output is on a page of its own.
        var keep = Rows * Depth * sizeof(T) <= 256 << 10;
        var abreast = keep ? Math.Clamp((16 << 10) / (nr * depth * sizeof(T)), 1, Group) : Group;
        var right = Scratch.Rent<T>(Scratch.Slot.Right, Group * nr * depth);
        var spare = stackalloc T[TileKernel<T>.MaxTile];
        // Sums whose outputs don't lie side by side are scattered when they are whole, not after every slab of the depth.
        var partial = Depth > depth ? Scratch.Rent<T>(Scratch.Slot.Partial, (i1 - i0) * mr * Group * nr) : null;
        var lanes = stackalloc ConvLanes[Group];
        var positions = Images * Grid.Size.Volume;
        var source = Source + group * SourceGroup;
        var target = Out + group * Rows * OutChannel;
        var weights = Weights + group * PackedSize(Kernel, 1, Rows, Depth);
        long furthest = 0;
        for (long p = 0; p < Depth; p++) furthest = Math.Max(furthest, Offsets[p]);
        var taskRows = keep ? i1 - i0 : GemmPacked<T>.TaskRows / mr;

        for (var j0 = first; j0 < end; j0 += abreast)
        {
            var count = (int)Math.Min(abreast, end - j0);
            for (var j = 0; j < count; j++)
                lanes[j].Set(Grid, (j0 + j) * nr, (int)Math.Min(nr, positions - (j0 + j) * nr), SourceImage, OutImage);
            for (long pc = 0; pc < Depth; pc += depth)
            {
                var k = Math.Min(depth, Depth - pc);
                for (var j = 0; j < count; j++)
                    lanes[j].Fill(source, Offsets + pc, k, right + j * nr * k, nr, source + lanes[j].Reach() + furthest > SourceEnd);
                for (var ic = i0; ic < i1; ic += taskRows)
                    for (var j = 0; j < count; j++)
                        for (var i = ic; i < Math.Min(i1, ic + taskRows); i++)
                        {
                            var rows = Math.Min(mr, Rows - i * mr);
                            var bias = Bias == null || pc > 0 ? null : Bias + group * Rows + i * mr;
                            T* a = weights + i * mr * Depth + pc * mr, b = right + j * nr * k, c = target + i * mr * OutChannel;
                            if (lanes[j].Together && lanes[j].Count == nr)
                            {
                                c += lanes[j].To(0);
                                if (bias != null)
                                    for (long r = 0; r < rows; r++) new Span<T>(c + r * OutChannel, nr).Fill(bias[r]);
                                Kernel.Packed(rows, k, a, b, nr, T.One, pc > 0 || bias != null ? T.One : T.Zero, c, OutChannel);
                                continue;
                            }
                            var tile = partial == null ? spare : partial + ((i - i0) * Group + j) * mr * nr;
                            Kernel.Packed(rows, k, a, b, nr, T.One, pc > 0 ? T.One : T.Zero, tile, nr);
                            if (pc + k == Depth) Scatter(lanes + j, rows, nr, tile, c, Bias == null ? null : Bias + group * Rows + i * mr);
                        }
            }
        }
    }

    private readonly void Scatter(ConvLanes* lanes, long rows, int stride, T* tile, T* to, T* bias)
    {
        for (long r = 0; r < rows; r++, tile += stride, to += OutChannel)
            for (var i = 0; i < lanes->Count; i++)
            {
                var cell = to + lanes->To(i);
                *cell = bias != null ? bias[r] + tile[i] : tile[i];
            }
    }
}
