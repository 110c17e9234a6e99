using Flambeau.Graphs;

namespace Flambeau.Compiler.Plan;

/// <summary>A block of memory that one or more tensors of a graph look into.</summary>
internal sealed class Memory(int id, long bytes)
{
    internal int Id => id;

    /// <summary>Size of the block.</summary>
    internal long Bytes => bytes;

    /// <summary>The graph's input that it belongs to, or -1.</summary>
    internal int Input { get; init; } = -1;

    /// <summary>The state that it belongs to.</summary>
    internal StateEntry? State { get; init; }

    /// <summary>Made by a step of the graph.</summary>
    internal bool Owned => Input < 0 && State is null;

    /// <summary>Who computes with it; null for the host.</summary>
    internal DeviceBackend? Backend { get; init; }

    /// <summary>The caller gets a tensor that looks into it.</summary>
    internal bool Escapes { get; set; }

    public override string ToString() => $"m{id}[{bytes}]";
}

/// <summary>A tensor of a graph with everything concrete.</summary>
/// <param name="Id">Its number.</param>
/// <param name="DType">Element type.</param>
/// <param name="Layout">Sizes and strides.</param>
/// <param name="Offset">First element: from the beginning of the memory if that is owned, else from the first element of the input or state.</param>
/// <param name="Memory">What it looks into.</param>
internal sealed record Slot(int Id, DType DType, Layout Layout, long Offset, Memory Memory)
{
    public override string ToString() => $"t{Id}: {DType.Name()} [{string.Join(", ", Layout.Sizes)}] in {Memory}";
}
