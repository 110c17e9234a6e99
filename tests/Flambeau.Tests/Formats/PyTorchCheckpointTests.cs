using System.IO.Compression;
using CsCheck;
using Flambeau.Formats;

namespace Flambeau.Tests.Formats;

public class PyTorchCheckpointTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LegacyAndZipAgree(bool map)
    {
        var zip = PyTorchCheckpoint.LoadStateDict(Samples.Checkpoint("state_zip.pth"));
        var legacy = PyTorchCheckpoint.LoadStateDict(Samples.Checkpoint("state_legacy.pth"), new() { Map = map });
        Assert.Equal(zip.Keys, legacy.Keys);
        foreach (var (key, t) in zip) Samples.Same(t, legacy[key]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TrainedStateDictAgreesWithSafetensors(bool map)
    {
        var state = PyTorchCheckpoint.LoadStateDict(Samples.Checkpoint("training_zip.pth"), new() { Map = map });
        var safe = Safetensors.Load(Samples.Checkpoint("state.safetensors"));
        Assert.Equal(["conv.weight", "conv.bias", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var", "bn.num_batches_tracked", "fc.weight", "fc.bias"], state.Keys);
        foreach (var (key, t) in safe) Samples.Same(t, state[key]);
    }

    [Theory]
    [InlineData("state_zip.pth")]
    [InlineData("state_legacy.pth")]
    public void MetadataOfTheModulesIsKept(string name)
    {
        var root = Assert.IsType<PyDict>(PyTorchCheckpoint.Load(Samples.Checkpoint(name)));
        Assert.True(root.IsOrdered);
        Assert.Equal(2L, root.Attributes!.Get<PyDict>("_metadata").Get<PyDict>("bn").Get<long>("version"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TrainingCheckpointHasItsTreeDTypesAndStrides(bool map)
    {
        var root = Assert.IsType<PyDict>(PyTorchCheckpoint.Load(Samples.Checkpoint("training_zip.pth"), new() { Map = map }));
        var all = Flatten("", root).ToDictionary(static p => p.Name, static p => p.Value);
        var tensors = all.Values.OfType<Tensor>().ToList();
        Assert.Equal(30, tensors.Count);
        Assert.Contains(tensors, static t => t.DType == DType.Float16);
        Assert.Contains(tensors, static t => t.DType == DType.BFloat16);
        Assert.Contains(tensors, static t => !t.IsContiguous && t.Rank == 2 && t.Strides[0] == 1);
        Assert.Contains(all.Keys, static k => k.EndsWith("exp_avg_sq", StringComparison.Ordinal));
    }

    static IEnumerable<(string Name, object? Value)> Flatten(string name, object? node) => node switch
    {
        PyDict d => d.SelectMany(p => Flatten($"{name}.{p.Key}", p.Value)),
        List<object?> l => l.SelectMany((v, i) => Flatten($"{name}.{i}", v)),
        PyTuple t => t.SelectMany((v, i) => Flatten($"{name}.{i}", v)),
        _ => [(name, node)],
    };

    [Theory]
    [InlineData("trace_cnn.pt")]
    [InlineData("script_control.pt")]
    public void TorchScriptIsRefusedAsACheckpointButDescribed(string name)
    {
        var path = Samples.Checkpoint(name);
        Assert.Contains("TorchScript", Assert.Throws<CheckpointException>(() => PyTorchCheckpoint.Load(path)).Message, StringComparison.Ordinal);
        var d = FormatInspector.Describe(path);
        Assert.Equal("TorchScript archive", d.Format);
        Assert.NotEmpty(d.Entries);
    }

    [Theory]
    [InlineData("state_zip.pth", 9)]
    [InlineData("state_legacy.pth", 9)]
    [InlineData("state.safetensors", 9)]
    [InlineData("training_zip.pth", 30)]
    public void DescribesReferenceFiles(string name, int tensors)
    {
        var path = Samples.Checkpoint(name);
        Assert.True(FormatInspector.Recognizes(path));
        var d = FormatInspector.Describe(path);
        Assert.Equal(tensors, d.Entries.Count);
        Assert.All(d.Entries, static e => Assert.Equal(e.Shape.Numel * DTypes.Parse(e.DType).Size(), e.Bytes));
        Assert.Contains(d.Entries, static e => e.Name.EndsWith("conv.weight", StringComparison.Ordinal) && e.Shape == new Shape([8, 3, 3, 3]));
    }

    [Fact]
    public void WritesTheTrainingCheckpointBackUnchanged()
    {
        var root = PyTorchCheckpoint.Load(Samples.Checkpoint("training_zip.pth"));
        var before = Flatten("", root).ToList();
        var after = Flatten("", Copy(root)).ToList();
        Assert.Equal(before.Select(static p => p.Name), after.Select(static p => p.Name));
        foreach (var (a, b) in before.Zip(after))
        {
            if (a.Value is Tensor t)
            {
                Samples.Same(t, (Tensor)b.Value!);
                Assert.Equal(t.Strides, ((Tensor)b.Value!).Strides);
            }
            else
            {
                Assert.Equal(a.Value, b.Value);
            }
        }
    }

    static object? Copy(object? tree)
    {
        var stream = new MemoryStream();
        PyTorchCheckpoint.Save(stream, tree);
        return PyTorchCheckpoint.Load(stream.ToArray());
    }

    [Fact]
    public void SharedStoragesAndViewsStayShared()
    {
        var x = Tensor.From([0f, 1f, 2f, 3f, 4f, 5f], [2, 3]);
        var row = x.Alias(new Layout([3], [1]), 3);
        var transposed = x.Alias(new Layout([3, 2], [1, 3]), 0);
        var d = Assert.IsType<PyDict>(Copy(new Dictionary<string, object?> { ["x"] = x, ["row"] = row, ["t"] = transposed, ["again"] = x }));
        var y = d.Get<Tensor>("x");
        Assert.Same(y, d["again"]);
        Assert.Equal([3f, 4f, 5f], d.Get<Tensor>("row").ToArray<float>());
        Assert.Equal(new Shape([1, 3]), d.Get<Tensor>("t").Strides);
        y.AsSpan<float>()[3] = 30;
        Assert.Equal([30f, 4f, 5f], d.Get<Tensor>("row").ToArray<float>());
    }

    [Fact]
    public void TreesRoundTrip()
    {
        var leaf = Tensor.From([1f, 2f]);
        leaf.RequiresGrad = true;
        var tree = new PyDict
        {
            ["epoch"] = 3L, ["loss"] = 0.25, ["name"] = "näme ✓", ["none"] = null, ["yes"] = true, ["big"] = System.Numerics.BigInteger.Pow(-3, 99),
            [7L] = new List<object?> { -1L, 255L, 256L, 65536L, -70000L, 1L << 40, long.MinValue, double.NegativeInfinity },
            ["tuple"] = new PyTuple(1L, new PyTuple(), new PyTuple(1L, 2L, 3L, 4L)), ["dtype"] = DType.BFloat16, ["bytes"] = new byte[] { 0, 200 },
            ["set"] = new HashSet<object> { 1L, "a" }, ["complex"] = new System.Numerics.Complex(1, -2), ["leaf"] = leaf, [new PyTuple("k", 1L)] = 1L,
        };
        var copy = Assert.IsType<PyDict>(Copy(tree));
        Assert.Equal(tree.Keys, copy.Keys);
        foreach (var (key, value) in tree)
        {
            if (value is Tensor t) Samples.Same(t, (Tensor)copy[key]!);
            else Assert.Equal(value, copy[key]);
        }
        Assert.True(copy.Get<Tensor>("leaf").RequiresGrad);
    }

    [Fact]
    public void OrdinaryCollectionsCanBeSaved()
    {
        var d = Assert.IsType<PyDict>(Copy(new Dictionary<string, object>
        {
            ["ints"] = new[] { 1, 2 }, ["pair"] = (1, "a"), ["state"] = new Dictionary<string, Tensor> { ["w"] = Tensor.Ones([2]) },
            ["shape"] = new Shape([2, 3]), ["map"] = new Dictionary<int, float> { [1] = 0.5f }, ["scalar"] = (Scalar)2.5,
        }));
        Assert.Equal(new object[] { 1L, 2L }, d.Get<List<object?>>("ints"));
        Assert.Equal(new object[] { 1L, "a" }, d.Get<PyTuple>("pair"));
        Assert.True(d.Get<PyDict>("state").IsOrdered);
        Assert.Equal(new object[] { 2L, 3L }, d.Get<PyTuple>("shape"));
        Assert.Equal(0.5, d.Get<PyDict>("map")[1]);
        Assert.Equal(2.5, d["scalar"]);
    }

    [Fact]
    public void RefusesToSaveWhatHasNoCounterpart()
    {
        var message = Assert.Throws<ArgumentException>(static () => PyTorchCheckpoint.Save(Stream.Null, new PyDict { ["a"] = new List<object?> { new Uri("https://example.com") } })).Message;
        Assert.Contains("the root['a'][0] is a System.Uri", message, StringComparison.Ordinal);
        var loop = new List<object?>();
        loop.Add(loop);
        Assert.Contains("holds itself", Assert.Throws<ArgumentException>(() => PyTorchCheckpoint.Save(Stream.Null, loop)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WrittenFilesAreAlignedZipsThatOthersRead() => Samples.InFolder(static folder =>
    {
        var path = Path.Combine(folder, "m.pth");
        PyTorchCheckpoint.Save(path, new Dictionary<string, Tensor> { ["a"] = Tensor.Ones([5]), ["b"] = Tensor.Zeros([3], DType.Int64) });
        Assert.Equal([Path.GetFileName(path)], Directory.GetFiles(folder).Select(Path.GetFileName));
        using (var zip = ZipFile.OpenRead(path))
        {
            Assert.Equal(["archive/data.pkl", "archive/.format_version", "archive/.storage_alignment", "archive/byteorder", "archive/data/0", "archive/data/1", "archive/version"], zip.Entries.Select(static e => e.FullName));
            using var data = new MemoryStream();
            using (var entry = zip.GetEntry("archive/data/0")!.Open()) entry.CopyTo(data);
            Assert.Equal(20, data.Length);
        }
        using var source = ByteSource.Open(path);
        var directory = new ZipDirectory(source);
        Assert.All(directory.Entries, e => Assert.Equal(0, directory.DataOffset(e) % 64));
        Assert.Equal(2, PyTorchCheckpoint.LoadStateDict(path, new() { Map = true }).Count);
    });

    [Fact]
    public void FindsTheStateDictInsideATrainingCheckpoint()
    {
        var inner = new Dictionary<string, Tensor> { ["w"] = Tensor.Ones([1]) };
        Assert.Equal(["w"], PyTorchCheckpoint.StateDict(Copy(new Dictionary<string, object> { ["epoch"] = 1, ["model_state_dict"] = inner })).Keys);
        var message = Assert.Throws<CheckpointException>(() => PyTorchCheckpoint.StateDict(Copy(new Dictionary<string, object> { ["epoch"] = 1, ["generator"] = inner }))).Message;
        Assert.Contains("'generator'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void DeflatedArchivesLoad()
    {
        var path = Samples.Checkpoint("state_zip.pth");
        var packed = new MemoryStream();
        using (var from = ZipFile.OpenRead(path))
        using (var to = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var e in from.Entries)
            {
                using var a = e.Open();
                using var b = to.CreateEntry(e.FullName, CompressionLevel.Optimal).Open();
                a.CopyTo(b);
            }
        }
        var expected = PyTorchCheckpoint.LoadStateDict(path);
        foreach (var (name, t) in PyTorchCheckpoint.StateDict(PyTorchCheckpoint.Load(packed.ToArray()))) Samples.Same(expected[name], t);
    }
}
