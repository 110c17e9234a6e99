using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flambeau.Cli.Training;

/// <summary>All that the weights after a given step depend on. Epochs only say when to stop, and threads never change a result.</summary>
internal sealed record TrainSettings
{
    public string Model { get; init; } = "lenet";
    public int Epochs { get; init; } = 3;
    public int Batch { get; init; } = 64;
    public double Lr { get; init; } = 1e-3;
    public long Seed { get; init; } = 1;

    /// <summary>The folder of the MNIST files; none for the built-in digits.</summary>
    public string? Data { get; init; }
}

/// <summary>How far a run has come.</summary>
internal sealed record TrainPosition
{
    /// <summary>Epochs finished.</summary>
    public int Epoch { get; init; }

    /// <summary>Steps finished in the epoch that is under way: the position in its shuffled order.</summary>
    public int StepInEpoch { get; init; }

    /// <summary>Steps finished in all.</summary>
    public long Step { get; init; }

    /// <summary>Loss summed over the examples seen in this epoch.</summary>
    public double LossSum { get; init; }

    /// <summary>Right answers among them.</summary>
    public long Correct { get; init; }

    /// <summary>How many they are.</summary>
    public long Seen { get; init; }

    /// <summary>Seconds of training so far.</summary>
    public double Seconds { get; init; }

    /// <summary>Share of the held-out images recognised after the last finished epoch.</summary>
    public double? HeldOutAccuracy { get; init; }
}

/// <summary>One line of <c>metrics.jsonl</c>: after some steps of an epoch (<c>train</c>), or at its end (<c>epoch</c>).</summary>
internal sealed record Metric
{
    public required string Event { get; init; }

    /// <summary>The epoch, counted from 1.</summary>
    public required int Epoch { get; init; }
    public required long Step { get; init; }

    /// <summary>Where in the training it is, in epochs.</summary>
    public required double Progress { get; init; }
    public required double Loss { get; init; }
    public required double Accuracy { get; init; }
    public double? HeldOutLoss { get; init; }
    public double? HeldOutAccuracy { get; init; }
    public required double Lr { get; init; }
    public required double ExamplesPerSecond { get; init; }
    public required double Seconds { get; init; }

    /// <summary>Memory of the process, as the operating system counts it.</summary>
    public long? ResidentBytes { get; init; }

    /// <summary>Memory of tensors, with that of dead ones that no collection has found yet.</summary>
    public long? TensorBytes { get; init; }

    /// <summary>Memory held for tensors, with what is kept for reuse.</summary>
    public long? ReservedBytes { get; init; }
}

/// <summary>The JSON forms of the above.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrainSettings))]
[JsonSerializable(typeof(TrainPosition))]
[JsonSerializable(typeof(Metric))]
internal sealed partial class TrainJson : JsonSerializerContext;
