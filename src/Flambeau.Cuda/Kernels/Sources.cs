using System.Collections.Concurrent;

namespace Flambeau.Cuda.Kernels;

/// <summary>The CUDA C texts that travel in this assembly.</summary>
internal static class Sources
{
    static readonly ConcurrentDictionary<string, string> texts = new(StringComparer.Ordinal);

    /// <summary>Text of <c>Sources/name.cu</c>.</summary>
    internal static string Of(string name) => texts.GetOrAdd(name, static n =>
    {
        using var stream = typeof(Sources).Assembly.GetManifestResourceStream(n + ".cu") ?? throw new InvalidOperationException($"no kernel source '{n}.cu' in Flambeau.Cuda");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });

    /// <summary>What every kernel starts with.</summary>
    internal static string Prelude => Of("prelude");

    /// <summary>The CUDA C type of an element.</summary>
    internal static string TypeOf(DType dtype) => dtype switch
    {
        DType.Bool => "b8",
        DType.UInt8 => "u8",
        DType.Int8 => "i8",
        DType.Int16 => "i16",
        DType.Int32 => "i32",
        DType.Int64 => "i64",
        DType.Float16 => "f16",
        DType.BFloat16 => "bf16",
        DType.Float32 => "f32",
        DType.Float64 => "f64",
        DType.Complex64 => "c64",
        _ => "c128",
    };

    /// <summary>The type that lanes of a dtype compute in, which is one that <c>Pointwise.Wide</c> gives.</summary>
    internal static string LaneOf(DType wide) => wide == DType.Bool ? "u8" : TypeOf(wide);
}
