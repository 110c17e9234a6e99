using System.Globalization;
using System.Text.Json;

namespace Flambeau.Bench.Harness;

/// <summary>Prints rows as they come, and what a section amounts to.</summary>
sealed class Report(Roofline peak, TextWriter output, string peer = "libtorch")
{
    readonly List<Measured> all = [];

    public void Head(string section) =>
        output.WriteLine($"\n## {section}\n\n| case | ours | {peer} | ratio | quartiles | rate | of peak | floor |\n|---|---:|---:|---:|---:|---:|---:|---|");

    public void Row(Measured m)
    {
        all.Add(m);
        var rate = m.Case.Unit == Unit.None ? "" : Text($"{m.Case.Amount / m.Ours / 1e9:F1} {(m.Case.Unit == Unit.Flop ? "GFLOP/s" : "GB/s")}");
        var share = m.Case.Unit == Unit.None ? "" : Text($"{100 * m.Case.Amount / m.Ours / (m.Case.Unit == Unit.Flop ? peak.Flops : peak.BytesPerSecond):F0} %");
        var verdict = m.Difference > m.Case.Tolerance ? Text($"WRONG by {m.Difference:E1}") : m.Ratio >= m.Case.Floor ? "" : Text($"below {m.Case.Floor:F2}");
        output.WriteLine(Text($"| {m.Case.Name} | {Time(m.Ours)} | {Time(m.Peer)} | {m.Ratio:F2} | {m.Low:F2}–{m.High:F2} | {rate} | {share} | {verdict} |"));
    }

    public void Sum(string section)
    {
        var rows = all.FindAll(m => m.Case.Section == section);
        if (rows.Count == 0) return;
        var mean = Math.Exp(rows.Average(static m => Math.Log(m.Ratio)));
        var worst = rows.MinBy(static m => m.Ratio)!;
        output.WriteLine(Text($"\n{section}: geometric mean {mean:F2}, worst {worst.Ratio:F2} ({worst.Case.Name}), {rows.Count(static m => m.Ratio < m.Case.Floor)} of {rows.Count} below their floor, {rows.Count(static m => m.Difference > m.Case.Tolerance)} wrong"));
    }

    public bool Agrees => all.TrueForAll(static m => m.Difference <= m.Case.Tolerance);

    public void Save(string file)
    {
        using var stream = File.Create(file);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartArray();
        foreach (var m in all)
        {
            json.WriteStartObject();
            json.WriteString("section", m.Case.Section);
            json.WriteString("name", m.Case.Name);
            json.WriteNumber("ours_s", m.Ours);
            json.WriteNumber("peer_s", m.Peer);
            json.WriteNumber("ratio", m.Ratio);
            json.WriteNumber("low", m.Low);
            json.WriteNumber("high", m.High);
            json.WriteNumber("pairs", m.Pairs);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    internal static string Time(double seconds) => seconds switch
    {
        < 1e-6 => Text($"{seconds * 1e9:F0} ns"),
        < 1e-3 => Text($"{seconds * 1e6:G3} µs"),
        < 1 => Text($"{seconds * 1e3:G3} ms"),
        _ => Text($"{seconds:F2} s"),
    };

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
