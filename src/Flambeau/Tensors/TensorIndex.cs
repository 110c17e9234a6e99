namespace Flambeau;

/// <summary>One part of an index: a position, a range, an ellipsis, a new axis, a mask or a tensor of positions.</summary>
public readonly struct TensorIndex
{
    internal enum Kind : byte { NewAxis, Ellipsis, Position, Slice, Tensor }

    internal readonly Kind Type;
    internal readonly long? Start, Stop;
    internal readonly long Step;
    internal readonly Tensor? Values;

    TensorIndex(Kind type, long? start = null, long? stop = null, long step = 1, Tensor? values = null) =>
        (Type, Start, Stop, Step, Values) = (type, start, stop, step, values);

    /// <summary>All axes that other parts leave over: Python's <c>...</c>.</summary>
    public static TensorIndex Ellipsis => new(Kind.Ellipsis);

    /// <summary>An axis of size 1: Python's <c>None</c>.</summary>
    public static TensorIndex NewAxis => new(Kind.NewAxis);

    /// <summary>The whole axis: Python's <c>:</c>.</summary>
    public static TensorIndex All => new(Kind.Slice);

    /// <summary>Python's <c>start:stop:step</c>; negative ends count from the back, the step is positive.</summary>
    public static TensorIndex Slice(long? start = null, long? stop = null, long step = 1) => new(Kind.Slice, start, stop, step);

    public static implicit operator TensorIndex(int i) => new(Kind.Position, i);
    public static implicit operator TensorIndex(long i) => new(Kind.Position, i);
    public static implicit operator TensorIndex(Index i) => new(Kind.Position, i.IsFromEnd ? -i.Value : i.Value);
    public static implicit operator TensorIndex(Range r) => new(Kind.Slice, From(r.Start), r.End.Equals(Index.End) ? null : From(r.End));
    public static implicit operator TensorIndex(Tensor t) => new(Kind.Tensor, values: t);
    public static implicit operator TensorIndex(bool b) => new(Kind.Tensor, values: Tensor.FromScalar(b));

    static long From(Index i) => i.IsFromEnd ? -i.Value : i.Value;

    /// <summary>From what the registry carries: an integer, a bool, null, a tensor, a list of integers, a slice.</summary>
    internal static TensorIndex FromObject(object? o) => o switch
    {
        null => NewAxis,
        TensorIndex t => t,
        bool b => b,
        int i => i,
        long i => i,
        Tensor t => t,
        Range r => r,
        Scalar { IsIntegral: true } s => s.ToLong(),
        IEnumerable<object?> list => (TensorIndex)FromList(list),
        _ => throw new ArgumentException($"{o} is no tensor index; expected an integer, Range, Tensor, bool, null or TensorIndex.Slice"),
    };

    static Tensor FromList(IEnumerable<object?> list)
    {
        var items = list.ToArray();
        if (items.Length == 0) return Tensor.Zeros([0], DType.Int64);
        if (items.All(static i => i is bool)) return Tensor.From(Array.ConvertAll(items, static i => (bool)i!));
        if (items.Any(static i => i is IEnumerable<object?>)) return Tensor.Stack([.. items.Select(static i => FromList((IEnumerable<object?>)i!))]);
        return Tensor.From(Array.ConvertAll(items, static i => i is Tensor t ? t.Item<long>() : Convert.ToInt64(i, System.Globalization.CultureInfo.InvariantCulture)));
    }
}
