using CsCheck;
using Flambeau.Formats;

namespace Flambeau.Tests.Formats;

/// <summary>Damage done to a good file.</summary>
static class Mutation
{
    /// <summary>The file with some bytes changed, removed, repeated or overwritten by extreme numbers, and perhaps cut short.</summary>
    internal static Gen<byte[]> Of(byte[] file, byte[] favourites)
    {
        var place = Gen.Int[0, file.Length - 1];
        var value = Gen.OneOf(Gen.Byte, Among(favourites), Among<byte>([0, 1, 0x7F, 0x80, 0xFF]));
        var change = Gen.Select(place, value, Gen.Int[0, 5], Gen.Int[1, 12]);
        return Gen.Select(change.Array[1, 4], Gen.Int[0, 9], place).Select((changes, cut, end) =>
        {
            var bytes = new List<byte>(file);
            foreach (var (at, v, kind, n) in changes)
            {
                if (at >= bytes.Count) continue;
                var count = Math.Min(n, bytes.Count - at);
                switch (kind)
                {
                    case 0: bytes.RemoveRange(at, count); break;
                    case 1: bytes.InsertRange(at, bytes.GetRange(at, count)); break;
                    case 2: for (var i = 0; i < count; i++) bytes[at + i] = v; break;
                    default: bytes[at] = v; break;
                }
            }
            if (cut == 0 && end < bytes.Count) bytes.RemoveRange(end, bytes.Count - end);
            return bytes.ToArray();
        });
    }

    internal static Gen<T> Among<T>(T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>The reader either works or throws its one documented exception, and takes no memory out of proportion.</summary>
    internal static void Survives(Action read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read();
        }
        catch (CheckpointException e)
        {
            Assert.NotEmpty(e.Message);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 << 20);
    }
}
