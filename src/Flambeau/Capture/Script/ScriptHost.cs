using System.ComponentModel;

namespace Flambeau.Capture;

/// <summary>Conversions that generated code needs.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ScriptHost
{
    /// <summary>A number as a scalar.</summary>
    public static Scalar Scalar(object value) => Ops.ArgReader.AsScalar(value) ?? throw new ArgumentException($"a number was expected, not {value}");

    /// <summary>Integers.</summary>
    public static long[] Longs(object?[] items) => Array.ConvertAll(items, static i => Convert.ToInt64(i, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>A value that a script knows while its graph is built, as a C# type.</summary>
    public static T To<T>(object? value) => (T)Fit(typeof(T), value)!;

    static object? Fit(Type type, object? value)
    {
        if (value is null || type.IsInstanceOfType(value)) return value;
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        if (Nullable.GetUnderlyingType(type) is { } inner) return Fit(inner, value);
        if (type == typeof(Scalar)) return Scalar(value);
        if (type.IsEnum) return Enum.ToObject(type, Convert.ToInt64(value, culture));
        if (value is IConvertible && type.IsPrimitive) return Convert.ChangeType(value, type, culture);
        if (value is object?[] items)
        {
            if (type == typeof(long[]) || type == typeof(IReadOnlyList<long>) || type == typeof(IEnumerable<long>)) return Longs(items);
            if (type == typeof(Shape)) return (Shape)Longs(items);
            if (type == typeof(int[])) return Array.ConvertAll(items, i => Convert.ToInt32(i, culture));
            if (type == typeof(double[])) return Array.ConvertAll(items, i => Convert.ToDouble(i, culture));
            if (type == typeof(float[])) return Array.ConvertAll(items, i => Convert.ToSingle(i, culture));
            if (type == typeof(bool[])) return Array.ConvertAll(items, static i => (bool)i!);
            if (type == typeof(string[])) return Array.ConvertAll(items, static i => (string)i!);
            if (type == typeof(Tensor[])) return Array.ConvertAll(items, static i => (Tensor)i!);
        }
        throw new ArgumentException($"{value} can't be given as {type.Name} to code that runs while a graph is built");
    }
}
