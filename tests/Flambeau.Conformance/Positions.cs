using System.Numerics;

namespace Flambeau.Conformance;

/// <summary>Positions along an axis that differ only in which of several equal elements they name.</summary>
internal static class Positions
{
    /// <summary>Whether, along some axis, both pick equal elements, and the actual ones pick none twice.</summary>
    internal static bool PickTheSame(Tensor x, Tensor actual, Tensor expected)
    {
        if (actual.DType != expected.DType || actual.Shape != expected.Shape) return false;
        if (x.Rank == 0) return true;
        for (var d = 0; d < x.Rank; d++)
        {
            if (Fits(x.Shape, actual.Shape, d) && PickTheSame(x, actual, expected, d)) return true;
        }
        return false;
    }

    /// <summary>The picked shape is the input's but for axis <paramref name="dim"/>, which may be gone.</summary>
    static bool Fits(Shape x, Shape picked, int dim)
    {
        var rest = x.ToArray().Where((_, i) => i != dim);
        return picked.Rank == x.Rank ? rest.SequenceEqual(picked.ToArray().Where((_, i) => i != dim)) : rest.SequenceEqual(picked.ToArray());
    }

    static bool PickTheSame(Tensor x, Tensor actual, Tensor expected, int dim)
    {
        long size = x.Size(dim), inner = x.Shape.ToArray().Skip(dim + 1).Aggregate(1L, static (n, s) => n * s);
        var count = actual.Rank == x.Rank ? actual.Size(dim) : 1;
        var values = x.Detach().ToArray<Complex>();
        var a = actual.ToArray<long>();
        var e = expected.ToArray<long>();
        var outer = x.Numel == 0 ? 0 : x.Numel / (size * inner);
        for (long o = 0; o < outer; o++)
        {
            for (long i = 0; i < inner; i++)
            {
                var seen = new HashSet<long>();
                for (long k = 0; k < count; k++)
                {
                    var at = (o * count + k) * inner + i;
                    if (a[at] < 0 || a[at] >= size || !seen.Add(a[at])) return false;
                    if (!values[(o * size + a[at]) * inner + i].Equals(values[(o * size + e[at]) * inner + i])) return false;
                }
            }
        }
        return true;
    }
}
