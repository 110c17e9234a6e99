namespace Flambeau.Ops;

/// <summary>What the losses share.</summary>
internal static class LossRules
{
    /// <summary>Elementwise losses as they are, their mean, or their sum.</summary>
    internal static Tensor Reduce(Tensor loss, string reduction, string op) => reduction switch
    {
        "none" => loss,
        "mean" => loss.Mean(),
        "sum" => loss.Sum(),
        _ => throw new ArgumentException($"{op}: reduction is '{reduction}'; expected 'none', 'mean' or 'sum'"),
    };

    /// <summary>As <see cref="Reduce"/> after weighting; the mean divides by the sum of the weights.</summary>
    internal static Tensor ReduceWeighted(Tensor loss, Tensor? weight, string reduction, string op)
    {
        if (weight is null) return Reduce(loss, reduction, op);
        if (weight.Shape != loss.Shape) throw new ArgumentException($"{op}: weight has shape {weight.Shape}, the losses {loss.Shape}; they must agree");
        loss *= weight;
        return reduction == "mean" ? loss.Sum() / weight.Sum() : Reduce(loss, reduction, op);
    }

    internal static void SameShape(Tensor a, Tensor b, string op)
    {
        if (a.Shape != b.Shape) throw new ArgumentException($"{op}: input has shape {a.Shape}, target {b.Shape}; they must agree");
    }
}
