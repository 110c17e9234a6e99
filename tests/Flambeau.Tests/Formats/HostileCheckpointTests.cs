using CsCheck;
using System.IO.Compression;
using Flambeau.Formats;

namespace Flambeau.Tests.Formats;

public class HostileCheckpointTests
{
    static readonly (string, byte[]) sixFloats = ("data/0", new byte[24]);

    static byte[] File(long numel, long offset, long[] sizes, long[] strides) => Samples.Zip(Samples.TensorPickle(numel, offset, sizes, strides), sixFloats);

    [Fact]
    public void TensorsInsideTheirStorageLoad()
    {
        Assert.Equal(new Shape([2, 3]), Assert.IsType<Tensor>(Samples.Load(File(6, 0, [2, 3], [3, 1]))).Shape);
        Assert.Equal(new Shape([4, 3]), Assert.IsType<Tensor>(Samples.Load(File(6, 0, [4, 3], [1, 1]))).Shape); // overlapping windows, as unfold makes them
        Assert.Equal(new Shape([1000, 2]), Assert.IsType<Tensor>(Samples.Load(File(6, 4, [1000, 2], [0, 1]))).Shape); // expanded
        Assert.Equal(0, Assert.IsType<Tensor>(Samples.Load(File(6, 6, [0, 3], [3, 1]))).Numel);
        Assert.Equal(1, Assert.IsType<Tensor>(Samples.Load(File(6, 5, [], []))).Numel);
        Assert.Equal(1, Assert.IsType<Tensor>(Samples.Load(File(6, 5, [1], [long.MaxValue]))).Numel);
    }

    [Theory]
    [InlineData(6, 1, new long[] { 2, 3 }, new long[] { 3, 1 }, "reaches element 6")]
    [InlineData(6, 7, new long[] { 0 }, new long[] { 1 }, "reaches")]
    [InlineData(6, -1, new long[] { 2 }, new long[] { 1 }, "reaches")]
    [InlineData(6, long.MaxValue, new long[] { 2 }, new long[] { 1 }, "reaches")]
    [InlineData(6, 0, new long[] { 2 }, new long[] { long.MaxValue }, "reaches")]
    [InlineData(6, 0, new long[] { 3, 3 }, new long[] { 4611686018427387904, 4611686018427387904 }, "reaches")]
    [InlineData(6, 0, new long[] { -2 }, new long[] { 1 }, "negative")]
    [InlineData(6, 5, new long[] { 2 }, new long[] { -1 }, "negative")]
    [InlineData(6, 0, new long[] { 2, 3 }, new long[] { 1 }, "must agree")]
    [InlineData(6, 0, new long[] { long.MaxValue, long.MaxValue, 4 }, new long[] { 0, 0, 0 }, "more elements than any memory")]
    [InlineData(6, 0, new long[] { long.MaxValue, 0 }, new long[] { 1, 1 }, "more elements than any memory")]
    [InlineData(7, 0, new long[] { 1 }, new long[] { 1 }, "should have 28 bytes and has 24")]
    [InlineData(-6, 0, new long[] { 1 }, new long[] { 1 }, "impossible size")]
    [InlineData(long.MaxValue, 0, new long[] { 1 }, new long[] { 1 }, "impossible size")]
    [InlineData(1L << 50, 0, new long[] { 1 }, new long[] { 1 }, "should have")]
    public void TensorsOutsideTheirStorageAreRefused(long numel, long offset, long[] sizes, long[] strides, string expected) =>
        Assert.Contains(expected, Samples.Refusal(File(numel, offset, sizes, strides)), StringComparison.Ordinal);

    [Fact]
    public void RankIsBounded()
    {
        var many = new long[1000];
        Array.Fill(many, 1);
        Assert.Contains("64 at most", Samples.Refusal(File(6, 0, many, many)), StringComparison.Ordinal);
    }

    [Fact]
    public void MissingStorageIsNamed() =>
        Assert.Contains("'0' is missing", Samples.Refusal(Samples.Zip(Samples.TensorPickle(6, 0, [6], [1]))), StringComparison.Ordinal);

    [Fact]
    public void DamagedDataIsNoticedByItsChecksum()
    {
        var file = File(6, 0, [6], [1]);
        var at = file.AsSpan().IndexOf(new byte[24]);
        file[at + 5] = 1;
        Assert.Contains("checksum", Samples.Refusal(file), StringComparison.Ordinal);
        Assert.IsType<Tensor>(Samples.Load(file, new() { VerifyChecksums = false }));
    }

    [Fact]
    public void BigEndianFilesAreTurnedRound()
    {
        var data = new byte[24];
        data[0] = 0x3F;
        data[1] = 0x80; // 1.0f
        var t = Assert.IsType<Tensor>(Samples.Load(Samples.Zip(Samples.TensorPickle(6, 0, [6], [1]), ("byteorder", "big"u8.ToArray()), ("data/0", data))));
        Assert.Equal([1f, 0, 0, 0, 0, 0], t.ToArray<float>());
        Assert.Contains("byte order", Samples.Refusal(Samples.Zip(Samples.TensorPickle(6, 0, [6], [1]), ("byteorder", "pdp"u8.ToArray()), sixFloats)), StringComparison.Ordinal);
    }

    [Fact]
    public void ZipBombsAreRefusedBeforeTheyUnpack()
    {
        var bomb = new MemoryStream();
        using (var zip = new ZipArchive(bomb, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (var p = zip.CreateEntry("a/data.pkl", CompressionLevel.NoCompression).Open()) p.Write(Samples.TensorPickle(1 << 20, 0, [1], [1]));
            using (var d = zip.CreateEntry("a/data/0", CompressionLevel.Optimal).Open()) d.Write(new byte[4 << 20]);
        }
        var file = bomb.ToArray();
        Assert.IsType<Tensor>(Samples.Load(file)); // four honest megabytes of zeros
        // the same bytes, claimed to be 1 GB
        var claim = BitConverter.GetBytes(4 << 20);
        for (var at = file.AsSpan().IndexOf(claim); at >= 0;)
        {
            BitConverter.TryWriteBytes(file.AsSpan(at), 1 << 30);
            var next = file.AsSpan(at + 4).IndexOf(claim);
            at = next < 0 ? -1 : at + 4 + next;
        }
        var pickle = file.AsSpan().IndexOf(BitConverter.GetBytes(1L << 20));
        BitConverter.TryWriteBytes(file.AsSpan(pickle), 1L << 28);
        Assert.Contains("unpack to", Samples.Refusal(file, new() { VerifyChecksums = false }), StringComparison.Ordinal);
    }

    [Fact]
    public void OverlappingZipEntriesAreRefused()
    {
        var file = Samples.Zip(Samples.Pickle("N"), ("data/0", new byte[8]), ("data/1", new byte[8]));
        var central = file.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        var previous = file.AsSpan(0, central).LastIndexOf("PK\u0001\u0002"u8);
        file.AsSpan(previous + 42, 4).CopyTo(file.AsSpan(central + 42));
        Assert.Contains("overlaps", Samples.Refusal(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("<!DOCTYPE html>", "web page")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "Git LFS")]
    [InlineData("hello", "begins with bytes 68656C6C6F")]
    [InlineData("PK\u0003\u0004", "cut short")]
    public void OtherFilesAreToldApart(string text, string expected) =>
        Assert.Contains(expected, Samples.Refusal(System.Text.Encoding.Latin1.GetBytes(text)), StringComparison.Ordinal);

    [Fact]
    public void APlainPickleIsNoCheckpoint() => Assert.Contains("magic number", Samples.Refusal(Samples.Pickle("N")), StringComparison.Ordinal);

    [Fact]
    public void APathLikeNameInTheZipIsOnlyAName() =>
        Assert.Null(Samples.Load(Samples.Zip(Samples.Pickle("N"), ("../../../etc/passwd", [1]), ("/root/x", [2]))));

    public static TheoryData<string> Files => ["state_zip.pth", "state_legacy.pth", "training_zip.pth", "script_control.pt"];

    [Theory]
    [MemberData(nameof(Files))]
    public void MutatedFilesLoadOrAreRefused(string name)
    {
        var file = System.IO.File.ReadAllBytes(Samples.Checkpoint(name));
        var options = new CheckpointOptions { VerifyChecksums = false };
        Mutation.Of(file, "(.012NIJKMLFGSTUVXBC]ae}d)tcRbioPQhjqrgps\u0081\u0085\u0086\u0087\u0088\u0089\u008a"u8.ToArray()).Sample(bytes =>
        {
            Mutation.Survives(() => PyTorchCheckpoint.Load(bytes, options));
            Mutation.Survives(() => FormatInspector.Describe(ByteSource.Of(bytes)));
        }, iter: 2000);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void EveryTruncationIsRefused(string name)
    {
        var file = System.IO.File.ReadAllBytes(Samples.Checkpoint(name));
        for (var n = 0; n < file.Length; n += n < 200 || n > file.Length - 200 ? 1 : 37)
        {
            Samples.Refusal(file[..n]);
        }
    }
}
