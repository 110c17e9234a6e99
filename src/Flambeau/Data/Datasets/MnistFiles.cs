namespace Flambeau.Data;

/// <summary>Finds and reads the four files of MNIST, or of a data set with the same names (Fashion-MNIST, KMNIST), as bytes.</summary>
public static class MnistFiles
{
    /// <summary>Reads both parts.</summary>
    /// <param name="directory">Holds <c>train-images-idx3-ubyte</c>, <c>train-labels-idx1-ubyte</c>, <c>t10k-images-idx3-ubyte</c> and
    /// <c>t10k-labels-idx1-ubyte</c>, each with or without <c>.gz</c>, itself or in its sub-folder <c>MNIST/raw</c>.</param>
    /// <returns>The training part (60,000 images of 28×28 in MNIST) and the test part (10,000).</returns>
    /// <exception cref="FileNotFoundException">A file is missing; the message lists the names that were tried.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or images and labels do not match.</exception>
    public static (LabeledImages Train, LabeledImages Test) Load(string directory) => (LoadPart(directory, "train"), LoadPart(directory, "t10k"));

    /// <summary>Reads one part.</summary>
    /// <param name="directory">As for <see cref="Load"/>.</param>
    /// <param name="part">The prefix of the names: <c>train</c> or <c>t10k</c>.</param>
    /// <returns>The images with their labels.</returns>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or images and labels do not match.</exception>
    public static LabeledImages LoadPart(string directory, string part)
    {
        string imagePath = Find(directory, part, "images", 3), labelPath = Find(directory, part, "labels", 1);
        var (shape, pixels) = IdxFile.Read(imagePath);
        var (count, labels) = IdxFile.Read(labelPath);
        if (shape.Length != 3 || shape[1] == 0 || shape[2] == 0)
            throw new InvalidDataException($"{imagePath}: images need the shape [count, rows, columns], but the file holds [{string.Join(", ", shape)}].");
        if (count.Length != 1)
            throw new InvalidDataException($"{labelPath}: labels need the shape [count], but the file holds [{string.Join(", ", count)}].");
        if (shape[0] != count[0])
            throw new InvalidDataException(
                $"{imagePath} holds {shape[0]} images, but {labelPath} holds {count[0]} labels; the two must come from the same part of the data set.");
        return new LabeledImages(pixels, labels, shape[1], shape[2]);
    }

    static string Find(string directory, string part, string what, int axes)
    {
        string[] names = [$"{part}-{what}-idx{axes}-ubyte", $"{part}-{what}.idx{axes}-ubyte"];
        foreach (var folder in (string[])[directory, Path.Combine(directory, "MNIST", "raw")])
            foreach (var name in names)
                foreach (var path in (string[])[Path.Combine(folder, name), Path.Combine(folder, name + ".gz")])
                    if (File.Exists(path)) return path;
        throw new FileNotFoundException(
            $"No {part} {what} in {directory}: expected {names[0]} or {names[0]}.gz there or in its sub-folder MNIST/raw" +
            (Directory.Exists(directory) ? "." : "; the folder itself does not exist."), Path.Combine(directory, names[0]));
    }
}
