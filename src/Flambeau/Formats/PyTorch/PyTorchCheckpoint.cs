namespace Flambeau.Formats;

/// <summary>How a checkpoint is read.</summary>
public sealed record CheckpointOptions
{
    /// <summary>
    /// Maps the file instead of reading it: pages come in when first used, and writes to the tensors stay private. The file must then
    /// not be cut short while tensors of it live. Checksums aren't verified.
    /// </summary>
    public bool Map { get; init; }

    /// <summary>Compares the zip's checksums while reading. On unless told otherwise.</summary>
    public bool VerifyChecksums { get; init; } = true;

    /// <summary>Keeps objects of unknown classes as inert <see cref="PyObject"/> data instead of refusing the file. Nothing of them is run.</summary>
    public bool KeepUnknownObjects { get; init; }
}

/// <summary>
/// Reads and writes PyTorch's <c>.pth</c> and <c>.pt</c> files: the zip format, and for reading also the legacy format before 1.6.
/// Pickles are read as data; a file that asks for code is refused, and the message names what it asked for.
/// </summary>
/// <remarks>
/// Trees consist of <see cref="PyDict"/>, <see cref="List{T}"/> of objects, <see cref="PyTuple"/>, <see cref="HashSet{T}"/> of objects,
/// <see cref="Tensor"/>, <see cref="string"/>, <see cref="long"/>, <see cref="double"/>, <see cref="bool"/>, <see cref="DType"/>,
/// <see cref="System.Numerics.BigInteger"/>, <see cref="System.Numerics.Complex"/>, byte arrays and null. Devices are strings, and all tensors come to the CPU.
/// </remarks>
public static class PyTorchCheckpoint
{
    static readonly string[] wrappers = ["state_dict", "model_state_dict", "model", "model_state", "module", "net", "network", "weights", "params", "params_ema"];

    /// <summary>The tree of a checkpoint. Tensors that shared a storage still do, strides are as saved.</summary>
    /// <exception cref="CheckpointException">The file is damaged, is no checkpoint, or asks for something that is refused.</exception>
    public static object? Load(string path, CheckpointOptions? options = null)
    {
        options ??= new();
        return CheckpointException.Naming(path, () =>
        {
            using var source = ByteSource.Open(path);
            return Bind(source, options.Map && source.Length > 0 ? new MappedFile(path) : null, options);
        });
    }

    /// <summary>The tree of a checkpoint in memory.</summary>
    /// <exception cref="CheckpointException">The bytes are damaged, are no checkpoint, or ask for something that is refused.</exception>
    public static object? Load(ReadOnlyMemory<byte> bytes, CheckpointOptions? options = null) =>
        CheckpointException.Naming("checkpoint", () => Bind(ByteSource.Of(bytes), null, options ?? new()));

    static object? Bind(ByteSource source, MappedFile? map, CheckpointOptions options)
    {
        var open = OpenCheckpoint.Open(source, map, options);
        return PyTree.Replace(open.Tree, new TensorBinder(open.Load).Leaf);
    }

    /// <summary>
    /// The state dict of a checkpoint: the root if it holds tensors by name, else the one under a customary key such as <c>state_dict</c> or <c>model</c>.
    /// </summary>
    /// <exception cref="CheckpointException">As for <see cref="Load(string, CheckpointOptions?)"/>, or no state dict was found; the message lists the keys there are.</exception>
    public static IReadOnlyDictionary<string, Tensor> LoadStateDict(string path, CheckpointOptions? options = null)
    {
        var root = Load(path, options);
        return CheckpointException.Naming(path, () => StateDict(root));
    }

    /// <summary>The state dict inside a loaded tree; see <see cref="LoadStateDict"/>.</summary>
    /// <exception cref="CheckpointException">No state dict was found.</exception>
    public static IReadOnlyDictionary<string, Tensor> StateDict(object? tree)
    {
        if (tree is not PyDict root) throw new CheckpointException($"the checkpoint holds {PyKeys.TypeName(tree)}, not a dict of tensors; use Load");
        if (Tensors(root) is { } top) return top;
        foreach (var key in wrappers)
        {
            if (root.TryGetValue(key, out var v) && v is PyDict inner && Tensors(inner) is { } found) return found;
        }
        throw new CheckpointException($"no state dict found: the top-level keys are {PyKeys.Join(root.Keys)}, and neither they nor one of {string.Join(", ", wrappers)} hold only tensors by name. Use Load and pick the part you need.");
    }

    static OrderedDictionary<string, Tensor>? Tensors(PyDict dict)
    {
        var result = new OrderedDictionary<string, Tensor>(dict.Count, StringComparer.Ordinal);
        foreach (var (key, value) in dict)
        {
            if (key is not string name) return null;
            if (value is Tensor t) result.Add(name, t);
            else if (!name.EndsWith("_extra_state", StringComparison.Ordinal)) return null;
        }
        return result;
    }

    /// <summary>
    /// Writes a tree that <c>torch.load(..., weights_only=True)</c> reads: state dicts, and nested dictionaries, lists, tuples, tensors, numbers, strings,
    /// dtypes, shapes. Tensors that share a storage share it in the file. The file appears complete or not at all.
    /// </summary>
    /// <exception cref="ArgumentException">The tree holds something that has no counterpart; the message names its place and type.</exception>
    public static void Save(string path, object? value)
    {
        var writer = new CheckpointWriter();
        writer.Collect(value);
        AtomicFile.Write(path, writer.Write);
    }

    /// <summary>Writes the file to a stream; see <see cref="Save(string, object?)"/>.</summary>
    /// <exception cref="ArgumentException">The tree holds something that has no counterpart.</exception>
    public static void Save(Stream stream, object? value)
    {
        var writer = new CheckpointWriter();
        writer.Collect(value);
        writer.Write(stream);
    }
}
