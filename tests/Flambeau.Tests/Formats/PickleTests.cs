using System.Numerics;
using Flambeau.Formats;

namespace Flambeau.Tests.Formats;

public class PickleTests
{
    static object? Read(byte[] pickle) => new PickleReader(new(ByteSource.Of(pickle), 0, pickle.Length), new TorchHost(false)).Read();

    static object? Python(string base64) => Read(Convert.FromBase64String(base64));

    // pickle.dumps({'a': [1, -2, 2**70, 1.5, None, True], 'b': ('x', b'yz', {3}), 4: frozenset([5])}, protocol=p)
    [Theory]
    [InlineData("KGRwMApWYQpwMQoobHAyCkkxCmFJLTIKYUwxMTgwNTkxNjIwNzE3NDExMzAzNDI0TAphRjEuNQphTmFJMDEKYXNWYgpwMwooVngKcDQKY19jb2RlY3MKZW5jb2RlCnA1CihWeXoKcDYKVmxhdGluMQpwNwp0cDgKUnA5CmNfX2J1aWx0aW5fXwpzZXQKcDEwCigobHAxMQpJMwphdHAxMgpScDEzCnRwMTQKc0k0CmNfX2J1aWx0aW5fXwpmcm96ZW5zZXQKcDE1CigobHAxNgpJNQphdHAxNwpScDE4CnMu")]
    [InlineData("gAJ9cQAoWAEAAABhcQFdcQIoSwFK/v///4oJAAAAAAAAAABARz/4AAAAAAAATohlWAEAAABicQNYAQAAAHhxBGNfY29kZWNzCmVuY29kZQpxBVgCAAAAeXpxBlgGAAAAbGF0aW4xcQeGcQhScQljX19idWlsdGluX18Kc2V0CnEKXXELSwNhhXEMUnENh3EOSwRjX19idWlsdGluX18KZnJvemVuc2V0CnEPXXEQSwVhhXERUnESdS4=")]
    [InlineData("gASVRgAAAAAAAAB9lCiMAWGUXZQoSwFK/v///4oJAAAAAAAAAABARz/4AAAAAAAATohljAFilIwBeJRDAnl6lI+UKEsDkIeUSwQoSwWRlHUu")]
    public void ReadsWhatPythonWrites(string base64)
    {
        var d = Assert.IsType<PyDict>(Python(base64));
        Assert.Equal(new object?[] { 1L, -2L, BigInteger.Pow(2, 70), 1.5, null, true }, d.Get<List<object?>>("a"));
        var b = d.Get<PyTuple>("b");
        Assert.Equal("x", b[0]);
        Assert.Equal("yz"u8.ToArray(), b[1]);
        Assert.Equal([3L], Assert.IsType<HashSet<object>>(b[2]));
        Assert.Equal([5L], d.Get<HashSet<object>>(4));
        Assert.Equal(["a", "b", 4L], d.Keys);
    }

    [Fact]
    public void SharedObjectsStayShared()
    {
        var list = Assert.IsType<List<object?>>(Read(Samples.Pickle("]q", 0, "(]q", 1, "h", 1, "h", 1, "e")));
        Assert.Same(list[0], list[1]);
        Assert.Same(list[0], list[2]);
    }

    [Theory]
    [InlineData("cposix\nsystem\n", "'posix.system'")]
    [InlineData("c__builtin__\neval\n", "'builtins.eval'")]
    [InlineData("cbuiltins\ngetattr\n", "'builtins.getattr'")]
    [InlineData("cos\nsystem\n", "'os.system'")]
    [InlineData("c__main__\nNet\n", "'__main__.Net'")]
    [InlineData("ctorch.storage\n_load_from_bytes\n", "'torch.storage._load_from_bytes'")]
    [InlineData("ctorch._utils\n_rebuild_qtensor\n", "'torch._utils._rebuild_qtensor'")]
    [InlineData("ctorch\nQInt8Storage\n", "'torch.QInt8Storage'")]
    [InlineData("c__torch__\nNet\n", "TorchScript")]
    public void RefusesForeignGlobalsByName(string instruction, string expected) =>
        Assert.Contains(expected, Samples.Refusal(Samples.Zip(Samples.Pickle(instruction, Samples.Text("echo"), 0x85, "R"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("(iposix\nsystem\n", "'posix.system'")]
    [InlineData("(cposix\nsystem\no", "'posix.system'")]
    public void RefusesOldWaysToCallByName(string instruction, string expected) =>
        Assert.Contains(expected, Samples.Refusal(Samples.Zip(Samples.Pickle(instruction))), StringComparison.Ordinal);

    [Fact]
    public void RefusesStackGlobalsByName() =>
        Assert.Contains("'posix.system'", Samples.Refusal(Samples.Zip(Samples.Pickle(Samples.Text("posix"), Samples.Text("system"), PickleOp.StackGlobal + 0))), StringComparison.Ordinal);

    [Fact]
    public void UnknownObjectsAreInertDataOnRequest()
    {
        var o = Assert.IsType<PyObject>(Samples.Load(Samples.Zip(Samples.Pickle("cposix\nsystem\n", Samples.Text("echo"), 0x85, "R}", Samples.Text("k"), "K", 7, "sb")), new() { KeepUnknownObjects = true }));
        Assert.Equal("posix.system", o.Type);
        Assert.Equal(["echo"], o.Arguments);
        Assert.Equal(7L, Assert.IsType<PyDict>(o.State).Get<long>("k"));
    }

    [Theory]
    [InlineData("0")] // pop of nothing
    [InlineData("a")]
    [InlineData("s")]
    [InlineData("u")]
    [InlineData("t")]
    [InlineData("R")]
    [InlineData("b")]
    [InlineData("Q")]
    [InlineData("2")]
    [InlineData("q\0")]
    [InlineData("h\0")]
    [InlineData("K\u0001K\u0002R")]
    [InlineData("K\u0001K\u0002a")]
    [InlineData("K\u0001(K\u0002e")]
    [InlineData("}]K\u0001s")] // a list as key
    [InlineData("}NK\u0001s")]
    [InlineData("}(K\u0001u")]
    [InlineData("((")]
    [InlineData("Ix\n")]
    [InlineData("Fx\n")]
    [InlineData("X\u00ff\u00ff\u00ff\u007f")]
    [InlineData("X\u0001\0\0\0\u00ff")] // not UTF-8
    [InlineData("B\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("\u008b\u00ff\u00ff\u00ff\u007f")]
    [InlineData("\u0095\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("\u0080\u0009")]
    [InlineData("\u0097")]
    [InlineData("\u0082\u0001")]
    [InlineData("!")]
    [InlineData("")]
    public void RefusesDamagedPickles(string instructions)
    {
        Samples.Refusal(Samples.Zip(Samples.Pickle(instructions)));
        Samples.Refusal(Samples.Zip([0x80, 2, .. System.Text.Encoding.Latin1.GetBytes(instructions)]));
    }

    [Fact]
    public void DeepNestingAndLoopsAreRefusedWithoutOverflow()
    {
        Assert.Contains("nested", Samples.Refusal(Samples.Zip(Samples.Pickle(new string(']', 300_000), new string('a', 299_999)))), StringComparison.Ordinal);
        var tuples = new byte[300_000];
        Array.Fill(tuples, (byte)0x85);
        Assert.Contains("nested", Samples.Refusal(Samples.Zip(Samples.Pickle(")", tuples))), StringComparison.Ordinal);
        Assert.Contains("key", Samples.Refusal(Samples.Zip(Samples.Pickle("})", tuples, "K", 1, "s"))), StringComparison.Ordinal);
        Assert.Contains("holds itself", Samples.Refusal(Samples.Zip(Samples.Pickle("]q", 0, "h", 0, "a"))), StringComparison.Ordinal);
    }

    [Fact]
    public void RepeatedDoublingCostsNothing()
    {
        // [[[...] x 2] x 2] ...: 2^150 leaves by 150 containers
        var parts = new List<object> { "]" };
        for (var i = 0; i < 150; i++) parts.AddRange(["q", i, "0](h", i, "h", i, "e"]);
        Assert.IsType<List<object?>>(Samples.Load(Samples.Zip(Samples.Pickle([.. parts]))));
        // the same of tuples, as a key
        parts = ["}("];
        for (var i = 0; i < 60; i++) parts.AddRange([i == 0 ? ")" : "", "q", i, "h", i, 0x86]);
        parts.AddRange(["K", 1, "u"]);
        Assert.Contains("key", Samples.Refusal(Samples.Zip(Samples.Pickle([.. parts]))), StringComparison.Ordinal);
    }

    [Fact]
    public void DescribingAFileOfManyRepeatsIsRefused()
    {
        var parts = new List<object> { "]" };
        for (var i = 0; i < 40; i++) parts.AddRange(["q", i, "0](h", i, "h", i, "e"]);
        parts.Insert(1, "K\u0001a");
        Assert.Contains("parts", Assert.Throws<CheckpointException>(() => FormatInspector.Describe(ByteSource.Of(Samples.Zip(Samples.Pickle([.. parts]))))).Message, StringComparison.Ordinal);
    }
}
