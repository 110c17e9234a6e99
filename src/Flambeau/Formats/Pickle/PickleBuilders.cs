namespace Flambeau.Formats;

/// <summary>Filling of the containers that a pickle names.</summary>
internal static class PickleBuilders
{
    internal static void Append(object? target, ReadOnlySpan<object?> items)
    {
        switch (target)
        {
            case List<object?> list: list.AddRange(items); break;
            case PyObject o: (o.List ??= []).AddRange(items); break;
            default: throw new CheckpointException($"the pickle is damaged: it appends to {PyKeys.TypeName(target)}");
        }
    }

    internal static void Add(object? target, ReadOnlySpan<object?> members)
    {
        if (target is not HashSet<object> set) throw new CheckpointException($"the pickle is damaged: it adds members to {PyKeys.TypeName(target)}");
        foreach (var m in members) set.Add(Key(m));
    }

    internal static HashSet<object> Set(ReadOnlySpan<object?> members)
    {
        var set = new HashSet<object>(PyKeys.Instance);
        Add(set, members);
        return set;
    }

    internal static void SetItems(object? target, ReadOnlySpan<object?> pairs)
    {
        var dict = target switch
        {
            PyDict d => d,
            PyObject o => o.Dict ??= new(),
            _ => throw new CheckpointException($"the pickle is damaged: it sets items of {PyKeys.TypeName(target)}"),
        };
        if (pairs.Length % 2 != 0) throw new CheckpointException("the pickle is damaged: a dictionary has a key without a value");
        for (var i = 0; i < pairs.Length; i += 2) dict[Key(pairs[i])] = pairs[i + 1];
    }

    static object Key(object? key) => PyKeys.IsKey(key)
        ? key!
        : throw new CheckpointException($"the pickle uses {PyKeys.TypeName(key)} as a key; keys are strings, numbers, dtypes or small tuples of these");

    internal static void Build(object? target, object? state)
    {
        switch (target)
        {
            case IPickleBuildable b: b.Build(state); break;
            case PyObject o: o.State = state; break;
            case PyDict d when state is PyDict attributes: d.Attributes = attributes; break;
            default: throw new CheckpointException($"the pickle sets attributes of {PyKeys.TypeName(target)}, which isn't supported");
        }
    }
}
