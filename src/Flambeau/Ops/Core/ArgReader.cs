namespace Flambeau.Ops;

/// <summary>Reads bound arguments as the C# types that ops take.</summary>
public readonly struct ArgReader
{
    readonly OpEntry entry;
    readonly object?[] args;

    internal ArgReader(OpEntry entry, object?[] args) => (this.entry, this.args) = (entry, args);

    internal object? Raw(int i) => args[i];

    internal Tensor Tensor(int i) => TensorOrNull(i) ?? throw Bad(i, "a tensor");

    internal Tensor? TensorOrNull(int i) => args[i] switch
    {
        null => null,
        Tensor t => t,
        var o when AsScalar(o) is { } s => Flambeau.Tensor.Wrapped(s),
        _ => throw Bad(i, "a tensor"),
    };

    internal Tensor[] Tensors(int i) => TensorsOrNull(i) ?? throw Bad(i, "a list of tensors");

    internal Tensor[]? TensorsOrNull(int i)
    {
        var name = entry.Name;
        return args[i] switch
        {
            null => null,
            Tensor[] a => a,
            Tensor t => [t],
            IEnumerable<object?> list => [.. list.Select(o => o as Tensor ?? (AsScalar(o) is { } s ? Flambeau.Tensor.Wrapped(s) : null) ?? throw new ArgumentException($"{name}: a list of tensors holds {o ?? "None"}"))],
            _ => throw Bad(i, "a list of tensors"),
        };
    }

    internal Tensor?[] TensorsOrNulls(int i) => args[i] switch
    {
        Tensor?[] a => a,
        IEnumerable<object?> list => [.. list.Select(o => (Tensor?)o)],
        Tensor t => [t],
        _ => throw Bad(i, "a list of tensors"),
    };

    internal long Long(int i) => LongOrNull(i) ?? throw Bad(i, "an integer");

    internal long? LongOrNull(int i) => args[i] switch
    {
        null => null,
        long v => v,
        int v => v,
        bool v => v ? 1 : 0,
        Scalar { IsIntegral: true } s => s.ToLong(),
        Tensor { Numel: 1 } t => t.Item<long>(),
        object?[] { Length: 1 } a when a[0] is long v => v,
        _ => throw Bad(i, "an integer"),
    };

    internal int Int(int i) => checked((int)Long(i));

    internal int? IntOrNull(int i) => LongOrNull(i) is { } v ? checked((int)v) : null;

    internal double Double(int i) => DoubleOrNull(i) ?? throw Bad(i, "a number");

    internal double? DoubleOrNull(int i) => args[i] switch
    {
        null => null,
        Tensor { Numel: 1 } t => t.Item<double>(),
        var o => AsScalar(o)?.ToDouble() ?? throw Bad(i, "a number"),
    };

    internal bool Bool(int i) => BoolOrNull(i) ?? throw Bad(i, "a bool");

    internal bool? BoolOrNull(int i) => args[i] switch
    {
        null => null,
        bool v => v,
        var o => AsScalar(o)?.ToBool() ?? throw Bad(i, "a bool"),
    };

    internal string String(int i) => StringOrNull(i) ?? throw Bad(i, "a string");

    internal string? StringOrNull(int i) => args[i] is null or string ? (string?)args[i] : throw Bad(i, "a string");

    internal Scalar Scalar(int i) => ScalarOrNull(i) ?? throw Bad(i, "a number");

    internal Scalar? ScalarOrNull(int i) => args[i] switch
    {
        null => null,
        Tensor { Numel: 1 } t => t.ToScalar(),
        var o => AsScalar(o) ?? throw Bad(i, "a number"),
    };

    internal DType DType(int i) => DTypeOrNull(i) ?? throw Bad(i, "a dtype");

    internal DType? DTypeOrNull(int i) => args[i] switch
    {
        null => null,
        Flambeau.DType d => d,
        string s => DTypes.Parse(s),
        _ => throw Bad(i, "a dtype"),
    };

    internal long[] Longs(int i) => LongsOrNull(i) ?? throw Bad(i, "a list of integers");

    internal long[]? LongsOrNull(int i)
    {
        var self = this;
        return args[i] switch
        {
            null => null,
            long v => [v],
            int v => [v],
            long[] a => a,
            Shape s => s.ToArray(),
            int[] a => Array.ConvertAll(a, static v => (long)v),
            IEnumerable<object?> list => [.. list.Select(o => AsScalar(o is Tensor t ? t.ToScalar() : o) is { IsIntegral: true } s ? s.ToLong() : throw self.Bad(i, "a list of integers"))],
            _ => throw Bad(i, "a list of integers"),
        };
    }

    /// <summary>Integers, some of which may be None.</summary>
    internal long?[] LongsOrNulls(int i)
    {
        var self = this;
        return args[i] switch
        {
            null => [null],
            long v => [v],
            int v => [v],
            IEnumerable<object?> list => [.. list.Select(o => o is null ? (long?)null : AsScalar(o is Tensor t ? t.ToScalar() : o) is { IsIntegral: true } s ? s.ToLong() : throw self.Bad(i, "a list of integers"))],
            _ => Array.ConvertAll(Longs(i), static v => (long?)v),
        };
    }

    internal Shape Shape(int i) => new(Longs(i));

    internal Shape? ShapeOrNull(int i) => LongsOrNull(i) is { } l ? new Shape(l) : (Shape?)null;

    internal double[] Doubles(int i) => DoublesOrNull(i) ?? throw Bad(i, "a list of numbers");

    internal double[]? DoublesOrNull(int i)
    {
        var self = this;
        return args[i] switch
        {
            null => null,
            double[] a => a,
            IEnumerable<object?> list => [.. list.Select(o => AsScalar(o)?.ToDouble() ?? throw self.Bad(i, "a list of numbers"))],
            var o => [AsScalar(o)?.ToDouble() ?? throw Bad(i, "a list of numbers")],
        };
    }

    internal bool[] Bools(int i)
    {
        var self = this;
        return args[i] switch
        {
            bool[] a => a,
            IEnumerable<object?> list => [.. list.Select(o => o is bool b ? b : throw self.Bad(i, "a list of bools"))],
            _ => throw Bad(i, "a list of bools"),
        };
    }

    internal TensorIndex[] Indices(int i) => args[i] switch
    {
        TensorIndex[] a => a,
        IEnumerable<object?> list => [.. list.Select(TensorIndex.FromObject)],
        var o => [TensorIndex.FromObject(o)],
    };

    internal Generator? GeneratorOrNull(int i) => args[i] as Generator;

    /// <summary>A boxed C# number as a scalar; null for anything else.</summary>
    internal static Scalar? AsScalar(object? o) => o switch
    {
        Scalar s => s,
        bool v => v,
        int v => v,
        long v => v,
        float v => v,
        double v => v,
        System.Numerics.Complex v => v,
        _ => null,
    };

    ArgumentException Bad(int i, string expected) =>
        new($"{entry.Name}: argument '{entry.Schema.Arguments[i].Name}' is {Registry.Describe(args[i])}; expected {expected}. Signature: {entry.Text}");
}
