using System.Text.Json;
using Flambeau.Formats;

namespace Flambeau.Cli.Training;

/// <summary>All that a resumed run needs to go on bit for bit. PyTorch's <c>torch.load</c> reads the file.</summary>
/// <param name="Settings">What the run was started with.</param>
/// <param name="Position">How far it has come.</param>
/// <param name="Model">Weights by name.</param>
/// <param name="Optimizer">The optimizer's state dict.</param>
/// <param name="Generator">Where the random numbers stand.</param>
internal sealed record Checkpoint(
    TrainSettings Settings, TrainPosition Position, IReadOnlyDictionary<string, Tensor> Model, IEnumerable<KeyValuePair<string, object?>> Optimizer, GeneratorState Generator)
{
    public void Save(string path) => PyTorchCheckpoint.Save(path, new PyDict
    {
        ["model"] = Model,
        ["optimizer"] = Optimizer,
        ["settings"] = JsonSerializer.Serialize(Settings, TrainJson.Default.TrainSettings),
        ["position"] = JsonSerializer.Serialize(Position, TrainJson.Default.TrainPosition),
        ["generator"] = new List<object?> { Generator.Seed, Generator.Offset },
    });

    /// <exception cref="CliError">The file is damaged, or no checkpoint of a run.</exception>
    public static Checkpoint Load(string path)
    {
        try
        {
            var tree = PyTorchCheckpoint.Load(path) as PyDict ?? throw new CheckpointException("it holds no dictionary");
            var generator = tree.Get<List<object?>>("generator");
            return new(
                JsonSerializer.Deserialize(tree.Get<string>("settings"), TrainJson.Default.TrainSettings) ?? throw new CheckpointException("its settings are null"),
                JsonSerializer.Deserialize(tree.Get<string>("position"), TrainJson.Default.TrainPosition) ?? throw new CheckpointException("its position is null"),
                PyTorchCheckpoint.StateDict(tree),
                tree.Get<PyDict>("optimizer").Select(static o => KeyValuePair.Create((string)o.Key, o.Value)).ToList(),
                generator is [long seed, long offset] ? new GeneratorState(seed, offset) : throw new CheckpointException("its generator state is not a seed and an offset"));
        }
        catch (Exception bad) when (bad is CheckpointException or JsonException or InvalidCastException)
        {
            throw new CliError($"{path} is no checkpoint of a run: {bad.Message}", "--resume takes what 'flambeau train' wrote; 'flambeau predict' takes any model", cause: bad);
        }
    }
}
