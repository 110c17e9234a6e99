using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>
/// The image as the kernels read it: padded with zeros and, for a stride along the width, with each row split by column
/// modulo the stride. Neighbouring outputs then read neighbouring entries for every tap, with no bounds to test.
/// </summary>
internal readonly struct ConvSource
{
    private readonly Axes size, low, padded;
    private readonly long phases, wide;

    public ConvSource(long channels, Axes size, Axes low, Axes padded, long phases, bool copy)
    {
        (this.size, this.low, this.padded, this.phases) = (size, low, padded, phases);
        Direct = !copy && phases == 1;
        for (var i = 0; i < 3; i++) Direct &= low[i] == 0 && padded[i] <= size[i];
        wide = (padded[2] + phases - 1) / phases;
        Row = Direct ? size[2] : wide * phases;
        Plane = Row * (Direct ? size[1] : padded[1]);
        Channel = Plane * (Direct ? size[0] : padded[0]);
        Image = Channel * channels;
    }

    /// <summary>The image serves as it is.</summary>
    public bool Direct { get; }

    /// <summary>Entries from one row, plane, channel or image to the next.</summary>
    public long Row { get; }

    public long Plane { get; }
    public long Channel { get; }
    public long Image { get; }

    /// <summary>Where padded column <paramref name="w"/> of a row lies.</summary>
    public long Column(long w) => w % phases * wide + w / phases;

    /// <summary>Writes the padded form of whole channels, counted across images.</summary>
    public unsafe void Fill<T>(T* x, T* to, long channels) where T : unmanaged
    {
        var self = this;
        CpuThreads.For(channels, Math.Max(1, (1 << 14) / Math.Max(1, Channel)), (first, end) =>
            self.FillHere(x + first * self.size.Volume, to + first * self.Channel, end - first));
    }

    /// <summary>The same on the calling thread.</summary>
    public unsafe void FillHere<T>(T* x, T* to, long channels) where T : unmanaged
    {
        for (long c = 0; c < channels; c++) FillChannel(x + c * size.Volume, to + c * Channel);
    }

    private unsafe void FillChannel<T>(T* x, T* to) where T : unmanaged
    {
        for (long z = 0; z < padded[0]; z++)
            for (long y = 0; y < padded[1]; y++, to += Row)
            {
                long iz = z - low[0], iy = y - low[1];
                if (iz < 0 || iz >= size[0] || iy < 0 || iy >= size[1]) new Span<T>(to, (int)Row).Clear();
                else
                    for (long p = 0; p < phases; p++) FillRow(x + (iz * size[1] + iy) * size[2], to + p * wide, p);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void FillRow<T>(T* x, T* to, long phase) where T : unmanaged
    {
        // Entry q holds column q·phases + phase - low; those from begin to end exist.
        var shift = phase - low[2];
        var begin = Math.Clamp((-shift + phases - 1) / phases, 0, wide);
        var end = Math.Clamp((size[2] - shift + phases - 1) / phases, begin, wide);
        new Span<T>(to, (int)begin).Clear();
        if (phases == 1) new ReadOnlySpan<T>(x + begin + shift, (int)(end - begin)).CopyTo(new Span<T>(to + begin, (int)(end - begin)));
        else
            for (var q = begin; q < end; q++) to[q] = x[q * phases + shift];
        new Span<T>(to + end, (int)(wide - end)).Clear();
    }
}
