using System.Text.Json;
using Flambeau.Formats;

namespace Flambeau.Cli.Training;

/// <summary>The lines of <c>metrics.jsonl</c>: kept in memory for the curve, appended to the file as they come.</summary>
internal sealed class MetricsLog : IDisposable
{
    readonly List<Metric> lines = [];
    readonly StreamWriter writer;

    /// <summary>Starts a log, or goes on with one: what was written after <paramref name="lastStep"/> is dropped, since those steps are taken again.</summary>
    public MetricsLog(string path, long lastStep = -1)
    {
        if (lastStep >= 0 && File.Exists(path)) lines.AddRange(Read(path).Where(line => line.Step <= lastStep));
        AtomicFile.Write(path, stream =>
        {
            using var rewrite = new StreamWriter(stream, leaveOpen: true);
            foreach (var line in lines) rewrite.WriteLine(Json(line));
        });
        writer = new StreamWriter(path, append: true) { AutoFlush = true };
    }

    public IReadOnlyList<Metric> Lines => lines;

    public void Add(Metric line)
    {
        lines.Add(line);
        writer.WriteLine(Json(line));
    }

    public void Dispose() => writer.Dispose();

    /// <summary>The lines of a file; a last line that was cut short by a crash is left out.</summary>
    public static IEnumerable<Metric> Read(string path)
    {
        foreach (var text in File.ReadLines(path))
        {
            Metric? line;
            try
            {
                line = JsonSerializer.Deserialize(text, TrainJson.Default.Metric);
            }
            catch (JsonException)
            {
                continue;
            }
            if (line is not null) yield return line;
        }
    }

    static string Json(Metric line) => JsonSerializer.Serialize(line, TrainJson.Default.Metric);
}
