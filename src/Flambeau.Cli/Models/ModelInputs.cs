using System.Globalization;
using Flambeau.Formats;
using Flambeau.Graphs;

namespace Flambeau.Cli.Models;

/// <summary>Values for the inputs of a program.</summary>
internal static class ModelInputs
{
    /// <summary>From a file where one is given, else random of the sizes that the program or the user states.</summary>
    /// <param name="model">The program.</param>
    /// <param name="path">A safetensors, .npz or .npy file.</param>
    /// <param name="shapes">Sizes that the user states.</param>
    /// <param name="values">NAME=VALUE for inputs that are no tensors, and for named sizes.</param>
    /// <exception cref="CliError">An input is missing or of another type, or a name is none of the inputs'.</exception>
    public static object?[] Of(ModelGraph model, string? path, IReadOnlyList<InputShape> shapes, IReadOnlyList<string> values)
    {
        var given = values.Select(Pair).ToDictionary(static p => p.Key, static p => p.Value, StringComparer.Ordinal);
        var file = path is null ? [] : Read(model, path);
        var byName = Shapes(model, shapes);
        var sizes = model.Inputs.SelectMany(static i => i.Type is TensorType { Shape: { } s } ? s : []).Select(static d => d.Name).OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (given.Keys.FirstOrDefault(k => !sizes.Contains(k) && model.Inputs.All(i => i.Name != k)) is { } unknown)
            throw new CliError($"--set {unknown}: the model has no such input or size", Names(model), ExitCode.Usage);
        return [.. model.Inputs.Select(i =>
            file.TryGetValue(i.Name, out var t) ? Value(i, t)
            : given.TryGetValue(i.Name, out var text) ? Number(i, text)
            : i.Default is { } p ? p.Default
            : Bare(i.Type) is TensorType type && (i.Type is not OptionalType || byName.ContainsKey(i.Name)) && path is null ? Random(i, type, byName.GetValueOrDefault(i.Name), given)
            : i.Type is OptionalType ? null
            : throw new CliError($"input '{i.Name}' ({i.Type}) is missing", Bare(i.Type) is TensorType ? $"add it to {path}" : $"give it by --set {i.Name}=VALUE"))];
    }

    static GraphType Bare(GraphType type) => type is OptionalType o ? o.Element : type;

    static string Names(ModelGraph model) => $"its inputs are {string.Join(", ", model.Inputs.Select(static i => $"'{i.Name}' ({i.Type})"))}";

    static KeyValuePair<string, string> Pair(string text)
    {
        var equals = text.IndexOf('=');
        return equals > 0 ? new(text[..equals], text[(equals + 1)..]) : throw new CliError($"--set {text} sets nothing", "write NAME=VALUE", ExitCode.Usage);
    }

    static Dictionary<string, InputShape> Shapes(ModelGraph model, IReadOnlyList<InputShape> shapes)
    {
        var result = new Dictionary<string, InputShape>(StringComparer.Ordinal);
        var tensors = model.Inputs.Where(static i => Bare(i.Type) is TensorType).ToArray();
        for (var k = 0; k < shapes.Count; k++)
        {
            var s = shapes[k];
            var name = s.Name.Length > 0 ? s.Name : k < tensors.Length ? tensors[k].Name : "";
            if (tensors.All(t => t.Name != name)) throw new CliError($"--shape {name}: the model has no such tensor", Names(model), ExitCode.Usage);
            result[name] = s;
        }
        return result;
    }

    /// <summary>Tensors by name from a file; numbers are tensors of one element, lists of numbers tensors of one axis. One tensor for one input needs no name.</summary>
    static Dictionary<string, Tensor> Read(ModelGraph model, string path)
    {
        if (!File.Exists(path)) throw new CliError($"no file {path}", "inputs are in a safetensors or .npz file whose tensors have the inputs' names, or a .npy file");
        try
        {
            var numpy = path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase) || NumpyFile.IsArray(path);
            var file = (numpy ? NumpyFile.Load(path) : Safetensors.Load(path)).ToDictionary(static t => t.Key, static t => t.Value, StringComparer.Ordinal);
            var unknown = file.Keys.FirstOrDefault(k => model.Inputs.All(i => i.Name != k));
            if (unknown is null) return file;
            var open = model.Inputs.Where(static i => i.Default is null && i.Type is not OptionalType && Bare(i.Type) is TensorType).ToArray();
            if (file.Count == 1 && open.Length == 1) return new(StringComparer.Ordinal) { [open[0].Name] = file[unknown] };
            throw new CliError($"{path} has a tensor '{unknown}', which is no input of the model", Names(model));
        }
        catch (CheckpointException bad)
        {
            throw new CliError(bad.Message, "inputs are in a safetensors, .npz or .npy file", cause: bad);
        }
    }

    static object? Value(ModelInput input, Tensor t)
    {
        var type = Bare(input.Type);
        return type switch
        {
            TensorType => t,
            ListType { Element: var e } when e == GraphType.Int => t.To(DType.Int64).ToArray<long>(),
            ListType { Element: var e } when e == GraphType.Float => t.To(DType.Float64).ToArray<double>(),
            _ when t.Numel != 1 => throw new CliError($"input '{input.Name}' is {input.Type}; its tensor has shape {t.Shape}", "give a tensor of one element"),
            _ when type == GraphType.Int => t.To(DType.Int64).Item<long>(),
            _ when type == GraphType.Float => t.To(DType.Float64).Item<double>(),
            _ when type == GraphType.Bool => t.To(DType.Bool).Item<bool>(),
            _ => throw new CliError($"input '{input.Name}' is {input.Type}, which a file of tensors can't hold", "use the library for such inputs"),
        };
    }

    static object Number(ModelInput input, string text)
    {
        var type = Bare(input.Type);
        if (type == GraphType.Int && long.TryParse(text, CultureInfo.InvariantCulture, out var n)) return n;
        if (type == GraphType.Float && double.TryParse(text, CultureInfo.InvariantCulture, out var d)) return d;
        if (type == GraphType.Bool && bool.TryParse(text, out var b)) return b;
        if (type == GraphType.String) return text;
        throw new CliError($"--set {input.Name}={text}: the input is {input.Type}", "--set is for numbers, true, false and text; tensors come from --input", ExitCode.Usage);
    }

    static Tensor Random(ModelInput input, TensorType type, InputShape? shape, Dictionary<string, string> given)
    {
        if (shape is not null) return Random(shape.Sizes, type.Type ?? shape.Type);
        if (type.Shape is not { } dims || dims.Any(static d => d == default))
            throw new CliError($"the model doesn't state the sizes of input '{input.Name}' ({input.Type})", $"give them by --shape {input.Name}=N,N,… or give --input");
        var sizes = dims.Select(d => d.Size ?? (!given.TryGetValue(d.Name!, out var text) ? 1 : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n
            : throw new CliError($"--set {d.Name}={text} is no size", $"write such as {d.Name}=8", ExitCode.Usage)));
        return Random([.. sizes], type.Type ?? DType.Float32);
    }

    /// <summary>Normal numbers; 0 and 1 for integers and bools.</summary>
    public static Tensor Random(long[] sizes, DType type) => type switch
    {
        DType.Float32 or DType.Float64 or DType.Float16 or DType.BFloat16 or DType.Complex64 or DType.Complex128 => Tensor.Randn([.. sizes]).To(type),
        _ => Tensor.Rand([.. sizes]).Ge(0.5).To(type),
    };
}
