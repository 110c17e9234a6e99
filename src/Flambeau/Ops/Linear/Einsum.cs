using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>
    /// Sums of products by Einstein's convention: <c>"bij,bjk-&gt;bik"</c>. Letters name axes; a letter twice in one operand takes the diagonal, letters missing from the result are
    /// summed, <c>...</c> stands for axes that broadcast. Without an arrow the result has the letters that occur once, in alphabetical order. Pairs are contracted from the left.
    /// </summary>
    /// <exception cref="ArgumentException">The equation doesn't fit the operands.</exception>
    [Op("einsum(str equation, Tensor[] tensors) -> Tensor")]
    public static Tensor Einsum(string equation, params Tensor[] tensors) => new EinsumPlan(equation, tensors).Run();

    [Op("einsum(Tensor[] tensors, str equation) -> Tensor")]
    internal static Tensor EinsumByName(Tensor[] tensors, string equation) => Einsum(equation, tensors);
}

/// <summary>A parsed equation: each operand with one label an axis. Axes of an ellipsis get negative labels, counted from the right.</summary>
internal sealed class EinsumPlan
{
    readonly string equation;
    readonly List<(Tensor X, List<int> Labels)> operands = [];
    readonly List<int> output = [];

    internal EinsumPlan(string equation, Tensor[] tensors)
    {
        this.equation = equation;
        var text = equation.Replace(" ", "", StringComparison.Ordinal);
        var arrow = text.IndexOf("->", StringComparison.Ordinal);
        var inputs = (arrow < 0 ? text : text[..arrow]).Split(',');
        if (inputs.Length != tensors.Length) throw Bad($"it names {inputs.Length} operands, {tensors.Length} were given");
        var widest = 0;
        for (var i = 0; i < inputs.Length; i++)
        {
            var labels = Parse(inputs[i], tensors[i].Rank, out var ellipsis);
            widest = Math.Max(widest, ellipsis);
            operands.Add(Diagonals(tensors[i], labels));
        }
        if (arrow >= 0) output = Parse(text[(arrow + 2)..], null, out _, widest);
        else
        {
            for (var i = widest; i > 0; i--) output.Add(-i);
            var all = inputs.SelectMany(static s => s.Where(char.IsLetter)).GroupBy(static c => c).Where(static g => g.Count() == 1).Select(static g => (int)g.Key).Order();
            output.AddRange(all);
        }
        foreach (var l in output)
        {
            if (!operands.Any(o => o.Labels.Contains(l))) throw Bad($"the result names axis '{(char)l}', which no operand has");
        }
        if (output.Distinct().Count() != output.Count) throw Bad("the result names an axis twice");
    }

    ArgumentException Bad(string why) => new($"einsum: the equation '{equation}' doesn't fit: {why}");

    List<int> Parse(string s, int? rank, out int ellipsis, int width = 0)
    {
        var labels = new List<int>();
        var letters = s.Count(char.IsAsciiLetter);
        var dots = s.IndexOf("...", StringComparison.Ordinal);
        ellipsis = dots < 0 ? 0 : (rank - letters) ?? width;
        if (rank is { } r && (r < letters || (dots < 0 && r != letters))) throw Bad($"'{s}' names {letters} axes, the operand has {r}");
        for (var i = 0; i < s.Length; i++)
        {
            if (i == dots)
            {
                for (var k = ellipsis; k > 0; k--) labels.Add(-k);
                i += 2;
            }
            else if (char.IsAsciiLetter(s[i])) labels.Add(s[i]);
            else throw Bad($"'{s[i]}' in '{s}' is no letter");
        }
        return labels;
    }

    (Tensor, List<int>) Diagonals(Tensor x, List<int> labels)
    {
        for (var i = 0; i < labels.Count; i++)
        {
            var j = labels.IndexOf(labels[i], i + 1);
            if (j < 0) continue;
            if (x.Size(i) != x.Size(j)) throw Bad($"axis '{(char)labels[i]}' has sizes {x.Size(i)} and {x.Size(j)}");
            x = x.Diagonal(0, i, j);
            var label = labels[i];
            labels.RemoveAt(j);
            labels.RemoveAt(i);
            labels.Add(label);
            i--;
        }
        return (x, labels);
    }

    internal Tensor Run()
    {
        var (x, labels) = operands[0];
        for (var i = 1; i < operands.Count; i++)
        {
            var keep = output.Concat(operands.Skip(i + 1).SelectMany(static o => o.Labels)).ToHashSet();
            (x, labels) = Contract(x, labels, operands[i].X, operands[i].Labels, keep);
        }
        (x, labels) = SumOut(x, labels, output.Contains);
        return x.Permute([.. output.Select(l => (long)labels.IndexOf(l))]);
    }

    static (Tensor, List<int>) SumOut(Tensor x, List<int> labels, Func<int, bool> keep)
    {
        long[] gone = [.. Enumerable.Range(0, labels.Count).Where(d => !keep(labels[d])).Select(static d => (long)d)];
        return gone.Length == 0 ? (x, labels) : (x.Sum(gone).To(x.DType), [.. labels.Where(keep)]);
    }

    /// <summary>Axes of size 1 that the other operand has larger broadcast, so they can go.</summary>
    static (Tensor, List<int>) DropOnes(Tensor x, List<int> labels, Tensor other, List<int> otherLabels)
    {
        for (var d = labels.Count - 1; d >= 0; d--)
        {
            var at = otherLabels.IndexOf(labels[d]);
            if (at < 0 || x.Size(d) != 1 || other.Size(at) == 1) continue;
            x = x.Select(d, 0);
            labels = [.. labels[..d], .. labels[(d + 1)..]];
        }
        return (x, labels);
    }

    (Tensor, List<int>) Contract(Tensor a, List<int> la, Tensor b, List<int> lb, HashSet<int> keep)
    {
        (a, la) = DropOnes(a, la, b, lb);
        (b, lb) = DropOnes(b, lb, a, la);
        (a, la) = SumOut(a, la, l => keep.Contains(l) || lb.Contains(l));
        (b, lb) = SumOut(b, lb, l => keep.Contains(l) || la.Contains(l));
        var batch = la.Where(l => lb.Contains(l) && keep.Contains(l)).ToArray();
        var summed = la.Where(l => lb.Contains(l) && !keep.Contains(l)).ToArray();
        var left = la.Where(l => !lb.Contains(l)).ToArray();
        var right = lb.Where(l => !la.Contains(l)).ToArray();
        foreach (var l in batch.Concat(summed))
        {
            if (a.Size(la.IndexOf(l)) != b.Size(lb.IndexOf(l))) throw Bad($"axis '{(char)l}' has sizes {a.Size(la.IndexOf(l))} and {b.Size(lb.IndexOf(l))}");
        }
        long[] Sizes(Tensor x, List<int> labels, int[] which) => [.. which.Select(l => x.Shape[labels.IndexOf(l)])];
        static long Product(long[] s) => s.Aggregate(1L, static (p, n) => p * n);
        static long[] Order(List<int> labels, params int[][] groups) => [.. groups.SelectMany(static g => g).Select(l => (long)labels.IndexOf(l))];
        long[] sb = Sizes(a, la, batch), sm = Sizes(a, la, left), sk = Sizes(a, la, summed), sn = Sizes(b, lb, right);
        var x = a.Permute(Order(la, batch, left, summed)).Reshape([Product(sb), Product(sm), Product(sk)]);
        var y = b.Permute(Order(lb, batch, summed, right)).Reshape([Product(sb), Product(sk), Product(sn)]);
        return (x.Bmm(y).Reshape([.. sb, .. sm, .. sn]), [.. batch, .. left, .. right]);
    }
}
