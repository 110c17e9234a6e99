using System.CommandLine;

namespace Flambeau.Cli.Models;

/// <summary>Which program of a model, and what it is given.</summary>
internal sealed class ExampleOptions
{
    public Option<string?> Graph { get; } = new("--graph") { Description = "which program, where a model has several", HelpName = "NAME" };

    public Option<string?> Input { get; } = new("--input", "-i") { Description = "inputs by name (.safetensors, .npz) or the only one (.npy); without it they are random", HelpName = "FILE" };

    public Option<string[]> Set { get; } = new("--set") { Description = "an input that is a number, true, false or text, or a named size", HelpName = "NAME=VALUE", DefaultValueFactory = static _ => [] };

    public void AddTo(Command command)
    {
        foreach (var o in (Option[])[Graph, Input, Set]) command.Add(o);
    }

    public object?[] Values(ParseResult parsed, ModelGraph program, IReadOnlyList<InputShape> shapes) => ModelInputs.Of(program, parsed.GetValue(Input), shapes, parsed.GetValue(Set)!);
}
