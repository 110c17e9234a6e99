using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Running sum along an axis, from the end if reversed.</summary>
[Op("_cumsum(Tensor self, int dim, bool reverse=False) -> Tensor")]
public readonly partial record struct ScanSum(long Dim, bool Reverse = false)
{
    internal Tensor Forward(Tensor self) => Scans.Run(Scans.Kind.Sum, self, Dims.Wrap(Dim, self.Rank), Reverse);

    internal Tensor VjpSelf(Tensor dy) => dy.ScanSum(Dim, !Reverse);
}

/// <summary>Running product along an axis, from the end if reversed.</summary>
[Op("_cumprod(Tensor self, int dim, bool reverse=False) -> Tensor")]
public readonly partial record struct ScanProduct(long Dim, bool Reverse = false)
{
    internal Tensor Forward(Tensor self) => Scans.Run(Scans.Kind.Product, self, Dims.Wrap(Dim, self.Rank), Reverse);

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy)
    {
        if (self.Rank == 0 || self.Numel == 0) return dy;
        if (self.Detach().To(DType.Bool).All().Item<bool>()) return (dy * y.Conj()).ScanSum(Dim, !Reverse) / self.Conj();
        return WithZeros(self, dy);
    }

    /// <summary>Element k gets, from every output it is part of, the product of the other elements; quadratic, but right where elements are zero.</summary>
    Tensor WithZeros(Tensor self, Tensor dy)
    {
        var d = Dims.Wrap(Dim, self.Rank);
        var n = self.Size(d);
        var parts = new Tensor[n];
        for (long k = 0; k < n; k++)
        {
            Tensor others, fromK;
            if (Reverse)
            {
                others = self.Slice(d, 0, k).ScanProduct(d, true);
                var after = self.Slice(d, k + 1, n).Prod(d, true);
                others = Tensor.Cat([others * after, after], d);
                fromK = dy.Slice(d, 0, k + 1);
            }
            else
            {
                others = self.Slice(d, k + 1, n).ScanProduct(d);
                var before = self.Slice(d, 0, k).Prod(d, true);
                others = Tensor.Cat([before, before * others], d);
                fromK = dy.Slice(d, k, n);
            }
            parts[k] = (fromK * others.Conj()).Sum(d, keepdim: true);
        }
        return Tensor.Cat(parts, d);
    }
}

/// <summary>Logarithm of the running sum of exponentials along an axis, from the end if reversed.</summary>
[Op("_logcumsumexp(Tensor self, int dim, bool reverse=False) -> Tensor")]
public readonly partial record struct ScanLogSumExp(long Dim, bool Reverse = false)
{
    internal Tensor Forward(Tensor self) => Scans.Run(Scans.Kind.LogSumExp, self, Dims.Wrap(Dim, self.Rank), Reverse);

    /// <summary>Positive and negative parts of the gradient go through logarithms, so that nothing overflows.</summary>
    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy)
    {
        if (self.DType.IsComplex()) return ((dy * (-y).Exp().Conj()).ScanSum(Dim, !Reverse) * self.Exp().Conj());
        return Part(self, y, dy, 1) - Part(self, y, dy, -1);
    }

    Tensor Part(Tensor self, Tensor y, Tensor dy, double sign)
    {
        var signed = dy * sign;
        var none = signed.Detach().Le(0);
        var log = Tensor.Where(none, double.NegativeInfinity, Tensor.Where(none, 1.0, signed).Log());
        // A result of -inf comes from elements of -inf only, whose share is 0 with any finite number in its place.
        var finite = Tensor.Where(y.Detach().Eq(double.NegativeInfinity), 0.0, y);
        return ((log - finite).ScanLogSumExp(Dim, !Reverse) + self).Exp();
    }
}

/// <summary>Largest element so far along an axis, and the latest position of it; NaN stays.</summary>
[Op("cummax(Tensor self, int dim) -> (Tensor, Tensor)")]
public readonly partial record struct Cummax(long Dim)
{
    internal (Tensor Values, Tensor Indices) Forward(Tensor self)
    {
        var d = Dims.Wrap(Dim, self.Rank);
        var index = Scans.Extremes(self, d, largest: true);
        return (Lines.Gather(self, d, index), index);
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor y1, Tensor dy0) => dy0.ToPicked(selfShape, Dim, true, y1);
}

/// <summary>Smallest element so far along an axis, and the latest position of it; NaN stays.</summary>
[Op("cummin(Tensor self, int dim) -> (Tensor, Tensor)")]
public readonly partial record struct Cummin(long Dim)
{
    internal (Tensor Values, Tensor Indices) Forward(Tensor self)
    {
        var d = Dims.Wrap(Dim, self.Rank);
        var index = Scans.Extremes(self, d, largest: false);
        return (Lines.Gather(self, d, index), index);
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor y1, Tensor dy0) => dy0.ToPicked(selfShape, Dim, true, y1);
}
