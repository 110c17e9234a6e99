using System.IO.Compression;
using System.Text;
using CsCheck;
using Flambeau.Formats;
using Flambeau.Graphs;
using Flambeau.Optim;

namespace Flambeau.Tests.Formats;

public class ArchiveTests
{
    static readonly Tensor weight = Tensor.Arange(0, 6, 1, DType.Float32).Reshape([2, 3]).T.WithGrad(); // not contiguous, on purpose
    static readonly Tensor count = Tensor.Zeros([], DType.Int64);

    static Graph Step(string name, params StateKind[] kinds)
    {
        var b = new GraphBuilder(name);
        var x = b.Input(new TensorType(DType.Float32, ["N", 3]), "x");
        var w = b.AddState("layer.weight", weight, StateKind.Parameter);
        var n = b.AddState("count", count, StateKind.Buffer);
        b.Write(n, b.Call("add", n.Value, 1));
        var c = b.AddState("c", Tensor.From([name.Length + 0.5]), StateKind.Constant);
        return b.Finish(b.Call("add", b.Call("matmul", x, w.Value), b.Call("to", c.Value, DType.Float32)));
    }

    static byte[] File(IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        var stream = new MemoryStream();
        Archive.Save(stream, [new("forward", Step("first")), new("decode", Step("second"))], metadata);
        return stream.ToArray();
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Graphs_share_their_state_and_train_on(bool map, bool verify) => Samples.InFolder(folder =>
    {
        var path = Path.Combine(folder, "m.flambeau");
        var (forward, decode) = (Step("first"), Step("second"));
        Archive.Save(path, [new("forward", forward), new("decode", decode)], new Dictionary<string, string> { ["ключ"] = "a \"value\"\n" });
        Assert.True(Archive.Recognizes(path));
        var a = Archive.Load(path, new() { Map = map, VerifyChecksums = verify });
        Assert.Equal(1, a.Version);
        Assert.StartsWith("Flambeau ", a.Producer, StringComparison.Ordinal);
        Assert.Equal("a \"value\"\n", a.Metadata["ключ"]);
        Assert.Equal(["forward", "decode"], a.Graphs.Keys);
        Assert.Equal(["layer.weight", "count", "c", "c.1"], a.State.Select(static s => s.Name));
        Assert.Equal(forward.ToString(), a["forward"].ToString());
        Assert.Equal(decode.ToString(), a["decode"].ToString());
        Assert.Same(a["forward"].State[0].Tensor, a["decode"].State[0].Tensor);
        var x = Tensor.Ones([4, 3]);
        var before = (Tensor)a["forward"].Run(x)[0]!;
        Samples.Same((Tensor)forward.Run(x)[0]!, before);
        Samples.Same((Tensor)decode.Run(x)[0]!, (Tensor)a["decode"].Run(x)[0]!);
        Assert.Equal(2, a.State[1].Tensor.Item<long>() - 0);
        count.Zero_();

        Assert.Equal([true, false, false, false], a.State.Select(static s => s.Tensor.RequiresGrad));
        before.Sum().Backward();
        new SGD([a.State[0].Tensor], lr: 0.5).Step();
        var after = (Tensor)a["decode"].Run(x)[0]!;
        Assert.Equal(before.Sum().Item<float>() - 4 * 3 * 2 * 4 * 0.5f + 8, after.Sum().Item<float>(), 3);
        Samples.Same((Tensor)Archive.Load(path)["forward"].Run(x)[0]!, before); // writes don't reach the file
        Assert.Throws<KeyNotFoundException>(() => a["backward"]);
    });

    [Fact]
    public void Entries_are_plain_and_aligned()
    {
        var file = File();
        using var zip = new ZipArchive(new MemoryStream(file));
        Assert.Equal(["manifest.json", "graphs/forward.txt", "graphs/decode.txt", "state/0", "state/1", "state/2", "state/3"], zip.Entries.Select(static e => e.FullName));
        using var source = ByteSource.Of(file);
        var directory = new ZipDirectory(source);
        Assert.All(directory.Entries, e => Assert.Equal((ZipEntry.Stored, 0), (e.Method, directory.DataOffset(e) % 64)));
        Assert.Equal(file, File());
    }

    [Fact]
    public void Every_dtype_and_shape_comes_back()
    {
        foreach (var dtype in Enum.GetValues<DType>())
        {
            foreach (var shape in (long[][])[[], [0], [3, 0, 2], [2, 3]])
            {
                var t = Tensor.Ones(new Shape(shape), dtype);
                var b = new GraphBuilder("g");
                var graph = b.Finish(b.AddState("t", t, StateKind.Constant).Value);
                var stream = new MemoryStream();
                Archive.Save(stream, [new("forward", graph)]);
                Samples.Same(t, Assert.Single(Archive.Load(stream.ToArray()).State).Tensor);
            }
        }
    }

    [Fact]
    public void What_cannot_be_saved_is_refused_and_leaves_the_old_file() => Samples.InFolder(folder =>
    {
        var path = Path.Combine(folder, "m.flambeau");
        Archive.Save(path, Step("first"));
        var old = System.IO.File.ReadAllBytes(path);
        Assert.Throws<ArgumentException>(() => Archive.Save(path, []));
        Assert.Throws<ArgumentException>(() => Archive.Save(path, [new("../x", Step("first"))]));
        Assert.Throws<ArgumentException>(() => Archive.Save(path, [new("a", Step("first")), new("a", Step("first"))]));
        Assert.Throws<ArgumentException>(() => Archive.Save(path, Step("first"), [new("k", "1"), new("k", "2")]));
        var b = new GraphBuilder("random");
        var own = b.Finish(b.Call("bernoulli", [b.Input(GraphType.Tensor)], new Dictionary<string, Operand> { ["generator"] = Operand.Of(new Generator(1)) })[0]);
        Assert.Contains("default generator", Assert.Throws<ArgumentException>(() => Archive.Save(path, own)).Message, StringComparison.Ordinal);
        Assert.Equal(old, System.IO.File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(folder));
    });

    /// <summary>The archive with another text in one of its entries.</summary>
    static byte[] With(string entry, Func<string, string> change)
    {
        var from = new ZipArchive(new MemoryStream(File()));
        var stream = new MemoryStream();
        var zip = new ZipWriter(stream);
        foreach (var e in from.Entries)
        {
            using var reader = new MemoryStream();
            using (var content = e.Open()) content.CopyTo(reader);
            zip.Add(e.FullName, e.FullName == entry ? Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(reader.ToArray()))) : reader.ToArray());
        }
        zip.Finish();
        return stream.ToArray();
    }

    static byte[] Manifest(string from, string to) => With("manifest.json", s =>
    {
        Assert.Contains(from, s, StringComparison.Ordinal);
        return s.Replace(from, to, StringComparison.Ordinal);
    });

    static void Refused(byte[] file, string why) => Assert.Contains(why, Assert.Throws<CheckpointException>(() => Archive.Load(file)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2", "A later Flambeau wrote it")]
    [InlineData("\"version\": 1", "\"version\": -1", "version -1")]
    [InlineData("\"format\": \"flambeau\"", "\"format\": \"other\"", "something else's")]
    [InlineData("\"format\": \"flambeau\"", "\"x\": 1", "something else's")]
    [InlineData("\"name\": \"decode\"", "\"name\": \"forward\"", "twice")]
    [InlineData("\"name\": \"decode\"", "\"name\": \"../../etc\"", "can't be the name")]
    [InlineData("\"name\": \"count\"", "\"name\": \"layer.weight\"", "twice")]
    [InlineData("\"file\": \"graphs/decode.txt\"", "\"file\": \"graphs/none.txt\"", "missing")]
    [InlineData("\"file\": \"state/1\"", "\"file\": \"state/9\"", "missing")]
    [InlineData("\"file\": \"state/1\"", "\"file\": \"state/0\"", "needs 8 bytes")]
    [InlineData("\"layer.weight\": 0", "\"layer.weight\": 4", "is tensor 4")]
    [InlineData("\"layer.weight\": 0", "\"layer.weight\": -1", "is tensor -1")]
    [InlineData("\"layer.weight\": 0", "\"layer.weights\": 0", "gives no tensor")]
    [InlineData("\"kind\": \"buffer\"", "\"kind\": \"parameter\"", "a Buffer, and the manifest a Parameter")]
    [InlineData("\"layer.weight\": 0", "\"layer.weight\": 0, \"layer.weight\": 0", "damaged")]
    [InlineData("\"kind\": \"buffer\"", "\"kind\": \"thing\"", "expected parameter")]
    [InlineData("\"dtype\": \"int64\"", "\"dtype\": \"uint64\"", "no tensors")]
    [InlineData("\"dtype\": \"int64\"", "\"dtype\": \"int32\"", "needs 4 bytes")]
    [InlineData("\"dtype\": \"int64\"", "\"dtype\": 5", "damaged")]
    [InlineData("\"dtype\": \"int64\",", "", "damaged")]
    [InlineData("\"shape\": []", "\"shape\": [-1]", "size -1")]
    [InlineData("\"shape\": []", "\"shape\": [4611686018427387904, 4611686018427387904, 0]", "more elements than any memory")]
    [InlineData("\"shape\": []", "\"shape\": [1.5]", "damaged")]
    [InlineData("\"file\": \"state/1\"", "\"file\": \"state/1\", \"requires_grad\": true", "gradient")]
    [InlineData("{", "[", "damaged")]
    public void Manifests_that_lie_are_refused(string from, string to, string why) => Refused(Manifest(from, to), why);

    [Theory]
    [InlineData("matmul", "matmol", "matmol")]
    [InlineData("return", "", "line")]
    [InlineData("Tensor<float32, [3, 2]>", "Tensor<float32, [2, 3]>", "is declared")]
    public void Graphs_that_are_none_are_refused(string from, string to, string why) => Refused(With("graphs/decode.txt", s => s.Replace(from, to, StringComparison.Ordinal)), why);

    [Fact]
    public void Fields_of_later_writers_are_passed_over() => Assert.Equal(2, Archive.Load(Manifest("\"version\": 1", "\"version\": 1, \"signature\": {\"x\": [1]}")).Graphs.Count);

    [Fact]
    public void Other_zips_are_named()
    {
        Refused("not a zip"u8.ToArray(), "doesn't begin as a zip");
        Refused([], "doesn't begin as a zip");
        Refused(Samples.Zip(Samples.Pickle("N")), "looks like a PyTorch file");
    }

    [Fact]
    public void Damaged_elements_are_noticed_when_asked_for() => Samples.InFolder(folder =>
    {
        var file = File();
        var at = file.AsSpan().IndexOf(BitConverter.GetBytes(3f));
        file[at] ^= 1;
        Refused(file, "checksum");
        var path = Path.Combine(folder, "m.flambeau");
        System.IO.File.WriteAllBytes(path, file);
        Assert.Contains("checksum", Assert.Throws<CheckpointException>(() => Archive.Load(path, new() { VerifyChecksums = true })).Message, StringComparison.Ordinal);
        Assert.Equal(4, Archive.Load(path).State.Count);
    });

    [Fact]
    public void Packed_archives_load_too()
    {
        var stream = new MemoryStream();
        using (var from = new ZipArchive(new MemoryStream(File())))
        using (var to = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var e in from.Entries)
            {
                using Stream a = e.Open(), b = to.CreateEntry(e.FullName, CompressionLevel.SmallestSize).Open();
                a.CopyTo(b);
            }
        }
        Samples.Same(weight, Archive.Load(stream.ToArray()).State[0].Tensor);
    }

    [Fact]
    public void Inspection_lists_the_tensors() => Samples.InFolder(folder =>
    {
        var path = Path.Combine(folder, "m.flambeau");
        Archive.Save(path, Step("first"), [new("task", "digits")]);
        var d = FormatInspector.Describe(path);
        Assert.Contains("Flambeau archive", d.Format, StringComparison.Ordinal);
        Assert.Equal(["layer.weight", "count", "c"], d.Entries.Select(static e => e.Name));
        Assert.Equal("digits", Assert.Single(d.Values).Value);
    });

    [Fact]
    public void Every_truncation_is_refused()
    {
        var file = File();
        for (var n = 0; n < file.Length; n++) Assert.Throws<CheckpointException>(() => Archive.Load(file.AsMemory(0, n)));
    }

    [Fact]
    public void Damaged_files_give_nothing_but_the_documented_exception() =>
        Mutation.Of(File(), [.. "PK\u0001\u0002\u0003\u0004"u8]).Sample(static bytes => Mutation.Survives(() => Archive.Load(bytes)), iter: 3000);

    [Theory]
    [InlineData("manifest.json", "{}[]\",:0123456789-e")]
    [InlineData("graphs/decode.txt", "%(){}[]<>,:=\"@-.?0123456789e\n\\")]
    public void Damaged_texts_give_nothing_but_the_documented_exception(string entry, string favourites)
    {
        var text = "";
        With(entry, s => text = s);
        Mutation.Of(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(favourites)).Sample(
            bytes => Mutation.Survives(() => Archive.Load(With(entry, _ => Encoding.Latin1.GetString(bytes)))), iter: 1500);
    }
}
