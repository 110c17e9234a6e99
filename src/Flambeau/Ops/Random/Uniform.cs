using Flambeau.Autograd;
using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Uniform numbers in [0, 1), in the shape and, if no other is named, the dtype of a tensor.</summary>
    [Op("rand_like(Tensor self, *, dtype? dtype=None, Generator? generator=None) -> Tensor")]
    public Tensor RandLike(DType? dtype = null, Generator? generator = null)
    {
        using var here = Beside(this);
        return dtype is { } d && d != DType ? Rand(Shape, generator, d) : UniformLike(0, 1, generator);
    }

    /// <summary>Standard normal numbers, in the shape and, if no other is named, the dtype of a tensor.</summary>
    [Op("randn_like(Tensor self, *, dtype? dtype=None, Generator? generator=None) -> Tensor")]
    public Tensor RandnLike(DType? dtype = null, Generator? generator = null)
    {
        using var here = Beside(this);
        return dtype is { } d && d != DType ? Randn(Shape, generator, d) : NormalLike(0, 1, generator);
    }

    /// <summary>Replaces the elements by uniform numbers in [from, to).</summary>
    [Op("uniform_(Tensor self, float from=0, float to=1, *, Generator? generator=None) -> Tensor")]
    public Tensor Uniform_(double from = 0, double to = 1, Generator? generator = null) => Refill("uniform", UniformLike(from, to, generator));

    /// <summary>Writes random numbers, which have no history.</summary>
    Tensor Refill(string op, Tensor values)
    {
        InPlace.Check(this, op);
        return Copy_(values);
    }
}
