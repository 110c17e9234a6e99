using System.CommandLine;
using System.Globalization;
using Flambeau.Capture;
using Flambeau.Formats;
using Flambeau.Nn;

namespace Flambeau.Cli.Models;

/// <summary>What all commands on models take: a file, a built-in network, or code of an assembly, and how its inputs look.</summary>
internal sealed class ModelSource
{
    public Argument<string> Model { get; } = new("MODEL") { Description = $"a .flambeau, .onnx or TorchScript .pt file; {BuiltIn.Names}; or APP.dll:NAMESPACE.TYPE, a module or static method of an assembly" };

    public Option<string[]> Shapes { get; } = new("--shape")
    {
        Description = "sizes of an input, such as 1,3,224,224 or ids=1,64:int64; once for each input", HelpName = "[NAME=]N,N,…[:DTYPE]", DefaultValueFactory = static _ => [],
    };

    public Option<string?> Weights { get; } = new("--weights") { Description = "weights for a built-in network or a module (.pth, .safetensors); without them they are random", HelpName = "FILE" };

    public Option<string[]> Dynamic { get; } = new("--dynamic")
    {
        Description = "leave a size open when code is traced: N=0 the first axis of the first input, T=1.2 the third axis of the second", HelpName = "NAME=[INPUT.]AXIS", DefaultValueFactory = static _ => [],
    };

    public Option<long> Seed { get; } = new("--seed") { Description = "seed of random weights and inputs", HelpName = "N", DefaultValueFactory = static _ => 1 };

    public Command AddTo(Command command)
    {
        command.Add(Model);
        foreach (var o in (Option[])[Shapes, Weights, Dynamic, Seed]) command.Add(o);
        return command;
    }

    /// <summary>The sizes that were given.</summary>
    public IReadOnlyList<InputShape> ShapesOf(ParseResult parsed) => [.. parsed.GetValue(Shapes)!.Select(InputShape.Parse)];

    /// <exception cref="CliError">It can't be found, loaded or traced.</exception>
    public ModelFile Open(ParseResult parsed)
    {
        var name = parsed.GetRequiredValue(Model);
        var seed = parsed.GetValue(Seed);
        Generator.Current.ManualSeed(seed);
        var shapes = ShapesOf(parsed);
        if (BuiltIn.All.TryGetValue(name, out var network))
        {
            var layer = network.Make();
            Load(layer, parsed.GetValue(Weights));
            return Traced(name, layer, shapes.Count > 0 ? shapes : [new("", network.Sizes, DType.Float32)], parsed);
        }
        if (name.IndexOf(".dll:", StringComparison.OrdinalIgnoreCase) is > 0 and var dll)
        {
            var found = new UserAssembly(name[..(dll + 4)]).Find(name[(dll + 5)..]);
            if (found is Module module) Load(module, parsed.GetValue(Weights));
            return found switch
            {
                Module m when ((IScriptObject)m).FindScripts("Forward").Any() => Scripted(name, m),
                Layer l => Traced(name, l, shapes, parsed),
                Delegate d when d.Method.GetCustomAttributes(typeof(ScriptAttribute), false).Length > 0 => ModelFile.OfFunctions(name, "script", [new("Forward", Named(name, () => Script.Of(d)))]),
                Delegate d => Traced(name, d, shapes, parsed),
                _ => throw new CliError($"{name} has no Forward(Tensor) and no [Script] Forward", "derive from Layer, mark Forward [Script], or name a static method"),
            };
        }
        if (parsed.GetValue(Weights) is not null) throw new CliError("--weights is for code, not for model files", "a model file has its weights", ExitCode.Usage);
        if (parsed.GetValue(Dynamic)!.Length > 0) throw new CliError("--dynamic is for code that is traced, not for model files", "trace it again with --dynamic", ExitCode.Usage);
        return ModelFile.Load(name);
    }

    static void Load(Module module, string? weights)
    {
        module.Eval();
        if (weights is null) return;
        if (!File.Exists(weights)) throw new CliError($"no file {weights}", "check the path");
        try
        {
            module.LoadStateDict(weights.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) ? Safetensors.Load(weights) : PyTorchCheckpoint.LoadStateDict(weights));
        }
        catch (Exception bad) when (bad is CheckpointException or ArgumentException or KeyNotFoundException)
        {
            throw new CliError(bad.Message, "'flambeau info' shows what is in a model file", cause: bad);
        }
    }

    static ModelFile Scripted(string name, Module module)
    {
        var script = Named(name, () => Script.Of(module));
        return ModelFile.OfFunctions(name, "script", [new("Forward", Named(name, () => new ScriptFunction(script.Graph, script.Main.Parameters, script.Main.Returns)))]);
    }

    static T Named<T>(string name, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception bad) when (bad is ScriptException or TraceException)
        {
            throw new CliError($"{name}: {bad.Message}", "the message names the line", cause: bad);
        }
    }

    ModelFile Traced(string name, Layer layer, IReadOnlyList<InputShape> shapes, ParseResult parsed) => Traced(name, x => [layer.Forward(x[0])], 1, layer, shapes, parsed);

    ModelFile Traced(string name, Delegate method, IReadOnlyList<InputShape> shapes, ParseResult parsed)
    {
        var parameters = method.Method.GetParameters();
        if (parameters.Any(static p => p.ParameterType != typeof(Tensor)) || method.Method.ReturnType != typeof(Tensor))
            throw new CliError($"{name} doesn't take and give tensors only", "mark it [Script], or name a static method of tensors");
        return Traced(name, x => [(Tensor)UserAssembly.Unwrap(() => method.DynamicInvoke([.. x]))], parameters.Length, null, shapes, parsed);
    }

    ModelFile Traced(string name, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, int inputs, Module? module, IReadOnlyList<InputShape> shapes, ParseResult parsed)
    {
        if (shapes.Count != inputs) throw new CliError($"{name} takes {inputs} tensors; --shape is given {shapes.Count} times", "give --shape once for each input, such as --shape 1,3,224,224", ExitCode.Usage);
        var dynamic = parsed.GetValue(Dynamic)!.Select(Axis).ToArray();
        var sizes = shapes.Select(static s => s.Sizes.ToArray()).ToArray();
        foreach (var d in dynamic)
        {
            if (d.Input >= inputs || d.Dim >= sizes[d.Input].Length) throw new CliError($"--dynamic {d.Name}={d.Input}.{d.Dim}: there is no such axis", $"{name} has {inputs} inputs", ExitCode.Usage);
            sizes[d.Input][d.Dim] = Math.Max(2, sizes[d.Input][d.Dim]); // 1 could mean anything to a trace
        }
        try
        {
            var examples = shapes.Select((s, i) => ModelInputs.Random(sizes[i], s.Type)).ToArray();
            var trace = Trace.Of(function, examples, module, new TraceOptions { Name = "Forward", Dynamic = dynamic });
            return ModelFile.OfFunctions(name, "trace", [new("Forward", new ScriptFunction(trace.Graph))], [.. trace.Notes.Select(static n => n.ToString())]);
        }
        catch (Exception wrong) when (wrong is ArgumentException or TraceException or InvalidOperationException)
        {
            throw new CliError($"{name} can't be traced on {string.Join(" and ", sizes.Select(static s => $"[{string.Join(", ", s)}]"))}: {wrong.Message}", "other sizes are set by --shape; what depends on values needs [Script]", cause: wrong);
        }
    }

    static DynamicDim Axis(string text)
    {
        var equals = text.IndexOf('=');
        var place = text[(equals + 1)..].Split('.');
        if (equals > 0 && place.Length <= 2 && place.All(static p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            var numbers = Array.ConvertAll(place, static p => int.Parse(p, CultureInfo.InvariantCulture));
            return numbers.Length == 1 ? new(0, numbers[0], text[..equals]) : new(numbers[0], numbers[1], text[..equals]);
        }
        throw new CliError($"--dynamic {text} names no axis", "write such as N=0, or T=1.2 for the third axis of the second input", ExitCode.Usage);
    }
}
