using Flambeau.Capture.Ast;
using Flambeau.Graphs;

namespace Flambeau.Capture.Lower;

/// <summary>What is known of a value while a graph is built.</summary>
internal abstract record Sym
{
    internal static readonly Known Null = new((object?)null);
    internal static readonly Known True = new(true);
    internal static readonly Known False = new(false);
}

/// <summary>A value known while building: a number, text, a dtype, or a host object such as a module.</summary>
internal sealed record Known(object? Value) : Sym;

/// <summary>A value known when the graph runs, without identity: a number, text, an optional.</summary>
internal sealed record Dyn(Value Value) : Sym
{
    internal GraphType Type => Value.Type;
}

/// <summary>Something that can be changed in place, and that several variables may refer to.</summary>
internal sealed record Ref(Cell Cell) : Sym;

/// <summary>A tuple.</summary>
internal sealed record TupleSym(IReadOnlyList<Sym> Items, IReadOnlyList<string>? Names = null) : Sym;

/// <summary>A structure of values.</summary>
internal sealed record RecordSym(RecordRef Type, IReadOnlyList<Sym> Fields) : Sym;

/// <summary>A variable that has no value, or different kinds of values, here.</summary>
internal sealed record Poison(string Reason) : Sym;

/// <summary>The identity of a tensor, list or dictionary.</summary>
internal sealed class Cell(string? hint = null)
{
    internal string? Hint => hint;

    /// <summary>The state of the graph it stands for.</summary>
    internal StateEntry? State;
}

/// <summary>What a cell holds at some point of the program. <paramref name="Frozen"/> says why it can't be changed in place, if so.</summary>
internal abstract record Content(string? Frozen);

/// <summary>A tensor: its value now, and, if it is a view, of what.</summary>
internal sealed record TensorContent(Value Value, View? View = null, string? Frozen = null) : Content(Frozen);

/// <summary>A list whose items are known one by one.</summary>
internal sealed record ListContent(IReadOnlyList<Sym> Items, string? Frozen = null) : Content(Frozen);

/// <summary>A list whose length is known when the graph runs.</summary>
internal sealed record DynListContent(Value Value, string? Frozen = null) : Content(Frozen);

/// <summary>A dictionary whose keys are known, in the order of insertion.</summary>
internal sealed record DictContent(IReadOnlyList<KeyValuePair<object, Sym>> Items, string? Frozen = null) : Content(Frozen)
{
    internal int IndexOf(object key)
    {
        for (var i = 0; i < Items.Count; i++)
        {
            if (Items[i].Key.Equals(key)) return i;
        }
        return -1;
    }
}

/// <summary>How a tensor looks at another's elements.</summary>
/// <param name="Base">The other.</param>
/// <param name="Of">The base's value when this view's value was computed; another one means the view's is out of date.</param>
/// <param name="Look">The view of a base's value.</param>
/// <param name="Back">A base's value with the view's elements replaced; null if that can't be said.</param>
/// <param name="Name">The op, for messages.</param>
internal sealed record View(Cell Base, Value Of, Func<Value, Value> Look, Func<Value, Value, Value>? Back, string Name);
