using System.Collections;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Formats;

/// <summary>
/// A Python dictionary in insertion order. Keys are strings, <see cref="long"/>, <see cref="double"/>, <see cref="bool"/>,
/// <see cref="BigInteger"/>, dtypes or tuples of these; an <see cref="int"/> finds the <see cref="long"/> of the same value.
/// </summary>
public sealed class PyDict : OrderedDictionary<object, object?>
{
    /// <summary>An empty dictionary.</summary>
    public PyDict() : base(PyKeys.Instance) { }

    /// <summary>Whether it is (or is to be written as) a <c>collections.OrderedDict</c>, as state dicts are, rather than a plain <c>dict</c>.</summary>
    public bool IsOrdered { get; init; }

    /// <summary>Attributes set on the dictionary itself, such as the <c>_metadata</c> of a state dict; null when there are none.</summary>
    public PyDict? Attributes { get; set; }

    /// <summary>The value under a key as type <typeparamref name="T"/>.</summary>
    /// <exception cref="CheckpointException">The key is missing, or its value has another type.</exception>
    public T Get<T>(object key) => !TryGetValue(key, out var v)
        ? throw new CheckpointException($"there is no key {CheckpointException.Quote(key.ToString() ?? "")}; the keys are {PyKeys.Join(Keys)}")
        : v is T t ? t : throw new CheckpointException($"the value of {CheckpointException.Quote(key.ToString() ?? "")} is {PyKeys.TypeName(v)}, not {typeof(T).Name}");
}

/// <summary>A Python tuple.</summary>
public sealed class PyTuple : IReadOnlyList<object?>, IEquatable<PyTuple>
{
    /// <summary>The tuple of no items.</summary>
    public static readonly PyTuple Empty = new();

    internal readonly object?[] Items;
    readonly int hash;

    /// <summary>A tuple of these items.</summary>
    public PyTuple(params object?[] items)
    {
        Items = items;
        long weight = 1;
        var h = new HashCode();
        foreach (var item in items)
        {
            weight += item is PyTuple t ? t.KeyWeight : PyKeys.IsSimple(item) || item is null ? 1 : PyKeys.TooHeavy;
            h.Add(item is null ? 0 : PyKeys.Instance.GetHashCode(item));
        }
        KeyWeight = (int)Math.Min(weight, PyKeys.TooHeavy);
        hash = h.ToHashCode();
    }

    /// <summary>Number of values inside, counted through nested tuples; bounds the work of comparing keys of a hostile file.</summary>
    internal int KeyWeight { get; }

    /// <inheritdoc/>
    public object? this[int index] => Items[index];

    /// <inheritdoc/>
    public int Count => Items.Length;

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator() => ((IEnumerable<object?>)Items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(PyTuple? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || other.hash != hash || other.Count != Count) return false;
        for (var i = 0; i < Items.Length; i++)
        {
            if (!PyKeys.Instance.Equals(Items[i], other.Items[i])) return false;
        }
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PyTuple);

    /// <inheritdoc/>
    public override int GetHashCode() => hash;

    /// <inheritdoc/>
    public override string ToString() => $"tuple of {Count}";
}

/// <summary>
/// An object of a class Flambeau doesn't know, kept as inert data: nothing of it is ever run. Only made when
/// <see cref="CheckpointOptions.KeepUnknownObjects"/> asks for it.
/// </summary>
public sealed class PyObject
{
    /// <summary>An object of a class.</summary>
    public PyObject(string type, PyTuple arguments) => (Type, Arguments) = (type, arguments);

    /// <summary>The full Python name of the class, or of the function the pickle wanted called.</summary>
    public string Type { get; }

    /// <summary>Arguments of the constructor or function.</summary>
    public PyTuple Arguments { get; internal set; }

    /// <summary>What the object's attributes are set from, usually a <see cref="PyDict"/>.</summary>
    public object? State { get; internal set; }

    /// <summary>Items appended to it, if it is a kind of list; else null.</summary>
    public List<object?>? List { get; internal set; }

    /// <summary>Items set on it, if it is a kind of dictionary; else null.</summary>
    public PyDict? Dict { get; internal set; }

    /// <inheritdoc/>
    public override string ToString() => $"object of {Type}";
}

/// <summary>What may be a key of a dictionary or a member of a set, and how keys compare.</summary>
internal sealed class PyKeys : IEqualityComparer<object>
{
    internal const int TooHeavy = 1024;

    internal static readonly PyKeys Instance = new();

    internal static bool IsSimple(object? o) => o is string or long or int or bool or double or BigInteger or Complex or DType or TorchDType;

    internal static bool IsKey(object? o) => IsSimple(o) || o is PyTuple { KeyWeight: < TooHeavy };

    public new bool Equals(object? x, object? y) => object.Equals(Wide(x), Wide(y));

    // Seeded per process, unlike Int64.GetHashCode: a file can't choose colliding keys.
    public int GetHashCode(object o) => Wide(o) switch
    {
        long v => HashCode.Combine(v),
        double v => HashCode.Combine(v, 1),
        BigInteger v => HashCode.Combine(v, 2),
        string s => s.GetHashCode(StringComparison.Ordinal),
        PyTuple t => t.GetHashCode(),
        DType or TorchDType or bool or Complex => o.GetHashCode(),
        _ => RuntimeHelpers.GetHashCode(o),
    };

    static object? Wide(object? o) => o is int i ? (long)i : o;

    internal static string TypeName(object? o) => o switch
    {
        null => "None",
        PyDict => "a dict",
        PyTuple => "a tuple",
        List<object?> => "a list",
        HashSet<object> => "a set",
        string => "a string",
        long or int or BigInteger => "an integer",
        bool => "a bool",
        double => "a float",
        byte[] => "bytes",
        Tensor or TensorRef => "a tensor",
        PyObject p => $"an object of {CheckpointException.Quote(p.Type)}",
        PickleGlobal g => CheckpointException.Quote(g.Name),
        _ => o.GetType().Name,
    };

    internal static string Join(IEnumerable<object> keys)
    {
        var some = keys.Take(12).Select(static k => CheckpointException.Quote(k.ToString() ?? "")).ToList();
        return some.Count == 0 ? "(none)" : string.Join(", ", some) + (some.Count == 12 ? ", ..." : "");
    }
}
