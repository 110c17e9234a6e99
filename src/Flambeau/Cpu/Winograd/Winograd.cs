using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>
/// Convolutions of 3 × 3 with stride 1 by Winograd's minimal filtering (see <see cref="IWinogradForm"/>), of images in plain or in blocked order. In blocked order channels lie in the lanes of
/// a vector, so tiles are transformed without moving lanes, and the products over channels are those of a blocked 1 × 1 convolution; images in plain order are copied into it.
/// Each output is one fixed sequence of operations for every thread count. A NaN or infinity spreads to the outputs of its tile.
/// </summary>
internal static unsafe class Winograd
{
    /// <summary>Copies of images in blocked order are made of so many entries at once, or of one image.</summary>
    const long CopyFloats = 1 << 20;

    /// <summary>For tests: whether it may be chosen.</summary>
    internal static bool Enabled { get; set; } = true;

    /// <summary>Tile outputs along an axis, 4 or 2, where that is well below a direct convolution's work; else 0.</summary>
    /// <param name="s">The convolution.</param>
    /// <param name="output">What tiles are of: the result, or the gradient of the result.</param>
    /// <param name="from">Channels in.</param>
    /// <param name="to">Channels out.</param>
    internal static int Choose(in ConvShape s, Axes output, long from, long to)
    {
        if (s.Groups != 1 || s.Kernel[0] != 1 || s.Kernel[1] != 3 || s.Kernel[2] != 3 || s.Stride.Volume != 1 || s.Dilation.Volume != 1) return 0;
        if (s.In[0] != 1 || output[0] != 1 || s.Pad[0] != 0 || s.Pad[1] is < 0 or > 2 || s.Pad[2] is < 0 or > 2) return 0;
        return Choose(s.N, output[1], output[2], from, to, kept: PackedWeights.Current is not null, plain: true);
    }

    /// <summary>The same for a convolution in blocked order whose filters are transformed ahead.</summary>
    internal static int Choose(in BlockedShape s) =>
        s.KernelH != 3 || s.KernelW != 3 || s.StrideH != 1 || s.StrideW != 1 || s.DilationH != 1 || s.DilationW != 1 || s.PadH > 2 || s.PadW > 2 || s.Block % Vector256<float>.Count != 0
            ? 0 : Choose(s.N, s.OutH, s.OutW, s.Cin, s.Cout, kept: true, plain: false);

    static int Choose(long n, long height, long width, long from, long to, bool kept, bool plain)
    {
        if (!Enabled || !Vector256.IsHardwareAccelerated || Math.Min(from, to) < 16) return 0;
        double four = Effort(4), two = Effort(2);
        return Math.Min(four, two) > 0.8 * 9 * Product(n * height * width) ? 0 : four <= two ? 4 : 2;

        // In multiply-adds as a direct convolution does them, from measurements: a tile's entry of a channel costs as much as 8 there and back,
        // a copied pixel of a channel as much as 16, a transformed filter's entry as much as 40.
        double Effort(int m)
        {
            double points = (m + 2) * (m + 2), tiles = n * ((height + m - 1) / m) * ((width + m - 1) / m);
            return points * (Product(tiles) + 8 * (from + to) * tiles + (kept ? 0 : 40 * from * to)) + (plain ? 16 * from * n * height * width : 0);
        }

        // Tiles of six columns; each weight comes from a cache or from memory, which takes as long as 6 multiply-adds.
        double Product(double columns) => from * ((to + 7) / 8 * 8) * (Math.Ceiling(columns / 6) * 6 + 6);
    }

    /// <summary>Channels in a block where images are copied.</summary>
    static int Block => Vector512.IsHardwareAccelerated ? 16 : 8;

    /// <summary>y = conv(x, w) + bias.</summary>
    public static void Forward(int m, in ConvShape s, float* x, float* w, float* bias, float* y) =>
        Plain(m, s.N, s.Cin, s.Cout, x, s.In, s.Pad[1], s.Pad[2], w, false, bias, y, s.Out);

    /// <summary>dx = the gradient of the input: a convolution of dy by the weights turned around.</summary>
    public static void BackwardInput(int m, in ConvShape s, float* dy, float* w, float* bias, float* dx) =>
        Plain(m, s.N, s.Cout, s.Cin, dy, s.Out, 2 - s.Pad[1], 2 - s.Pad[2], w, true, bias, dx, s.In);

    static void Plain(int m, long images, long from, long to, float* x, Axes size, long padTop, long padLeft, float* w, bool adjoint, float* bias, float* y, Axes output)
    {
        var s = new BlockedShape
        {
            N = images, Cin = from, Cout = to, Block = Block, H = size[1], W = size[2], OutH = output[1], OutW = output[2], KernelH = 3, KernelW = 3, StrideH = 1, StrideW = 1,
            PadH = padTop, PadW = padLeft, DilationH = 1, DilationW = 1,
        };
        var u = PackedWeights.Rent<float>(adjoint ? 10 + m : m, WinogradFilters.Size(m, s), out var filled);
        if (!filled) WinogradFilters.Transform(m, s, w, u, adjoint);
        var padded = Scratch.Rent<float>(Scratch.Slot.Bias, s.OutBlocks * s.Block);
        if (bias != null)
        {
            new Span<float>(padded, (int)(s.OutBlocks * s.Block)).Clear();
            new Span<float>(bias, (int)to).CopyTo(new Span<float>(padded, (int)to));
        }
        long each = s.InBlocks * s.Block * size.Volume, round = Math.Clamp(CopyFloats / Math.Max(1, each), 1, images);
        for (long n = 0; n < images; n += round)
        {
            s.N = Math.Min(round, images - n);
            Run(m, s, Copy(s.N, from, size.Volume, s.Block, x + n * from * size.Volume, Scratch.Slot.Source), u, bias == null ? null : padded, null, y + n * to * output.Volume, Epilogue.None, plain: true);
        }
    }

    /// <summary>Images in plain order as one in blocked order; lanes beyond the last channel hold anything.</summary>
    internal static float* Copy(long images, long channels, long pixels, int block, float* x, Scratch.Slot slot)
    {
        var blocks = (channels + block - 1) / block;
        var to = Scratch.Rent<float>(slot, images * blocks * block * pixels);
        const long Part = 512;
        var parts = (pixels + Part - 1) / Part;
        CpuThreads.For(images * blocks * parts, Math.Max(1, StridedLoop.Grain / (Math.Min(pixels, Part) * block)), (first, end) =>
        {
            for (var i = first; i < end; i++)
            {
                long part = i % parts * Part, p = i / parts, b = p % blocks * block;
                Transpose.Block(x + (p / blocks * channels + b) * pixels + part, to + (p * pixels + part) * block, Math.Min(Part, pixels - part), Math.Min(block, channels - b), pixels, block);
            }
        });
        return to;
    }

    /// <summary>y = epilogue(conv(x, w) + bias + residual), x in blocked order, the filters as <see cref="WinogradFilters"/> makes them; bias and residual may be null.</summary>
    /// <param name="m">Tile outputs along an axis.</param>
    /// <param name="s">Sizes.</param>
    /// <param name="x">The image.</param>
    /// <param name="u">Filters.</param>
    /// <param name="bias">Bias, filled up to whole blocks.</param>
    /// <param name="residual">Added before the epilogue.</param>
    /// <param name="y">The result.</param>
    /// <param name="epilogue">The end.</param>
    /// <param name="plain">The result is in plain order; there is no residual and no epilogue.</param>
    internal static void Run(int m, in BlockedShape s, float* x, float* u, float* bias, float* residual, float* y, Epilogue epilogue, bool plain = false)
    {
        if (s.N * s.OutH * s.OutW == 0 || s.Cout == 0) return;
        if (s.Block == 16) Run<Vector512<float>, Simd512<float>>(m, s, x, u, bias, residual, y, epilogue, plain);
        else Run<Vector256<float>, Simd256<float>>(m, s, x, u, bias, residual, y, epilogue, plain);
    }

    static void Run<V, S>(int m, in BlockedShape s, float* x, float* u, float* bias, float* residual, float* y, Epilogue epilogue, bool plain) where V : struct where S : struct, ISimd<float, V>
    {
        if (m == 4) new WinogradTiles<Winograd4, V, S>(s, x, u, bias, residual, y, epilogue, plain).Run();
        else new WinogradTiles<Winograd2, V, S>(s, x, u, bias, residual, y, epilogue, plain).Run();
    }

    /// <summary>dw = the gradient of the weights; sums run over tiles in order, in batches that depend on the shape alone.</summary>
    public static void BackwardWeight(int m, in ConvShape s, float* x, float* dy, float* dw)
    {
        if (Block == 16) Weight<Vector512<float>, Simd512<float>>(m, s, x, dy, dw);
        else Weight<Vector256<float>, Simd256<float>>(m, s, x, dy, dw);
    }

    static void Weight<V, S>(int m, in ConvShape s, float* x, float* dy, float* dw) where V : struct where S : struct, ISimd<float, V>
    {
        if (m == 4) WinogradWeight<Winograd4, V, S>.Run(s, x, dy, dw);
        else WinogradWeight<Winograd2, V, S>.Run(s, x, dy, dw);
    }
}
