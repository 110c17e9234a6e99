using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>Rows of a weight matrix at the positions of an index.</summary>
    /// <param name="input">Positions, integers of any shape.</param>
    /// <param name="weight">[rows, features].</param>
    /// <param name="paddingIdx">A row that gets no gradient; negative values count from the end.</param>
    /// <param name="maxNorm">Rows that are read and have a larger norm are first scaled down to it, in place.</param>
    /// <param name="normType">The norm's exponent.</param>
    /// <param name="scaleGradByFreq">Divide each row's gradient by how often the row was read.</param>
    /// <param name="sparse">Has no effect: gradients are dense.</param>
    [Op("nn.functional.embedding(Tensor input, Tensor weight, int? padding_idx=None, float? max_norm=None, float norm_type=2.0, bool scale_grad_by_freq=False, bool sparse=False) -> Tensor")]
    public static Tensor Embedding(Tensor input, Tensor weight, long? paddingIdx = null, double? maxNorm = null, double normType = 2, bool scaleGradByFreq = false, bool sparse = false)
    {
        (input, weight) = Ordered(input, weight);
        if (maxNorm is { } m) Renormalize(weight, input, m, normType);
        return weight.Embedding(input, Padding(paddingIdx, weight) ?? -1, scaleGradByFreq);
    }

    /// <summary>Sums, means or maxima over bags of rows of a weight matrix, without keeping the rows.</summary>
    /// <param name="input">Positions: [bags, length], or one axis with <paramref name="offsets"/>.</param>
    /// <param name="weight">[rows, features].</param>
    /// <param name="offsets">Where each bag begins in a one-axis input.</param>
    /// <param name="maxNorm">Rows that are read and have a larger norm are first scaled down to it, in place.</param>
    /// <param name="normType">The norm's exponent.</param>
    /// <param name="scaleGradByFreq">Divide each row's gradient by how often the row was read.</param>
    /// <param name="mode"><c>sum</c>, <c>mean</c> or <c>max</c>.</param>
    /// <param name="sparse">Has no effect: gradients are dense.</param>
    /// <param name="perSampleWeights">A factor a position, of the input's shape; mode sum only.</param>
    /// <param name="includeLastOffset">The offsets also hold the end of the last bag.</param>
    /// <param name="paddingIdx">A row that is left out of its bags.</param>
    /// <returns>[bags, features]; zeros for an empty bag.</returns>
    [Op("nn.functional.embedding_bag(Tensor input, Tensor weight, Tensor? offsets=None, float? max_norm=None, float norm_type=2, bool scale_grad_by_freq=False, str mode='mean', bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False, int? padding_idx=None) -> Tensor")]
    public static Tensor EmbeddingBag(Tensor input, Tensor weight, Tensor? offsets = null, double? maxNorm = null, double normType = 2, bool scaleGradByFreq = false, string mode = "mean",
        bool sparse = false, Tensor? perSampleWeights = null, bool includeLastOffset = false, long? paddingIdx = null)
    {
        (input, weight) = Ordered(input, weight);
        if (mode is not ("sum" or "mean" or "max")) throw new ArgumentException($"embedding_bag: mode is '{mode}'; expected 'sum', 'mean' or 'max'");
        if (perSampleWeights is not null && (mode != "sum" || perSampleWeights.Shape != input.Shape))
            throw new ArgumentException($"embedding_bag: per_sample_weights of shape {perSampleWeights.Shape} with mode '{mode}'; expected mode 'sum' and the input's shape {input.Shape}");
        if (maxNorm is { } m) Renormalize(weight, input, m, normType);
        using var here = Tensor.Beside(weight);
        var (owners, bags) = Bags(input, offsets, includeLastOffset);
        input = input.Reshape([-1]);
        perSampleWeights = perSampleWeights?.Reshape([-1]);
        if (Padding(paddingIdx, weight) is { } padding)
        {
            var kept = input.ToArray<long>().Select((v, i) => (v, i)).Where(t => t.v != padding).Select(static t => (long)t.i).ToArray();
            var at = Tensor.From(kept);
            input = input.IndexSelect(0, at);
            perSampleWeights = perSampleWeights?.IndexSelect(0, at);
            owners = Array.ConvertAll(kept, i => owners[i]);
        }
        var rows = weight.Embedding(input, -1, scaleGradByFreq);
        if (perSampleWeights is not null) rows *= perSampleWeights.Unsqueeze(1);
        var empty = rows.NewZeros([bags, weight.Size(1)]);
        var owner = Tensor.From(owners);
        if (mode == "max") return empty.ScatterReduce(0, owner.Unsqueeze(1).Expand(rows.Shape), rows, "amax", includeSelf: false);
        var sum = empty.IndexAdd(0, owner, rows);
        if (mode == "sum") return sum;
        var counts = new double[bags];
        foreach (var o in owners) counts[o]++;
        return sum / Tensor.From(Array.ConvertAll(counts, static c => Math.Max(1, c)), new Shape([bags, 1])).To(sum.DType);
    }

    /// <summary>The bag of each position, and the number of bags.</summary>
    static (long[] Owners, long Bags) Bags(Tensor input, Tensor? offsets, bool includeLast)
    {
        var owners = new long[input.Numel];
        if (input.Rank == 2)
        {
            if (offsets is not null) throw new ArgumentException("embedding_bag: offsets were given with a two-axis input, whose rows are the bags");
            for (var i = 0; i < owners.Length; i++) owners[i] = i / input.Size(1);
            return (owners, input.Size(0));
        }
        if (input.Rank != 1 || offsets is not { Rank: 1 })
            throw new ArgumentException($"embedding_bag: input of shape {input.Shape} and offsets {offsets?.Shape.ToString() ?? "null"}; expected two axes, or one axis and one-axis offsets");
        var starts = offsets.ToArray<long>();
        var bags = starts.Length - (includeLast ? 1 : 0);
        if (bags < 0 || (starts.Length > 0 && (starts[0] != 0 || starts[^1] > owners.Length)) || !starts.Zip(starts.Skip(1)).All(static p => p.First <= p.Second))
            throw new ArgumentException($"embedding_bag: offsets [{string.Join(", ", starts)}] for {owners.Length} positions; expected to begin with 0, to rise, and to stay within the input");
        for (var b = 0; b < bags; b++)
        {
            var end = b + 1 < starts.Length ? starts[b + 1] : owners.Length;
            owners.AsSpan((int)starts[b], (int)(end - starts[b])).Fill(b);
        }
        return (owners, bags);
    }

    /// <summary>PyTorch's op database gives the weight first, its function the index; the dtypes tell.</summary>
    static (Tensor Input, Tensor Weight) Ordered(Tensor a, Tensor b) => a.DType.IsInteger() || !b.DType.IsInteger() ? (a, b) : (b, a);

    static long? Padding(long? index, Tensor weight)
    {
        if (index is not { } i) return null;
        var n = weight.Size(0);
        return i >= -n && i < n ? i < 0 ? i + n : i : throw new ArgumentException($"embedding: padding_idx is {i}; the weight has {n} rows");
    }

    static void Renormalize(Tensor weight, Tensor input, double maxNorm, double normType)
    {
        using var off = Autograd.Grad.No();
        foreach (var i in input.ToArray<long>().Distinct())
        {
            var row = weight.Select(0, i);
            var v = row.ToArray<double>();
            var norm = double.IsPositiveInfinity(normType) ? v.Max(Math.Abs) : Math.Pow(v.Sum(x => Math.Pow(Math.Abs(x), normType)), 1 / normType);
            if (norm > maxNorm) row.Mul_(maxNorm / (norm + 1e-7));
        }
    }

    /// <summary>Class numbers as rows that are 1 at the class and 0 elsewhere: one axis more, int64.</summary>
    /// <param name="input">int64 class numbers.</param>
    /// <param name="numClasses">Length of the new axis; -1 for the largest number plus one.</param>
    [Op("nn.functional.one_hot(Tensor input, int num_classes=-1) -> Tensor")]
    public static Tensor OneHot(this Tensor input, long numClasses = -1)
    {
        if (!input.DType.IsInteger()) throw new ArgumentException($"one_hot: the input is {input.DType.Name()}; expected int64 class numbers");
        if (input.Numel == 0 && numClasses <= 0) throw new ArgumentException("one_hot: of an empty input, num_classes must be given");
        var n = numClasses == -1 ? input.Max().Item<long>() + 1 : numClasses;
        using (OpObserver.Hide()) CheckClasses(input, n);
        using var here = Tensor.Beside(input);
        return input.Unsqueeze(-1).Eq(Tensor.Arange(n)).To(DType.Int64);
    }

    static void CheckClasses(Tensor input, long n)
    {
        if (input.Numel == 0) return;
        var (low, high) = (input.Min().Item<long>(), input.Max().Item<long>());
        if (low < 0 || high >= n) throw new ArgumentOutOfRangeException(nameof(input), low < 0 ? low : high, $"one_hot: class {(low < 0 ? low : high)} is out of range; expected 0 to {n - 1}");
    }
}
