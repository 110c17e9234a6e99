using Flambeau.Autograd;
using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Uniform numbers in [0, 1).</summary>
    [Op("rand(int[] size, *, Generator? generator=None, dtype dtype=float32) -> Tensor")]
    public static Tensor Rand(Shape size, Generator? generator = null, DType dtype = DType.Float32) => RandomTensor.Uniform(size, dtype, 0, 1, generator);

    /// <summary>Standard normal numbers.</summary>
    [Op("randn(int[] size, *, Generator? generator=None, dtype dtype=float32) -> Tensor")]
    public static Tensor Randn(Shape size, Generator? generator = null, DType dtype = DType.Float32) => RandomTensor.Normal(size, dtype, 0, 1, generator);

    /// <summary>Uniform numbers in [0, 1), in the shape and, if no other is named, the dtype of a tensor.</summary>
    [Op("rand_like(Tensor self, *, dtype? dtype=None, Generator? generator=None) -> Tensor")]
    public Tensor RandLike(DType? dtype = null, Generator? generator = null) =>
        dtype is { } d && d != DType ? RandomTensor.Uniform(Shape, d, 0, 1, generator) : UniformLike(0, 1, generator);

    /// <summary>Standard normal numbers, in the shape and, if no other is named, the dtype of a tensor.</summary>
    [Op("randn_like(Tensor self, *, dtype? dtype=None, Generator? generator=None) -> Tensor")]
    public Tensor RandnLike(DType? dtype = null, Generator? generator = null) =>
        dtype is { } d && d != DType ? RandomTensor.Normal(Shape, d, 0, 1, generator) : NormalLike(0, 1, generator);

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
