using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Counts of elements in bins of equal width between min and max (the elements' own if both are equal); elements outside are left out.</summary>
[Op("histc(Tensor self, int bins=100, Scalar min=0, Scalar max=0) -> Tensor")]
public readonly partial record struct Histc(long Bins = 100, double Min = 0, double Max = 0)
{
    internal Tensor Forward(Tensor self)
    {
        if (Bins <= 0) throw new ArgumentOutOfRangeException(nameof(Bins), Bins, "histc: bins must be positive");
        var x = self.ToArray<double>();
        var (low, high) = (Min, Max);
        if (low == high && x.Length > 0) (low, high) = (x.Min(), x.Max());
        if (low == high) (low, high) = (low - 1, high + 1);
        if (!double.IsFinite(low) || !double.IsFinite(high) || low > high)
            throw new ArgumentException($"histc: the range [{low}, {high}] isn't usable; give finite min ≤ max");
        var counts = new double[Bins];
        foreach (var v in x)
        {
            if (!(v >= low && v <= high)) continue;
            counts[Math.Min((long)((v - low) * Bins / (high - low)), Bins - 1)]++;
        }
        return Cast.To(Tensor.From(counts), self.DType);
    }
}

/// <summary>Counts (or sums of weights) of the non-negative integers in a tensor of one axis.</summary>
[Op("bincount(Tensor self, Tensor? weights=None, int minlength=0) -> Tensor")]
public readonly partial record struct Bincount(long Minlength = 0)
{
    internal Tensor Forward(Tensor self, Tensor? weights)
    {
        if (self.Rank != 1 || !self.DType.IsIntegral()) throw new ArgumentException($"bincount: a {self.DType.Name()} tensor of shape {self.Shape} was given; expected integers along one axis");
        if (weights is not null && weights.Shape != self.Shape) throw new ArgumentException($"bincount: weights have shape {weights.Shape}, the tensor {self.Shape}; they must agree");
        if (Minlength < 0) throw new ArgumentOutOfRangeException(nameof(Minlength), Minlength, "bincount: minlength must not be negative");
        var x = self.ToArray<long>();
        if (x.Any(static v => v < 0)) throw new ArgumentException("bincount: negative elements can't be counted");
        var n = Math.Max(Minlength, x.Length == 0 ? 0 : x.Max() + 1);
        if (weights is null)
        {
            var counts = new long[n];
            foreach (var v in x) counts[v]++;
            return Tensor.From(counts);
        }
        var sums = new double[n];
        var w = weights.ToArray<double>();
        for (var i = 0; i < x.Length; i++) sums[x[i]] += w[i];
        return Cast.To(Tensor.From(sums), weights.DType == DType.Float32 ? DType.Float32 : DType.Float64);
    }
}
