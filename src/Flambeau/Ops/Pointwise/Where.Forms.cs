using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Elements of this tensor where the condition holds, else of <paramref name="other"/>; all three broadcast.</summary>
    /// <exception cref="ArgumentException">The condition isn't bool.</exception>
    public Tensor Where(Tensor condition, Tensor other) => condition.Choose(this, other);

    /// <summary>Elements of <paramref name="self"/> where the condition holds, else of <paramref name="other"/>; all three broadcast.</summary>
    /// <exception cref="ArgumentException">The condition isn't bool.</exception>
    public static Tensor Where(Tensor condition, Tensor self, Tensor other) => condition.Choose(self, other);

    /// <summary>Positions where the condition isn't zero, one int64 tensor an axis.</summary>
    [Op("where(Tensor condition) -> Tensor[]")]
    public static Tensor[] Where(Tensor condition) =>
        condition.Rank == 0 ? condition.Unsqueeze(0).Nonzero().Unbind(1) : condition.Nonzero().Unbind(1);

    /// <summary>
    /// By name, <c>where</c> is called both as PyTorch's method (self, condition, other) and as its function (condition, self, other).
    /// Dtypes tell which; three bools are taken for the method.
    /// </summary>
    [Op("where(Tensor self, Tensor condition, Tensor other) -> Tensor")]
    internal static Tensor WhereByName(Tensor self, Tensor condition, Tensor other) =>
        condition.DType != DType.Bool && self.DType == DType.Bool ? Where(self, condition, other) : self.Where(condition, other);
}
