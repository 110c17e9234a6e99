using System.Globalization;

namespace Flambeau.Formats;

/// <summary>A tensor of a model file, without its data.</summary>
/// <param name="Name">Its name; parts of a nested name are joined by dots.</param>
/// <param name="DType">Its element type: the name of a <see cref="Flambeau.DType"/>, or for one Flambeau can't load the file's own word.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Bytes">Size of its elements.</param>
public sealed record FormatEntry(string Name, string DType, Shape Shape, long Bytes);

/// <summary>What a model file holds.</summary>
/// <param name="Format">The kind of file, in words.</param>
/// <param name="Entries">Its tensors.</param>
/// <param name="Values">Its metadata, and numbers and strings between the tensors, by name.</param>
public sealed record FormatDescription(string Format, IReadOnlyList<FormatEntry> Entries, IReadOnlyList<KeyValuePair<string, string>> Values)
{
    /// <summary>Bytes of all tensors.</summary>
    public long Bytes => Entries.Sum(static e => e.Bytes);
}

/// <summary>Describes model files without reading tensor data: safetensors, PyTorch checkpoints of both formats, TorchScript and Flambeau archives.</summary>
public static class FormatInspector
{
    const int MaxEntries = 1_000_000, MaxName = 4096;
    const long MaxText = 1L << 27;

    /// <summary>Whether the file may be of a kind that <see cref="Describe(string)"/> knows, by its first bytes.</summary>
    public static bool Recognizes(string path)
    {
        using var source = ByteSource.Open(path);
        Span<byte> head = stackalloc byte[(int)Math.Min(source.Length, 16)];
        source.Read(0, head);
        return head.StartsWith("PK"u8) || (head.Length > 2 && head[0] == PickleOp.Proto && head[1] <= 5) || (head.Length > 8 && head[8] == '{');
    }

    /// <summary>What a file holds. Objects of unknown classes are shown as data; nothing of them is run.</summary>
    /// <exception cref="CheckpointException">The file is damaged, or of no known kind.</exception>
    public static FormatDescription Describe(string path) => CheckpointException.Naming(path, () =>
    {
        using var source = ByteSource.Open(path);
        return Describe(source);
    });

    internal static FormatDescription Describe(ByteSource source)
    {
        Span<byte> head = stackalloc byte[(int)Math.Min(source.Length, 9)];
        source.Read(0, head);
        if (head.Length == 9 && head[8] == '{' && !head.StartsWith("PK"u8))
        {
            var header = SafetensorsHeader.Read(source);
            return new("safetensors", header.Entries.ConvertAll(static e => new FormatEntry(e.Name, e.DType?.Name() ?? e.Type, new(e.Sizes), e.End - e.Begin)), [.. header.Metadata]);
        }
        if (Archive.Recognizes(source)) return Describe(ArchiveManifest.Read(new ZipDirectory(source)));
        var open = OpenCheckpoint.Open(source, null, new() { KeepUnknownObjects = true });
        var walk = new Walk();
        walk.Visit("", PyTree.Replace(open.Tree, static leaf => leaf switch
        {
            StorageView v => TensorBinder.Whole(v),
            NumpyArray a => a.ToTensor(),
            _ => leaf,
        }));
        return new(open.Format, walk.Entries, walk.Values);
    }

    static FormatDescription Describe(ArchiveManifest m) => new($"Flambeau archive {m.Version} with {string.Join(", ", m.Graphs.Select(static g => g.Name))}, by {m.Producer}",
        [.. m.Tensors.Select(static t => new FormatEntry(t.Name, t.DType.Name(), new(t.Sizes), new Shape(t.Sizes).Numel * t.DType.Size()))], [.. m.Metadata]);

    /// <summary>Flattens a tree; it is at most <see cref="PyTree.MaxDepth"/> deep, but may repeat shared parts very often.</summary>
    sealed class Walk
    {
        internal readonly List<FormatEntry> Entries = [];
        internal readonly List<KeyValuePair<string, string>> Values = [];
        int visits;
        long text;

        internal void Visit(string name, object? node)
        {
            if (++visits > MaxEntries) throw new CheckpointException($"the checkpoint has more than {MaxEntries:N0} parts");
            switch (node)
            {
                case TensorRef t: Entries.Add(new(name, t.DType.Name, new(t.Sizes), t.Numel * t.DType.Size)); break;
                case PyDict d:
                    foreach (var (key, value) in d) Visit(Join(name, key is PyTuple t ? $"({string.Join(", ", t.Select(static i => CheckpointException.Quote($"{i}")))})" : Convert.ToString(key, CultureInfo.InvariantCulture)!), value);
                    break;
                case List<object?> l: Children(name, l); break;
                case PyTuple t: Children(name, t); break;
                case PyObject o:
                    Values.Add(new(name, o.ToString()));
                    if (o.Arguments.Count > 0) Children(name, o.Arguments);
                    if (o.State is not null) Visit(name, o.State);
                    if (o.List is not null) Visit(name, o.List);
                    if (o.Dict is not null) Visit(name, o.Dict);
                    break;
                default:
                    Values.Add(new(name, node switch
                    {
                        null => "None",
                        string s => CheckpointException.Quote(s),
                        byte[] b => $"{b.Length:N0} bytes",
                        HashSet<object> s => $"set of {s.Count:N0}",
                        NumpyDType d => d.DType.Name(),
                        PickleGlobal g => CheckpointException.Quote(g.Name),
                        _ => Convert.ToString(node, CultureInfo.InvariantCulture) ?? "",
                    }));
                    break;
            }
        }

        void Children(string name, IReadOnlyList<object?> items)
        {
            for (var i = 0; i < items.Count; i++) Visit(Join(name, i.ToString(CultureInfo.InvariantCulture)), items[i]);
        }

        string Join(string name, string part)
        {
            text += name.Length + part.Length;
            if (name.Length + part.Length > MaxName || text > MaxText)
                throw new CheckpointException($"the checkpoint has names of more than {MaxName:N0} characters, or of {MaxText:N0} together");
            return name.Length == 0 ? part : $"{name}.{part}";
        }
    }
}
