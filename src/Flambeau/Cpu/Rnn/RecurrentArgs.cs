using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>Memory of one direction of one recurrent layer, all row-major: sequences [steps, batch, …], states [batch, hidden], weights [gates · hidden, hidden].</summary>
internal unsafe struct RecurrentArgs<E> where E : unmanaged
{
    public long Steps, Batch, Hidden;
    public bool Reverse;
    public E* X, H0, C0, Weight, Bias, H, C, Kept;

    /// <summary>Gradients of the results; DC, and DH, may be null.</summary>
    public E* DH, DC;

    /// <summary>Gradients to find; DU is DX where the cell doesn't split.</summary>
    public E* DX, DU, Carry;

    /// <summary>Where the step that runs as number <paramref name="s"/> stands in the sequence.</summary>
    public readonly long Time(long s) => Reverse ? Steps - 1 - s : s;

    /// <summary>The state before a step: the step's that ran earlier, or the initial one.</summary>
    public readonly E* Before(long s, E* initial, E* all) => s == 0 ? initial : all + Time(s - 1) * Batch * Hidden;
}

/// <summary>How the work of a layer is shared out. Rows of a batch know nothing of each other, so each thread can run its rows through all steps.</summary>
internal static class RecurrentShares
{
    /// <summary>Rows in hand at a time: what the state gives to <paramref name="values"/> gates of each stays in the second-level cache. Formulas then run along whole rows, which the processor reads ahead.</summary>
    internal static long Rows(long values) => Math.Clamp((1 << 16) / values, 12, 48);

    internal static bool ByRows(long batch) => batch >= 4L * CpuThreads.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long Ceil(long a, long b) => (a + b - 1) / b;
}
