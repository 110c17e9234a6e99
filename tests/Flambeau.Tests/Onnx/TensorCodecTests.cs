using System.Globalization;
using Flambeau.OnnxFormat;
using Google.Protobuf;

namespace Flambeau.Tests.OnnxFormat;

public sealed class TensorCodecTests
{
    [Fact]
    public void Every_dtype_survives()
    {
        foreach (var dtype in Enum.GetValues<DType>())
        {
            var t = Tensor.From([0.0, 1, 2, 3, 4, 5], [2, 3]).To(dtype);
            var p = OnnxFile.Read<TensorProto>(TensorCodec.Write(t, "t").ToByteArray());
            var back = TensorCodec.Read(p);
            Assert.Equal((dtype, "t"), (back.DType, p.Name));
            Assert.Equal(t.Shape, back.Shape);
            Assert.Equal(t.ToArray<double>(), back.ToArray<double>());
        }
    }

    [Theory]
    [InlineData(ElementType.UInt16, new double[] { 0, 65535, 7 })]
    [InlineData(ElementType.UInt32, new double[] { 0, 4294967295, 7 })]
    [InlineData(ElementType.UInt64, new double[] { 0, 4294967296, 7 })]
    [InlineData(ElementType.Int4, new double[] { -8, 7, -1 })]
    [InlineData(ElementType.UInt4, new double[] { 0, 15, 9 })]
    [InlineData(ElementType.Int2, new double[] { -2, 1, -1, 0, 1 })]
    [InlineData(ElementType.UInt2, new double[] { 3, 2, 1, 0, 1 })]
    [InlineData(ElementType.Float4E2M1, new double[] { 0.5, -6, 1.5 })]
    [InlineData(ElementType.Float8E4M3FN, new double[] { 448, -0.001953125, double.NaN })]
    [InlineData(ElementType.Float8E5M2, new double[] { 57344, double.PositiveInfinity, -1.25 })]
    [InlineData(ElementType.Float8E4M3FNUZ, new double[] { 240, double.NaN, 1 })]
    [InlineData(ElementType.Float8E8M0, new double[] { 0.5, 1024, 1 })]
    public void Types_that_are_carried_survive(ElementType type, double[] values)
    {
        var t = Tensor.From(values).To(ElementTypes.Carrier(type)!.Value);
        var p = TensorCodec.Write(t, "t", type);
        Assert.Equal((values.Length * ElementTypes.Bits(type) + 7) / 8, p.RawData!.Length);
        Assert.Equal(values, TensorCodec.Read(p).ToArray<double>());
    }

    [Fact]
    public void Fields_for_numbers_of_one_type_are_read()
    {
        var p = new TensorProto { DataType = ElementType.Float16, Name = "h" };
        p.Dims.Add(2);
        p.Int32Data.AddRange([BitConverter.HalfToUInt16Bits((Half)1.5f), BitConverter.HalfToUInt16Bits((Half)(-2f))]);
        Assert.Equal([1.5, -2], TensorCodec.Read(p).ToArray<double>());
        p = new TensorProto { DataType = ElementType.Complex64 };
        p.FloatData.AddRange([1, 2]);
        Assert.Equal(new System.Numerics.Complex(1, 2), TensorCodec.Read(p).Item<System.Numerics.Complex>());
        p.FloatData.Add(3);
        Assert.Contains("expected 2", Assert.Throws<OnnxException>(() => TensorCodec.Read(p)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_are_checked_before_anything_is_allocated()
    {
        var p = new TensorProto { DataType = ElementType.Float, Name = "big", RawData = ByteString.Empty };
        p.Dims.AddRange([1L << 39, 1L << 39]);
        Assert.Contains("memory", Assert.Throws<OnnxException>(() => TensorCodec.Read(p)).Message, StringComparison.Ordinal);
        p.Dims.Clear();
        p.Dims.Add(1L << 38);
        Assert.Contains("expected 1,099,511,627,776", Assert.Throws<OnnxException>(() => TensorCodec.Read(p)).Message, StringComparison.Ordinal);
        p.Dims[0] = -1;
        Assert.Throws<OnnxException>(() => TensorCodec.Read(p));
    }

    [Fact]
    public void Sparse_tensors_become_dense()
    {
        var s = new SparseTensorProto { Values = TensorCodec.Write(Tensor.From([5f, 7]), "v"), Indices = TensorCodec.Write(Tensor.From([0L, 1, 1, 2], [2, 2])) };
        s.Dims.AddRange([2, 3]);
        Assert.Equal([0, 5, 0, 0, 0, 7], TensorCodec.Read(s).ToArray<float>());
        s.Indices = TensorCodec.Write(Tensor.From([0L, 1, 1, 3], [2, 2]));
        Assert.Throws<OnnxException>(() => TensorCodec.Read(s));
        s.Dims[0] = 1L << 30;
        Assert.Throws<OnnxException>(() => TensorCodec.Read(s));
    }

    static TensorProto External(string location, long offset, long length)
    {
        var p = new TensorProto { DataType = ElementType.Float, Name = "w", DataLocation = 1 };
        p.Dims.Add(2);
        p.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        p.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = offset.ToString(CultureInfo.InvariantCulture) });
        p.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = length.ToString(CultureInfo.InvariantCulture) });
        return p;
    }

    [Fact]
    public void External_data_stays_in_the_models_folder()
    {
        var folder = Directory.CreateTempSubdirectory("onnx").FullName;
        try
        {
            var model = Path.Combine(folder, "model");
            Directory.CreateDirectory(Path.Combine(model, "sub"));
            byte[] bytes = [.. new byte[4], .. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f), .. new byte[2]];
            File.WriteAllBytes(Path.Combine(model, "sub", "w.bin"), bytes);
            File.WriteAllBytes(Path.Combine(folder, "secret"), bytes);
            Assert.Equal([1f, 2], TensorCodec.Read(External("sub/w.bin", 4, 8), model).ToArray<float>());
            Assert.Equal(2, TensorCodec.Read(External("sub/w.bin", 6, 8), model).Numel);
            foreach (var (location, offset, length) in new[] { ("sub/w.bin", 12L, 8L), ("sub/w.bin", 4, 4), ("../secret", 4, 8), (Path.Combine(folder, "secret"), 4, 8), ("sub/none", 4, 8), ("", 4, 8) })
            {
                Assert.Throws<OnnxException>(() => TensorCodec.Read(External(location, offset, length), model));
            }
            if (OperatingSystem.IsLinux())
            {
                File.CreateSymbolicLink(Path.Combine(model, "link"), Path.Combine(folder, "secret"));
                Assert.Throws<OnnxException>(() => TensorCodec.Read(External("link", 4, 8), model));
            }
            Assert.Throws<OnnxException>(() => TensorCodec.Read(External("sub/w.bin", 4, 8)));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }
}
