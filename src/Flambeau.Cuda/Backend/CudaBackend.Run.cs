using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Flambeau.Cuda.Kernels;

namespace Flambeau.Cuda;

internal sealed unsafe partial class CudaBackend
{
    readonly ConcurrentDictionary<(string File, string Name, string Types), Kernel> templates = new();

    /// <summary>A kernel of <c>Sources/file.cu</c> (several files joined by <c>+</c>) with definitions put in front, such as <c>T=f32;N=4</c>: names in capitals with a number become macros, others types.</summary>
    Kernel Template(string file, string name, string types) => templates.TryGetValue((file, name, types), out var known) ? known
        : templates[(file, name, types)] = device.Kernels.Get(Definitions(types) + string.Concat(file.Split('+').Select(Sources.Of)), name);

    static string Definitions(string types)
    {
        var text = new StringBuilder();
        foreach (var d in types.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = d.IndexOf('=', StringComparison.Ordinal);
            var (key, value) = (d[..at], d[(at + 1)..]);
            text.Append(char.IsAsciiDigit(value[0]) ? $"#define {key} {value}\n" : $"typedef {value} {key};\n");
        }
        return text.ToString();
    }

    static string T(Tensor t) => Sources.TypeOf(t.DType);

    /// <summary>One thread an item.</summary>
    [SkipLocalsInit]
    internal void Each(string file, string name, string types, long items, params ReadOnlySpan<Arg> args)
    {
        if (items == 0) return;
        var start = stackalloc byte[Args.Capacity];
        var parameters = (byte*)(((nint)start + 15) & ~15);
        Kernels.Arg.Write(args, parameters);
        Template(file, name, types).LaunchFlat(parameters, items);
    }

    /// <summary>Blocks in columns and rows.</summary>
    [SkipLocalsInit]
    internal void Grid(string file, string name, string types, long columns, long rows, int threads, params ReadOnlySpan<Arg> args)
    {
        var start = stackalloc byte[Args.Capacity];
        var parameters = (byte*)(((nint)start + 15) & ~15);
        Kernels.Arg.Write(args, parameters);
        Template(file, name, types).Launch(parameters, checked((uint)columns), checked((uint)rows), 1, (uint)threads);
    }

    /// <summary>One block an item.</summary>
    [SkipLocalsInit]
    void Blocks(string file, string name, string types, long blocks, int threads, params ReadOnlySpan<Arg> args)
    {
        if (blocks == 0) return;
        var start = stackalloc byte[Args.Capacity];
        var parameters = (byte*)(((nint)start + 15) & ~15);
        Kernels.Arg.Write(args, parameters);
        Template(file, name, types).Launch(parameters, checked((uint)blocks), 1, 1, (uint)threads);
    }

    /// <summary>Threads of a block that goes over n elements together: a power of two from 32 to 512.</summary>
    static int Threads(long n) => n <= 64 ? 32 : n <= 256 ? 64 : n <= 1024 ? 128 : n <= 8192 ? 256 : 512;
}
