using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Data;

/// <summary>
/// A data set in the shape of MNIST that needs no file: digits drawn by a made-up hand, white on black, 28×28. Each image is a pure
/// function of the seed and its index, computed with operations that IEEE 754 rounds exactly, so that it has the same bytes on every machine.
/// </summary>
/// <remarks>
/// A digit is one of several stroke skeletons whose points tremble, sent through a random slant, turn, scale and shift and a smooth
/// elastic field (after Simard, Steinkraus and Platt, "Best practices for convolutional neural networks", ICDAR 2003), drawn with a pen
/// of random width and pressure, then blurred and speckled; some images have a stray mark or a gap.
/// </remarks>
public static partial class DrawnDigits
{
    /// <summary>Height and width of an image.</summary>
    public const int Size = 28;

    const int Pixels = Size * Size, Grid = 4, Subdivisions = 5;
    const long HeldOutFirst = 1L << 40, KeyOfDigits = 0x6469676974730A;

    /// <summary>Draws a training part and a held-out part that share no image.</summary>
    /// <param name="seed">Another seed gives another data set.</param>
    /// <param name="train">Images to train on.</param>
    /// <param name="test">Images held out.</param>
    /// <returns>Both parts; their labels are uniform over 0 to 9.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative or too large for one array.</exception>
    public static (LabeledImages Train, LabeledImages Test) Load(long seed = 0, int train = 20_000, int test = 4_000) =>
        (Draw(train, seed), Draw(test, seed, HeldOutFirst));

    /// <summary>Draws images <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1 of the endless sequence of a seed.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Which sequence.</param>
    /// <param name="first">Index of the first image.</param>
    /// <returns>The images with their labels, uniform over 0 to 9.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative or too large for one array.</exception>
    public static LabeledImages Draw(int count, long seed = 0, long first = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength / Pixels);
        var pixels = new byte[count * Pixels];
        var labels = new byte[count];
        CpuThreads.For(count, 64, (from, to) =>
        {
            var ink = new float[2 * Pixels];
            for (var i = from; i < to; i++)
                labels[i] = Draw(new Hand(new((ulong)(seed ^ KeyOfDigits), 0), first + i), ink, pixels.AsSpan((int)i * Pixels, Pixels));
        });
        return new LabeledImages(pixels, labels, Size, Size);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static byte Draw(Hand hand, Span<float> scratch, Span<byte> target)
    {
        var ink = scratch[..Pixels];
        ink.Clear();
        var label = hand.Below(10);
        var variants = Glyphs[label];
        var strokes = variants[hand.Below(variants.Length)];
        var page = new Page(ref hand, narrow: label == 1);
        float tremble = 0.035f * hand.Between(0.2f, 1), pressure = hand.Between(0, 0.3f);
        Span<Point> points = stackalloc Point[16], path = stackalloc Point[16 * Subdivisions];
        foreach (var stroke in strokes)
        {
            for (var i = 0; i < stroke.Length; i++)
                points[i] = page.Place(new(stroke[i].X + tremble * hand.Bell(), stroke[i].Y + tremble * hand.Bell()));
            var length = Smooth(points[..stroke.Length], path);
            float begin = page.Pen * (1 + pressure * hand.Bell()), end = page.Pen * (1 + pressure * hand.Bell());
            Stroke(ink, path[..length], begin, end);
        }
        if (hand.Chance(0.08f)) Stray(ref hand, ink, page.Pen);
        if (hand.Chance(0.08f)) Gap(ref hand, ink, path[0]);
        Develop(ref hand, ink, scratch[Pixels..], target);
        return (byte)label;
    }

    // Catmull and Rom, "A class of local interpolating splines" (1974), uniform; the ends are mirrored.
    static int Smooth(ReadOnlySpan<Point> p, Span<Point> path)
    {
        var n = 0;
        for (var i = 0; i + 1 < p.Length; i++)
        {
            Point b = p[i], c = p[i + 1];
            var a = i > 0 ? p[i - 1] : new(2 * b.X - c.X, 2 * b.Y - c.Y);
            var d = i + 2 < p.Length ? p[i + 2] : new(2 * c.X - b.X, 2 * c.Y - b.Y);
            for (var s = 0; s < Subdivisions; s++)
            {
                var t = s / (float)Subdivisions;
                path[n++] = new(Spline(a.X, b.X, c.X, d.X, t), Spline(a.Y, b.Y, c.Y, d.Y, t));
            }
        }
        path[n++] = p[^1];
        return n;
    }

    static float Spline(float a, float b, float c, float d, float t) =>
        b + 0.5f * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));

    static void Stroke(Span<float> ink, ReadOnlySpan<Point> path, float begin, float end)
    {
        for (var i = 0; i + 1 < path.Length; i++)
            Segment(ink, path[i], path[i + 1], begin + (end - begin) * i / path.Length);
    }

    // Coverage falls from 1 to 0 over the pixel that the rim of the pen crosses.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Segment(Span<float> ink, Point a, Point b, float radius)
    {
        var reach = radius + 0.5f;
        int top = Clip(Math.Min(a.Y, b.Y) - reach), bottom = Clip(Math.Max(a.Y, b.Y) + reach + 1);
        int left = Clip(Math.Min(a.X, b.X) - reach), right = Clip(Math.Max(a.X, b.X) + reach + 1);
        float dx = b.X - a.X, dy = b.Y - a.Y, inverse = 1 / Math.Max(dx * dx + dy * dy, 1e-6f);
        for (var y = top; y < bottom; y++)
            for (var x = left; x < right; x++)
            {
                float px = x + 0.5f - a.X, py = y + 0.5f - a.Y;
                var t = Math.Clamp((px * dx + py * dy) * inverse, 0, 1);
                float ex = px - t * dx, ey = py - t * dy, square = ex * ex + ey * ey;
                if (square >= reach * reach) continue;
                ref var pixel = ref ink[y * Size + x];
                pixel = Math.Max(pixel, Math.Min(1, reach - MathF.Sqrt(square)));
            }
    }

    static int Clip(float position) => (int)Math.Clamp(position, 0, Size);

    static void Stray(ref Hand hand, Span<float> ink, float pen)
    {
        Point a = new(hand.Between(3, 25), hand.Between(3, 25)), b = new(a.X + hand.Between(-4, 4), a.Y + hand.Between(-4, 4));
        Segment(ink, a, b, 0.6f * pen);
    }

    static void Gap(ref Hand hand, Span<float> ink, Point near)
    {
        float cx = near.X + hand.Between(-3, 3), cy = near.Y + hand.Between(0, 6), radius = hand.Between(1, 2);
        for (var y = 0; y < Size; y++)
            for (var x = 0; x < Size; x++)
            {
                float dx = x + 0.5f - cx, dy = y + 0.5f - cy;
                ink[y * Size + x] *= Math.Clamp((dx * dx + dy * dy) / (radius * radius) - 0.3f, 0, 1);
            }
    }

    // Blur, ink strength, speckle, bytes.
    static void Develop(ref Hand hand, Span<float> ink, Span<float> other, Span<byte> target)
    {
        var blur = hand.Between(0, 0.17f);
        Blur(ink, other, blur, 1, Size);
        Blur(other, ink, blur, Size, 1);
        float strength = hand.Between(230, 290), grain = hand.Between(0, 0.12f), dust = hand.Chance(0.3f) ? hand.Between(0, 25) : 0;
        for (var i = 0; i < Pixels; i++)
        {
            float u = hand.Next(), v = u * 4096 - (int)(u * 4096); // one draw, two numbers
            var value = ink[i] * strength * (1 - grain * u) + dust * (v * v * v);
            target[i] = (byte)Math.Clamp(value, 0, 255);
        }
    }

    static void Blur(ReadOnlySpan<float> from, Span<float> to, float side, int step, int line)
    {
        for (var l = 0; l < Size; l++)
            for (var i = 0; i < Size; i++)
            {
                var at = l * line + i * step;
                float before = i > 0 ? from[at - step] : 0, after = i < Size - 1 ? from[at + step] : 0;
                to[at] = (1 - 2 * side) * from[at] + side * (before + after);
            }
    }
}
