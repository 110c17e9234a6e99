using System.IO.Compression;
using CsCheck;
using Flambeau.Data;

namespace Flambeau.Tests.Data;

public class IdxFileTests
{
    static readonly byte[] Small = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];

    static (int[] Shape, byte[] Elements) Read(byte[] bytes) => IdxFile.Read(new MemoryStream(bytes), "some.idx");

    static byte[] Zip(byte[] bytes)
    {
        var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(bytes);
        return zipped.ToArray();
    }

    [Fact]
    public void ReadsPlainAndGzipped()
    {
        foreach (var bytes in (byte[][])[Small, Zip(Small)])
        {
            var (shape, elements) = Read(bytes);
            Assert.Equal([2, 3], shape);
            Assert.Equal([1, 2, 3, 4, 5, 6], elements);
        }
    }

    [Fact]
    public void ReadsMoreThanOneChunkAndEmptyArrays()
    {
        var large = new byte[8 + 3_000_000];
        byte[] head = [0, 0, 8, 1, 0, 0x2D, 0xC6, 0xC0];
        head.CopyTo(large, 0);
        large[^1] = 7;
        Assert.Equal(7, Read(Zip(large)).Elements[2_999_999]);
        Assert.Empty(Read([0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 28]).Elements);
    }

    [Fact]
    public void EveryTruncationIsNamed()
    {
        for (var length = 0; length < Small.Length; length++)
        {
            var error = Assert.Throws<InvalidDataException>(() => Read(Small[..length]));
            Assert.StartsWith("some.idx", error.Message);
            Assert.Throws<InvalidDataException>(() => Read(Zip(Small[..length])));
        }
        var zipped = Zip(Small);
        for (var length = 2; length < zipped.Length - 8; length++)
        {
            // the last bits of the deflate stream may say no more than that it ends
            var error = Record.Exception(() => Assert.Equal(Read(Small).Elements, Read(zipped[..length]).Elements));
            Assert.True(error is null or InvalidDataException && (error is null || error.Message.StartsWith("some.idx", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void LyingHeadersAreRefusedWithoutAllocatingWhatTheyClaim()
    {
        byte[] claimsAll = [0, 0, 8, 3, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        byte[] claimsGigabyte = [0, 0, 8, 1, 0x40, 0, 0, 0, 1];
        Assert.Contains("damaged", Assert.Throws<InvalidDataException>(() => Read(claimsAll)).Message);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("cut short", Assert.Throws<InvalidDataException>(() => Read(claimsGigabyte)).Message);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 16 << 20);
        Assert.Contains("goes on", Assert.Throws<InvalidDataException>(() => Read([.. Small, 9])).Message);
        Assert.Contains("0x0D", Assert.Throws<InvalidDataException>(() => Read([0, 0, 0x0D, 1, 0, 0, 0, 0])).Message);
        Assert.Contains("web page", Assert.Throws<InvalidDataException>(() => Read("<html></html>"u8.ToArray())).Message);
    }

    [Fact]
    public void NoBytesDoWorseThanAnInvalidDataException() =>
        Gen.Select(Gen.Byte.Array[0, 60], Gen.Bool, Gen.Int[0, 3]).Sample((tail, zip, kind) =>
        {
            byte[] bytes = kind == 0 ? tail : [0, 0, 8, (byte)kind, .. tail.Select(static b => (byte)(b % 5 == 0 ? b : 0))];
            try
            {
                var (shape, elements) = Read(zip ? Zip(bytes) : bytes);
                Assert.Equal(elements.LongLength, shape.Aggregate(1L, static (a, b) => a * b));
            }
            catch (InvalidDataException)
            {
            }
        });

    [Fact]
    public void FindsTheFilesUnderEveryName()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            Assert.Contains("train-images-idx3-ubyte", Assert.Throws<FileNotFoundException>(() => MnistFiles.Load(folder)).Message);
            byte[] images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4], labels = [0, 0, 8, 1, 0, 0, 0, 2, 5, 6];
            var raw = Directory.CreateDirectory(Path.Combine(folder, "MNIST", "raw")).FullName;
            File.WriteAllBytes(Path.Combine(folder, "train-images-idx3-ubyte"), images);
            File.WriteAllBytes(Path.Combine(folder, "train-labels.idx1-ubyte"), labels);
            File.WriteAllBytes(Path.Combine(raw, "t10k-images-idx3-ubyte.gz"), Zip(images));
            File.WriteAllBytes(Path.Combine(raw, "t10k-labels-idx1-ubyte.gz"), Zip(labels));
            var (train, test) = MnistFiles.Load(folder);
            foreach (var part in (LabeledImages[])[train, test])
            {
                Assert.Equal((2, 1, 2), (part.Count, part.Rows, part.Columns));
                Assert.Equal([3, 4], part.Image(1).ToArray());
                Assert.Equal([5, 6], part.Labels);
            }
            File.WriteAllBytes(Path.Combine(folder, "train-labels.idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 1, 5]);
            Assert.Contains("2 images", Assert.Throws<InvalidDataException>(() => MnistFiles.Load(folder)).Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
