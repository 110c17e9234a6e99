using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Flambeau.Bench.Peer;

/// <summary>
/// Makes TorchSharp's native library loadable where libstdc++ is older than GLIBCXX_3.4.32. It needs one symbol of that version, an
/// initialiser with nothing to do in an old library: in the copy beside this program the requirement is made weak, and the symbol
/// is given the name of a C function without arguments or effects.
/// </summary>
static class TorchLibrary
{
    const string File = "libLibTorchSharp.so", Version = "GLIBCXX_3.4.32", Symbol = "_ZSt21ios_base_library_initv", Harmless = "getpid";
    const uint DynamicSymbols = 11, VersionOfSymbols = 0x6FFFFFFF, VersionsNeeded = 0x6FFFFFFE;

    /// <summary>Call before the first use of TorchSharp.</summary>
    public static void Prepare()
    {
        var path = Path.Combine(AppContext.BaseDirectory, File);
        if (!OperatingSystem.IsLinux() || !System.IO.File.Exists(path) || NewEnough()) return;
        var image = System.IO.File.ReadAllBytes(path);
        Patch(image);
        var temporary = path + ".tmp";
        System.IO.File.WriteAllBytes(temporary, image);
        System.IO.File.Move(temporary, path, overwrite: true);
    }

    static bool NewEnough() =>
        NativeLibrary.TryLoad("libstdc++.so.6", out var library) && NativeLibrary.TryGetExport(library, Symbol, out _);

    static void Patch(Span<byte> image)
    {
        var table = (int)BinaryPrimitives.ReadUInt64LittleEndian(image[40..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(image[58..]), count = BinaryPrimitives.ReadUInt16LittleEndian(image[60..]);
        var versions = Find(image, table, size, count, VersionOfSymbols);
        var needs = Find(image, table, size, count, VersionsNeeded);
        var symbols = Find(image, table, size, count, DynamicSymbols);
        var names = Section(image, table + size * symbols.Link).Offset;
        for (var i = 0; i * 24 < symbols.Length; i++)
        {
            var name = names + (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(symbols.Offset + i * 24)..]);
            if (!Is(image, name, Symbol)) continue;
            Encoding.ASCII.GetBytes(Harmless + '\0', image[name..]);
            BinaryPrimitives.WriteUInt16LittleEndian(image[(versions.Offset + i * 2)..], 1); // any version
        }
        for (int need = needs.Offset, next = -1; next != 0; need += next)
        {
            var entry = need + (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(need + 8)..]);
            for (int entries = BinaryPrimitives.ReadUInt16LittleEndian(image[(need + 2)..]); entries > 0; entries--)
            {
                if (Is(image, names + (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(entry + 8)..]), Version)) image[entry + 4] |= 2; // weak
                entry += (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(entry + 12)..]);
            }
            next = (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(need + 12)..]);
        }
    }

    static (int Offset, int Length, int Link) Find(Span<byte> image, int table, int size, int count, uint type)
    {
        for (var i = 0; i < count; i++)
            if (BinaryPrimitives.ReadUInt32LittleEndian(image[(table + i * size + 4)..]) == type) return Section(image, table + i * size);
        throw new InvalidDataException($"{File} has no section of type 0x{type:X}; another build of TorchSharp-cpu than this program knows?");
    }

    static (int Offset, int Length, int Link) Section(Span<byte> image, int header) =>
        ((int)BinaryPrimitives.ReadUInt64LittleEndian(image[(header + 24)..]), (int)BinaryPrimitives.ReadUInt64LittleEndian(image[(header + 32)..]),
            (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(header + 40)..]));

    static bool Is(Span<byte> image, int at, string text)
    {
        Span<byte> bytes = stackalloc byte[64];
        var n = Encoding.ASCII.GetBytes(text, bytes);
        return image[at..].StartsWith(bytes[..n]) && image[at + n] == 0;
    }
}
