using System.Text;
using CsCheck;
using Flambeau.Formats;

namespace Flambeau.Tests.Formats;

public class NumpyFileTests
{
    static byte[] File(string header, byte[] data, byte version = 1)
    {
        var text = Encoding.UTF8.GetBytes(header + "\n");
        byte[] length = version == 1 ? [(byte)text.Length, (byte)(text.Length >> 8)] : BitConverter.GetBytes(text.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. text, .. data];
    }

    static string Header(string descr, string shape, bool fortran = false) => $"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}";

    [Fact]
    public void Every_dtype_and_shape_comes_back() => Samples.InFolder(folder =>
    {
        var path = Path.Combine(folder, "a.npz");
        var all = Enum.GetValues<DType>().Where(static d => d != DType.BFloat16).SelectMany(static d => new long[][] { [], [0], [2, 3], [3, 0, 2] }.Select(s => KeyValuePair.Create($"{d}/{s.Length}", Tensor.Ones(new Shape(s), d)))).ToArray();
        NumpyFile.Save(path, all);
        var back = NumpyFile.Load(path);
        Assert.Equal(all.Select(static a => a.Key), back.Keys);
        foreach (var (name, t) in all) Samples.Same(t, back[name]);
        var one = Path.Combine(folder, "a.npy");
        NumpyFile.Save(one, Tensor.Arange(0, 6, 1, DType.Float32).Reshape([2, 3]).T);
        Samples.Same(Tensor.From([0f, 3, 1, 4, 2, 5]).Reshape([3, 2]), NumpyFile.Load(one)[""]);
        Assert.True(NumpyFile.IsArray(one));
        Assert.False(NumpyFile.IsArray(path));
        Assert.Equal(0, (System.IO.File.ReadAllBytes(one).Length - 24) % 64);
        Assert.Contains("bfloat16", Assert.Throws<ArgumentException>(() => NumpyFile.Save(one, Tensor.Ones([1], DType.BFloat16))).Message, StringComparison.Ordinal);
    });

    [Fact]
    public void Orders_and_versions_of_the_format_are_read()
    {
        byte[] data = [.. Enumerable.Range(0, 6).SelectMany(static i => BitConverter.GetBytes((short)i))];
        byte[] swapped = [.. Enumerable.Range(0, 6).SelectMany(static i => BitConverter.GetBytes((short)i).Reverse())];
        var expected = Tensor.From([0L, 1, 2, 3, 4, 5]).To(DType.Int16).Reshape([2, 3]);
        foreach (byte version in (byte[])[1, 2, 3]) Samples.Same(expected, NumpyFile.Load(File(Header("<i2", "(2, 3)"), data, version))[""]);
        Samples.Same(expected, NumpyFile.Load(File(Header(">i2", "(2L, 3L)"), swapped))[""]);
        Samples.Same(expected, NumpyFile.Load(File(Header("<i2", "(3, 2)", fortran: true), data))[""].T);
    }

    [Theory]
    [InlineData("<i2", "(2, 4)", "cut short")]
    [InlineData("<i2", "(4611686018427387904, 4611686018427387904, 0)", "any memory")]
    [InlineData("<i2", "(99999999999999999999,)", "size")]
    [InlineData("<i2", "(-1,)", "plain numbers")]
    [InlineData("|O", "(2,)", "plain numbers")]
    [InlineData("<U4", "(2,)", "plain numbers")]
    [InlineData("<m8", "(2,)", "refused")]
    public void What_is_no_array_of_numbers_is_refused(string descr, string shape, string why) =>
        Assert.Contains(why, Assert.Throws<CheckpointException>(() => NumpyFile.Load(File(Header(descr, shape), new byte[12]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Damaged_files_give_nothing_but_the_documented_exception()
    {
        var file = File(Header("<f4", "(2, 3)"), new byte[24]);
        for (var n = 0; n < file.Length; n++) Assert.Throws<CheckpointException>(() => NumpyFile.Load(file.AsMemory(0, n)));
        Mutation.Of(file, [.. "(),'0123456789<>"u8]).Sample(static bytes => Mutation.Survives(() => NumpyFile.Load(bytes)), iter: 2000);
    }
}
