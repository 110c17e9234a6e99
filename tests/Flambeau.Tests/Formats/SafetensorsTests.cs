using System.Text;
using CsCheck;
using Flambeau.Formats;

namespace Flambeau.Tests.Formats;

public class SafetensorsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ReferenceFileAgreesWithTheTrainingCheckpoint(bool map)
    {
        var safe = Safetensors.Load(Samples.Checkpoint("state.safetensors"), map);
        var zip = PyTorchCheckpoint.LoadStateDict(Samples.Checkpoint("training_zip.pth"));
        Assert.Equal(zip.Keys.Order(), safe.Keys.Order());
        Assert.Equal([8, 3, 3, 3], safe["conv.weight"].Shape.ToArray());
        Assert.Equal(DType.Int64, safe["bn.num_batches_tracked"].DType);
        foreach (var (name, tensor) in zip) Samples.Same(tensor, safe[name]);
    }

    [Fact]
    public void WritesTheReferenceFileByteForByte()
    {
        var path = Samples.Checkpoint("state.safetensors");
        var stream = new MemoryStream();
        Safetensors.Save(stream, Safetensors.Load(path));
        Assert.Equal(File.ReadAllBytes(path), stream.ToArray());
    }

    static readonly DType[] writable = [.. Enum.GetValues<DType>().Where(static d => d != DType.Complex128)];

    static readonly Gen<Tensor> tensor = Gen.Select(Mutation.Among(writable), Gen.Long[0, 4].Array[0, 4], Gen.Byte.Array[4 * 4 * 4 * 4 * 8])
        .Select(static (dtype, sizes, bytes) =>
        {
            var t = Tensor.Empty(sizes, dtype);
            bytes.AsSpan(0, t.Bytes().Length).CopyTo(t.Bytes());
            if (dtype == DType.Bool) foreach (ref var b in t.Bytes()) b &= 1;
            return t;
        });

    [Fact]
    public void RoundTripsEveryDTypeAndShape() =>
        Gen.Select(Gen.Dictionary(Gen.String[Gen.Char['!', 'ÿ'], 0, 12].Where(static s => s != "__metadata__"), tensor)[0, 6], Gen.Dictionary(Gen.String[Gen.Char[' ', '~'], 0, 8], Gen.String[Gen.Char['\n', 'ÿ'], 0, 8])[0, 3])
            .Sample(static (tensors, metadata) =>
            {
                var stream = new MemoryStream();
                Safetensors.Save(stream, tensors, metadata);
                var file = Safetensors.Load(stream.ToArray());
                Assert.Equal(tensors.Keys.Order(StringComparer.Ordinal), file.Keys.Order(StringComparer.Ordinal));
                Assert.Equal(metadata.OrderBy(static p => p.Key, StringComparer.Ordinal), file.Metadata.OrderBy(static p => p.Key, StringComparer.Ordinal));
                foreach (var (name, t) in tensors) Samples.Same(t, file[name]);
                Assert.Equal(0, BitConverter.ToInt64(stream.ToArray()) % 8);
            }, iter: 200);

    [Fact]
    public void WritesViewsWholeAndContiguous()
    {
        var x = Tensor.From([1f, 2f, 3f, 4f, 5f, 6f], [2, 3]);
        var view = x.Alias(new Layout([3, 2], [1, 3]), 0);
        var stream = new MemoryStream();
        Safetensors.Save(stream, [new("t", view)]);
        Assert.Equal([1f, 4f, 2f, 5f, 3f, 6f], Safetensors.Load(stream.ToArray())["t"].ToArray<float>());
    }

    [Fact]
    public void MappedTensorsTakeWritesWithoutTouchingTheFile() => Samples.InFolder(static folder =>
    {
        var path = Path.Combine(folder, "x.safetensors");
        Safetensors.Save(path, [new("x", Tensor.From([1f, 2f]))]);
        var x = Safetensors.Load(path)["x"];
        x.AsSpan<float>()[0] = 9;
        Assert.Equal([9f, 2f], x.ToArray<float>());
        Assert.Equal([1f, 2f], Safetensors.Load(path, map: false)["x"].ToArray<float>());
        GC.KeepAlive(x);
    });

    [Fact]
    public void SavesOverTheFileItsTensorsAreMappedFrom() => Samples.InFolder(static folder =>
    {
        if (OperatingSystem.IsWindows()) return;
        var path = Path.Combine(folder, "x.safetensors");
        Safetensors.Save(path, [new("x", Tensor.From([1f, 2f]))]);
        var old = Safetensors.Load(path);
        Safetensors.Save(path, [new("y", Tensor.From([3f])), .. old]);
        Assert.Equal([1f, 2f], old["x"].ToArray<float>());
        Assert.Equal([1f, 2f], Safetensors.Load(path)["x"].ToArray<float>());
        Assert.Single(Directory.GetFiles(folder));
    });

    [Fact]
    public void ListsForeignDTypesAndRefusesThemByNameOnAccess()
    {
        var file = Safetensors.Load(Samples.Safe("""{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U16","shape":[2],"data_offsets":[4,8]},"c":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12));
        Assert.Equal(["a", "b", "c"], file.Keys);
        Assert.Equal(1, file["c"].Numel);
        Assert.Contains("F8_E4M3", Assert.Throws<CheckpointException>(() => file["a"]).Message, StringComparison.Ordinal);
        Assert.Contains("U16", Assert.Throws<CheckpointException>(() => file["b"]).Message, StringComparison.Ordinal);
        Assert.Contains("'a'", Assert.Throws<KeyNotFoundException>(() => file["z"]).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "needs 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6, "overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 9, "belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3, "lies at bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "lies at bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "integers, 0 or more")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "integers, 0 or more")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "more elements than any memory")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807,0],"data_offsets":[0,0]}}""", 0, "more elements than any memory")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,0]}}""", 0, "integers, 0 or more")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"strides":[1]}}""", 4, "'strides'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 0, "data_offsets")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "String was expected")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0, "twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[[[[[[[[[[1]]]]]]]]]],"data_offsets":[0,4]}}""", 4, "")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "JSON")]
    [InlineData("{", 0, "JSON")]
    [InlineData("{} x", 0, "JSON")]
    [InlineData("[]", 0, "begin with '{'")]
    [InlineData("", 0, "begin with '{'")]
    public void RefusesBadHeaders(string header, int bytes, string expected) =>
        Assert.Contains(expected, Assert.Throws<CheckpointException>(() => Safetensors.Load(Samples.Safe(header, bytes))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(long.MaxValue, "allowed")]
    [InlineData(-1, "allowed")]
    [InlineData(99_000_000, "cut short")]
    public void RefusesLyingHeaderLengths(long length, string expected)
    {
        byte[] file = [.. BitConverter.GetBytes(length), .. "{}"u8];
        Assert.Contains(expected, Assert.Throws<CheckpointException>(() => Safetensors.Load(file)).Message, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => Safetensors.Load(file.AsMemory(0, 5)));
    }

    [Fact]
    public void RefusesToWriteWhatTheFormatLacks()
    {
        Assert.Contains("complex128", Assert.Throws<ArgumentException>(() => Safetensors.Save(Stream.Null, [new("x", Tensor.Empty([1], DType.Complex128))])).Message, StringComparison.Ordinal);
        var t = Tensor.Zeros([1]);
        Assert.Throws<ArgumentException>(() => Safetensors.Save(Stream.Null, [new("x", t), new("x", t)]));
        Assert.Throws<ArgumentException>(() => Safetensors.Save(Stream.Null, [new("__metadata__", t)]));
    }

    [Fact]
    public void FailedWriteLeavesTheOldFile() => Samples.InFolder(static folder =>
    {
        var path = Path.Combine(folder, "x");
        File.WriteAllText(path, "old");
        Assert.Throws<InvalidTimeZoneException>(() => AtomicFile.Write(path, static s =>
        {
            s.Write("half"u8);
            throw new InvalidTimeZoneException();
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder));
    });

    [Fact]
    public void BoolsAreZeroOrOneWhateverTheFileSays() =>
        Assert.Equal([false, true, true, true], Safetensors.Load(Samples.Safe("""{"a":{"dtype":"BOOL","shape":[4],"data_offsets":[0,4]}}""", 4))["a"].ToArray<bool>());

    [Fact]
    public void MutatedFilesLoadOrAreRefused()
    {
        var file = File.ReadAllBytes(Samples.Checkpoint("state.safetensors"));
        Mutation.Of(file, Encoding.UTF8.GetBytes("{}[],:\"0123456789-e")).Sample(static bytes => Mutation.Survives(() =>
        {
            foreach (var _ in Safetensors.Load(bytes)) { }
        }), iter: 3000);
    }
}
