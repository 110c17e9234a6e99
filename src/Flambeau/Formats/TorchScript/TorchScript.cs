using Flambeau.Capture;

namespace Flambeau.Formats;

/// <summary>
/// Loads what <c>torch.jit.save</c> wrote: traced, scripted and frozen modules, and functions. The archive's Python is parsed as data and becomes graphs; no Python runs,
/// and parameters can be trained further. In-place updates, views, lists, loops and branches are kept; ops that aren't PyTorch's own are refused when they are reached.
/// </summary>
public static class TorchScript
{
    /// <summary>Opens a file. All tensors come to the CPU.</summary>
    /// <param name="path">The file.</param>
    /// <param name="training">Whether the module is set to training or evaluation; by default it stays as it was saved.</param>
    /// <param name="options">How to read the tensors.</param>
    /// <exception cref="CheckpointException">The file is damaged, hostile, or no TorchScript archive. What is wrong with its code may be said only when a method is called.</exception>
    public static ScriptModule Load(string path, bool? training = null, CheckpointOptions? options = null) => Of(TorchScriptArchive.Open(path, options ?? new()), training);

    /// <summary>Reads a file in memory.</summary>
    /// <exception cref="CheckpointException">As for a file.</exception>
    public static ScriptModule Load(ReadOnlyMemory<byte> bytes, bool? training = null, CheckpointOptions? options = null) => Of(TorchScriptArchive.Open(bytes, options ?? new()), training);

    /// <summary>Whether a file is a TorchScript archive rather than a checkpoint.</summary>
    public static bool Recognizes(string path) => TorchScriptArchive.Recognizes(path);

    static ScriptModule Of(TorchScriptArchive archive, bool? training)
    {
        if (training is { } t) archive.Root.Train(t);
        try
        {
            return Script.Of(archive.Root);
        }
        catch (ScriptException e)
        {
            throw new CheckpointException($"the archive's module {CheckpointException.Quote(archive.Root.TypeName)} has no forward: {e.Message}", e);
        }
    }
}
