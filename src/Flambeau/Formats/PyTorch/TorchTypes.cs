using System.Collections.Frozen;

namespace Flambeau.Formats;

/// <summary>An element type as a checkpoint names it; <see cref="Known"/> is null for those Flambeau has no tensors of.</summary>
internal sealed record TorchDType(string Name, int Size, DType? Known)
{
    static readonly FrozenDictionary<string, TorchDType> byName = Build();

    static FrozenDictionary<string, TorchDType> Build()
    {
        var d = new Dictionary<string, TorchDType>(StringComparer.Ordinal);
        foreach (var t in Enum.GetValues<DType>()) d[t.Name()] = new(t.Name(), t.Size(), t);
        foreach (var alias in new[] { "float", "double", "half", "short", "int", "long", "cfloat", "cdouble" })
        {
            d[alias] = d[DTypes.Parse(alias).Name()];
        }
        foreach (var (name, size) in new[]
                 {
                     ("uint16", 2), ("uint32", 4), ("uint64", 8), ("complex32", 4), ("float8_e4m3fn", 1), ("float8_e5m2", 1),
                     ("float8_e4m3fnuz", 1), ("float8_e5m2fnuz", 1), ("float8_e8m0fnu", 1), ("float4_e2m1fn_x2", 1),
                 })
        {
            d[name] = new(name, size, null);
        }
        return d.ToFrozenDictionary(StringComparer.Ordinal);
    }

    internal static TorchDType? Find(string name) => byName.GetValueOrDefault(name);

    internal static TorchDType Of(DType dtype) => byName[dtype.Name()];

    internal DType Require(string where) => Known ?? throw new CheckpointException(
        $"{where} has dtype {Name}, of which Flambeau has no tensors; the dtypes are {string.Join(", ", Enum.GetValues<DType>().Select(static t => t.Name()))}. Convert it before saving.");

    /// <summary>Storage classes of PyTorch by name; null stands for the untyped storage, which counts bytes.</summary>
    internal static readonly FrozenDictionary<string, TorchDType?> Storages = new Dictionary<string, TorchDType?>(StringComparer.Ordinal)
    {
        ["FloatStorage"] = Of(DType.Float32), ["DoubleStorage"] = Of(DType.Float64), ["HalfStorage"] = Of(DType.Float16),
        ["BFloat16Storage"] = Of(DType.BFloat16), ["LongStorage"] = Of(DType.Int64), ["IntStorage"] = Of(DType.Int32),
        ["ShortStorage"] = Of(DType.Int16), ["CharStorage"] = Of(DType.Int8), ["ByteStorage"] = Of(DType.UInt8),
        ["BoolStorage"] = Of(DType.Bool), ["ComplexFloatStorage"] = Of(DType.Complex64), ["ComplexDoubleStorage"] = Of(DType.Complex128),
        ["UntypedStorage"] = null,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    internal static string StorageName(DType dtype) => dtype switch
    {
        DType.Bool => "BoolStorage",
        DType.UInt8 => "ByteStorage",
        DType.Int8 => "CharStorage",
        DType.Int16 => "ShortStorage",
        DType.Int32 => "IntStorage",
        DType.Int64 => "LongStorage",
        DType.Float16 => "HalfStorage",
        DType.BFloat16 => "BFloat16Storage",
        DType.Float32 => "FloatStorage",
        DType.Float64 => "DoubleStorage",
        DType.Complex64 => "ComplexFloatStorage",
        _ => "ComplexDoubleStorage",
    };

    public override string ToString() => Name;
}

/// <summary>A block of elements stored outside the pickle.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Unit">Size of the elements it counts; 1 for an untyped storage.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Swap">Size of the pieces whose bytes turn round when the file has the other byte order.</param>
internal sealed record StorageRef(string Key, int Unit, long Bytes, int Swap)
{
    /// <summary>Content that was in the pickle itself, as for numpy arrays.</summary>
    internal byte[]? Inline { get; init; }
}

/// <summary>A view of a storage that keeps part of it, as old files have.</summary>
internal sealed record StorageView(StorageRef Storage, TorchDType? Type, long Offset, long Count);

/// <summary>A tensor as the file describes it, checked to lie inside its storage, its data not read.</summary>
internal sealed class TensorRef : IPickleBuildable
{
    const int MaxRank = 64;

    internal TensorRef(StorageView view, TorchDType dtype, long offset, long[] sizes, long[] strides, bool requiresGrad)
    {
        if (sizes.Length != strides.Length || sizes.Length > MaxRank) throw Bad($"has {sizes.Length} sizes and {strides.Length} strides; they must agree, and be {MaxRank} at most", sizes);
        Int128 numel = 1, last = 0, bound = 1;
        for (var i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] < 0 || strides[i] < 0) throw Bad($"has size {sizes[i]} and stride {strides[i]} at axis {i}; neither may be negative", sizes);
            numel *= sizes[i];
            last += (Int128)Math.Max(sizes[i] - 1, 0) * strides[i];
            bound *= Math.Max(sizes[i], 1);
            if (bound > long.MaxValue / 16) throw Bad("has more elements than any memory", sizes);
        }
        var available = view.Count * Math.Max(view.Storage.Unit, 1) / dtype.Size;
        if (offset < 0 || offset > available || (numel > 0 && last >= available - offset))
            throw Bad($"reaches element {(numel > 0 ? last : 0) + offset} of a storage of {available:N0}", sizes);
        // Strides of empty and one-element axes are never walked; large ones would overflow whoever multiplies them.
        for (var i = 0; i < sizes.Length; i++)
        {
            if (numel == 0 || sizes[i] == 1) strides[i] = Math.Min(strides[i], Math.Max(available, 1));
        }
        View = view;
        DType = dtype;
        Sizes = sizes;
        Strides = strides;
        RequiresGrad = requiresGrad;
        Numel = (long)numel;
        ByteOffset = view.Offset * view.Storage.Unit + offset * dtype.Size;
    }

    internal StorageView View { get; }
    internal TorchDType DType { get; }
    internal long[] Sizes { get; }
    internal long[] Strides { get; }
    internal bool RequiresGrad { get; set; }
    internal long Numel { get; }
    internal long ByteOffset { get; }

    static CheckpointException Bad(string what, long[] sizes) => new($"refused: a tensor of shape [{string.Join(", ", sizes.Take(MaxRank))}] {what}");

    /// <summary>Python attributes of a tensor carry no data of it.</summary>
    public void Build(object? state) { }
}
