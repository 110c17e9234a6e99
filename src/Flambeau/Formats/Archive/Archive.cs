using System.Runtime.CompilerServices;
using Flambeau.Graphs;

namespace Flambeau.Formats;

/// <summary>How a Flambeau archive is read.</summary>
public sealed record ArchiveOptions
{
    /// <summary>
    /// Maps the file: pages of tensors come in when first used, and writes to the tensors stay private. The file must then not be cut short
    /// while tensors of it live. False reads everything at once.
    /// </summary>
    public bool Map { get; init; } = true;

    /// <summary>Compares the checksums of mapped tensors too, which reads all of them. Everything that is read rather than mapped is always compared.</summary>
    public bool VerifyChecksums { get; init; }
}

/// <summary>A tensor of an archive.</summary>
/// <param name="Name">Its name, as the graphs call it; unique in the archive.</param>
/// <param name="Kind">What it is to the program.</param>
/// <param name="Tensor">The tensor itself, which all graphs of the archive share: training it changes what they compute.</param>
public sealed record ArchiveTensor(string Name, StateKind Kind, Tensor Tensor);

/// <summary>
/// Graphs with the tensors that belong to them, in one file: a zip of plain entries that can be mapped into memory. <c>manifest.json</c> lists the content, <c>graphs/NAME.txt</c>
/// are the programs in readable form, <c>state/N</c> the elements of tensors, each at a multiple of 64 bytes. Running a loaded graph needs no code of the model.
/// </summary>
public sealed class Archive
{
    const int MaxGraphText = 1 << 26;

    Archive(ArchiveManifest manifest, IReadOnlyDictionary<string, Graph> graphs, IReadOnlyDictionary<string, ScriptFunction> functions, IReadOnlyList<ArchiveTensor> state) =>
        (Version, Producer, Metadata, Graphs, Functions, State) = (manifest.Version, manifest.Producer, manifest.Metadata, graphs, functions, state);

    /// <summary>Version of the format; this library writes 1.</summary>
    public int Version { get; }

    /// <summary>The program that wrote the file, and its version.</summary>
    public string Producer { get; }

    /// <summary>What the writer noted beside the model.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The programs by name: <c>Forward</c>, and what other methods there are.</summary>
    public IReadOnlyDictionary<string, Graph> Graphs { get; }

    /// <summary>The same as functions, with the parameters, defaults and results that were saved.</summary>
    public IReadOnlyDictionary<string, ScriptFunction> Functions { get; }

    /// <summary>Every tensor, in the order of the file.</summary>
    public IReadOnlyList<ArchiveTensor> State { get; }

    /// <summary>The program of this name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message lists those there are.</exception>
    public Graph this[string name] => Graphs.TryGetValue(name, out var g) ? g
        : throw new KeyNotFoundException($"the archive has no graph '{name}'; it has {string.Join(", ", Graphs.Keys)}");

    /// <summary>Writes one graph, under the name <c>Forward</c>; see <see cref="Save(string, IEnumerable{KeyValuePair{string, Graph}}, IEnumerable{KeyValuePair{string, string}}?)"/>.</summary>
    /// <exception cref="ArgumentException">As there.</exception>
    public static void Save(string path, Graph graph, IEnumerable<KeyValuePair<string, string>>? metadata = null) =>
        Save(path, [KeyValuePair.Create("Forward", graph)], metadata);

    /// <summary>
    /// Writes graphs. A tensor that several of them use is written once and shared again after loading. Views are written out whole, so two different tensors that
    /// share memory no longer do. The file appears complete or not at all, and the same content always gives the same bytes.
    /// </summary>
    /// <param name="path">The file; <c>.flambeau</c> is customary.</param>
    /// <param name="graphs">Graphs by name: letters, digits, <c>_</c>, <c>.</c> and <c>-</c>.</param>
    /// <param name="metadata">Strings to keep beside them.</param>
    /// <exception cref="ArgumentException">No graph was given, a name is given twice or can't be one, or a graph has no text form.</exception>
    [OverloadResolutionPriority(1)]
    public static void Save(string path, IEnumerable<KeyValuePair<string, Graph>> graphs, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        var writer = new ArchiveWriter(graphs.Select(static g => (g.Key, g.Value, (ArchiveSignature?)null)), metadata);
        AtomicFile.Write(path, writer.Write);
    }

    /// <summary>Writes functions with their signatures; see <see cref="Save(string, IEnumerable{KeyValuePair{string, Graph}}, IEnumerable{KeyValuePair{string, string}}?)"/>.</summary>
    /// <exception cref="ArgumentException">As there.</exception>
    /// <exception cref="Capture.ScriptException">A script can't be made into a graph.</exception>
    public static void Save(string path, IEnumerable<KeyValuePair<string, ScriptFunction>> functions, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        var writer = new ArchiveWriter(functions.Select(static f => (f.Key, f.Value.Graph, (ArchiveSignature?)new ArchiveSignature(f.Value.Parameters, f.Value.Returns))), metadata);
        AtomicFile.Write(path, writer.Write);
    }

    /// <summary>Writes graphs to a stream; see <see cref="Save(string, IEnumerable{KeyValuePair{string, Graph}}, IEnumerable{KeyValuePair{string, string}}?)"/>.</summary>
    /// <exception cref="ArgumentException">As there.</exception>
    public static void Save(Stream stream, IEnumerable<KeyValuePair<string, Graph>> graphs, IEnumerable<KeyValuePair<string, string>>? metadata = null) =>
        new ArchiveWriter(graphs.Select(static g => (g.Key, g.Value, (ArchiveSignature?)null)), metadata).Write(stream);

    /// <summary>Opens a file. It may come from anywhere: nothing of it is executed or unpacked to a disk, and sizes are checked before memory is taken.</summary>
    /// <exception cref="CheckpointException">The file is damaged, hostile, of a later version, or no archive; the message says what is wrong.</exception>
    public static Archive Load(string path, ArchiveOptions? options = null)
    {
        options ??= new();
        return CheckpointException.Naming(path, () =>
        {
            using var source = ByteSource.Open(path);
            return Read(source, options.Map && source.Length > 0 ? new MappedFile(path) : null, options.VerifyChecksums);
        });
    }

    /// <summary>Reads an archive in memory; the tensors are copies.</summary>
    /// <exception cref="CheckpointException">The bytes are damaged, hostile, of a later version, or no archive; the message says what is wrong.</exception>
    public static Archive Load(ReadOnlyMemory<byte> bytes) => CheckpointException.Naming("archive", () =>
    {
        using var source = ByteSource.Of(bytes);
        return Read(source, null, true);
    });

    /// <summary>Whether a file is a zip with a manifest, so that <see cref="Load(string, ArchiveOptions?)"/> is the one to read it.</summary>
    public static bool Recognizes(string path)
    {
        using var source = ByteSource.Open(path);
        return Recognizes(source);
    }

    internal static bool Recognizes(ByteSource source)
    {
        if (!IsZip(source)) return false;
        try
        {
            return new ZipDirectory(source).Find(ArchiveManifest.Entry) is not null;
        }
        catch (CheckpointException)
        {
            return false;
        }
    }

    static bool IsZip(ByteSource source) => source.Length >= 4 && source.ReadBytes(0, 4).AsSpan().SequenceEqual("PK\u0003\u0004"u8);

    static Archive Read(ByteSource source, MappedFile? map, bool verify)
    {
        if (!IsZip(source)) throw new CheckpointException("this is no Flambeau archive: it doesn't begin as a zip file does");
        var zip = new ZipDirectory(source);
        var manifest = ArchiveManifest.Read(zip);
        var state = new ArchiveState(zip, map, verify).Read(manifest.Tensors);
        var graphs = new OrderedDictionary<string, Graph>(StringComparer.Ordinal);
        var functions = new OrderedDictionary<string, ScriptFunction>(StringComparer.Ordinal);
        foreach (var g in manifest.Graphs)
        {
            var graph = Parse(zip, g, state);
            if (g.Signature is { } s && !s.Fits(graph)) throw new CheckpointException($"the signature of {CheckpointException.Quote(g.Name)} in the manifest isn't that of its graph");
            graphs.Add(g.Name, graph);
            functions.Add(g.Name, g.Signature is null ? new(graph) : new(graph, g.Signature.Parameters, g.Signature.Returns));
        }
        return new(manifest, graphs, functions, state);
    }

    static Graph Parse(ZipDirectory zip, ArchiveGraph entry, ArchiveTensor[] state)
    {
        var what = CheckpointException.Quote(entry.File);
        if (zip.Find(entry.File) is not { } file) throw new CheckpointException($"the graph {what} is missing from the archive");
        var text = ArchiveManifest.Text(zip.ReadAll(file, MaxGraphText), what);
        Graph graph;
        try
        {
            graph = Graph.Parse(text, name => entry.State.TryGetValue(name, out var i) ? state[i].Tensor : throw new FormatException($"the manifest gives no tensor for the state {CheckpointException.Quote(name)}"));
        }
        catch (Exception e) when (e is FormatException or GraphException)
        {
            throw new CheckpointException($"{what}: {e.Message}", e);
        }
        foreach (var s in graph.State)
        {
            var held = state[entry.State[s.Name]];
            if (held.Kind != s.Kind) throw new CheckpointException($"{what} calls {CheckpointException.Quote(s.Name)} a {s.Kind}, and the manifest a {held.Kind}");
        }
        return graph;
    }
}
