using System.Globalization;

namespace Flambeau.Printing;

/// <summary>One width and notation for all real numbers of a tensor: the rules of PyTorch's print.</summary>
internal sealed class NumberFormat
{
    readonly bool scientific, whole = true;
    readonly int precision;

    internal NumberFormat(IEnumerable<double> values, int precision)
    {
        this.precision = precision;
        var shown = values.Where(static v => v != 0 && double.IsFinite(v)).ToArray();
        if (shown.Length == 0) return;
        double min = shown.Min(Math.Abs), max = shown.Max(Math.Abs);
        whole = shown.All(static v => v == Math.Ceiling(v));
        scientific = max / min > 1000 || max > 1e8 || (!whole && min < 1e-4);
        Width = Math.Max(Width, shown.Max(v => Digits(v).Length) + (whole && !scientific ? 1 : 0));
    }

    /// <summary>Characters of the widest number.</summary>
    internal int Width { get; } = 1;

    internal string Format(double v)
    {
        var s = Digits(v);
        return (whole && !scientific && double.IsFinite(v) ? s + "." : s).PadLeft(Width);
    }

    string Digits(double v)
    {
        if (double.IsNaN(v)) return "nan";
        if (double.IsInfinity(v)) return v > 0 ? "inf" : "-inf";
        if (scientific) return v.ToString("0." + new string('0', precision) + "e+00", CultureInfo.InvariantCulture);
        return v.ToString(whole ? "F0" : "F" + precision, CultureInfo.InvariantCulture);
    }
}
