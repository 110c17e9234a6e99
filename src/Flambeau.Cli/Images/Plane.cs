namespace Flambeau.Cli.Images;

/// <summary>One channel of a picture: how much ink there is at each pixel, 0 to 1.</summary>
internal sealed class Plane(float[] values, int width, int height)
{
    public float[] Values => values;

    public int Width => width;

    public int Height => height;

    /// <summary>How far each pixel's brightness is from the background's, which the rim of the picture shows: dark on light and light on dark come out alike.</summary>
    public static Plane OfInk(ReadOnlySpan<byte> rgba, int width, int height)
    {
        var paper = PaperBehind(rgba);
        var light = new float[width * height];
        for (var i = 0; i < light.Length; i++)
        {
            var p = rgba.Slice(4 * i, 4);
            var alpha = p[3] / 255f;
            light[i] = alpha * Luma(p) + (1 - alpha) * paper;
        }
        var background = Rim(light, width, height);
        for (var i = 0; i < light.Length; i++)
            light[i] = Math.Max(0, background > 0.5f ? background - light[i] : light[i] - background);
        return new Plane(light, width, height);
    }

    /// <summary>The part [left, right) × [top, bottom) at another size, each new pixel the mean of the area it covers.</summary>
    public Plane Resample(int left, int top, int right, int bottom, int newWidth, int newHeight)
    {
        var across = new float[(bottom - top) * newWidth];
        for (var y = top; y < bottom; y++)
            Shrink(values.AsSpan(y * width + left), 1, right - left, across.AsSpan((y - top) * newWidth), 1, newWidth);
        var result = new float[newHeight * newWidth];
        for (var x = 0; x < newWidth; x++)
            Shrink(across.AsSpan(x), newWidth, bottom - top, result.AsSpan(x), newWidth, newHeight);
        return new Plane(result, newWidth, newHeight);
    }

    public float Most() => values.Length == 0 ? 0 : values.Max();

    /// <summary>The smallest box around all pixels with more ink than <paramref name="threshold"/>; right and bottom are exclusive.</summary>
    public (int Left, int Top, int Right, int Bottom) Bounds(float threshold)
    {
        int left = width, top = height, right = 0, bottom = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] <= threshold) continue;
            int x = i % width, y = i / width;
            (left, right) = (Math.Min(left, x), Math.Max(right, x + 1));
            (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y + 1));
        }
        return (left, top, right, bottom);
    }

    /// <summary>A square with this picture in it, its centre of mass as near to the centre as whole pixels and the edges allow.</summary>
    public Plane Centred(int size)
    {
        double mass = 1e-9, mx = 0, my = 0;
        for (var i = 0; i < values.Length; i++)
        {
            mass += values[i];
            mx += values[i] * (i % width + 0.5);
            my += values[i] * (i / width + 0.5);
        }
        int left = Math.Clamp((int)Math.Round(size / 2.0 - mx / mass), 0, size - width), top = Math.Clamp((int)Math.Round(size / 2.0 - my / mass), 0, size - height);
        var square = new float[size * size];
        for (var y = 0; y < height; y++) values.AsSpan(y * width, width).CopyTo(square.AsSpan((top + y) * size + left));
        return new Plane(square, size, size);
    }

    static void Shrink(ReadOnlySpan<float> from, int step, int count, Span<float> to, int toStep, int toCount)
    {
        var ratio = (double)count / toCount;
        for (var i = 0; i < toCount; i++)
        {
            double begin = i * ratio, end = Math.Min((i + 1) * ratio, count), sum = 0;
            for (var j = (int)begin; j < end; j++) sum += from[j * step] * (Math.Min(j + 1, end) - Math.Max(j, begin));
            to[i * toStep] = (float)(sum / (end - begin));
        }
    }

    // ITU-R BT.601
    static float Luma(ReadOnlySpan<byte> p) => (0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2]) / 255;

    // Behind see-through pixels lies white, unless what is drawn is itself light.
    static float PaperBehind(ReadOnlySpan<byte> rgba)
    {
        double drawn = 0, weight = 0;
        for (var i = 0; i < rgba.Length; i += 4)
        {
            drawn += rgba[i + 3] * Luma(rgba.Slice(i, 4));
            weight += rgba[i + 3];
        }
        return drawn > 0.5 * weight ? 0 : 1;
    }

    static float Rim(float[] light, int width, int height)
    {
        var rim = new List<float>(2 * (width + height));
        for (var i = 0; i < light.Length; i++)
        {
            int x = i % width, y = i / width;
            if (x == 0 || y == 0 || x == width - 1 || y == height - 1) rim.Add(light[i]);
        }
        rim.Sort();
        return rim[rim.Count / 2];
    }
}
