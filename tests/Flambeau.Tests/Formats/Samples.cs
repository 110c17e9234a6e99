using System.Text;
using Flambeau.Formats;

namespace Flambeau.Tests.Formats;

/// <summary>Reference files, and small files made by hand.</summary>
static class Samples
{
    static readonly string? root = FindRoot();

    static string? FindRoot()
    {
        if (Environment.GetEnvironmentVariable("FLAMBEAU_SHARED") is { Length: > 0 } set) return set;
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, "Flambeau.slnx"))) return Path.Combine(d.FullName, "..", "shared");
        }
        return null;
    }

    /// <summary>Path of a reference checkpoint; the test is skipped where there is none.</summary>
    internal static string Checkpoint(string name)
    {
        var path = Path.Combine(root ?? "", "conformance", "checkpoints", name);
        Assert.SkipUnless(File.Exists(path), $"the reference file {name} isn't here; point FLAMBEAU_SHARED at the shared folder");
        return path;
    }

    /// <summary>A zip checkpoint around a pickle.</summary>
    internal static byte[] Zip(byte[] pickle, params (string Name, byte[] Data)[] more)
    {
        var stream = new MemoryStream();
        var zip = new ZipWriter(stream);
        zip.Add("a/data.pkl", pickle);
        foreach (var (name, data) in more) zip.Add("a/" + name, data);
        zip.Finish();
        return stream.ToArray();
    }

    /// <summary>A pickle of protocol 2: strings are ASCII instructions, bytes and arrays as they are.</summary>
    internal static byte[] Pickle(params object[] parts)
    {
        var bytes = new List<byte> { 0x80, 2 };
        foreach (var p in parts)
        {
            switch (p)
            {
                case string s: bytes.AddRange(Encoding.Latin1.GetBytes(s)); break;
                case byte[] b: bytes.AddRange(b); break;
                case int i: bytes.Add((byte)i); break;
                case long l:
                    bytes.AddRange([PickleOp.Long1, 8]);
                    bytes.AddRange(BitConverter.GetBytes(l));
                    break;
            }
        }
        bytes.Add((byte)'.');
        return [.. bytes];
    }

    /// <summary>A pickle of one float tensor of storage '0' with these numbers.</summary>
    internal static byte[] TensorPickle(long numel, long offset, long[] sizes, long[] strides, string storage = "FloatStorage")
    {
        var parts = new List<object> { "ctorch._utils\n_rebuild_tensor_v2\n((", Text("storage"), $"ctorch\n{storage}\n", Text("0"), Text("cpu"), numel, "tQ", offset, "(" };
        parts.AddRange(sizes.Cast<object>());
        parts.Add("t(");
        parts.AddRange(strides.Cast<object>());
        parts.Add("t");
        parts.Add(new byte[] { PickleOp.NewFalse });
        parts.Add("ccollections\nOrderedDict\n)RtR");
        return Pickle([.. parts]);
    }

    internal static byte[] Text(string s) => [(byte)'X', .. BitConverter.GetBytes(s.Length), .. Encoding.ASCII.GetBytes(s)];

    internal static object? Load(byte[] file, CheckpointOptions? options = null) => PyTorchCheckpoint.Load(file, options);

    internal static string Refusal(byte[] file, CheckpointOptions? options = null) => Assert.Throws<CheckpointException>(() => Load(file, options)).Message;

    /// <summary>A safetensors file with this header text.</summary>
    internal static byte[] Safe(string header, int dataBytes)
    {
        var json = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((long)json.Length), .. json, .. Enumerable.Range(0, dataBytes).Select(static i => (byte)i)];
    }

    /// <summary>A file in a folder of its own that goes away afterwards.</summary>
    internal static void InFolder(Action<string> test)
    {
        var folder = Directory.CreateTempSubdirectory("flambeau");
        try
        {
            test(folder.FullName);
        }
        finally
        {
            try
            {
                folder.Delete(recursive: true);
            }
            catch (IOException) when (OperatingSystem.IsWindows())
            {
                // Windows keeps mapped files until the last tensor is collected.
            }
        }
    }

    /// <summary>Elements of any dtype as bytes, in row-major order.</summary>
    internal static byte[] Bytes(Tensor t)
    {
        var c = t.Detach().Contiguous();
        return [.. c.Bytes()];
    }

    internal static void Same(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.DType, actual.DType);
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(Bytes(expected), Bytes(actual));
    }
}
