using System.CommandLine;
using Flambeau.Cli.Inspect;
using Flambeau.Cli.Models;

namespace Flambeau.Cli.Commands;

/// <summary><c>flambeau inspect MODEL</c>: a model's program, its sizes and costs, as text or as a page.</summary>
internal static class InspectCommand
{
    public static Command Create(Terminal terminal)
    {
        var source = new ModelSource();
        var example = new ExampleOptions();
        var text = new Option<bool>("--text") { Description = "print the graph's text form and nothing else" };
        var plan = new Option<bool>("--plan") { Description = "list the blocks of the memory plan" };
        var html = new Option<string?>("--html") { Description = "also write a page that draws the graph; it is complete in itself", HelpName = "FILE" };
        var command = source.AddTo(new Command("inspect", "Shows a model's graph: nodes with sizes, parameters and operations, totals, the memory plan. It is run once on the inputs given, or on random ones."));
        example.AddTo(command);
        foreach (var o in (Option[])[text, plan, html]) command.Add(o);
        command.SetAction(parsed =>
        {
            var file = source.Open(parsed);
            var model = file.Pick(parsed.GetValue(example.Graph));
            if (parsed.GetValue(text))
            {
                terminal.Output.Write(model.Graph.ToString());
                return ExitCode.Success;
            }
            var (costs, why) = Measure(parsed, source, example, model);
            var report = new Report(file, model, costs, why);
            terminal.Output.Write(report.Summary());
            terminal.Output.WriteLine();
            report.Table(terminal.Output);
            if (parsed.GetValue(plan) && costs?.Plan is not null)
            {
                terminal.Output.WriteLine();
                report.PlanTable(terminal.Output);
            }
            if (parsed.GetValue(html) is { } page)
            {
                File.WriteAllText(page, Page.Of(file, model, report));
                terminal.Output.WriteLine($"\nwrote {page}");
            }
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Wrong inputs that were given are an error; without any, a model that can't be run is shown all the same.</summary>
    static (Costs?, string?) Measure(ParseResult parsed, ModelSource source, ExampleOptions example, ModelGraph model)
    {
        var shapes = source.ShapesOf(parsed);
        var given = shapes.Count > 0 || parsed.GetValue(example.Input) is not null || parsed.GetValue(example.Set)!.Length > 0;
        try
        {
            return (Costs.Of(model.Graph, example.Values(parsed, model, shapes)), null);
        }
        catch (CliError unknown) when (!given)
        {
            return (null, $"{unknown.Message}; {unknown.Hint}");
        }
        catch (Exception wrong) when (wrong is ArgumentException or Graphs.GraphException or InvalidOperationException)
        {
            return given ? throw new CliError(wrong.Message, "without --input, --shape and --set a model is shown without running it", cause: wrong) : (null, wrong.Message);
        }
    }
}
