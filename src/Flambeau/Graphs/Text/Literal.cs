using System.Globalization;
using System.Numerics;
using System.Text;

namespace Flambeau.Graphs.Text;

/// <summary>Constants as text.</summary>
internal static class Literal
{
    internal static string Write(Operand o, Func<Value, string> name)
    {
        if (o.Value is { } v) return "%" + name(v);
        if (o.List is { } list) return "[" + string.Join(", ", list.Select(e => Write(e, name))) + "]";
        return o.Constant switch
        {
            null => "None",
            bool b => b ? "True" : "False",
            long l => l.ToString(CultureInfo.InvariantCulture),
            double d => Real(d),
            Complex c => $"complex({Real(c.Real)}, {Real(c.Imaginary)})",
            string s => Quote(s),
            DType d => d.Name(),
            Generator => throw new InvalidOperationException("a graph that draws from a generator of its own has no text form; use the default generator"),
            var x => throw new InvalidOperationException($"a constant of type {x.GetType()} has no text form"),
        };
    }

    /// <summary>The shortest text that reads back to the same double, told from an integer by a point, an exponent, or its name.</summary>
    internal static string Real(double d)
    {
        if (double.IsNaN(d)) return "nan";
        if (double.IsInfinity(d)) return d > 0 ? "inf" : "-inf";
        var s = d.ToString("R", CultureInfo.InvariantCulture);
        return s.AsSpan().IndexOfAny('.', 'E', 'e') >= 0 ? s : s + ".0";
    }

    internal static string Quote(string s)
    {
        var b = new StringBuilder("\"");
        foreach (var c in s)
        {
            switch (c)
            {
                case '"': b.Append("\\\""); break;
                case '\\': b.Append("\\\\"); break;
                case '\n': b.Append("\\n"); break;
                case '\r': b.Append("\\r"); break;
                case '\t': b.Append("\\t"); break;
                default:
                    if (char.IsControl(c) || char.IsSurrogate(c)) b.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    else b.Append(c);
                    break;
            }
        }
        return b.Append('"').ToString();
    }
}
