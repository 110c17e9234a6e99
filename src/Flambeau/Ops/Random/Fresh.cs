namespace Flambeau.Ops;

/// <summary>Uniform numbers in [0, 1).</summary>
[Op("rand(int[] size, *, Generator? generator=None, dtype dtype=float32) -> Tensor")]
public readonly partial record struct Rand(Shape Size, Generator? Generator = null, DType Dtype = DType.Float32)
{
    internal Tensor Forward() => RandomTensor.Uniform(Size, Dtype, 0, 1, Generator);
}

/// <summary>Standard normal numbers.</summary>
[Op("randn(int[] size, *, Generator? generator=None, dtype dtype=float32) -> Tensor")]
public readonly partial record struct Randn(Shape Size, Generator? Generator = null, DType Dtype = DType.Float32)
{
    internal Tensor Forward() => RandomTensor.Normal(Size, Dtype, 0, 1, Generator);
}

/// <summary>Uniform integers in [low, high). An empty range is refused.</summary>
[Op("randint(int low, int high, int[] size, *, Generator? generator=None, dtype dtype=int64) -> Tensor")]
public readonly partial record struct RandInt(long Low, long High, Shape Size, Generator? Generator = null, DType Dtype = DType.Int64)
{
    internal Tensor Forward() => RandomTensor.Integers(Size, Dtype, Low, High, Generator);
}

/// <summary>1 with the probability that stands at the same place, else 0; in the dtype of the probabilities. One outside [0, 1] is refused.</summary>
[Op("bernoulli(Tensor self, *, Generator? generator=None) -> Tensor")]
public readonly partial record struct Bernoulli(Generator? Generator = null)
{
    internal Tensor Forward(Tensor self) => RandomTensor.Each(self, Generator, static (draws, p) =>
        p is >= 0 and <= 1 ? draws.Unit() < p ? 1 : 0 : throw new ArgumentException($"bernoulli: a probability is {p}; expected numbers in [0, 1]")).To(self.DType);
}
