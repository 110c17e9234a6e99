namespace Flambeau.Formats;

/// <summary>Makes tensors of their descriptions. Each storage is read once, so tensors that shared one still do.</summary>
internal sealed class TensorBinder(Func<StorageRef, Storage> load)
{
    readonly Dictionary<string, Storage> storages = new(StringComparer.Ordinal);
    readonly Dictionary<TensorRef, Tensor> tensors = new(ReferenceEqualityComparer.Instance);

    /// <summary>The final value of a leaf of the tree.</summary>
    internal object? Leaf(object? leaf) => leaf switch
    {
        TensorRef t => Bind(t),
        NumpyArray a => Bind(a.ToTensor()),
        NumpyDType d => d.DType,
        StorageView v => Bind(Whole(v)),
        DTypeGlobal d => d.DType.Require("a value of the checkpoint"),
        UnknownGlobal g => new PyObject(g.Name, PyTuple.Empty),
        PickleGlobal g => throw new CheckpointException($"the checkpoint holds {CheckpointException.Quote(g.Name)} itself as a value; only data is supported"),
        _ => leaf,
    };

    /// <summary>A bare storage is a tensor of one axis.</summary>
    internal static TensorRef Whole(StorageView v) =>
        new(v, v.Type ?? TorchDType.Of(DType.UInt8), 0, [v.Count], [1], false);

    internal Tensor Bind(TensorRef t)
    {
        if (tensors.TryGetValue(t, out var tensor)) return tensor;
        var dtype = t.DType.Require("a tensor");
        var storage = StorageOf(t.View.Storage);
        var size = dtype.Size();
        if (t.ByteOffset % size != 0) throw new CheckpointException($"a {dtype.Name()} tensor begins at byte {t.ByteOffset:N0} of its storage, which is no multiple of {size}");
        var layout = new Layout(t.Sizes, t.Strides);
        if (dtype == DType.Bool) StorageReading.Normalize(storage, t.ByteOffset, layout.Extent());
        tensor = new Tensor(storage, layout, dtype, t.ByteOffset / size);
        if (t.RequiresGrad && dtype.IsDifferentiable()) tensor.RequiresGrad = true;
        tensors.Add(t, tensor);
        return tensor;
    }

    Storage StorageOf(StorageRef s)
    {
        if (s.Inline is { } bytes) return Inline(bytes);
        if (!storages.TryGetValue(s.Key, out var storage)) storages[s.Key] = storage = load(s);
        return storage;
    }

    static unsafe Storage Inline(byte[] bytes) => StorageReading.Fill(bytes.Length, p => bytes.CopyTo(new Span<byte>(p, bytes.Length)));
}
