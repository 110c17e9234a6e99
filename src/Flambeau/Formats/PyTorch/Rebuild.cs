namespace Flambeau.Formats;

/// <summary>PyTorch's functions that put a tensor together from a storage, as descriptions.</summary>
internal static class Rebuild
{
    /// <summary>(storage, offset, size, stride[, requires_grad, hooks[, metadata]])</summary>
    internal static TensorRef Tensor(PyTuple a) =>
        a.Count >= 4 && a[0] is StorageView view && a[1] is long offset
            ? new(view, view.Type ?? throw new CheckpointException("a tensor of an untyped storage doesn't say its dtype"), offset, Numbers(a[2]), Numbers(a[3]), a.Count > 4 && a[4] is true)
            : throw TorchHost.Arguments("torch._utils._rebuild_tensor_v2");

    /// <summary>(storage, offset, size, stride, requires_grad, hooks, dtype[, metadata])</summary>
    internal static TensorRef TensorWithDType(PyTuple a) =>
        a.Count >= 7 && a[0] is StorageView view && a[1] is long offset && a[6] is DTypeGlobal dtype
            ? new(view, dtype.DType, offset, Numbers(a[2]), Numbers(a[3]), a[4] is true)
            : throw TorchHost.Arguments("torch._utils._rebuild_tensor_v3");

    /// <summary>(tensor, requires_grad[, hooks[, state]])</summary>
    internal static TensorRef Parameter(PyTuple a)
    {
        if (a.Count < 1 || a[0] is not TensorRef t) throw TorchHost.Arguments("torch._utils._rebuild_parameter");
        t.RequiresGrad = a.Count < 2 || a[1] is true;
        return t;
    }

    /// <summary>(tensor or array, dtype, device, requires_grad)</summary>
    internal static TensorRef OnDevice(PyTuple a)
    {
        var t = a.Count < 1 ? null : a[0] is NumpyArray n ? n.ToTensor() : a[0] as TensorRef;
        if (t is null) throw TorchHost.Arguments("torch._utils._rebuild_device_tensor");
        if (a.Count > 1 && a[1] is DTypeGlobal d && d.DType != t.DType)
            throw new CheckpointException($"a tensor is stored as {t.DType} and to be converted to {d.DType}, which isn't supported; save it from the CPU");
        t.RequiresGrad = a.Count > 3 && a[3] is true;
        return t;
    }

    /// <summary>(function, type, arguments, state): a tensor with Python attributes, or of a subclass that adds only behaviour.</summary>
    internal static object? FromType(PyTuple a)
    {
        if (a is not [PickleGlobal f, PickleGlobal type, PyTuple arguments, _] || !f.Name.StartsWith("torch._utils._rebuild_", StringComparison.Ordinal))
            throw TorchHost.Arguments("torch._tensor._rebuild_from_type_v2");
        if (type.Name is not ("torch.Tensor" or "torch.nn.parameter.Parameter"))
            throw new CheckpointException($"refused: the pickle asks for a tensor of class {CheckpointException.Quote(type.Name)}; only torch.Tensor and Parameter are known");
        return f.Call(arguments);
    }

    static long[] Numbers(object? o)
    {
        ReadOnlySpan<object?> items = o switch
        {
            PyTuple t => t.Items,
            List<object?> l => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(l),
            _ => throw new CheckpointException($"a tensor's sizes or strides are {PyKeys.TypeName(o)}, not a tuple of integers"),
        };
        if (items.Length > 1024) throw new CheckpointException($"refused: a tensor has {items.Length:N0} axes");
        var n = new long[items.Length];
        for (var i = 0; i < n.Length; i++) n[i] = items[i] is long v ? v : throw new CheckpointException($"a tensor's size or stride is {PyKeys.TypeName(items[i])}, not an integer");
        return n;
    }
}
