using System.CommandLine;
using System.Diagnostics;
using Flambeau.Autograd;
using Flambeau.Capture;
using Flambeau.Cli.Models;
using Flambeau.Compiler;
using Flambeau.Compiler.Control;
using Flambeau.Compiler.Plan;
using Flambeau.Graphs;
using Flambeau.Formats;

namespace Flambeau.Cli.Commands;

/// <summary><c>flambeau run MODEL --input FILE --output FILE</c>: runs a saved program without the code it came from.</summary>
internal static class RunCommand
{
    public static Command Create(Terminal terminal)
    {
        var source = new ModelSource();
        var example = new ExampleOptions();
        var output = new Option<string?>("--output", "-o") { Description = "file for the results: .safetensors, .npz, or .npy for a single one; without it they are described", HelpName = "FILE" }
            .Must(static f => Writer(f!) is not null, "a .safetensors, .npz or .npy file");
        var compile = new Option<bool>("--compile") { Description = "compile it for these inputs" };
        var repeat = new Option<int>("--repeat") { Description = "run it this many times more and report the times", HelpName = "N" }.Must(static n => n is >= 0 and <= 1_000_000, "0 to 1000000");
        var command = source.AddTo(new Command("run", "Runs a model on inputs of a file, or on random ones of the sizes that it states."));
        example.AddTo(command);
        foreach (var o in (Option[])[output, compile, repeat]) command.Add(o);
        command.SetAction(parsed =>
        {
            using var off = Grad.No();
            var model = source.Open(parsed).Pick(parsed.GetValue(example.Graph));
            var inputs = example.Values(parsed, model, source.ShapesOf(parsed));
            try
            {
                var run = Runner(model, inputs, parsed.GetValue(compile));
                var watch = Stopwatch.StartNew();
                var results = Results(model, run());
                var first = watch.Elapsed.TotalSeconds;
                Write(parsed.GetValue(output), results);
                foreach (var (name, t) in results) terminal.Output.WriteLine($"{Show.Visible(name)}: {t.DType.Name()} {t.Shape}{Range(t)}");
                var times = new double[parsed.GetValue(repeat)];
                for (var i = 0; i < times.Length; i++)
                {
                    watch.Restart();
                    run();
                    times[i] = watch.Elapsed.TotalSeconds;
                }
                Array.Sort(times);
                terminal.Output.WriteLine(times.Length == 0 ? $"time {Show.Time(first)}"
                    : $"first {Show.Time(first)}; then of {times.Length} runs the fastest {Show.Time(times[0])}, median {Show.Time(times[times.Length / 2])}, slowest {Show.Time(times[^1])}");
            }
            catch (Exception wrong) when (wrong is ArgumentException or Graphs.GraphException or CompileException or ScriptException or InvalidCastException)
            {
                throw new CliError(wrong.Message, "'flambeau inspect' shows the inputs that the model takes", cause: wrong);
            }
            return ExitCode.Success;
        });
        return command;
    }

    static Func<object?[]> Runner(ModelGraph model, object?[] inputs, bool compile)
    {
        if (!compile) return () => model.Graph.Run(inputs);
        // With control flow, or numbers among inputs and results, what lies between is compiled.
        if (!Array.TrueForAll(inputs, static i => i is Tensor) || !model.Graph.Outputs.All(static o => o.Type is TensorType) || model.Graph.Nodes.Any(static n => n is not OpNode))
        {
            var program = new CompiledGraph(model.Graph, new() { Name = model.Name });
            return () => program.Run(inputs);
        }
        var compiled = model.Graph.Compile(new CompileOptions { Name = model.Name, Strict = true });
        Tensor[] tensors = [.. inputs.Cast<Tensor>()];
        return () => compiled.Run(tensors);
    }

    static Action<string, List<KeyValuePair<string, Tensor>>>? Writer(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".safetensors" => static (p, all) => Safetensors.Save(p, all),
        ".npz" => static (p, all) => NumpyFile.Save(p, all),
        ".npy" => static (p, all) => NumpyFile.Save(p, all.Count == 1 ? all[0].Value : throw new CliError($"there are {all.Count} results and a .npy file holds one", "write .npz or .safetensors")),
        _ => null,
    };

    static void Write(string? path, List<KeyValuePair<string, Tensor>> results)
    {
        if (path is not null) Writer(path)!(path, results);
    }

    static string Range(Tensor t) => t.Numel == 0 || t.DType is DType.Complex64 or DType.Complex128 ? ""
        : t.Numel == 1 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" = {t.To(DType.Float64).Reshape(-1).ToArray<double>()[0]:G6}")
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $" from {t.To(DType.Float64).Min().Item<double>():G6} to {t.To(DType.Float64).Max().Item<double>():G6}");

    static List<KeyValuePair<string, Tensor>> Results(ModelGraph model, object?[] outputs)
    {
        var list = new List<KeyValuePair<string, Tensor>>();
        for (var i = 0; i < outputs.Length; i++) Add(model.Outputs[i], outputs[i]);
        return list;

        void Add(string name, object? value)
        {
            switch (value)
            {
                case Tensor t: list.Add(new(name, t)); break;
                case long v: list.Add(new(name, Tensor.FromScalar(v))); break;
                case double v: list.Add(new(name, Tensor.FromScalar(v))); break;
                case bool v: list.Add(new(name, Tensor.FromScalar(v))); break;
                case object?[] items:
                    for (var k = 0; k < items.Length; k++) Add($"{name}.{k}", items[k]);
                    break;
                case System.Collections.IDictionary d:
                    foreach (System.Collections.DictionaryEntry e in d) Add($"{name}.{e.Key}", e.Value);
                    break;
            }
        }
    }
}
