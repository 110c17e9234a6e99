using Flambeau.Autograd;
using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Normal numbers, each with the mean at its place. They carry no gradient.</summary>
    /// <exception cref="ArgumentException">The standard deviation is negative.</exception>
    [Op("normal(Tensor mean, float std=1, *, Generator? generator=None) -> Tensor")]
    public static Tensor Normal(Tensor mean, double std = 1, Generator? generator = null)
    {
        using var off = Autograd.Grad.No();
        using var here = Beside(mean);
        return RandomTensor.Normal(mean.Shape, mean.DType, 0, std, generator) + mean;
    }

    /// <summary>Normal numbers, each with the mean and standard deviation at its place, which broadcast. They carry no gradient.</summary>
    /// <exception cref="ArgumentException">A standard deviation is negative.</exception>
    [Op("normal(Tensor mean, Tensor std, *, Generator? generator=None) -> Tensor")]
    public static Tensor Normal(Tensor mean, Tensor std, Generator? generator = null)
    {
        using var off = Autograd.Grad.No();
        if (std.Numel > 0 && std.Lt(0).Any().Item<bool>())
            throw new ArgumentException("normal: an element of std is negative; standard deviations must be 0 or more");
        using var here = Beside(mean, std);
        var shape = Shape.Broadcast(mean.Shape, std.Shape);
        return RandomTensor.Normal(shape, Promotion.ResultType(mean, std), 0, 1, generator) * std + mean;
    }

    [Op("normal(float mean, Tensor std, *, Generator? generator=None) -> Tensor")]
    internal static Tensor Normal(double mean, Tensor std, Generator? generator = null) => Normal((Tensor)mean, std, generator);

    /// <summary>Normal numbers with one mean and standard deviation.</summary>
    /// <exception cref="ArgumentException">The standard deviation is negative.</exception>
    [Op("normal(float mean, float std, int[] size, *, Generator? generator=None, dtype dtype=float32) -> Tensor")]
    public static Tensor Normal(double mean, double std, Shape size, Generator? generator = null, DType dtype = DType.Float32) =>
        RandomTensor.Normal(size, dtype, mean, std, generator);

    /// <summary>Replaces the elements by normal numbers.</summary>
    [Op("normal_(Tensor self, float mean=0, float std=1, *, Generator? generator=None) -> Tensor")]
    public Tensor Normal_(double mean = 0, double std = 1, Generator? generator = null) => Refill("normal", NormalLike(mean, std, generator));

    [Op("log_normal(Tensor self, float mean=1, float std=2, *, Generator? generator=None) -> Tensor")]
    internal Tensor LogNormalLike(double mean = 1, double std = 2, Generator? generator = null)
    {
        if (!(std > 0)) throw new ArgumentException($"log_normal: the standard deviation of the logarithm is {std}; expected a positive number");
        using var off = Autograd.Grad.No();
        using var here = Beside(this);
        return RandomTensor.Normal(Shape, DType, mean, std, generator).Exp();
    }

    /// <summary>Replaces the elements by numbers whose logarithms are normal with the given mean and standard deviation.</summary>
    [Op("log_normal_(Tensor self, float mean=1, float std=2, *, Generator? generator=None) -> Tensor")]
    public Tensor LogNormal_(double mean = 1, double std = 2, Generator? generator = null) => Refill("log_normal", LogNormalLike(mean, std, generator));
}
