using Flambeau.Capture;
using Flambeau.OnnxFormat;

namespace Flambeau.OnnxTests;

/// <summary>Models made to do harm are refused with the documented exception, and nothing large is allocated for them.</summary>
public sealed class HostileTests
{
    static ModelProto Good() => Onnx.ToModel(Trace.Of(static x => x.Relu().Exp(), Tensor.Ones([2, 3])).Graph);

    static string Refused(Action<ModelProto> spoil)
    {
        var m = Good();
        Onnx.Load(m);
        spoil(m);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<OnnxException>(() => Onnx.Load(m));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64L << 20);
        return e.Message;
    }

    static TensorProto Huge(params long[] dims)
    {
        var t = new TensorProto { Name = "huge", DataType = ElementType.Float, RawData = Google.Protobuf.ByteString.CopyFrom(1, 2, 3, 4) };
        t.Dims.AddRange(dims);
        return t;
    }

    [Fact]
    public void Nodes_in_a_circle_are_refused() => Assert.Contains("no node before it", Refused(static m => m.Graph!.Node[0].Input[0] = m.Graph.Node[1].Output[0]), StringComparison.Ordinal);

    [Theory]
    [InlineData(-1L, 1L)]
    [InlineData(1L << 40, 1L << 20)]
    [InlineData(long.MaxValue, long.MaxValue)]
    [InlineData(1L << 32, 1L << 32)]
    public void Sizes_that_are_negative_or_huge_are_refused(long a, long b) => Assert.Contains("huge", Refused(m =>
    {
        m.Graph!.Initializer.Add(Huge(a, b));
        m.Graph.Node[0].Input[0] = "huge";
    }), StringComparison.Ordinal);

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../secret")]
    public void Data_outside_of_the_folder_is_refused(string location)
    {
        var folder = Directory.CreateTempSubdirectory("onnx").FullName;
        try
        {
            var m = Good();
            var t = Huge(1);
            t.RawData = null;
            t.DataLocation = 1;
            t.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
            m.Graph!.Initializer.Add(t);
            m.Graph.Node[0].Input[0] = "huge";
            var path = Path.Combine(folder, "m.onnx");
            File.WriteAllBytes(path, Google.Protobuf.MessageExtensions.ToByteArray(m));
            Assert.Contains("only files in the model's own folder", Assert.Throws<OnnxException>(() => Onnx.Load(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Fact]
    public void Cut_models_are_refused()
    {
        var bytes = Google.Protobuf.MessageExtensions.ToByteArray(Good());
        for (var n = 0; n < bytes.Length; n++)
        {
            try
            {
                Onnx.Load(OnnxFile.Read(bytes[..n]));
            }
            catch (OnnxException)
            {
            }
        }
    }
}
