using System.Globalization;

namespace Flambeau.Cli.Training;

/// <summary>The folder of one training run, and the names of the files in it.</summary>
internal sealed class RunFolder(string path)
{
    const string Parent = "runs", CheckpointName = "checkpoint.pth";

    public string Path => path;

    /// <summary>Weights, optimizer, random state and position: all that a resumed run needs.</summary>
    public string Checkpoint => System.IO.Path.Combine(path, CheckpointName);

    /// <summary>The weights alone, under the names that PyTorch would give them.</summary>
    public string Model => System.IO.Path.Combine(path, "model.safetensors");

    public string Metrics => System.IO.Path.Combine(path, "metrics.jsonl");

    public string Curve => System.IO.Path.Combine(path, "curve.svg");

    /// <summary>A new folder: the given one, or one under <c>runs</c> named after the time and the model.</summary>
    /// <exception cref="CliError">The given folder holds a run already.</exception>
    public static RunFolder Create(string? given, TrainSettings settings, DateTime now)
    {
        var run = new RunFolder(given ?? Unused(System.IO.Path.Combine(Parent, Name(settings, now))));
        if (File.Exists(run.Checkpoint))
            throw new CliError($"{run.Path} holds a run already", $"go on with it by --resume {run.Path}, or choose another --out", ExitCode.Usage);
        Directory.CreateDirectory(run.Path);
        return run;
    }

    /// <summary>The run to go on with: a folder, its checkpoint, or nothing for the latest under <c>runs</c>.</summary>
    /// <exception cref="CliError">There is no checkpoint.</exception>
    public static RunFolder Open(string? given)
    {
        if (string.IsNullOrEmpty(given))
            return Latest() ?? throw new CliError($"no run to resume in ./{Parent}", "name the folder of the run: --resume DIR");
        if (File.Exists(given) && System.IO.Path.GetFileName(given) == CheckpointName)
            return new RunFolder(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(given))!);
        var run = new RunFolder(given);
        return File.Exists(run.Checkpoint)
            ? run
            : throw new CliError($"no {CheckpointName} in {given}", "--resume takes the folder that an earlier 'flambeau train' wrote");
    }

    static RunFolder? Latest() => !Directory.Exists(Parent)
        ? null
        : Directory.EnumerateDirectories(Parent).Select(static folder => new RunFolder(folder)).Where(static run => File.Exists(run.Checkpoint))
            .MaxBy(static run => File.GetLastWriteTimeUtc(run.Checkpoint));

    static string Name(TrainSettings settings, DateTime now) =>
        $"{now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}-{settings.Model}-{(settings.Data is null ? "digits" : "mnist")}";

    static string Unused(string wanted)
    {
        var path = wanted;
        for (var i = 2; Directory.Exists(path); i++) path = $"{wanted}-{i}";
        return path;
    }
}
