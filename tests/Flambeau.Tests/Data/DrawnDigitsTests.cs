using System.Security.Cryptography;
using Flambeau.Data;

namespace Flambeau.Tests.Data;

public class DrawnDigitsTests
{
    [Fact]
    public void SameBytesOnEveryMachine()
    {
        var digits = DrawnDigits.Draw(300, seed: 7);
        Assert.Equal("AD0D795C4B3BF1B4", Convert.ToHexString(SHA256.HashData([.. digits.Pixels, .. digits.Labels]))[..16]);
    }

    [Fact]
    public void AnImageDependsOnSeedAndIndexAlone()
    {
        LabeledImages all = DrawnDigits.Draw(400, seed: 3), some = DrawnDigits.Draw(10, seed: 3, first: 250), other = DrawnDigits.Draw(10, seed: 4, first: 250);
        for (var i = 0; i < 10; i++) Assert.Equal(all.Image(250 + i).ToArray(), some.Image(i).ToArray());
        Assert.NotEqual(some.Pixels, other.Pixels);
    }

    [Fact]
    public void LabelsAreUniformAndEveryImageHasInk()
    {
        var digits = DrawnDigits.Draw(5000);
        var counts = digits.Labels.CountBy(static label => label).ToDictionary();
        Assert.Equal(10, counts.Count);
        Assert.All(counts, static pair => Assert.InRange(pair.Value, 400, 600));
        for (var i = 0; i < digits.Count; i++)
        {
            var white = 0;
            foreach (var pixel in digits.Image(i)) white += pixel > 100 ? 1 : 0;
            Assert.InRange(white, 8, 400);
        }
    }

    [Fact]
    public void PartsShareNoImage()
    {
        var (train, test) = DrawnDigits.Load(train: 2000, test: 500);
        var seen = Enumerable.Range(0, train.Count).Select(i => Convert.ToHexString(SHA256.HashData(train.Image(i)))).ToHashSet();
        Assert.Equal(2000, seen.Count);
        Assert.DoesNotContain(Enumerable.Range(0, test.Count), i => seen.Contains(Convert.ToHexString(SHA256.HashData(test.Image(i)))));
    }
}
