using Flambeau.Graphs;

namespace Flambeau.Capture;

/// <summary>A number of a trace as it follows from the dynamic sizes: <c>factor · ∏ ⌊(size + offset) / divisor⌋ + Σ slope · size + constant</c>.</summary>
internal sealed record SizeFormula(long Factor, IReadOnlyList<(string Size, long Offset, long Divisor)> Product, IReadOnlyList<(string Size, long Slope)> Sum, long Constant)
{
    /// <summary>Divisors in the order in which they are believed: strides are powers of two.</summary>
    static readonly long[] divisors = [1, 2, 4, 8, 16, 32, 64, 3, 5, 6, 7, 9, 10, 12, 14, 15, 20, 24, 25, 28, 48];

    /// <summary>The simplest formula that gives all values; null if there is none.</summary>
    /// <param name="sizes">Sizes by name in each trace.</param>
    /// <param name="values">The number in each trace.</param>
    internal static SizeFormula? Find(IReadOnlyList<IReadOnlyDictionary<string, long>> sizes, IReadOnlyList<long> values)
    {
        // It follows from a size if it changes where that size alone does.
        var names = sizes[0].Keys.Where(n => sizes.Where((s, i) => values[i] != values[0] && s.All(k => k.Key == n ? k.Value != sizes[0][n] : k.Value == sizes[0][k.Key])).Any()).ToArray();
        bool Fits(SizeFormula f) => sizes.Select(f.At).SequenceEqual(values);
        if (names.Length == 0) return null;
        if (Linear(sizes, values, names) is { } linear && Fits(linear)) return linear;
        return Products(sizes, values, names).FirstOrDefault(Fits);
    }

    static SizeFormula? Linear(IReadOnlyList<IReadOnlyDictionary<string, long>> sizes, IReadOnlyList<long> values, string[] names)
    {
        var sum = new List<(string, long)>();
        var constant = values[0];
        foreach (var n in names)
        {
            // A trace in which this size alone differs.
            for (var i = 1; ; i++)
            {
                if (i == sizes.Count) return null;
                if (sizes[i][n] == sizes[0][n] || sizes[i].Any(s => s.Key != n && s.Value != sizes[0][s.Key])) continue;
                var (dv, ds) = (values[i] - values[0], sizes[i][n] - sizes[0][n]);
                if (dv % ds != 0) return null;
                if (dv != 0) sum.Add((n, dv / ds));
                constant -= dv / ds * sizes[0][n];
                break;
            }
        }
        return new(0, [], sum, constant);
    }

    static IEnumerable<SizeFormula> Products(IReadOnlyList<IReadOnlyDictionary<string, long>> sizes, IReadOnlyList<long> values, string[] names)
    {
        // The plain product first, then one rounded division for each size alone, then the same division for all.
        foreach (var shape in Shapes(names))
        {
            var at = sizes.Select(s => shape.Aggregate(1L, (p, t) => p * Floor(s[t.Size] + t.Offset, t.Divisor))).ToArray();
            if (at[0] == 0 || values[0] % at[0] != 0) continue;
            yield return new(values[0] / at[0], shape, [], 0);
        }
    }

    static IEnumerable<(string Size, long Offset, long Divisor)[]> Shapes(string[] names)
    {
        foreach (var d in divisors)
        {
            for (long o = 0; o <= 2 * d + 6; o++)
            {
                foreach (var offset in o == 0 ? (long[])[0] : [o, -o]) yield return [.. names.Select(n => (n, offset, d))];
            }
        }
        if (names.Length == 1) yield break;
        foreach (var one in names)
        {
            foreach (var d in divisors)
            {
                for (long o = 0; o <= 2 * d + 6; o++)
                {
                    foreach (var offset in (long[])[o, -o]) yield return [.. names.Select(n => n == one ? (n, offset, d) : (n, 0, 1))];
                }
            }
        }
    }

    static long Floor(long a, long b) => a >= 0 ? a / b : -((-a + b - 1) / b);

    long At(IReadOnlyDictionary<string, long> s) => Factor * Product.Aggregate(1L, (p, t) => p * Floor(s[t.Size] + t.Offset, t.Divisor)) + Sum.Sum(t => t.Slope * s[t.Size]) + Constant;

    /// <summary>The name, if the number is a dynamic size itself.</summary>
    internal string? Name => Factor == 0 && Constant == 0 && Sum is [(var n, 1)] ? n : null;

    /// <summary>Nodes that compute the number.</summary>
    internal Operand Build(GraphBuilder b, IReadOnlyDictionary<string, Value> sizes)
    {
        Operand Plus(Operand x, long c) => c == 0 ? x : b.Call("prim.add_int", x, c);
        Operand Times(Operand x, long c) => c == 1 ? x : b.Call("prim.mul_int", x, c);
        Operand? sum = null;
        if (Factor != 0)
        {
            Operand? product = null;
            foreach (var (n, o, d) in Product)
            {
                var term = Plus(sizes[n], o);
                if (d != 1) term = b.Call("prim.floordiv_int", term, d);
                product = product is { } p ? b.Call("prim.mul_int", p, term) : term;
            }
            sum = Times(product!.Value, Factor);
        }
        foreach (var (n, slope) in Sum)
        {
            var term = Times(sizes[n], slope);
            sum = sum is { } s ? b.Call("prim.add_int", s, term) : term;
        }
        return Plus(sum!.Value, Constant);
    }
}
