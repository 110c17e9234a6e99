using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Flambeau.Formats;

/// <summary>Storages filled from files.</summary>
internal static unsafe class StorageReading
{
    internal delegate void Filler(byte* destination);

    /// <summary>A new storage with content.</summary>
    internal static Storage Fill(long bytes, Filler fill)
    {
        var storage = Storage.Allocate(bytes);
        fixed (byte* p = &storage.Kept) fill(p);
        return storage;
    }

    /// <summary>Turns the bytes of each piece round: other byte order.</summary>
    internal static void Swap(Storage storage, int size)
    {
        fixed (byte* p = &storage.Kept)
        {
            const int chunk = 1 << 24;
            for (long done = 0; done < storage.Bytes; done += chunk)
            {
                var s = new Span<byte>(p + done, (int)Math.Min(storage.Bytes - done, chunk));
                switch (size)
                {
                    case 2: Reverse(MemoryMarshal.Cast<byte, ushort>(s), static (a, b) => BinaryPrimitives.ReverseEndianness(a, b)); break;
                    case 4: Reverse(MemoryMarshal.Cast<byte, uint>(s), static (a, b) => BinaryPrimitives.ReverseEndianness(a, b)); break;
                    case 8: Reverse(MemoryMarshal.Cast<byte, ulong>(s), static (a, b) => BinaryPrimitives.ReverseEndianness(a, b)); break;
                }
            }
        }
    }

    delegate void Reverser<T>(ReadOnlySpan<T> from, Span<T> to);

    static void Reverse<T>(Span<T> span, Reverser<T> reverse) => reverse(span, span);

    /// <summary>Makes every byte of a range 0 or 1, as bool elements must be whatever a file says.</summary>
    internal static void Normalize(Storage storage, long offset, long bytes)
    {
        fixed (byte* p = &storage.Kept)
        {
            const int chunk = 1 << 24;
            for (long done = 0; done < bytes; done += chunk)
            {
                var s = new Span<byte>(p + offset + done, (int)Math.Min(bytes - done, chunk));
                for (var i = s.IndexOfAnyExceptInRange((byte)0, (byte)1); i >= 0 && i < s.Length; i++)
                {
                    if (s[i] > 1) s[i] = 1;
                }
            }
        }
        GC.KeepAlive(storage);
    }
}
