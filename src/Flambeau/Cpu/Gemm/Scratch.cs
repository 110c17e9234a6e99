using System.Runtime.InteropServices;

namespace Flambeau.Cpu;

/// <summary>
/// A thread's reusable aligned work memory. It grows to what kernels ask for, drops oversized blocks after use, and is
/// freed with its thread. Slots keep nested uses on one thread apart.
/// </summary>
internal sealed unsafe class Scratch
{
    private const nuint Kept = 32 << 20;

    [ThreadStatic] private static Scratch?[]? slots;

    private void* block;
    private nuint bytes;

    ~Scratch() => NativeMemory.AlignedFree(block);

    /// <summary>What the memory is for; one holder per purpose and thread at a time.</summary>
    public enum Slot { Left, Right, Source, Partial, Table, Sample, Trim, Bias, Turned }

    /// <summary>At least <paramref name="count"/> uninitialised entries, 64-byte aligned, with 256 bytes of slack after the end, which kernels may read.</summary>
    public static T* Rent<T>(Slot slot, long count) where T : unmanaged
    {
        var mine = (slots ??= new Scratch?[9])[(int)slot] ??= new Scratch();
        var wanted = (nuint)count * (nuint)sizeof(T) + 256;
        if (wanted > mine.bytes || (mine.bytes > Kept && wanted < Kept))
        {
            NativeMemory.AlignedFree(mine.block);
            mine.block = null;
            mine.bytes = 0;
            mine.block = NativeMemory.AlignedAlloc(wanted, 64);
            mine.bytes = wanted;
        }
        return (T*)mine.block;
    }
}
