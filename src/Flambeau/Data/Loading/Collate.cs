using System.Runtime.CompilerServices;

namespace Flambeau.Data;

/// <summary>Joins examples to a batch.</summary>
public static class Collate
{
    /// <summary>
    /// The default rules: tensors of one shape are stacked along a new first axis, numbers become a 1-d tensor of their dtype, tuples (up to 4),
    /// arrays of tensors and dictionaries are joined part by part, and strings become an array.
    /// </summary>
    /// <typeparam name="T">An example.</typeparam>
    /// <typeparam name="TBatch">What becomes of it: for <c>(Tensor, long)</c> it is <c>(Tensor, Tensor)</c>.</typeparam>
    /// <exception cref="ArgumentException">Shapes differ, or the rules make something else than <typeparamref name="TBatch"/>.</exception>
    public static TBatch Default<T, TBatch>(IReadOnlyList<T> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        if (examples.Count == 0) throw new ArgumentException("collate: there is no example to join.", nameof(examples));
        var joined = Join([.. examples.Select(static e => (object?)e)]);
        return joined is TBatch batch
            ? batch
            : throw new ArgumentException(
                $"collate: examples of type {Name(typeof(T))} join to {Name(joined.GetType())}, but the loader gives {Name(typeof(TBatch))}. Declare the loader with the former as its batch type, or pass a collate function.");
    }

    static object Join(object?[] items) => items[0] switch
    {
        Tensor => Stack(Column<Tensor>(items)),
        float => Tensor.From(Column<float>(items)),
        double => Tensor.From(Column<double>(items)),
        long => Tensor.From(Column<long>(items)),
        int => Tensor.From(Column<int>(items)),
        short => Tensor.From(Column<short>(items)),
        sbyte => Tensor.From(Column<sbyte>(items)),
        byte => Tensor.From(Column<byte>(items)),
        bool => Tensor.From(Column<bool>(items)),
        Half => Tensor.From(Column<Half>(items)),
        string => Column<string>(items),
        Tensor[] first => Array(Column<Tensor[]>(items), first.Length),
        ITuple first => Tuple(Column<ITuple>(items), first.Length),
        IReadOnlyDictionary<string, Tensor> first => Dictionary(Column<IReadOnlyDictionary<string, Tensor>>(items), first),
        var other => throw new ArgumentException(
            $"collate: there is no default rule to join {(other is null ? "null" : Name(other.GetType()))}; expected tensors, numbers, strings, or tuples, arrays and dictionaries of these. Pass a collate function to the loader."),
    };

    static T[] Column<T>(object?[] items) => System.Array.ConvertAll(items, static item => item is T t
        ? t
        : throw new ArgumentException($"collate: the examples of a batch differ in type: {Name(typeof(T))}, and {(item is null ? "null" : Name(item.GetType()))}."));

    static Tensor Stack(Tensor[] tensors)
    {
        for (var i = 1; i < tensors.Length; i++)
        {
            if (tensors[i].Shape != tensors[0].Shape)
                throw new ArgumentException(
                    $"collate: example 0 of the batch has shape {tensors[0].Shape}, example {i} has {tensors[i].Shape}; only tensors of one shape can be stacked. Pad or crop them, or pass a collate function to the loader.");
        }
        return Tensor.Stack(tensors);
    }

    static Tensor[] Array(Tensor[][] rows, int length)
    {
        SameLength(rows, static r => r.Length);
        return [.. Enumerable.Range(0, length).Select(k => Stack(System.Array.ConvertAll(rows, r => r[k])))];
    }

    static object Tuple(ITuple[] rows, int length)
    {
        SameLength(rows, static r => r.Length);
        var parts = new object[length];
        for (var k = 0; k < length; k++) parts[k] = Join(System.Array.ConvertAll(rows, r => r[k]));
        if (System.Array.TrueForAll(parts, static p => p is Tensor))
        {
            var t = System.Array.ConvertAll(parts, static p => (Tensor)p);
            switch (length)
            {
                case 1: return ValueTuple.Create(t[0]);
                case 2: return (t[0], t[1]);
                case 3: return (t[0], t[1], t[2]);
                case 4: return (t[0], t[1], t[2], t[3]);
            }
        }
        else if (parts is [Tensor x, string[] names]) return (x, names);
        throw new ArgumentException(
            $"collate: there is no default rule for tuples of {string.Join(", ", parts.Select(static p => Name(p.GetType())))}; up to 4 tensors or numbers are joined. Pass a collate function to the loader.");
    }

    static Dictionary<string, Tensor> Dictionary(IReadOnlyDictionary<string, Tensor>[] rows, IReadOnlyDictionary<string, Tensor> first) =>
        first.Keys.ToDictionary(static key => key, key => Stack(System.Array.ConvertAll(rows, r => r.TryGetValue(key, out var t)
            ? t
            : throw new ArgumentException($"collate: the first example of the batch has the key '{key}', another has not."))));

    static void SameLength<T>(T[] rows, Func<T, int> length)
    {
        foreach (var row in rows)
        {
            if (length(row) != length(rows[0])) throw new ArgumentException($"collate: the examples of a batch have {length(rows[0])} and {length(row)} parts; expected as many in all.");
        }
    }

    static string Name(Type type) => type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.Name;
}
