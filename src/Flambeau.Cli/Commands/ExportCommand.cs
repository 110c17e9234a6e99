using System.CommandLine;
using Flambeau.Cli.Models;

namespace Flambeau.Cli.Commands;

/// <summary><c>flambeau export MODEL --out FILE.onnx</c>.</summary>
internal static class ExportCommand
{
    const int Oldest = 13, Latest = 23;

    public static Command Create(Terminal terminal)
    {
        var source = new ModelSource();
        var @out = new Option<string>("--out", "-o") { Description = "ONNX file to write", HelpName = "FILE", Required = true };
        var example = new ExampleOptions();
        var opset = new Option<int>("--opset") { Description = $"version of ONNX's operators, {Oldest} to {Latest}", DefaultValueFactory = static _ => new OnnxExportOptions().Opset, HelpName = "N" }.Must(static n => n is >= Oldest and <= Latest, $"{Oldest} to {Latest}");
        var external = new Option<long?>("--external-data") { Description = "tensors of this many bytes and more go to a second file, FILE.data", HelpName = "BYTES" }.Must(static n => n is null or >= 0, "0 or more");
        var command = source.AddTo(new Command("export", "Writes a model as ONNX."));
        foreach (var o in (Option[])[@out, opset, external]) command.Add(o);
        example.AddTo(command);
        command.SetAction(parsed =>
        {
            var model = source.Open(parsed);
            var program = model.Pick(parsed.GetValue(example.Graph));
            var path = parsed.GetRequiredValue(@out);
            var shapes = source.ShapesOf(parsed);
            var stated = program.Graph.Inputs.All(static i => i.Type is Graphs.TensorType { Type: not null, Shape: not null });
            var examples = stated && parsed.GetValue(example.Input) is null ? null : example.Values(parsed, program, shapes);
            try
            {
                Onnx.Export(program.Graph, path, new OnnxExportOptions
                {
                    Opset = parsed.GetValue(opset), ExternalDataFrom = parsed.GetValue(external), InputNames = [.. program.Inputs.Select(static i => i.Name)],
                    OutputNames = [.. program.Outputs], Metadata = model.Metadata.ToDictionary(), Name = Path.GetFileNameWithoutExtension(model.Path),
                }, examples);
            }
            catch (Exception bad) when (bad is OnnxException or ArgumentException or Graphs.GraphException)
            {
                throw new CliError(bad.Message, examples is null ? "example inputs (--input, --shape) help where shapes aren't stated" : "'flambeau inspect --text' shows the program", cause: bad);
            }
            terminal.Output.WriteLine($"wrote {path}: opset {parsed.GetValue(opset)}, {Show.Size(new FileInfo(path).Length)}");
            return ExitCode.Success;
        });
        return command;
    }
}
