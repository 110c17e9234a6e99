using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Flambeau.Formats;
using Spectre.Console;

namespace Flambeau.Cli.Commands;

/// <summary><c>flambeau info FILE…</c>: what is in a model file. Reads names and shapes, not the tensors; runs nothing of it.</summary>
internal static class InfoCommand
{
    const int LongestValue = 200;

    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "safetensors or PyTorch files (.pt, .pth)", Arity = ArgumentArity.OneOrMore }.NoOptions();
        var json = new Option<bool>("--json") { Description = "one JSON object a file, a line each" };
        var command = new Command("info", "Lists the tensors and metadata of model files.") { files, json };
        command.SetAction(parsed =>
        {
            foreach (var file in parsed.GetRequiredValue(files))
            {
                var description = Describe(file);
                if (parsed.GetValue(json)) terminal.Output.WriteLine(Json(file, description));
                else Print(terminal, file, description);
            }
            return ExitCode.Success;
        });
        return command;
    }

    static FormatDescription Describe(string file)
    {
        if (Directory.Exists(file)) throw new CliError($"{file} is a folder", "info takes files; a run folder holds checkpoint.pth");
        if (!File.Exists(file)) throw new CliError($"no file {file}", "check the path");
        return FormatInspector.Describe(file);
    }

    static void Print(Terminal terminal, string file, FormatDescription description)
    {
        terminal.Output.WriteLine($"{file}: {description.Format}, {description.Entries.Count:N0} tensors, " +
            $"{description.Entries.Sum(static e => e.Shape.Numel):N0} elements, {Show.Size(description.Bytes)}");
        var rows = description.Entries.Select(static e => new[] { Show.Visible(e.Name), e.DType, e.Shape.ToString(), Show.Size(e.Bytes) }).ToList();
        if (terminal.IsInteractive) Rich(terminal.Rich, rows);
        else Aligned(terminal.Output, rows);
        foreach (var (name, value) in description.Values)
            terminal.Output.WriteLine($"  {Show.Visible(name)} = {Show.Visible(value.Length <= LongestValue ? value : value[..LongestValue] + $"… ({value.Length:N0} characters)")}");
    }

    static void Rich(IAnsiConsole console, List<string[]> rows)
    {
        if (rows.Count == 0) return;
        var table = new Table { Border = TableBorder.Simple }.AddColumns("tensor", "type", "shape").AddColumn(new TableColumn("size").RightAligned());
        foreach (var row in rows) table.AddRow(Array.ConvertAll(row, Markup.Escape));
        console.Write(table);
    }

    static void Aligned(TextWriter output, List<string[]> rows)
    {
        if (rows.Count == 0) return;
        var widths = Enumerable.Range(0, 4).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            output.WriteLine($"  {row[0].PadRight(widths[0])}  {row[1].PadRight(widths[1])}  {row[2].PadRight(widths[2])}  {row[3].PadLeft(widths[3])}");
    }

    static string Json(string file, FormatDescription description)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteString("format", description.Format);
            json.WriteNumber("bytes", description.Bytes);
            json.WriteStartArray("tensors");
            foreach (var entry in description.Entries)
            {
                json.WriteStartObject();
                json.WriteString("name", entry.Name);
                json.WriteString("dtype", entry.DType);
                json.WriteStartArray("shape");
                foreach (var size in entry.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteNumber("bytes", entry.Bytes);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartObject("values");
            foreach (var group in description.Values.GroupBy(static v => v.Key)) json.WriteString(group.Key, group.Last().Value);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
