using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau;

internal static partial class RandomFill
{
    /// <summary>Normal with the given mean and standard deviation (Box and Muller, Ann. Math. Statist. 29 (1958) 610).</summary>
    /// <remarks>Words 0, 1 and 2, 3 of a block are two pairs; a pair gives r·cos θ and r·sin θ.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Normal(Span<float> target, RandomStream stream, long start, float mean = 0, float std = 1)
    {
        Span<uint> words = stackalloc uint[Chunk];
        Span<float> radius = stackalloc float[Chunk / 2], angle = stackalloc float[Chunk / 2];
        var rest = new Words(stream, start, 4);
        while (rest.Next(words, target.Length, out var at, out var skip, out var count))
        {
            var pairs = (skip + count + 1) / 2;
            for (var i = 0; i < pairs; i++)
            {
                radius[i] = (words[2 * i] + 1f) * (float)Unit32;
                angle[i] = (words[2 * i + 1] >> 8) * (MathF.Tau / (1 << 24));
            }
            for (var i = 0; i < pairs; i += Vector<float>.Count)
            {
                var r = Vector.SquareRoot(Vector.Log(new Vector<float>(radius[i..])) * -2f) * std;
                var (sin, cos) = Vector.SinCos(new Vector<float>(angle[i..]));
                (r * cos).CopyTo(radius[i..]);
                (r * sin).CopyTo(angle[i..]);
            }
            for (var i = 0; i < count; i++)
                target[at + i] = (((skip + i) & 1) == 0 ? radius[(skip + i) / 2] : angle[(skip + i) / 2]) + mean;
        }
    }

    /// <inheritdoc cref="Normal(Span{float}, RandomStream, long, float, float)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Normal(Span<double> target, RandomStream stream, long start, double mean = 0, double std = 1)
    {
        Span<uint> words = stackalloc uint[Chunk];
        var rest = new Words(stream, start, 2);
        while (rest.Next(words, target.Length, out var at, out var skip, out var count))
            for (var block = 0; block < (skip + count + 1) / 2; block++)
            {
                var r = std * Math.Sqrt(-2 * Math.Log(((Wide(words, 2 * block) >> 11) + 1) * Unit53));
                var (sin, cos) = Math.SinCos(Math.Tau * Unit53 * (Wide(words, 2 * block + 1) >> 11));
                int even = 2 * block - skip, odd = even + 1;
                if (even >= 0) target[at + even] = r * cos + mean;
                if (odd < count) target[at + odd] = r * sin + mean;
            }
    }

    /// <summary>The exponential of a normal draw; mean and std are of the logarithm.</summary>
    public static void LogNormal(Span<float> target, RandomStream stream, long start, float mean = 1, float std = 2)
    {
        Normal(target, stream, start, mean, std);
        foreach (ref var x in target) x = MathF.Exp(x);
    }

    /// <inheritdoc cref="LogNormal(Span{float}, RandomStream, long, float, float)"/>
    public static void LogNormal(Span<double> target, RandomStream stream, long start, double mean = 1, double std = 2)
    {
        Normal(target, stream, start, mean, std);
        foreach (ref var x in target) x = Math.Exp(x);
    }
}
