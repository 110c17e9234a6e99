using CsCheck;
using Crc = Flambeau.Formats.Crc32;

namespace Flambeau.Tests.Formats;

public class Crc32Tests
{
    [Fact]
    public void KnownValue()
    {
        Assert.Equal(0xCBF43926u, Crc.Append(0, "123456789"u8));
        Assert.Equal(0u, Crc.Append(0, []));
    }

    [Fact]
    public void EveryPathAgreesAndContinues() => Gen.Select(Gen.Byte.Array[0, 1000], Gen.Int[0, 1000]).Sample(static (bytes, cut) =>
    {
        cut = Math.Min(cut, bytes.Length);
        var whole = Crc.Append(0, bytes);
        Assert.Equal(~Crc.Tables(~0u, bytes), whole);
        Assert.Equal(whole, Crc.Append(Crc.Append(0, bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
    }, iter: 1000);
}
