namespace Flambeau.Data;

/// <summary>
/// Pictures of digits for a network: float32 [1, 28, 28], scaled to <c>(x / 255 − 0.1307) / 0.3081</c> (the mean and deviation of MNIST), with
/// an int64 label each. The pixels stay bytes in memory and are scaled as they are read.
/// </summary>
public sealed class Mnist : IBatchDataset<(Tensor Image, Tensor Label)>
{
    /// <summary>Mean and standard deviation of MNIST's training pixels, from 0 to 1.</summary>
    public const double Mean = 0.1307, Deviation = 0.3081;

    static readonly float[] scaled = [.. Enumerable.Range(0, 256).Select(static x => (float)((x / 255.0 - Mean) / Deviation))];

    /// <summary>Wraps images without copying them.</summary>
    public Mnist(LabeledImages images) => Images = images ?? throw new ArgumentNullException(nameof(images));

    /// <summary>The pixels and labels.</summary>
    public LabeledImages Images { get; }

    /// <inheritdoc/>
    public long Count => Images.Count;

    /// <summary>An image, [1, rows, columns], and its label, 0-d.</summary>
    public (Tensor Image, Tensor Label) this[long index]
    {
        get
        {
            Examples.Check(index, Count, "Mnist");
            return (Scale(Images.Image((int)index), [1, Images.Rows, Images.Columns]), Tensor.FromScalar((long)Images.Labels[index]));
        }
    }

    /// <summary>Images, [n, 1, rows, columns], and their labels, [n].</summary>
    public (Tensor Image, Tensor Label) Batch(ReadOnlySpan<long> indices)
    {
        var images = Tensor.Empty([indices.Length, 1, Images.Rows, Images.Columns]);
        var labels = Tensor.Empty([indices.Length], DType.Int64);
        var pixels = images.AsSpan<float>();
        var classes = labels.AsSpan<long>();
        var size = Images.Rows * Images.Columns;
        for (var k = 0; k < indices.Length; k++)
        {
            var i = (int)Examples.Check(indices[k], Count, "Mnist");
            Scale(Images.Image(i), pixels.Slice(k * size, size));
            classes[k] = Images.Labels[i];
        }
        GC.KeepAlive(images);
        GC.KeepAlive(labels);
        return (images, labels);
    }

    /// <summary>Bytes as the networks take them.</summary>
    /// <param name="pixels">0 is black, 255 white.</param>
    /// <param name="shape">Shape of the result.</param>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public static Tensor Scale(ReadOnlySpan<byte> pixels, Shape shape)
    {
        var y = new float[pixels.Length];
        Scale(pixels, y);
        return Tensor.From(y, shape);
    }

    static void Scale(ReadOnlySpan<byte> pixels, Span<float> y)
    {
        for (var i = 0; i < y.Length; i++) y[i] = scaled[pixels[i]];
    }

    /// <summary>The files of MNIST, or of a data set with the same names.</summary>
    /// <param name="directory">See <see cref="MnistFiles.Load"/>.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static (Mnist Train, Mnist Test) Load(string directory)
    {
        var (train, test) = MnistFiles.Load(directory);
        return (new(train), new(test));
    }

    /// <summary>Digits drawn by <see cref="DrawnDigits"/>, which need no file.</summary>
    /// <param name="seed">Another seed gives another data set.</param>
    /// <param name="train">Images to train on.</param>
    /// <param name="test">Images held out.</param>
    public static (Mnist Train, Mnist Test) Drawn(long seed = 0, int train = 20_000, int test = 4_000)
    {
        var (a, b) = DrawnDigits.Load(seed, train, test);
        return (new(a), new(b));
    }
}
