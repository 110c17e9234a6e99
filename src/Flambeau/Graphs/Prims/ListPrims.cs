using Flambeau.Ops;

namespace Flambeau.Graphs;

/// <summary>Lists and tuples as values: never changed, each op gives a new one.</summary>
internal static class ListPrims
{
    [Op("prim.list(any[] items) -> any[]")]
    internal static object List(object? items) => Items(items, "prim.list");

    [Op("prim.tuple(any[] items) -> any")]
    internal static object Tuple(object? items) => Items(items, "prim.tuple");

    [Op("prim.getitem(any list, any index) -> any")]
    internal static object GetItem(object? list, object? index)
    {
        if (list is System.Collections.IDictionary d) return d.Contains(index!) ? d[index!]! : throw new ArgumentException($"the dictionary has no key '{index}'");
        var items = Items(list, "prim.getitem");
        return items[At(items, index, "prim.getitem")]!;
    }

    [Op("prim.setitem(any list, any index, any value) -> any")]
    internal static object SetItem(object? list, object? index, object? value)
    {
        object?[] items = [.. Items(list, "prim.setitem")];
        items[At(items, index, "prim.setitem")] = value;
        return items;
    }

    [Op("prim.append(any[] list, any item) -> any[]")]
    internal static object Append(object? list, object? item) => (object?[])[.. Items(list, "prim.append"), item];

    [Op("prim.concat(any[] a, any[] b) -> any[]")]
    internal static object Concat(object? a, object? b) => (object?[])[.. Items(a, "prim.concat"), .. Items(b, "prim.concat")];

    [Op("prim.list_slice(any[] list, int start, int end) -> any[]")]
    internal static object Slice(object? list, long start, long end)
    {
        var items = Items(list, "prim.list_slice");
        long Bound(long i) => Math.Clamp(i < 0 ? i + items.Length : i, 0, items.Length);
        return items[(int)Bound(start)..(int)Math.Max(Bound(start), Bound(end))];
    }

    [Op("prim.len(any list) -> int")]
    internal static long Len(object? list) => list switch
    {
        string s => s.Length,
        System.Collections.IDictionary d => d.Count,
        Tensor t => t.Rank > 0 ? t.Size(0) : throw new ArgumentException("a 0-d tensor has no length"),
        _ => Items(list, "prim.len").Length,
    };

    internal static object?[] Items(object? list, string op) => Interpreter.Normal(list) as object?[] ?? throw new ArgumentException($"{op}: {Registry.Describe(list)} is no list");

    static int At(object?[] items, object? index, string op)
    {
        var i = index is long l ? l : throw new ArgumentException($"{op}: {Registry.Describe(index)} is no index");
        return i >= -items.Length && i < items.Length ? (int)(i < 0 ? i + items.Length : i)
            : throw new ArgumentException($"{op}: index {i} is out of range for a list of {items.Length}");
    }
}
