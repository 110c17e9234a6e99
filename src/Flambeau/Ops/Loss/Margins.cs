using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>
    /// Mean over classes of <c>max(0, margin − x[target] + x[j])^p</c> for all j but the target; <c>[N, C]</c> with targets <c>[N]</c>, or <c>[C]</c> with <c>[]</c>.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes don't fit, or p is neither 1 nor 2.</exception>
    [Op("nn.functional.multi_margin_loss(Tensor input, Tensor target, int p=1, float margin=1.0, Tensor? weight=None, *, str reduction='mean') -> Tensor")]
    public static Tensor MultiMarginLoss(this Tensor input, Tensor target, long p = 1, double margin = 1, Tensor? weight = null, string reduction = "mean")
    {
        using var cast = Amp.Autocast.Whole("multi_margin_loss", ref input, ref target);
        if (p is not (1 or 2)) throw new ArgumentException($"multi_margin_loss: p is {p}; expected 1 or 2");
        using var here = Tensor.Beside(input);
        var x = input.Rank == 2 ? input : input.Reshape([1, -1]);
        var t = target.Reshape([-1]).To(DType.Int64);
        if (input.Rank > 2 || t.Size(0) != x.Size(0)) throw new ArgumentException($"multi_margin_loss: input has shape {input.Shape}, target {target.Shape}; expected [N, C] with [N], or [C] with []");
        var rows = Tensor.From([.. Enumerable.Range(0, (int)x.Size(0)).Select(static i => (long)i)]);
        var own = x.IndexTensors([rows, t]).Unsqueeze(1);
        var z = (margin - own + x).Relu();
        if (p == 2) z *= z;
        if (weight is not null) z *= weight.IndexTensors([t]).Unsqueeze(1);
        var others = Tensor.From([.. Enumerable.Range(0, (int)x.Size(1)).Select(static i => (long)i)]).Ne(t.Unsqueeze(1)).To(x.DType);
        var loss = (z * others).Sum([1]) / x.Size(1);
        return LossRules.Reduce(input.Rank < 2 && target.Rank == 0 ? loss.Reshape([]) : loss, reduction, "multi_margin_loss");
    }

    /// <summary>
    /// Mean over classes of <c>max(0, 1 − x[y] + x[j])</c> for every target y and every j that is none; targets <c>[N, C]</c> are class numbers up to the first −1.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    [Op("nn.functional.multilabel_margin_loss(Tensor input, Tensor target, *, str reduction='mean') -> Tensor")]
    public static Tensor MultilabelMarginLoss(this Tensor input, Tensor target, string reduction = "mean")
    {
        using var cast = Amp.Autocast.Whole("multilabel_margin_loss", ref input, ref target);
        LossRules.SameShape(input, target, "multilabel_margin_loss");
        using var here = Tensor.Beside(input);
        var x = input.Rank == 2 ? input : input.Reshape([1, -1]);
        var (n, c) = (x.Size(0), x.Size(1));
        var classes = target.To(DType.Int64).ToArray<long>();
        bool[] given = new bool[n * c], member = new bool[n * c];
        for (long i = 0; i < n; i++)
        {
            for (var k = i * c; k < (i + 1) * c; k++)
            {
                if (classes[k] < 0) break;
                given[k] = true;
                member[i * c + classes[k]] = true;
            }
        }
        for (var k = 0; k < classes.Length; k++) classes[k] = given[k] ? classes[k] : 0;
        var rows = Tensor.From([.. Enumerable.Range(0, (int)n).Select(static i => (long)i)]).Unsqueeze(1);
        var own = x.IndexTensors([rows, Tensor.From(classes, [n, c])]);
        var pairs = (1 - own.Unsqueeze(2) + x.Unsqueeze(1)).Relu();
        var counts = Tensor.From(given, [n, c, 1]).LogicalAnd(Tensor.From(member, [n, 1, c]).LogicalNot()).To(x.DType);
        var loss = (pairs * counts).Sum([1, 2]) / c;
        return LossRules.Reduce(input.Rank < 2 ? loss.Reshape([]) : loss, reduction, "multilabel_margin_loss");
    }

    /// <summary><c>max(0, margin + |anchor − positive| − |anchor − negative|)</c> with p-norms along the last axis; with <paramref name="swap"/> the negative's distance from the positive counts if it is smaller.</summary>
    [Op("nn.functional.triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, float margin=1.0, float p=2, float eps=1e-06, bool swap=False, *, str reduction='mean') -> Tensor")]
    public static Tensor TripletMarginLoss(this Tensor anchor, Tensor positive, Tensor negative, double margin = 1, double p = 2, double eps = 1e-6, bool swap = false, string reduction = "mean")
    {
        Tensor? third = negative;
        using var cast = Amp.Autocast.Whole("triplet_margin_loss", ref anchor, ref positive, ref third);
        return TripletMarginWithDistanceLoss(anchor, positive, third!, (a, b) => PairwiseDistance(a, b, p, eps), margin, swap, reduction);
    }

    /// <summary>As <see cref="TripletMarginLoss"/> with any distance of two batches of vectors.</summary>
    public static Tensor TripletMarginWithDistanceLoss(this Tensor anchor, Tensor positive, Tensor negative, Func<Tensor, Tensor, Tensor>? distanceFunction = null, double margin = 1, bool swap = false, string reduction = "mean")
    {
        if (margin <= 0) throw new ArgumentException($"triplet_margin_loss: margin is {margin}; expected a positive number");
        distanceFunction ??= static (a, b) => PairwiseDistance(a, b);
        var near = distanceFunction(anchor, positive);
        var far = distanceFunction(anchor, negative);
        if (swap) far = far.Minimum(distanceFunction(positive, negative));
        return LossRules.Reduce((near - far + margin).ClampMin((Scalar)0), reduction, "triplet_margin_loss");
    }

    [Op("nn.functional.triplet_margin_with_distance_loss(Tensor anchor, Tensor positive, Tensor negative, *, any? distance_function=None, float margin=1.0, bool swap=False, str reduction='mean') -> Tensor")]
    internal static Tensor TripletByName(Tensor anchor, Tensor positive, Tensor negative, object? distanceFunction, double margin, bool swap, string reduction) =>
        TripletMarginWithDistanceLoss(anchor, positive, negative, distanceFunction as Func<Tensor, Tensor, Tensor>, margin, swap, reduction);
}
