using System.Runtime.InteropServices;

namespace Flambeau.Cpu;

/// <summary>The image that the tiles of a convolution read, with a border of zeros where taps read padding, and where each pixel and tap lies in it.</summary>
internal unsafe ref struct BlockedSource
{
    /// <summary>Pixels of a tile.</summary>
    internal const int Pixels = 6;

    public float* Data;

    /// <summary>Elements of a pixel, a row and a plane.</summary>
    public long Pixel, Row, Plane;

    /// <summary>Where each tap lies from a pixel's first element.</summary>
    public long* Taps;

    /// <summary>First element of each output pixel's window; filled up to whole tiles with the last one.</summary>
    public long* Origins;

    /// <summary>First element of each output pixel in the result's first block of channels; filled up likewise.</summary>
    public long* Targets;

    /// <summary>An image in blocked order.</summary>
    internal static BlockedSource Blocked(BlockedShape s, float* x)
    {
        long b = s.Block, height = Math.Max(s.ReachH, s.H + s.PadH), width = Math.Max(s.ReachW, s.W + s.PadW), planes = s.N * s.InBlocks;
        if (s.Inside) return new() { Data = x, Pixel = b, Row = s.W * b, Plane = s.H * s.W * b };
        var source = new BlockedSource { Pixel = b, Row = width * b, Plane = height * width * b };
        var data = source.Data = Scratch.Rent<float>(Scratch.Slot.Source, planes * source.Plane);
        var (row, plane) = (source.Row, source.Plane);
        CpuThreads.For(planes, Math.Max(1, StridedLoop.Grain / plane), (from, to) =>
        {
            for (var p = from; p < to; p++)
            {
                var to0 = data + p * plane;
                NativeMemory.Clear(to0, (nuint)(s.PadH * row * sizeof(float)));
                for (long h = 0; h < s.H; h++)
                {
                    var at = to0 + (h + s.PadH) * row;
                    NativeMemory.Clear(at, (nuint)(s.PadW * b * sizeof(float)));
                    NativeMemory.Copy(x + (p * s.H + h) * s.W * b, at + s.PadW * b, (nuint)(s.W * b * sizeof(float)));
                    NativeMemory.Clear(at + (s.PadW + s.W) * b, (nuint)((width - s.PadW - s.W) * b * sizeof(float)));
                }
                NativeMemory.Clear(to0 + (s.PadH + s.H) * row, (nuint)((height - s.PadH - s.H) * row * sizeof(float)));
            }
        });
        return source;
    }

    /// <summary>An image in plain order with few channels: here those of a pixel lie side by side, and so do the pixels of a window's row.</summary>
    internal static BlockedSource Interleaved(BlockedShape s, float* x)
    {
        long c = s.Cin, height = Math.Max(s.ReachH, s.H + s.PadH), width = Math.Max(s.ReachW, s.W + s.PadW);
        var source = new BlockedSource { Pixel = c, Row = width * c, Plane = height * width * c };
        var data = source.Data = Scratch.Rent<float>(Scratch.Slot.Source, s.N * source.Plane);
        var (row, plane) = (source.Row, source.Plane);
        CpuThreads.For(s.N * height, Math.Max(1, StridedLoop.Grain / row), (from, to) =>
        {
            for (var r = from; r < to; r++)
            {
                long n = r / height, h = r % height - s.PadH;
                var at = data + n * plane + r % height * row;
                if (h < 0 || h >= s.H)
                {
                    NativeMemory.Clear(at, (nuint)(row * sizeof(float)));
                    continue;
                }
                NativeMemory.Clear(at, (nuint)(s.PadW * c * sizeof(float)));
                NativeMemory.Clear(at + (s.PadW + s.W) * c, (nuint)((width - s.PadW - s.W) * c * sizeof(float)));
                at += s.PadW * c;
                for (long k = 0; k < c; k++)
                {
                    float* channel = x + ((n * c + k) * s.H + h) * s.W, to0 = at + k;
                    for (long w = 0; w < s.W; w++) to0[w * c] = channel[w];
                }
            }
        });
        return source;
    }

    /// <summary>Fills the tables for the pixels of <paramref name="images"/> images whose planes in the source are <paramref name="image"/> elements apart.</summary>
    /// <param name="s">The convolution.</param>
    /// <param name="images">Images.</param>
    /// <param name="image">From one image to the next.</param>
    /// <param name="result">From one image to the next in the result.</param>
    /// <param name="wide">A row of the window is one tap.</param>
    internal void Table(in BlockedShape s, long images, long image, long result, bool wide)
    {
        long pixels = images * s.OutH * s.OutW, padded = (pixels + Pixels - 1) / Pixels * Pixels, taps = wide ? s.KernelH : s.Taps;
        Origins = Scratch.Rent<long>(Scratch.Slot.Table, 2 * padded + taps);
        Targets = Origins + padded;
        Taps = Targets + padded;
        long at = 0, step = s.StrideW * Pixel;
        for (long n = 0; n < images; n++)
        {
            for (long h = 0; h < s.OutH; h++)
            {
                long from = n * image + h * s.StrideH * Row, to = n * result + h * s.OutW * s.Block;
                for (long i = 0; i < s.OutW; i++, at++, from += step, to += s.Block) (Origins[at], Targets[at]) = (from, to);
            }
        }
        for (; at < padded; at++) (Origins[at], Targets[at]) = (Origins[pixels - 1], Targets[pixels - 1]);
        for (long t = 0; t < taps; t++) Taps[t] = wide ? t * s.DilationH * Row : t / s.KernelW * s.DilationH * Row + t % s.KernelW * s.DilationW * Pixel;
    }
}
