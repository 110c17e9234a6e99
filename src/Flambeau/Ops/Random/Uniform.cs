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

    /// <summary>Replaces the elements by uniform numbers in [from, to).</summary>
    [Op("uniform_(Tensor self, float from=0, float to=1, *, Generator? generator=None) -> Tensor")]
    public Tensor Uniform_(double from = 0, double to = 1, Generator? generator = null) => Refill("uniform", RandomTensor.Uniform(Shape, DType, from, to, generator));

    /// <summary>Replaces the elements by normal numbers.</summary>
    [Op("normal_(Tensor self, float mean=0, float std=1, *, Generator? generator=None) -> Tensor")]
    public Tensor Normal_(double mean = 0, double std = 1, Generator? generator = null) => Refill("normal", RandomTensor.Normal(Shape, DType, mean, std, generator));

    /// <summary>Writes random numbers, which have no history.</summary>
    Tensor Refill(string op, Tensor values)
    {
        InPlace.Check(this, op);
        return Copy_(values);
    }
}
