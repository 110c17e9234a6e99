using System.Globalization;
using System.Text;

namespace Flambeau.Cli;

/// <summary>Numbers and foreign text for people.</summary>
internal static class Show
{
    /// <summary>Names come out of files that nobody vouches for: no control character of theirs reaches the terminal.</summary>
    public static string Visible(string text)
    {
        if (!text.Any(char.IsControl)) return text;
        var clean = new StringBuilder();
        foreach (var c in text) clean.Append(char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString());
        return clean.ToString();
    }

    /// <summary>Bytes.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 10_000 => $"{bytes:N0} B",
        < 10_000_000 => (bytes / 1e3).ToString("N1", CultureInfo.InvariantCulture) + " kB",
        < 10_000_000_000 => (bytes / 1e6).ToString("N1", CultureInfo.InvariantCulture) + " MB",
        _ => (bytes / 1e9).ToString("N1", CultureInfo.InvariantCulture) + " GB",
    };

    /// <summary>Operations: 3.64 G.</summary>
    public static string Count(double n) => n switch
    {
        < 1e4 => n.ToString("N0", CultureInfo.InvariantCulture),
        < 1e6 => (n / 1e3).ToString("0.0", CultureInfo.InvariantCulture) + " k",
        < 1e9 => (n / 1e6).ToString("0.00", CultureInfo.InvariantCulture) + " M",
        < 1e12 => (n / 1e9).ToString("0.00", CultureInfo.InvariantCulture) + " G",
        _ => (n / 1e12).ToString("0.00", CultureInfo.InvariantCulture) + " T",
    };

    public static string Time(double seconds) => seconds switch
    {
        < 1e-3 => (seconds * 1e6).ToString("0.0", CultureInfo.InvariantCulture) + " µs",
        < 1 => (seconds * 1e3).ToString("0.00", CultureInfo.InvariantCulture) + " ms",
        _ => seconds.ToString("0.00", CultureInfo.InvariantCulture) + " s",
    };

    /// <summary>Rows in aligned columns; numbers to the right where <paramref name="right"/> says so.</summary>
    public static void Table(TextWriter output, IReadOnlyList<string[]> rows, params bool[] right)
    {
        if (rows.Count == 0) return;
        var widths = Enumerable.Range(0, right.Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        foreach (var row in rows)
            output.WriteLine(("  " + string.Join("  ", row.Select((cell, c) => right[c] ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c])))).TrimEnd());
    }
}
