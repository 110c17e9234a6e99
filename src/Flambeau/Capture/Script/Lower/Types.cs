using System.Runtime.CompilerServices;
using Flambeau.Capture.Ast;
using Flambeau.Graphs;

namespace Flambeau.Capture.Lower;

/// <summary>Types of scripts as types of graphs, and values across the border of a graph.</summary>
internal static class Types
{
    internal static GraphType Graph(TypeRef type) => type switch
    {
        SimpleRef s => s.Kind switch
        {
            SimpleKind.Tensor => GraphType.Tensor,
            SimpleKind.Int => GraphType.Int,
            SimpleKind.Float => GraphType.Float,
            SimpleKind.Bool => GraphType.Bool,
            SimpleKind.String => GraphType.String,
            SimpleKind.DType => GraphType.DType,
            SimpleKind.Number => GraphType.Scalar,
            SimpleKind.None => GraphType.None,
            _ => GraphType.Any,
        },
        ListRef l => new ListType(Graph(l.Element)),
        TupleRef t => new TupleType([.. t.Items.Select(Graph)]),
        RecordRef r => new TupleType([.. r.Types.Select(Graph)]),
        DictRef d => new DictType(Graph(d.Key), Graph(d.Value)),
        OptionalRef o => new OptionalType(Graph(o.Element)),
        _ => GraphType.Any,
    };

    /// <summary>A host argument as the inputs of a graph: tuples and records are taken apart.</summary>
    internal static void ToGraph(object? value, TypeRef type, List<object?> into)
    {
        switch (type)
        {
            case TupleRef t:
                var items = Items(value, t);
                for (var i = 0; i < t.Items.Count; i++) ToGraph(items[i], t.Items[i], into);
                break;
            case RecordRef r:
                var fields = r.Take is null || value is object?[] ? (object?[])value! : r.Take(value!);
                for (var i = 0; i < r.Types.Count; i++) ToGraph(fields[i], r.Types[i], into);
                break;
            default:
                into.Add(Plain(value, type));
                break;
        }
    }

    static object?[] Items(object? value, TupleRef type) => value switch
    {
        ITuple t when t.Length == type.Items.Count => [.. Enumerable.Range(0, t.Length).Select(i => t[i])],
        object?[] a when a.Length == type.Items.Count => a,
        _ => throw new ArgumentException($"a tuple of {type.Items.Count} items was expected, not {Ops.Registry.Describe(value)}"),
    };

    /// <summary>Inside a list or an optional, tuples and records are arrays; numbers have the kind the type says.</summary>
    static object? Plain(object? value, TypeRef type) => type switch
    {
        OptionalRef o => value is null ? null : Plain(value, o.Element),
        ListRef l when value is System.Collections.IEnumerable e => e.Cast<object?>().Select(x => Plain(x, l.Element)).ToArray(),
        TupleRef t => Items(value, t).Select((x, i) => Plain(x, t.Items[i])).ToArray(),
        RecordRef r => (r.Take is null || value is object?[] ? (object?[])value! : r.Take(value!)).Select((x, i) => Plain(x, r.Types[i])).ToArray(),
        SimpleRef { Kind: SimpleKind.Float } when value is int or long => Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture),
        _ => value is System.Collections.IDictionary ? value : Interpreter.Normal(value),
    };

    /// <summary>Takes a host value from the outputs of a graph.</summary>
    internal static object? FromGraph(TypeRef type, IReadOnlyList<object?> outputs, ref int at)
    {
        switch (type)
        {
            case SimpleRef { Kind: SimpleKind.None }:
                return null;
            case TupleRef t:
                var items = new object?[t.Items.Count];
                for (var i = 0; i < items.Length; i++) items[i] = FromGraph(t.Items[i], outputs, ref at);
                return t.Host is null ? items : t.Host(items);
            case RecordRef r:
                var fields = new object?[r.Types.Count];
                for (var i = 0; i < fields.Length; i++) fields[i] = FromGraph(r.Types[i], outputs, ref at);
                return r.Host is null ? fields : r.Host(fields);
            default:
                return FromPlain(type, outputs[at++]);
        }
    }

    static object? FromPlain(TypeRef type, object? value)
    {
        if (value is null) return null;
        switch (type)
        {
            case OptionalRef o:
                return FromPlain(o.Element, value);
            case SimpleRef s:
                return s.Host is null ? value : s.Host(value);
            case ListRef l:
                var list = ((object?[])Interpreter.Normal(value)!).Select(x => FromPlain(l.Element, x)).ToArray();
                return l.Host is null ? list : l.Host(list);
            case DictRef d:
                var map = (System.Collections.IDictionary)value;
                object?[] keys = [.. map.Keys.Cast<object?>().Select(x => FromPlain(d.Key, x))], values = [.. map.Values.Cast<object?>().Select(x => FromPlain(d.Value, x))];
                return d.Host is null ? value : d.Host(keys, values);
            case TupleRef t:
                var items = ((object?[])value).Select((x, i) => FromPlain(t.Items[i], x)).ToArray();
                return t.Host is null ? items : t.Host(items);
            case RecordRef r:
                var fields = ((object?[])value).Select((x, i) => FromPlain(r.Types[i], x)).ToArray();
                return r.Host is null ? fields : r.Host(fields);
            default:
                return value;
        }
    }
}
