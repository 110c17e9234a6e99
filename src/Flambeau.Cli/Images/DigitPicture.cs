using StbImageSharp;

namespace Flambeau.Cli.Images;

/// <summary>
/// Brings any picture of one digit to what the networks were trained on: 28×28, light ink on black, the ink scaled to a box of 20×20
/// and centred by mass, as the makers of MNIST did (LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", 1998).
/// </summary>
internal static class DigitPicture
{
    public const int Size = 28;
    const int Box = 20, Working = 224, MaxSide = 16_384;
    const float FaintestInk = 0.08f, EdgeOfInk = 0.25f;

    /// <summary>Reads a PNG, JPEG, BMP, GIF or TGA file.</summary>
    /// <returns>28 × 28 bytes.</returns>
    /// <exception cref="CliError">The file is missing, no picture, too large, or blank.</exception>
    public static byte[] Load(string path)
    {
        if (Directory.Exists(path)) throw new CliError($"{path} is a folder", "name the pictures: predict CHECKPOINT DIR/*.png");
        if (!File.Exists(path)) throw new CliError($"no picture {path}", "check the path");
        return Decode(File.ReadAllBytes(path), path);
    }

    public static byte[] Decode(byte[] file, string name)
    {
        ImageResult image;
        try
        {
            var info = ImageInfo.FromStream(new MemoryStream(file)) ?? throw new InvalidDataException("unknown format");
            if (info.Width is < 1 or > MaxSide || info.Height is < 1 or > MaxSide)
                throw new CliError($"{name} claims {info.Width}x{info.Height} pixels", $"pictures of up to {MaxSide} pixels a side are read; scale it down");
            if (IsCutJpeg(file)) throw new InvalidDataException("its end is missing");
            image = ImageResult.FromMemory(file, ColorComponents.RedGreenBlueAlpha);
        }
        catch (Exception bad) when (bad is not CliError)
        {
            throw new CliError($"{name} is no picture that can be read ({bad.Message})", "PNG and JPEG are; the file may be cut short", cause: bad);
        }
        return FromRgba(image.Data, image.Width, image.Height, name);
    }

    // The decoder makes up what is missing. Cut is what has no end after its last scan (the first may be that of a thumbnail).
    static bool IsCutJpeg(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8])
        && file.LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) <= file.LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);

    /// <summary>The same from pixels: [height, width, 4] bytes, alpha last and not premultiplied.</summary>
    public static byte[] FromRgba(ReadOnlySpan<byte> rgba, int width, int height, string name)
    {
        var ink = Plane.OfInk(rgba, width, height);
        if (width == Size && height == Size) return Bytes(ink, name, goodContrast: true); // drawn for this size already

        var side = Math.Max(width, height);
        if (side > Working) // averaging away grain, so that a speck is not taken for the edge of the digit
            ink = ink.Resample(0, 0, width, height, Math.Max(1, width * Working / side), Math.Max(1, height * Working / side));
        var most = ink.Most();
        if (most < FaintestInk) throw Blank(name);
        var (left, top, right, bottom) = ink.Bounds(EdgeOfInk * most);
        var scale = (float)Box / Math.Max(right - left, bottom - top);
        int boxWidth = Math.Max(1, (int)MathF.Round((right - left) * scale)), boxHeight = Math.Max(1, (int)MathF.Round((bottom - top) * scale));
        return Bytes(ink.Resample(left, top, right, bottom, boxWidth, boxHeight).Centred(Size), name, goodContrast: false);
    }

    // The strongest twentieth of the ink becomes white, so that a thin pen is not read as a faint one.
    static byte[] Bytes(Plane ink, string name, bool goodContrast)
    {
        var strengths = ink.Values.Where(static v => v > 0.02f).Order().ToArray();
        if (strengths.Length == 0 || strengths[^1] < FaintestInk) throw Blank(name);
        var white = strengths.AsSpan(strengths.Length - Math.Max(1, strengths.Length / 20));
        var scale = goodContrast && Mean(white) > 0.5f ? 1 : 0.98f / Mean(white);
        return Array.ConvertAll(ink.Values, v => (byte)Math.Clamp(v * scale * 255 + 0.5f, 0, 255));
    }

    static float Mean(ReadOnlySpan<float> values)
    {
        var sum = 0f;
        foreach (var v in values) sum += v;
        return sum / values.Length;
    }

    static CliError Blank(string name) => new($"{name} shows nothing: every pixel is nearly the background", "is it a picture of one digit?");
}
