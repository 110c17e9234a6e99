using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Flambeau.Formats;

/// <summary>Turns a tree into the entries of PyTorch's zip format.</summary>
internal sealed class CheckpointWriter
{
    const uint Open = uint.MaxValue;

    readonly PickleWriter pickle = new();
    readonly List<(Storage Storage, long Bytes)> storages = [];
    readonly Dictionary<(Storage, DType), int> keys = [];
    readonly Dictionary<object, uint> written = new(ReferenceEqualityComparer.Instance);
    byte[]? tree;

    /// <summary>Writes the pickle and notes the storages; nothing is copied.</summary>
    internal void Collect(object? value)
    {
        Value(value, "the root", 0);
        tree = pickle.Finish().ToArray();
    }

    internal unsafe void Write(Stream stream)
    {
        var zip = new ZipWriter(stream);
        zip.Add("archive/data.pkl", tree);
        zip.Add("archive/.format_version", "1"u8);
        zip.Add("archive/.storage_alignment", "64"u8);
        zip.Add("archive/byteorder", BitConverter.IsLittleEndian ? "little"u8 : "big"u8);
        for (var i = 0; i < storages.Count; i++)
        {
            var (storage, bytes) = storages[i];
            fixed (byte* p = &storage.Kept) zip.Add($"archive/data/{i.ToString(CultureInfo.InvariantCulture)}", p, bytes);
            GC.KeepAlive(storage);
        }
        zip.Add("archive/version", "3\n"u8);
        zip.Finish();
    }

    void Value(object? v, string where, int depth)
    {
        if (depth > PyTree.MaxDepth) throw new ArgumentException($"containers are nested more than {PyTree.MaxDepth} deep at {where}");
        if (Simple(v)) return;
        if (written.TryGetValue(v!, out var id))
        {
            if (id == Open) throw new ArgumentException($"{where} holds a container that holds itself; a checkpoint can't");
            pickle.Recall(id);
            return;
        }
        if (!v!.GetType().IsValueType) written[v] = Open;
        Container(v, where, depth + 1);
        if (!v.GetType().IsValueType) written[v] = pickle.Memoize();
    }

    bool Simple(object? v)
    {
        switch (v)
        {
            case null: pickle.Op(PickleOp.None); break;
            case bool b: pickle.Bool(b); break;
            case byte or sbyte or short or ushort or int or uint or long: pickle.Int(Convert.ToInt64(v, CultureInfo.InvariantCulture)); break;
            case ulong u: pickle.Int(new BigInteger(u)); break;
            case BigInteger i: pickle.Int(i); break;
            case double d: pickle.Float(d); break;
            case float f: pickle.Float(f); break;
            case Half h: pickle.Float((double)h); break;
            case string s: pickle.Text(s); break;
            case DType t: pickle.Global("torch", t.Name()); break;
            case Scalar s: return Simple(s.Kind switch { DType.Bool => (object)s.ToBool(), DType.Int64 => s.ToLong(), DType.Float64 => s.ToDouble(), _ => s.ToComplex() });
            case Complex c: Call("builtins", "complex", 2, () => { pickle.Float(c.Real); pickle.Float(c.Imaginary); }); break;
            case Device d: Call("torch", "device", 1, () => pickle.Text(d.ToString())); break;
            case Shape s: Call("torch", "Size", 1, () => Longs(s.Sizes)); break;
            default: return false;
        }
        return true;
    }

    void Container(object v, string where, int depth)
    {
        switch (v)
        {
            case Tensor t: Tensor(t); break;
            case byte[] b:
                Call("_codecs", "encode", 2, () => { pickle.Text(Encoding.Latin1.GetString(b)); pickle.Text("latin1"); });
                break;
            case PyDict d: Dict(d, where, depth); break;
            case IEnumerable<KeyValuePair<string, Tensor>> state: Dict(state.Select(static p => new KeyValuePair<object, object?>(p.Key, p.Value)), true, where, depth); break;
            case IEnumerable<KeyValuePair<string, object?>> named: Dict(named.Select(static p => new KeyValuePair<object, object?>(p.Key, p.Value)), false, where, depth); break;
            case IDictionary d: Dict(Pairs(d), false, where, depth); break;
            case HashSet<object> s: Set(s, where, depth); break;
            case HashSet<string> s: Set(s, where, depth); break;
            case HashSet<long> s: Set(s.Cast<object>(), where, depth); break;
            case PyTuple t: pickle.Tuple(t.Count, () => Items(t.Items, where, depth)); break;
            case ITuple t: pickle.Tuple(t.Length, () => { for (var i = 0; i < t.Length; i++) Value(t[i], $"{where}[{i}]", depth); }); break;
            case IList l: List(l, where, depth); break;
            default:
                throw new ArgumentException($"{where} is a {v.GetType()}, which a checkpoint can't hold; it can hold tensors, dictionaries, lists, arrays, tuples, "
                    + "HashSet<object>, strings, numbers, bools, DType, Device, Shape, byte[] and null");
        }
    }

    void Dict(PyDict d, string where, int depth)
    {
        Dict(d, d.IsOrdered, where, depth);
        if (d.Attributes is not { } attributes) return;
        if (!d.IsOrdered) throw new ArgumentException($"{where} is a plain dict with attributes; only one with IsOrdered set can carry them");
        Value(attributes, $"attributes of {where}", depth);
        pickle.Op(PickleOp.Build);
    }

    void Dict(IEnumerable<KeyValuePair<object, object?>> pairs, bool ordered, string where, int depth)
    {
        if (ordered) Call("collections", "OrderedDict", 0, static () => { });
        else pickle.Op(PickleOp.EmptyDict);
        pickle.Op(PickleOp.Mark);
        foreach (var (k, value) in pairs)
        {
            Value(k, $"a key of {where}", depth);
            Value(value, $"{where}[{(k is string s ? $"'{s}'" : k)}]", depth);
        }
        pickle.Op(PickleOp.SetItems);
    }

    static IEnumerable<KeyValuePair<object, object?>> Pairs(IDictionary dictionary)
    {
        var e = dictionary.GetEnumerator(); // foreach would give whatever the class's other enumerator gives
        while (e.MoveNext()) yield return new(e.Key, e.Value);
    }

    void List(IList list, string where, int depth)
    {
        pickle.Op(PickleOp.EmptyList);
        pickle.Op(PickleOp.Mark);
        for (var i = 0; i < list.Count; i++) Value(list[i], $"{where}[{i}]", depth);
        pickle.Op(PickleOp.Appends);
    }

    void Set(IEnumerable<object> members, string where, int depth) =>
        Call("builtins", "set", 1, () => List(members.ToArray(), where, depth));

    void Items(object?[] items, string where, int depth)
    {
        for (var i = 0; i < items.Length; i++) Value(items[i], $"{where}[{i}]", depth);
    }

    void Call(string module, string name, int count, Action arguments)
    {
        pickle.Global(module, name);
        pickle.Tuple(count, arguments);
        pickle.Op(PickleOp.Reduce);
    }

    void Longs(long[] values) => pickle.Tuple(values.Length, () => { foreach (var v in values) pickle.Int(v); });

    void Tensor(Tensor t)
    {
        // A tensor elsewhere comes as a compact copy; the storage it may share there is not the file's business.
        var host = t.Device == Device.Cpu ? t : t.Detach().To(Device.Cpu);
        Call("torch._utils", "_rebuild_tensor_v2", 6, () =>
        {
            pickle.Tuple(5, () =>
            {
                var size = host.DType.Size();
                pickle.Text("storage");
                pickle.Global("torch", TorchDType.StorageName(host.DType));
                pickle.Text(Key(host.Storage, host.DType).ToString(CultureInfo.InvariantCulture));
                pickle.Text("cpu");
                pickle.Int(host.Storage.Bytes / size);
            });
            pickle.Op(PickleOp.BinPersId);
            pickle.Int(host.StorageOffset);
            Longs(host.Layout.Sizes);
            Longs(host.Layout.Strides);
            pickle.Bool(t.RequiresGrad);
            Call("collections", "OrderedDict", 0, static () => { });
        });
    }

    int Key(Storage storage, DType dtype)
    {
        if (!keys.TryGetValue((storage, dtype), out var key))
        {
            keys[(storage, dtype)] = key = storages.Count;
            storages.Add((storage, storage.Bytes / dtype.Size() * dtype.Size()));
        }
        return key;
    }
}
