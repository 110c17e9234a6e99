using System.CommandLine;
using Flambeau.Cli.Models;
using Flambeau.Formats;

namespace Flambeau.Cli.Commands;

/// <summary><c>flambeau trace MODEL --out FILE.flambeau</c>: code, or a model of another format, as an archive.</summary>
internal static class TraceCommand
{
    public static Command Create(Terminal terminal)
    {
        var source = new ModelSource();
        var @out = new Option<string>("--out", "-o") { Description = "archive to write; .flambeau is customary", HelpName = "FILE", Required = true };
        var metadata = new Option<string[]>("--metadata") { Description = "a note to keep in the archive", HelpName = "KEY=TEXT", DefaultValueFactory = static _ => [] };
        var command = source.AddTo(new Command("trace", "Writes a model as a Flambeau archive: a module with a [Script] Forward as it is written, other code as it runs on an example, ONNX and TorchScript models as they are."));
        command.Add(@out);
        command.Add(metadata);
        command.SetAction(parsed =>
        {
            var notes = parsed.GetValue(metadata)!.Select(Note).ToArray();
            var model = source.Open(parsed);
            var path = parsed.GetRequiredValue(@out);
            foreach (var note in model.Notes) terminal.Error.WriteLine($"flambeau: {note}");
            try
            {
                Archive.Save(path, model.Functions, [.. model.Metadata, new("from", Path.GetFileName(model.Path)), .. notes]);
            }
            catch (Exception bad) when (bad is ArgumentException or Capture.ScriptException)
            {
                throw new CliError(bad.Message, "--metadata keys must differ, and 'from' is taken", cause: bad);
            }
            terminal.Output.WriteLine($"wrote {path}: {model.Graphs[0].Graph.Nodes.Count()} nodes, {Show.Size(new FileInfo(path).Length)}");
            return ExitCode.Success;
        });
        return command;
    }

    static KeyValuePair<string, string> Note(string text)
    {
        var equals = text.IndexOf('=');
        return equals > 0 ? new(text[..equals], text[(equals + 1)..]) : throw new CliError($"--metadata {text} has no value", "write KEY=TEXT", ExitCode.Usage);
    }
}
