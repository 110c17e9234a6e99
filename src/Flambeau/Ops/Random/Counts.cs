using Flambeau.Ops;

namespace Flambeau;

/// <summary>Draws whose parameters are tensors.</summary>
public sealed partial class Tensor
{
    /// <summary>Replaces the elements by 1 with probability p, else by 0.</summary>
    /// <exception cref="ArgumentException">The probability lies outside [0, 1].</exception>
    [Op("bernoulli_(Tensor self, float p=0.5, *, Generator? generator=None) -> Tensor")]
    public Tensor Bernoulli_(double p = 0.5, Generator? generator = null) => Refill("bernoulli", BernoulliLike(p, generator));

    /// <summary>Replaces the elements by 1 with the probability at their place (broadcast), else by 0.</summary>
    /// <exception cref="ArgumentException">A probability lies outside [0, 1].</exception>
    [Op("bernoulli_(Tensor self, Tensor p, *, Generator? generator=None) -> Tensor")]
    public Tensor Bernoulli_(Tensor p, Generator? generator = null) => Refill("bernoulli", p.Detach().Expand(Shape).Bernoulli(generator));

    /// <summary>Poisson counts with the rate at their place, in its dtype.</summary>
    /// <exception cref="ArgumentException">A rate is negative.</exception>
    [Op("poisson(Tensor self, Generator? generator=None) -> Tensor")]
    public Tensor Poisson(Generator? generator = null) => RandomTensor.Each(this, generator, static (draws, rate) =>
        rate < 0 ? throw new ArgumentException($"poisson: a rate is {rate}; expected 0 or more") : draws.Poisson(rate)).To(DType);

    /// <summary>Successes among <paramref name="count"/> trials that succeed with probability <paramref name="prob"/>; both broadcast.</summary>
    /// <returns>Counts in the dtype of <paramref name="count"/>; NaN where a parameter is out of range.</returns>
    [Op("binomial(Tensor count, Tensor prob, Generator? generator=None) -> Tensor")]
    public static Tensor Binomial(Tensor count, Tensor prob, Generator? generator = null)
    {
        using var here = Beside(count, prob);
        var shape = Shape.Broadcast(count.Shape, prob.Shape);
        if (OpObserver.Current is { } o) return o.Whole("binomial", [count, prob, generator], () => Binomial(count, prob, generator));
        var trials = count.Detach().Expand(shape).ToArray<double>();
        var p = prob.Detach().Expand(shape).ToArray<double>();
        var y = RandomTensor.Draw<double>(shape, DType.Float64, generator, 1, (into, stream, at) =>
        {
            for (var i = 0; i < into.Length; i++) into[i] = new RandomDraws(stream, at + i).Binomial(trials[at + i], p[at + i]);
        });
        return y.To(count.DType);
    }

    /// <summary>Indices of categories drawn with probability proportional to the weights in each row: <c>[m]</c> gives <c>[n]</c>, <c>[k, m]</c> gives <c>[k, n]</c>; int64.</summary>
    /// <exception cref="ArgumentException">A weight is negative or not finite, a row has too few positive weights, or the shape is wrong.</exception>
    [Op("multinomial(Tensor self, int num_samples, bool replacement=False, *, Generator? generator=None) -> Tensor")]
    public Tensor Multinomial(long numSamples, bool replacement = false, Generator? generator = null)
    {
        if (OpObserver.Current is { } o) return o.Whole("multinomial", [this, numSamples, replacement, generator], () => Multinomial(numSamples, replacement, generator));
        if (Rank is not (1 or 2) || !DType.IsFloat())
            throw new ArgumentException($"multinomial: the weights are {DType.Name()} of shape {Shape}; expected floating-point, [m] or [k, m]");
        if (numSamples < 1) throw new ArgumentException($"multinomial: {numSamples} samples were asked for; expected 1 or more");
        long rows = Rank == 2 ? Size(0) : 1, categories = Size(-1);
        var weights = Detach().ToArray<double>();
        for (var r = 0; r < rows; r++) CheckWeights(weights.AsSpan((int)(r * categories), (int)categories), numSamples, replacement);
        using var here = Beside(this);
        var y = new long[rows * numSamples];
        var drawsPerRow = replacement ? numSamples : categories;
        var stream = (generator ?? Generator.Current).Take(rows * drawsPerRow, RandomFill.PerBlock64);
        for (var r = 0; r < rows; r++)
        {
            var into = y.AsSpan((int)(r * numSamples), (int)numSamples);
            var row = weights.AsSpan((int)(r * categories), (int)categories);
            if (replacement) RandomChoice.WithReplacement(into, stream, r * drawsPerRow, row);
            else RandomChoice.WithoutReplacement(into, stream, r * drawsPerRow, row);
        }
        return From(y, Rank == 2 ? [rows, numSamples] : [numSamples]);
    }

    static void CheckWeights(ReadOnlySpan<double> row, long numSamples, bool replacement)
    {
        var positive = 0;
        foreach (var w in row)
        {
            if (!(w >= 0 && double.IsFinite(w))) throw new ArgumentException($"multinomial: a weight is {w}; expected finite numbers, 0 or more");
            if (w > 0) positive++;
        }
        if (positive < (replacement ? 1 : numSamples))
            throw new ArgumentException($"multinomial: {numSamples} samples {(replacement ? "with" : "without")} replacement were asked for, but a row has {positive} positive weights{(replacement ? "" : "; pass replacement: true to draw a category more than once")}");
    }
}
