namespace Flambeau.Ops;

/// <summary>Uniform numbers in [from, to), in the shape and dtype of a tensor.</summary>
[Op("uniform(Tensor self, float from=0, float to=1, *, Generator? generator=None) -> Tensor")]
public readonly partial record struct UniformLike(double From = 0, double To = 1, Generator? Generator = null)
{
    internal Tensor Forward(Tensor self) => RandomTensor.Uniform(self.Layout.Sizes, self.DType, From, To, Generator);
}

/// <summary>Normal numbers, in the shape and dtype of a tensor.</summary>
[Op("normal(Tensor self, float mean, float std, *, Generator? generator=None) -> Tensor")]
public readonly partial record struct NormalLike(double Mean, double Std, Generator? Generator = null)
{
    internal Tensor Forward(Tensor self) => RandomTensor.Normal(self.Layout.Sizes, self.DType, Mean, Std, Generator);
}

/// <summary>1 with probability p, else 0, in the shape and dtype of a tensor.</summary>
[Op("bernoulli(Tensor self, float p, *, Generator? generator=None) -> Tensor")]
public readonly partial record struct BernoulliLike(double P, Generator? Generator = null)
{
    internal Tensor Forward(Tensor self) => RandomTensor.Bernoulli(self.Layout.Sizes, self.DType, P, Generator);
}
