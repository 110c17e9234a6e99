using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Flambeau.Graphs;

namespace Flambeau.Formats;

/// <summary>A graph as the manifest lists it: its text, and for each name of state the number of the tensor.</summary>
internal sealed record ArchiveGraph(string Name, string File, IReadOnlyDictionary<string, int> State, ArchiveSignature? Signature);

/// <summary>A tensor as the manifest lists it, checked against the entry that holds its elements.</summary>
internal sealed record ArchiveEntry(string Name, StateKind Kind, DType DType, long[] Sizes, string File, bool RequiresGrad);

/// <summary>The table of contents of an archive, as JSON. Unknown fields are passed over, so that later versions may add some; duplicates are refused.</summary>
internal sealed record ArchiveManifest(int Version, string Producer, IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<ArchiveGraph> Graphs, IReadOnlyList<ArchiveEntry> Tensors)
{
    internal const string Entry = "manifest.json", Format = "flambeau";
    internal const int Latest = 1;
    const int MaxLength = 1 << 26, MaxItems = 1 << 16, MaxName = 1024, MaxRank = 64;

    /// <summary>Names of graphs are names of entries too, so they hold nothing that means something to a file system.</summary>
    internal static bool IsGraphName(string name) => name.Length is > 0 and <= 200 && char.IsAsciiLetterOrDigit(name[0]) | name[0] == '_' && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    internal static string Text(byte[] utf8, string what)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new CheckpointException($"{what} is no UTF-8 text", e);
        }
    }

    internal byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteNumber("version", Version);
            json.WriteString("producer", Producer);
            json.WriteStartObject("metadata");
            foreach (var (key, value) in Metadata) json.WriteString(key, value);
            json.WriteEndObject();
            json.WriteStartArray("graphs");
            foreach (var g in Graphs)
            {
                json.WriteStartObject();
                json.WriteString("name", g.Name);
                json.WriteString("file", g.File);
                g.Signature?.Write(json);
                json.WriteStartObject("state");
                foreach (var (name, index) in g.State) json.WriteNumber(name, index);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("tensors");
            foreach (var t in Tensors) Write(json, t);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    static void Write(Utf8JsonWriter json, ArchiveEntry t)
    {
        json.WriteStartObject();
        json.WriteString("name", t.Name);
        json.WriteString("kind", t.Kind.ToString().ToLowerInvariant());
        json.WriteString("dtype", t.DType.Name());
        json.WriteStartArray("shape");
        foreach (var s in t.Sizes) json.WriteNumberValue(s);
        json.WriteEndArray();
        json.WriteString("file", t.File);
        if (t.RequiresGrad) json.WriteBoolean("requires_grad", true);
        json.WriteEndObject();
    }

    internal static ArchiveManifest Read(ZipDirectory zip)
    {
        if (zip.Find(Entry) is not { } entry)
            throw new CheckpointException("this zip is no Flambeau archive: it has no manifest.json"
                + (zip.Entries.Any(static e => e.Name.EndsWith("/data.pkl", StringComparison.Ordinal)) ? "; it looks like a PyTorch file: load it with PyTorchCheckpoint, or TorchScript if it holds code" : ""));
        try
        {
            using var document = JsonDocument.Parse(zip.ReadAll(entry, MaxLength), new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });
            return Read(document.RootElement, zip);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new CheckpointException($"manifest.json is damaged: {e.Message}", e);
        }
    }

    static ArchiveManifest Read(JsonElement root, ZipDirectory zip)
    {
        if (!root.TryGetProperty("format", out var format) || String(format) != Format) throw new CheckpointException("this zip is no Flambeau archive: its manifest.json is something else's");
        var version = root.GetProperty("version").GetInt32();
        if (version is < 1 or > Latest)
            throw new CheckpointException($"the archive has format version {version}; this library knows versions 1 to {Latest}. A later Flambeau wrote it ({CheckpointException.Quote(String(root.GetProperty("producer")))}): update, or save it again there");
        var metadata = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var p in root.GetProperty("metadata").EnumerateObject()) metadata.Add(p.Name, String(p.Value));
        var tensors = new List<ArchiveEntry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var t in Items(root.GetProperty("tensors")))
        {
            var tensor = Tensor(t, zip);
            if (!names.Add(tensor.Name)) throw new CheckpointException($"the manifest lists the tensor {CheckpointException.Quote(tensor.Name)} twice");
            tensors.Add(tensor);
        }
        var graphs = new List<ArchiveGraph>();
        names.Clear();
        foreach (var g in Items(root.GetProperty("graphs")))
        {
            var graph = Graph(g, tensors.Count);
            if (!names.Add(graph.Name)) throw new CheckpointException($"the manifest lists the graph {CheckpointException.Quote(graph.Name)} twice");
            graphs.Add(graph);
        }
        if (graphs.Count == 0) throw new CheckpointException("the archive holds no graph");
        return new(version, String(root.GetProperty("producer")), metadata, graphs, tensors);
    }

    static ArchiveGraph Graph(JsonElement g, int tensors)
    {
        var name = Name(g.GetProperty("name"));
        if (!IsGraphName(name)) throw new CheckpointException($"{CheckpointException.Quote(name)} can't be the name of a graph");
        var state = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var p in g.GetProperty("state").EnumerateObject())
        {
            if (state.Count == MaxItems) throw new CheckpointException($"the graph {CheckpointException.Quote(name)} has more than {MaxItems:N0} tensors");
            var i = p.Value.GetInt32();
            state.Add(p.Name, i >= 0 && i < tensors ? i : throw new CheckpointException($"the state {CheckpointException.Quote(p.Name)} is tensor {i}; the archive has {tensors}"));
        }
        return new(name, Name(g.GetProperty("file")), state, ArchiveSignature.Read(g));
    }

    static ArchiveEntry Tensor(JsonElement t, ZipDirectory zip)
    {
        var name = Name(t.GetProperty("name"));
        var q = CheckpointException.Quote(name);
        var kind = String(t.GetProperty("kind")) switch
        {
            "parameter" => StateKind.Parameter,
            "buffer" => StateKind.Buffer,
            "constant" => StateKind.Constant,
            var k => throw new CheckpointException($"tensor {q} is a {CheckpointException.Quote(k)}; expected parameter, buffer or constant"),
        };
        var type = String(t.GetProperty("dtype"));
        var dtype = TorchDType.Find(type)?.Known ?? throw new CheckpointException($"tensor {q} has the dtype {CheckpointException.Quote(type)}, of which Flambeau has no tensors");
        var shape = t.GetProperty("shape");
        if (shape.GetArrayLength() > MaxRank) throw new CheckpointException($"tensor {q} has {shape.GetArrayLength()} axes; {MaxRank} are allowed");
        var sizes = shape.EnumerateArray().Select(static s => s.GetInt64()).ToArray();
        Int128 bytes = dtype.Size(), bound = dtype.Size();
        foreach (var s in sizes)
        {
            if (s < 0) throw new CheckpointException($"tensor {q} has the size {s}");
            bytes *= s;
            bound *= Math.Max(s, 1);
            if (bound > long.MaxValue) throw new CheckpointException($"tensor {q} has more elements than any memory");
        }
        var file = Name(t.GetProperty("file"));
        if (zip.Find(file) is not { } entry) throw new CheckpointException($"the elements of tensor {q} are missing: there is no entry {CheckpointException.Quote(file)}");
        if (entry.Size != bytes) throw new CheckpointException($"tensor {q} of {dtype.Name()} {new Shape(sizes)} needs {bytes} bytes, and {CheckpointException.Quote(file)} has {entry.Size:N0}");
        var grad = t.TryGetProperty("requires_grad", out var r) && r.GetBoolean();
        if (grad && !dtype.IsDifferentiable()) throw new CheckpointException($"tensor {q} of {dtype.Name()} is to have a gradient");
        return new(name, kind, dtype, sizes, file, grad);
    }

    static IEnumerable<JsonElement> Items(JsonElement array) =>
        array.GetArrayLength() <= MaxItems ? array.EnumerateArray() : throw new CheckpointException($"the manifest has a list of {array.GetArrayLength():N0} items; {MaxItems:N0} are allowed");

    static string Name(JsonElement e) => String(e) is { Length: <= MaxName } s ? s : throw new CheckpointException($"a name has more than {MaxName:N0} characters");

    static string String(JsonElement e) => e.GetString() ?? throw new CheckpointException("manifest.json has null where text belongs");
}
