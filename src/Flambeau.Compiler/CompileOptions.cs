using System.Diagnostics;

namespace Flambeau.Compiler;

/// <summary>How to compile.</summary>
public sealed record CompileOptions
{
    /// <summary>What logs call the program.</summary>
    public string Name { get; init; } = "program";

    /// <summary>Makes an error of what would run eagerly because it can't be captured.</summary>
    public bool Strict { get; init; }

    /// <summary>How many versions for different dtypes, shapes and modes are kept; after that the program runs eagerly for new ones.</summary>
    public int MaxVersions { get; init; } = 16;

    /// <summary>Hears why something is compiled, or runs eagerly. By default lines go to <see cref="Debug"/>.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Off: ops run one by one, in planned memory.</summary>
    public bool Fuse { get; init; } = true;

    /// <summary>Off: on a device that can record its work (CUDA graphs), kernels are enqueued one by one all the same.</summary>
    public bool Record { get; init; } = true;

    /// <summary>
    /// Where gradients are recorded (see <see cref="Autograd.Grad.Enabled"/>) and something wants them, results carry history and the backward pass is compiled as well.
    /// By default results carry none.
    /// </summary>
    public bool Gradients { get; init; }

    /// <summary>How often the same sizes run eagerly before they are worth a version.</summary>
    internal int Patience { get; init; }

    /// <summary>False where the environment variable <c>FLAMBEAU_JIT</c> is 0: everything runs eagerly, as written.</summary>
    public static bool Enabled { get; set; } = Environment.GetEnvironmentVariable("FLAMBEAU_JIT") != "0";

    internal void Say(string line)
    {
        if (Log is { } log) log($"{Name}: {line}");
        else Debug.WriteLine($"{Name}: {line}");
    }
}

/// <summary>What a compiled program has done so far.</summary>
/// <param name="Versions">Versions compiled: the first, and one for each guard that failed.</param>
/// <param name="Runs">Runs of compiled code.</param>
/// <param name="EagerRuns">Runs that fell back to eager code.</param>
/// <param name="ArenaBytes">Planned memory of the latest version.</param>
/// <param name="ArenaLowerBound">What that could not be below.</param>
/// <param name="Steps">Steps of the latest version: regions, and ops that run by themselves.</param>
/// <param name="Regions">How many of them are regions.</param>
/// <param name="Replays">Runs of the latest version that were replays of a recording, as CUDA graphs are.</param>
public readonly record struct CompileStatistics(int Versions, long Runs, long EagerRuns, long ArenaBytes, long ArenaLowerBound, int Steps, int Regions, long Replays = 0);

/// <summary>How long a step of a compiled program takes.</summary>
/// <param name="Name">The op, or the ops of a fused region.</param>
/// <param name="Inputs">Dtypes and sizes of what it reads.</param>
/// <param name="Outputs">Dtypes and sizes of what it gives.</param>
/// <param name="Mean">Mean time of a run.</param>
public sealed record StepTime(string Name, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, TimeSpan Mean);
