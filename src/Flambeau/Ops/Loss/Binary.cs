using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>Cross entropy of probabilities <paramref name="input"/> and targets in [0, 1]; logarithms are held above −100.</summary>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    [Op("nn.functional.binary_cross_entropy(Tensor input, Tensor target, Tensor? weight=None, *, str reduction='mean') -> Tensor")]
    public static Tensor BinaryCrossEntropy(this Tensor input, Tensor target, Tensor? weight = null, string reduction = "mean")
    {
        using var cast = Amp.Autocast.Whole("binary_cross_entropy", ref input, ref target);
        LossRules.SameShape(input, target, "binary_cross_entropy");
        var loss = -(target * input.Log().ClampMin((Scalar)(-100)) + (1 - target) * (-input).Log1P().ClampMin((Scalar)(-100)));
        return LossRules.Reduce(weight is null ? loss : loss * weight, reduction, "binary_cross_entropy");
    }

    /// <summary>Cross entropy of <c>sigmoid(input)</c> and targets in [0, 1], stable for large inputs; <paramref name="posWeight"/> multiplies the positive term.</summary>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    [Op("nn.functional.binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight=None, *, str reduction='mean', Tensor? pos_weight=None) -> Tensor")]
    public static Tensor BinaryCrossEntropyWithLogits(this Tensor input, Tensor target, Tensor? weight = null, string reduction = "mean", Tensor? posWeight = null)
    {
        using var cast = Amp.Autocast.Whole("binary_cross_entropy_with_logits", ref input, ref target);
        LossRules.SameShape(input, target, "binary_cross_entropy_with_logits");
        var log = input.LogSigmoid();
        if (posWeight is not null) log *= (posWeight - 1) * target + 1;
        var loss = (1 - target) * input - log;
        return LossRules.Reduce(weight is null ? loss : loss * weight, reduction, "binary_cross_entropy_with_logits");
    }

    /// <summary><c>log(1 + exp(−target · input))</c> for targets −1 and 1.</summary>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    [Op("nn.functional.soft_margin_loss(Tensor input, Tensor target, *, str reduction='mean') -> Tensor")]
    public static Tensor SoftMarginLoss(this Tensor input, Tensor target, string reduction = "mean")
    {
        using var cast = Amp.Autocast.Whole("soft_margin_loss", ref input, ref target);
        LossRules.SameShape(input, target, "soft_margin_loss");
        return LossRules.Reduce((-target * input).Exp().Log1P(), reduction, "soft_margin_loss");
    }

    /// <summary>Mean over classes (the last axis) of the binary cross entropies of <c>sigmoid(input)</c> and targets 0 and 1.</summary>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    [Op("nn.functional.multilabel_soft_margin_loss(Tensor input, Tensor target, Tensor? weight=None, *, str reduction='mean') -> Tensor")]
    public static Tensor MultilabelSoftMarginLoss(this Tensor input, Tensor target, Tensor? weight = null, string reduction = "mean")
    {
        LossRules.SameShape(input, target, "multilabel_soft_margin_loss");
        var loss = -(target * input.LogSigmoid() + (1 - target) * (-input).LogSigmoid());
        if (weight is not null) loss *= weight;
        return LossRules.Reduce(loss.Sum([-1]) / input.Size(-1), reduction, "multilabel_soft_margin_loss");
    }

    /// <summary>For target 1 the input, for −1 <c>max(0, margin − input)</c>; other targets get both.</summary>
    [Op("nn.functional.hinge_embedding_loss(Tensor input, Tensor target, float margin=1.0, *, str reduction='mean') -> Tensor")]
    public static Tensor HingeEmbeddingLoss(this Tensor input, Tensor target, double margin = 1, string reduction = "mean")
    {
        using var cast = Amp.Autocast.Whole("hinge_embedding_loss", ref input, ref target);
        var far = Tensor.Where(target.Ne(1), (margin - input).ClampMin((Scalar)0), 0);
        var near = Tensor.Where(target.Ne(-1), input, 0);
        return LossRules.Reduce(far + near, reduction, "hinge_embedding_loss");
    }

    /// <summary><c>max(0, margin − target · (input1 − input2))</c>: target 1 wants the first input larger, −1 the second.</summary>
    /// <exception cref="ArgumentException">Ranks differ.</exception>
    [Op("nn.functional.margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, float margin=0.0, *, str reduction='mean') -> Tensor")]
    public static Tensor MarginRankingLoss(this Tensor input1, Tensor input2, Tensor target, double margin = 0, string reduction = "mean")
    {
        using var cast = Amp.Autocast.Whole("margin_ranking_loss", ref input1, ref input2);
        if (input1.Rank != input2.Rank || input1.Rank != target.Rank)
            throw new ArgumentException($"margin_ranking_loss: shapes are {input1.Shape}, {input2.Shape} and {target.Shape}; expected as many axes of each");
        return LossRules.Reduce((-target * (input1 - input2) + (margin == 0 ? 0 : (Tensor)margin)).ClampMin((Scalar)0), reduction, "margin_ranking_loss");
    }

    /// <summary><c>1 − cos</c> for target 1, <c>max(0, cos − margin)</c> for −1; vectors <c>[N, D]</c> with targets <c>[N]</c>, or <c>[D]</c> with <c>[]</c>.</summary>
    /// <exception cref="ArgumentException">Shapes don't fit.</exception>
    [Op("nn.functional.cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, float margin=0.0, *, str reduction='mean') -> Tensor")]
    public static Tensor CosineEmbeddingLoss(this Tensor input1, Tensor input2, Tensor target, double margin = 0, string reduction = "mean")
    {
        using var cast = Amp.Autocast.Whole("cosine_embedding_loss", ref input1, ref input2);
        if (target.Rank > 1 || input1.Rank != target.Rank + 1 || input2.Rank != input1.Rank)
            throw new ArgumentException($"cosine_embedding_loss: shapes are {input1.Shape}, {input2.Shape} and {target.Shape}; expected [N, D], [N, D], [N] or [D], [D], []");
        const double tiny = 1e-12;
        long[] dim = [target.Rank];
        var cos = (input1 * input2).Sum(dim) / (((input1 * input1).Sum(dim) + tiny) * ((input2 * input2).Sum(dim) + tiny)).Sqrt();
        var loss = Tensor.Where(target.Eq(1), 1 - cos, 0) + Tensor.Where(target.Eq(-1), (cos - margin).ClampMin((Scalar)0), 0);
        return LossRules.Reduce(loss, reduction, "cosine_embedding_loss");
    }
}
