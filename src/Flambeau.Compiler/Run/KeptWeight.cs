using Flambeau.Compiler.Plan;
using Flambeau.Cpu;
using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Run;

/// <summary>A convolution's weight as its kernel reads it, packed on the first run and again when the parameter has changed.</summary>
internal sealed class KeptWeight
{
    readonly int argument;
    readonly PackedWeights packed = new();
    Storage? storage;
    int version;

    KeptWeight(int argument) => this.argument = argument;

    /// <summary>For a convolution by a parameter; null for other nodes.</summary>
    internal static KeptWeight? Of(OpNode node, object?[] arguments) =>
        node.Op is ConvForward or ConvInput && arguments[1] is Slot { Memory.State: not null } ? new(1) : null;

    internal object Invoke(OpEntry entry, object?[] given)
    {
        var weight = (Tensor)given[argument]!;
        // One run at a time packs; later ones only read.
        lock (packed)
        {
            if (!ReferenceEquals(storage, weight.Storage) || version != weight.Storage.Version)
            {
                packed.Forget();
                (storage, version) = (weight.Storage, weight.Storage.Version);
            }
            if (!packed.IsFilled) return Run(entry, given);
        }
        return Run(entry, given);
    }

    object Run(OpEntry entry, object?[] given)
    {
        PackedWeights.Current = packed;
        try
        {
            return entry.Invoke(given);
        }
        finally
        {
            PackedWeights.Current = null;
        }
    }
}
