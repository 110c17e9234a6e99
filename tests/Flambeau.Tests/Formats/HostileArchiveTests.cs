using System.Buffers.Binary;
using System.Text;
using Flambeau.Formats;
using Flambeau.Graphs;

namespace Flambeau.Tests.Formats;

/// <summary>Zip files that lie: about sizes, places, names.</summary>
public sealed class HostileArchiveTests
{
    static readonly byte[] good = Good();

    static byte[] Good(params (string Name, byte[] Data)[] more)
    {
        var b = new GraphBuilder("g");
        var x = b.Input(new TensorType(DType.Float32, [4]), "x");
        var graph = b.Finish(b.Call("add", x, b.AddState("w", Tensor.Ones([4]), StateKind.Parameter).Value));
        var stream = new MemoryStream();
        Archive.Save(stream, [new("Forward", graph)], [new("k", "v")]);
        if (more.Length == 0) return stream.ToArray();
        using var source = ByteSource.Of(stream.ToArray());
        var zip = new ZipDirectory(source);
        var changed = new MemoryStream();
        var writer = new ZipWriter(changed);
        foreach (var e in zip.Entries) writer.Add(e.Name, zip.ReadAll(e, 1 << 20));
        foreach (var (name, data) in more) writer.Add(name, data);
        writer.Finish();
        return changed.ToArray();
    }

    static string Refused(byte[] file)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = Assert.Throws<CheckpointException>(() => Archive.Load(file)).Message;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
        // The same from a mapped file.
        Samples.InFolder(folder =>
        {
            var path = Path.Combine(folder, "m.flambeau");
            File.WriteAllBytes(path, file);
            Assert.StartsWith(path, Assert.Throws<CheckpointException>(() => Archive.Load(path)).Message, StringComparison.Ordinal);
        });
        return message;
    }

    /// <summary>The file with a field of an entry in its table of contents changed.</summary>
    static byte[] Central(string entry, int field, uint value, bool local = false)
    {
        var file = (byte[])good.Clone();
        var name = Encoding.ASCII.GetBytes(entry);
        var at = file.AsSpan().LastIndexOf(name) - 46;
        Assert.Equal(0x02014b50u, BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)));
        if (local) at = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 42));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at + field), value);
        return file;
    }

    [Theory]
    [InlineData("manifest.json", 24, 0x7FFFFFFFu, "damaged or hostile|are allowed")] // unpacked size
    [InlineData("manifest.json", 24, 0xFFFFFFFFu, "64")]
    [InlineData("state/0", 24, 0x7FFFFFFFu, "needs 16 bytes")]
    [InlineData("state/0", 20, 0x7FFFFFFFu, "outside the file")] // packed size
    [InlineData("state/0", 42, 0x7FFFFFFFu, "outside the file")] // where it begins
    [InlineData("state/0", 42, 0u, "overlaps")]
    [InlineData("state/0", 42, 1u, "overlaps|damaged header")]
    [InlineData("graphs/Forward.txt", 10, 99u, "method 99")]
    [InlineData("graphs/Forward.txt", 16, 1u, "checksum")]
    [InlineData("manifest.json", 8, 1u, "encrypted")]
    public void Tables_of_contents_that_lie_are_refused(string entry, int field, uint value, string why)
    {
        var message = Refused(Central(entry, field, value));
        Assert.True(why.Split('|').Any(w => message.Contains(w, StringComparison.Ordinal)), message);
    }

    [Theory]
    [InlineData("state/0", 26, 0xFFFFFFFFu)] // lengths of the name and of what follows it
    [InlineData("state/0", 0, 0u)]
    public void Headers_that_lie_are_refused(string entry, int field, uint value) => Assert.Contains("header", Refused(Central(entry, field, value, local: true)), StringComparison.Ordinal);

    [Fact]
    public void Shifted_data_are_refused_rather_than_read_elsewhere()
    {
        // The local header says that the data begin later, where the next entry or the table of contents lies.
        var message = Refused(Central("state/0", 28, 120u, local: true));
        Assert.True(message.Length > 0);
    }

    [Theory]
    [InlineData("../../escaped.txt")]
    [InlineData("/tmp/escaped.txt")]
    [InlineData("..\\..\\escaped.txt")]
    [InlineData("state/../../escaped")]
    public void Names_are_never_paths(string name) => Samples.InFolder(folder =>
    {
        // Nothing is unpacked, so what isn't listed in the manifest is passed over whatever it is called.
        var inner = Directory.CreateDirectory(Path.Combine(folder, "a", "b")).FullName;
        var path = Path.Combine(inner, "m.flambeau");
        File.WriteAllBytes(path, Good((name, "x"u8.ToArray())));
        Assert.Single(Archive.Load(path).State);
        Assert.Equal([path], Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories));
        Assert.False(File.Exists("/tmp/escaped.txt"));
    });

    [Fact]
    public void Names_given_twice_are_refused() => Assert.Contains("twice", Refused(Good(("state/0", new byte[16]))), StringComparison.Ordinal);

    [Fact]
    public void Counts_that_lie_are_refused()
    {
        var file = (byte[])good.Clone();
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(file.Length - 14), 60000);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(file.Length - 12), 60000);
        Assert.Contains("after 3 entries", Refused(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_unpacks_without_end_is_refused()
    {
        // 64 MiB of blanks are a few kilobytes when packed.
        var stream = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(stream, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("manifest.json", System.IO.Compression.CompressionLevel.SmallestSize).Open();
            var blanks = new byte[1 << 20];
            blanks.AsSpan().Fill((byte)' ');
            for (var i = 0; i < 65; i++) entry.Write(blanks);
        }
        Assert.Contains("are allowed", Refused(stream.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Deeply_nested_graphs_are_refused_or_read()
    {
        // A parser that calls itself for each brace would end the process.
        var text = new StringBuilder("graph \"g\"(%x: bool) {\n");
        for (var i = 0; i < 20_000; i++) text.Append("if %x {\n");
        using var source = ByteSource.Of(good);
        var zip = new ZipDirectory(source);
        var changed = new MemoryStream();
        var writer = new ZipWriter(changed);
        foreach (var e in zip.Entries) writer.Add(e.Name, e.Name.EndsWith(".txt", StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(text.ToString()) : zip.ReadAll(e, 1 << 20));
        writer.Finish();
        Assert.Throws<CheckpointException>(() => Archive.Load(changed.ToArray()));
        var lists = "graph \"g\"(%x: Tensor) {\n  return " + new string('[', 50_000);
        changed = new MemoryStream();
        writer = new ZipWriter(changed);
        foreach (var e in zip.Entries) writer.Add(e.Name, e.Name.EndsWith(".txt", StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(lists) : zip.ReadAll(e, 1 << 20));
        writer.Finish();
        Assert.Throws<CheckpointException>(() => Archive.Load(changed.ToArray()));
    }
}
