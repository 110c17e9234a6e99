using System.Collections.Frozen;
using System.Numerics;
using System.Text;

namespace Flambeau.Formats;

/// <summary>
/// The only names a PyTorch checkpoint may use, and what each means as data. Everything else is refused by name,
/// or kept as inert data when that was asked for.
/// </summary>
internal sealed class TorchHost(bool keepUnknown) : PickleHost
{
    readonly Dictionary<string, StorageRef> storages = new(StringComparer.Ordinal);

    static readonly FrozenDictionary<string, PickleGlobal> known = Table();

    /// <summary>Storages the pickle named, by key.</summary>
    internal IReadOnlyDictionary<string, StorageRef> Storages => storages;

    internal override PickleGlobal Global(string module, string name)
    {
        var full = module switch
        {
            "__builtin__" => "builtins." + name,
            "numpy._core.multiarray" => "numpy.core.multiarray." + name,
            "torch.storage" or "torch.cuda" when TorchDType.Storages.ContainsKey(name) => "torch." + name,
            _ => $"{module}.{name}",
        };
        if (known.TryGetValue(full, out var global)) return global;
        if (module == "torch" && TorchDType.Find(name) is { } dtype) return new DTypeGlobal(dtype);
        if (keepUnknown) return new UnknownGlobal(full);
        throw new CheckpointException($"refused: the pickle asks for {CheckpointException.Quote(full)}. Loading it as Python does would run code from the file; "
            + "Flambeau builds only tensors, numbers, strings and plain containers. "
            + (module.StartsWith("__torch__", StringComparison.Ordinal) || module.StartsWith("torch.jit", StringComparison.Ordinal)
                ? "This is a TorchScript archive: open it as a scripted model, or save model.state_dict() instead."
                : "Save model.state_dict() instead of whole objects, or set KeepUnknownObjects to see such objects as inert data."));
    }

    internal override object? Persistent(object? id)
    {
        if (id is not PyTuple { Count: >= 5 } t || t[0] is not "storage")
            throw new CheckpointException("refused: the pickle refers to an outside object that is no tensor storage"
                + (id is PyTuple { Count: > 0 } p && p[0] is "module" ? " (it is a whole nn.Module with its source code; save model.state_dict() instead)" : ""));
        var key = t[2] switch
        {
            string s => s,
            long v => v.ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => throw new CheckpointException("a tensor storage has no name"),
        };
        if (t[1] is not StorageGlobal type) throw new CheckpointException($"the storage {CheckpointException.Quote(key)} has no storage type but {PyKeys.TypeName(t[1])}");
        var unit = type.DType?.Size ?? 1;
        if (t[4] is not long count || count < 0 || count > long.MaxValue / 32) throw new CheckpointException($"the storage {CheckpointException.Quote(key)} has an impossible size");
        if (!storages.TryGetValue(key, out var storage)) storages[key] = storage = new(key, unit, count * unit, SwapOf(type.DType));
        else if (storage.Bytes != count * unit)
            throw new CheckpointException($"the storage {CheckpointException.Quote(key)} is once said to have {storage.Bytes:N0} bytes and once {count * unit:N0}");
        if (storage.Unit != unit) storage = storage with { Unit = unit };
        if (t.Count < 6 || t[5] is not PyTuple view) return new StorageView(storage, type.DType, 0, count);
        return view.Count == 3 && view[1] is long offset && view[2] is long size && offset >= 0 && size >= 0 && offset <= count && size <= count - offset
            ? new StorageView(storage, type.DType, offset, size)
            : throw new CheckpointException($"a view of the storage {CheckpointException.Quote(key)} lies outside it");
    }

    static int SwapOf(TorchDType? d) => d?.Known is DType.Complex64 or DType.Complex128 ? d.Size / 2 : d?.Size ?? 1;

    static FrozenDictionary<string, PickleGlobal> Table()
    {
        var t = new Dictionary<string, PickleGlobal>(StringComparer.Ordinal);
        void Add(string name, Func<PyTuple, object?>? call) => t.Add(name, new(name, call));
        foreach (var (name, dtype) in TorchDType.Storages) t.Add("torch." + name, new StorageGlobal("torch." + name, dtype));

        Add("torch._utils._rebuild_tensor", static a => Rebuild.Tensor(a));
        Add("torch._utils._rebuild_tensor_v2", static a => Rebuild.Tensor(a));
        Add("torch._utils._rebuild_tensor_v3", static a => Rebuild.TensorWithDType(a));
        Add("torch._utils._rebuild_parameter", static a => Rebuild.Parameter(a));
        Add("torch._utils._rebuild_parameter_with_state", static a => Rebuild.Parameter(a));
        Add("torch.nn.parameter.Parameter", static a => Rebuild.Parameter(a));
        Add("torch._utils._rebuild_device_tensor_from_cpu_tensor", static a => Rebuild.OnDevice(a));
        Add("torch._utils._rebuild_device_tensor_from_numpy", static a => Rebuild.OnDevice(a));
        Add("torch._tensor._rebuild_from_type_v2", static a => Rebuild.FromType(a));
        Add("torch.Tensor", null);
        Add("torch.Size", static a => a is [PyTuple sizes] ? sizes : throw Arguments("torch.Size"));
        Add("torch.device", static a => a switch
        {
            [string kind] => kind,
            [string kind, long index] => $"{kind}:{index}",
            _ => throw Arguments("torch.device"),
        });
        Add("torch.serialization._get_layout", static a => a is [string layout] ? layout : throw Arguments("torch.serialization._get_layout"));

        Add("collections.OrderedDict", static a => Dictionary(a, true, "collections.OrderedDict"));
        Add("collections.Counter", static a => Dictionary(a, false, "collections.Counter"));
        Add("collections.defaultdict", static a => Dictionary(a.Count > 0 && a[0] is null or PickleGlobal ? new(a.Items[1..]) : a, false, "collections.defaultdict"));
        Add("builtins.dict", static a => Dictionary(a, false, "dict"));
        Add("builtins.list", static a => new List<object?>(Sequence(a, "list")));
        Add("builtins.tuple", static a => new PyTuple(Sequence(a, "tuple")));
        Add("builtins.set", static a => PickleBuilders.Set(Sequence(a, "set")));
        Add("builtins.frozenset", static a => PickleBuilders.Set(Sequence(a, "frozenset")));
        Add("builtins.complex", static a => a is [double re, double im] ? new Complex(re, im) : throw Arguments("complex"));
        Add("builtins.bytearray", static a => a switch
        {
            [] => Array.Empty<byte>(),
            [byte[] b] => b,
            [string s, "latin-1"] => Encoding.Latin1.GetBytes(s),
            _ => throw Arguments("bytearray"),
        });
        Add("_codecs.encode", static a => a is [string s, "latin1" or "latin-1"] ? Encoding.Latin1.GetBytes(s) : throw Arguments("_codecs.encode"));
        Numpy.Register(Add);
        return t.ToFrozenDictionary(StringComparer.Ordinal);
    }

    internal static CheckpointException Arguments(string function) => new($"the pickle gives {function} arguments that it doesn't take");

    static object?[] Sequence(PyTuple a, string name) => a switch
    {
        [] => [],
        [List<object?> l] => [.. l],
        [PyTuple t] => [.. t],
        [HashSet<object> s] => [.. s],
        _ => throw Arguments(name),
    };

    static PyDict Dictionary(PyTuple a, bool ordered, string name)
    {
        var d = new PyDict { IsOrdered = ordered };
        switch (a)
        {
            case []: break;
            case [PyDict from]:
                foreach (var (k, v) in from) d[k] = v;
                break;
            default:
                foreach (var pair in Sequence(a, name))
                {
                    var items = pair switch { PyTuple t => t.Items, List<object?> l => [.. l], _ => [] };
                    if (items.Length != 2) throw Arguments(name);
                    PickleBuilders.SetItems(d, items);
                }
                break;
        }
        return d;
    }
}

/// <summary>A storage class, typed or not.</summary>
internal sealed class StorageGlobal(string name, TorchDType? dtype) : PickleGlobal(name)
{
    internal TorchDType? DType => dtype;
}

/// <summary>A dtype, which is a value by itself.</summary>
internal sealed class DTypeGlobal(TorchDType dtype) : PickleGlobal("torch." + dtype.Name)
{
    internal TorchDType DType => dtype;
}
