namespace Flambeau.Data;

/// <summary>Grayscale images of one size with a class label each, as plain bytes: image after image, row after row, 0 is black.</summary>
public sealed class LabeledImages
{
    /// <summary>Wraps the arrays without copying.</summary>
    /// <param name="pixels">Count × rows × columns bytes.</param>
    /// <param name="labels">One byte an image; its length is the count.</param>
    /// <param name="rows">Height of an image.</param>
    /// <param name="columns">Width of an image.</param>
    /// <exception cref="ArgumentException">The number of pixels is not count × rows × columns.</exception>
    public LabeledImages(byte[] pixels, byte[] labels, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (pixels.LongLength != (long)labels.Length * rows * columns)
            throw new ArgumentException(
                $"LabeledImages: {labels.Length} labels and images of {rows}x{columns} need {(long)labels.Length * rows * columns} pixels, " +
                $"but {pixels.LongLength} were given. Images and labels must come from the same part of the data set.", nameof(pixels));
        (Pixels, Labels, Rows, Columns) = (pixels, labels, rows, columns);
    }

    /// <summary>All pixels: [count, rows, columns], contiguous.</summary>
    public byte[] Pixels { get; }

    /// <summary>All labels: [count].</summary>
    public byte[] Labels { get; }

    /// <summary>Height of an image.</summary>
    public int Rows { get; }

    /// <summary>Width of an image.</summary>
    public int Columns { get; }

    /// <summary>How many images there are.</summary>
    public int Count => Labels.Length;

    /// <summary>The pixels of image <paramref name="index"/>: [rows, columns].</summary>
    public ReadOnlySpan<byte> Image(int index) => Pixels.AsSpan(index * Rows * Columns, Rows * Columns);
}
