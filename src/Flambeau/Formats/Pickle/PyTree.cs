namespace Flambeau.Formats;

/// <summary>Walks over trees of <see cref="PyDict"/>, lists, tuples and objects without recursion.</summary>
internal static class PyTree
{
    /// <summary>Containers nested deeper are refused, so that whoever uses the tree may recurse.</summary>
    internal const int MaxDepth = 200;

    /// <summary>
    /// Replaces every leaf in place (a shared container is visited once) and returns the root. Refuses containers that hold themselves or nest too deep.
    /// </summary>
    internal static object? Replace(object? root, Func<object?, object?> leaf)
    {
        if (!IsContainer(root)) return leaf(root);
        var heights = new Dictionary<object, int>(ReferenceEqualityComparer.Instance); // 0 = being visited
        var path = new Stack<Frame>();
        path.Push(new(root!));
        heights[root!] = 0;
        while (path.TryPeek(out var f))
        {
            if (f.Next == Count(f.Node))
            {
                path.Pop();
                heights[f.Node] = f.Height + 1;
                if (path.TryPeek(out var parent)) parent.Height = Math.Max(parent.Height, f.Height + 1);
                continue;
            }
            var i = f.Next++;
            var child = Get(f.Node, i);
            if (!IsContainer(child))
            {
                var value = leaf(child);
                if (!ReferenceEquals(value, child)) Set(f.Node, i, value);
            }
            else if (!heights.TryGetValue(child!, out var height))
            {
                if (path.Count >= MaxDepth) throw TooDeep();
                heights[child!] = 0;
                path.Push(new(child!));
            }
            else
            {
                if (height == 0) throw new CheckpointException($"refused: {PyKeys.TypeName(child)} holds itself; such trees aren't supported");
                if (path.Count + height > MaxDepth) throw TooDeep();
                f.Height = Math.Max(f.Height, height);
            }
        }
        return root;
    }

    static CheckpointException TooDeep() => new($"refused: containers are nested more than {MaxDepth} deep");

    sealed class Frame(object node)
    {
        internal readonly object Node = node;
        internal int Next, Height;
    }

    static bool IsContainer(object? o) => o is PyDict or List<object?> or PyTuple or PyObject;

    // The last slots of a dict and an object are its parts that are no items.
    static int Count(object node) => node switch
    {
        PyDict d => d.Count + 1,
        List<object?> l => l.Count,
        PyTuple t => t.Count,
        _ => 4,
    };

    static object? Get(object node, int i) => node switch
    {
        PyDict d => i < d.Count ? d.GetAt(i).Value : d.Attributes,
        List<object?> l => l[i],
        PyTuple t => t.Items[i],
        PyObject o => i switch { 0 => o.Arguments, 1 => o.State, 2 => o.List, _ => o.Dict },
        _ => null,
    };

    static void Set(object node, int i, object? value)
    {
        switch (node)
        {
            case PyDict d when i < d.Count: d.SetAt(i, value); break;
            case List<object?> l: l[i] = value; break;
            case PyTuple t: t.Items[i] = value; break;
            case PyObject o when i == 1: o.State = value; break;
        }
    }
}
