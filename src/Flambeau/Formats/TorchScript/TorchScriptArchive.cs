using Flambeau.Capture.Ast;

namespace Flambeau.Formats;

/// <summary>
/// A TorchScript archive, as <c>torch.jit.save</c> writes it: objects from its pickle, methods from its Python code. Both are read as data; the code becomes scripts, of which
/// graphs are built, and no Python runs.
/// </summary>
internal sealed class TorchScriptArchive
{
    /// <summary>The module that was saved.</summary>
    internal TorchScriptObject Root { get; }

    TorchScriptArchive(ByteSource source, MappedFile? map, CheckpointOptions options)
    {
        if (OpenCheckpoint.Open(source, map, options with { KeepUnknownObjects = true }) is not ZipCheckpoint zip || zip.Zip.Find(zip.Prefix + "constants.pkl") is null)
            throw new CheckpointException("this is no TorchScript archive: it has no constants.pkl; a state dict is read by PyTorchCheckpoint.LoadStateDict");
        var code = new TorchScriptCode(zip.Zip, zip.Prefix, zip.Read("constants") is PyTuple constants ? [.. constants] : []);
        var tree = PyTree.Replace(zip.Tree, new TensorBinder(zip.Load).Leaf);
        Root = TorchScriptObject.Of(tree, code, new(ReferenceEqualityComparer.Instance)) as TorchScriptObject
            ?? throw new CheckpointException($"the archive holds {PyKeys.TypeName(tree)}, and no module");
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="CheckpointException">It is damaged, hostile, or no TorchScript archive.</exception>
    internal static TorchScriptArchive Open(string path, CheckpointOptions options) => CheckpointException.Naming(path, () =>
    {
        using var source = ByteSource.Open(path);
        return new TorchScriptArchive(source, options.Map && source.Length > 0 ? new MappedFile(path) : null, options);
    });

    /// <summary>Reads a file in memory.</summary>
    /// <exception cref="CheckpointException">It is damaged, hostile, or no TorchScript archive.</exception>
    internal static TorchScriptArchive Open(ReadOnlyMemory<byte> bytes, CheckpointOptions options) =>
        CheckpointException.Naming("TorchScript", () => new TorchScriptArchive(ByteSource.Of(bytes), null, options));

    /// <summary>Whether a file is a TorchScript archive rather than a checkpoint.</summary>
    internal static bool Recognizes(string path)
    {
        using var source = ByteSource.Open(path);
        if (source.Length < 4 || !source.ReadBytes(0, 2).AsSpan().SequenceEqual("PK"u8)) return false;
        try
        {
            return new ZipDirectory(source).Entries.Any(static e => e.Name.EndsWith("/constants.pkl", StringComparison.Ordinal));
        }
        catch (CheckpointException)
        {
            return false;
        }
    }
}
