using System.Numerics;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>
/// Convolutions of each channel by its own kernel over one or two axes, with channels in the lanes: a block of channels of an image is turned so that each pixel is a register, computed,
/// and turned back. Strides then cost nothing, and rows may be short.
/// </summary>
internal static unsafe class Depthwise
{
    /// <summary>Rows from here on are as fast as vectors of positions, where nothing is turned.</summary>
    const long WideRow = 96;

    /// <summary>What a thread holds of a block of channels.</summary>
    const long MostBytes = 8 << 20;

    /// <summary>Images whose weight gradients are summed apart, so that threads can share them out; depends on the shape alone.</summary>
    const long MostParts = 8;

    /// <summary>Whether a convolution of such operands, in any of its passes, gains by this.</summary>
    internal static bool Fits<T>(in ConvShape s) where T : unmanaged
    {
        var lanes = Lanes<T>();
        if (lanes < 4 || s.CinGroup != 1 || s.CoutGroup != 1 || s.Groups < lanes || s.In[0] != 1 || s.Out[0] != 1 || s.Kernel[0] != 1 || s.Pad[0] != 0) return false;
        if (s.Kernel.Volume is < 2 or > 1024 || (s.Stride[1] == 1 && s.Stride[2] == 1 && s.Out[2] >= WideRow)) return false;
        for (var d = 1; d < 3; d++)
        {
            if (s.Pad[d] > s.Dilation[d] * (s.Kernel[d] - 1)) return false;
        }
        var plane = DepthwisePlane.Forward(s);
        return (plane.PaddedH * plane.PaddedW + plane.H * plane.W + plane.OutH * plane.OutW) * lanes * sizeof(T) <= MostBytes;
    }

    static long Lanes<T>() where T : unmanaged => (Vector512.IsHardwareAccelerated ? 64 : Vector256.IsHardwareAccelerated ? 32 : Vector128.IsHardwareAccelerated ? 16 : 0) / sizeof(T);

    internal static void Forward<T>(in ConvShape s, T* x, T* w, T* bias, T* y) where T : unmanaged, IFloatingPointIeee754<T> =>
        Run(s, DepthwisePlane.Forward(s), x, w, false, bias, y);

    internal static void BackwardInput<T>(in ConvShape s, T* dy, T* w, T* bias, T* dx) where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Without strides the gradient is a convolution by the weights from back to front.
        if (s.Stride[1] == 1 && s.Stride[2] == 1) Run(s, DepthwisePlane.Adjoint(s), dy, w, true, bias, dx);
        else Spread(s, DepthwisePlane.Forward(s), dy, w, bias, dx);
    }

    static void Run<T>(in ConvShape s, DepthwisePlane plane, T* x, T* w, bool reversed, T* bias, T* y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        long taps = s.Kernel.Volume, channels = s.Groups, lanes = Lanes<T>(), blocks = (channels + lanes - 1) / lanes;
        T* weights = Turned(w, channels, taps, reversed), biases = bias == null ? null : Turned(bias, channels, 1, false, Scratch.Slot.Bias);
        var offsets = plane.Offsets(s, lanes);
        CpuThreads.For(s.N * blocks, 1, (first, end) =>
        {
            var work = new Work<T>(plane, lanes);
            for (var u = first; u < end; u++)
            {
                var (image, block) = Math.DivRem(u, blocks);
                long from = image * channels + block * lanes, count = Math.Min(lanes, channels - block * lanes);
                work.Pad(x + from * plane.H * plane.W, count);
                DepthwiseKernels<T>.Correlate(plane, work.Padded, weights + block * taps * lanes, offsets, taps, biases == null ? null : biases + block * lanes, work.Result);
                Transpose.Block(work.Result, y + from * plane.OutH * plane.OutW, count, plane.OutH * plane.OutW, lanes, plane.OutH * plane.OutW);
            }
        });
    }

    /// <summary>Each pixel of dy adds its share to the pixels it came from.</summary>
    static void Spread<T>(in ConvShape s, DepthwisePlane plane, T* dy, T* w, T* bias, T* dx) where T : unmanaged, IFloatingPointIeee754<T>
    {
        long taps = s.Kernel.Volume, channels = s.Groups, lanes = Lanes<T>(), blocks = (channels + lanes - 1) / lanes;
        T* weights = Turned(w, channels, taps, false), biases = bias == null ? null : Turned(bias, channels, 1, false, Scratch.Slot.Bias);
        var offsets = plane.Offsets(s, lanes);
        long pixels = plane.H * plane.W, results = plane.OutH * plane.OutW;
        CpuThreads.For(s.N * blocks, 1, (first, end) =>
        {
            var work = new Work<T>(plane, lanes);
            for (var u = first; u < end; u++)
            {
                var (image, block) = Math.DivRem(u, blocks);
                long from = image * channels + block * lanes, count = Math.Min(lanes, channels - block * lanes);
                work.Turn(dy + from * results, work.Result, results, count);
                var all = new Span<T>(work.Padded, checked((int)(plane.PaddedH * plane.PaddedW * lanes)));
                if (biases == null) all.Clear();
                else
                {
                    for (var i = 0; i < all.Length; i += (int)lanes) new ReadOnlySpan<T>(biases + block * lanes, (int)lanes).CopyTo(all[i..]);
                }
                DepthwiseKernels<T>.Spread(plane, work.Result, weights + block * taps * lanes, offsets, taps, work.Padded);
                work.Unpad();
                Transpose.Block(work.Source, dx + from * pixels, count, pixels, lanes, pixels);
            }
        });
    }

    internal static void BackwardWeight<T>(in ConvShape s, T* x, T* dy, T* dw) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var plane = DepthwisePlane.Forward(s);
        long taps = s.Kernel.Volume, channels = s.Groups, lanes = Lanes<T>(), blocks = (channels + lanes - 1) / lanes;
        long images = s.N, parts = Math.Min(images, MostParts), results = plane.OutH * plane.OutW;
        var offsets = plane.Offsets(s, lanes);
        var sums = Scratch.Rent<T>(Scratch.Slot.Partial, parts * blocks * taps * lanes);
        CpuThreads.For(parts * blocks, 1, (first, end) =>
        {
            var work = new Work<T>(plane, lanes);
            for (var u = first; u < end; u++)
            {
                var (part, block) = Math.DivRem(u, blocks);
                var count = Math.Min(lanes, channels - block * lanes);
                var sum = sums + u * taps * lanes;
                new Span<T>(sum, (int)(taps * lanes)).Clear();
                for (var image = images * part / parts; image < images * (part + 1) / parts; image++)
                {
                    var from = image * channels + block * lanes;
                    work.Pad(x + from * plane.H * plane.W, count);
                    work.Turn(dy + from * results, work.Result, results, count);
                    DepthwiseKernels<T>.Weight(plane, work.Padded, work.Result, offsets, taps, sum);
                }
            }
        });
        for (long c = 0; c < channels; c++)
        {
            var (block, lane) = Math.DivRem(c, lanes);
            for (long t = 0; t < taps; t++)
            {
                var at = sums + (block * taps + t) * lanes + lane;
                var sum = *at;
                for (long p = 1; p < parts; p++) sum += at[p * blocks * taps * lanes];
                dw[c * taps + t] = sum;
            }
        }
    }

    /// <summary>[C, taps] as [⌈C / lanes⌉, taps, lanes], filled up with zeros.</summary>
    static T* Turned<T>(T* w, long channels, long taps, bool reversed, Scratch.Slot slot = Scratch.Slot.Partial) where T : unmanaged
    {
        long lanes = Lanes<T>(), size = (channels + lanes - 1) / lanes * taps * lanes;
        var to = Scratch.Rent<T>(slot, size);
        new Span<T>(to, (int)size).Clear();
        for (long c = 0; c < channels; c++)
        {
            for (long t = 0; t < taps; t++) to[(c / lanes * taps + t) * lanes + c % lanes] = w[c * taps + (reversed ? taps - 1 - t : t)];
        }
        return to;
    }

    /// <summary>A thread's copies of a block of channels, [pixel][lane]: as it is, with its padding, and the result.</summary>
    readonly struct Work<T> where T : unmanaged
    {
        readonly DepthwisePlane plane;
        readonly long lanes;

        internal Work(DepthwisePlane plane, long lanes)
        {
            (this.plane, this.lanes) = (plane, lanes);
            long source = plane.H * plane.W * lanes, padded = plane.PaddedH * plane.PaddedW * lanes, result = plane.OutH * plane.OutW * lanes;
            Source = Scratch.Rent<T>(Scratch.Slot.Left, source);
            Padded = Scratch.Rent<T>(Scratch.Slot.Source, padded);
            Result = Scratch.Rent<T>(Scratch.Slot.Right, result);
            // Lanes beyond the last channel stay zero, and so does the padding.
            new Span<T>(Source, checked((int)source)).Clear();
            new Span<T>(Padded, checked((int)padded)).Clear();
            new Span<T>(Result, checked((int)result)).Clear();
        }

        internal T* Source { get; }

        internal T* Padded { get; }

        internal T* Result { get; }

        /// <summary>Channels one after another to pixels one after another.</summary>
        internal void Turn(T* x, T* to, long pixels, long count) => Transpose.Block(x, to, pixels, count, pixels, lanes);

        /// <summary>Turns channels and puts them in the padded plane.</summary>
        internal void Pad(T* x, long count)
        {
            if (plane.PaddedH == plane.H && plane.PaddedW == plane.W)
            {
                Turn(x, Padded, plane.H * plane.W, count);
                return;
            }
            Turn(x, Source, plane.H * plane.W, count);
            var (rows, columns) = (Math.Min(plane.H, plane.PaddedH - plane.Top), Math.Min(plane.W, plane.PaddedW - plane.Left));
            for (long r = 0; r < rows; r++)
                Copy(Source + r * plane.W * lanes, Padded + ((r + plane.Top) * plane.PaddedW + plane.Left) * lanes, columns);
        }

        /// <summary>Takes the plane out of its padding.</summary>
        internal void Unpad()
        {
            for (long r = 0; r < plane.H; r++)
                Copy(Padded + ((r + plane.Top) * plane.PaddedW + plane.Left) * lanes, Source + r * plane.W * lanes, plane.W);
        }

        void Copy(T* from, T* to, long pixels) => Buffer.MemoryCopy(from, to, pixels * lanes * sizeof(T), pixels * lanes * sizeof(T));
    }
}
