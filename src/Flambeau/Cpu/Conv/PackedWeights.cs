using System.Runtime.InteropServices;

namespace Flambeau.Cpu;

/// <summary>
/// The weights of one convolution in the form its kernel reads, kept from run to run. A program that knows its weights to be the same sets
/// <see cref="Current"/> around a run, and calls <see cref="Forget"/> when they have changed. One program at a time fills it.
/// </summary>
internal sealed unsafe class PackedWeights
{
    [ThreadStatic] static PackedWeights? current;

    void* memory;
    nuint size;
    int form = -1;

    ~PackedWeights() => NativeMemory.AlignedFree(memory);

    /// <summary>For the convolution that this thread runs next.</summary>
    internal static PackedWeights? Current
    {
        get => current;
        set => current = value;
    }

    /// <summary>They are there.</summary>
    internal bool IsFilled => form >= 0;

    /// <summary>Bytes kept.</summary>
    internal long Bytes => (long)size;

    internal void Forget() => form = -1;

    /// <summary>Memory for packed weights: that of <see cref="Current"/>, or the thread's own.</summary>
    /// <param name="kind">Number of the form.</param>
    /// <param name="count">Entries.</param>
    /// <param name="filled">They are packed already.</param>
    internal static T* Rent<T>(int kind, long count, out bool filled) where T : unmanaged
    {
        filled = false;
        if (current is not { } mine) return Scratch.Rent<T>(Scratch.Slot.Left, count);
        var wanted = (nuint)count * (nuint)sizeof(T) + 256;
        if (mine.form == kind && mine.size == wanted)
        {
            filled = true;
            return (T*)mine.memory;
        }
        if (mine.size != wanted)
        {
            NativeMemory.AlignedFree(mine.memory);
            mine.memory = NativeMemory.AlignedAlloc(wanted, 64);
            mine.size = wanted;
        }
        mine.form = kind;
        return (T*)mine.memory;
    }
}
