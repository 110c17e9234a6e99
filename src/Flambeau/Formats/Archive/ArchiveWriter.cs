using System.Text;
using Flambeau.Graphs;

namespace Flambeau.Formats;

/// <summary>Collects the content of an archive, checks it, and writes it.</summary>
internal sealed class ArchiveWriter
{
    readonly List<Tensor> tensors = [];
    readonly List<ArchiveEntry> entries = [];
    readonly List<(ArchiveGraph Entry, byte[] Text)> graphs = [];
    readonly OrderedDictionary<string, string> metadata = new(StringComparer.Ordinal);

    internal ArchiveWriter(IEnumerable<(string Name, Graph Graph, ArchiveSignature? Signature)> graphs, IEnumerable<KeyValuePair<string, string>>? metadata)
    {
        var indices = new Dictionary<(Tensor, StateKind), int>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var graphNames = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, graph, signature) in graphs)
        {
            if (!ArchiveManifest.IsGraphName(name)) throw new ArgumentException($"'{name}' can't be the name of a graph in an archive: at most 200 letters, digits, '_', '.' and '-', beginning with a letter, a digit or '_'", nameof(graphs));
            if (!graphNames.Add(name)) throw new ArgumentException($"two graphs are called '{name}'", nameof(graphs));
            var state = new OrderedDictionary<string, int>(StringComparer.Ordinal);
            foreach (var s in graph.State)
            {
                if (!indices.TryGetValue((s.Tensor, s.Kind), out var i)) indices.Add((s.Tensor, s.Kind), i = Add(s, names));
                state.Add(s.Name, i);
            }
            this.graphs.Add((new(name, $"graphs/{name}.txt", state, signature), Encoding.UTF8.GetBytes(Text(graph))));
        }
        if (this.graphs.Count == 0) throw new ArgumentException("an archive needs at least one graph", nameof(graphs));
        foreach (var (key, value) in metadata ?? [])
        {
            if (!this.metadata.TryAdd(key, value)) throw new ArgumentException($"the metadata has the key '{key}' twice", nameof(metadata));
        }
    }

    static string Text(Graph graph)
    {
        try
        {
            return graph.ToString();
        }
        catch (InvalidOperationException e)
        {
            throw new ArgumentException($"the graph '{graph.Name}' can't be saved: {e.Message}", e);
        }
    }

    int Add(StateEntry s, HashSet<string> names)
    {
        var name = s.Name;
        for (var k = 1; !names.Add(name); k++) name = $"{s.Name}.{k}";
        tensors.Add(s.Tensor);
        entries.Add(new(name, s.Kind, s.Tensor.DType, s.Tensor.Shape.ToArray(), $"state/{entries.Count}", s.Tensor.RequiresGrad && s.Tensor.IsLeaf));
        return entries.Count - 1;
    }

    internal void Write(Stream stream)
    {
        var version = typeof(Archive).Assembly.GetName().Version?.ToString(3) ?? "unknown";
        var zip = new ZipWriter(stream);
        zip.Add(ArchiveManifest.Entry, new ArchiveManifest(ArchiveManifest.Latest, $"Flambeau {version}", metadata, [.. graphs.Select(static g => g.Entry)], entries).Write());
        foreach (var (entry, text) in graphs) zip.Add(entry.File, text);
        for (var i = 0; i < tensors.Count; i++) Write(zip, entries[i].File, tensors[i]);
        zip.Finish();
    }

    static unsafe void Write(ZipWriter zip, string file, Tensor tensor)
    {
        var t = tensor.Detach().To(Device.Cpu).Contiguous();
        if (!BitConverter.IsLittleEndian)
        {
            t = t.Clone();
            StorageReading.Swap(t.Storage, ArchiveState.Piece(t.DType));
        }
        fixed (byte* p = &t.Kept<byte>()) zip.Add(file, p, t.Numel * t.DType.Size());
        GC.KeepAlive(t);
    }
}
