using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>For log-probabilities <c>[C]</c> or <c>[N, C, …]</c> and classes <c>[]</c> or <c>[N, …]</c>: minus the weighted element of each class; 0 for the class to ignore.</summary>
[Op("_nll_pick(Tensor self, Tensor target, Tensor? weight, int ignore_index) -> Tensor")]
public readonly partial record struct NllPick(long IgnoreIndex)
{
    internal Tensor Forward(Tensor self, Tensor target, Tensor? weight)
    {
        NllKernel.Check(self.Shape, target, weight);
        var y = Tensor.New(target.Layout.Sizes, NllKernel.Stored(self));
        NllKernel.Run(self, y, target, weight, self.Shape, IgnoreIndex, spread: false);
        return Cast.To(y, self.DType);
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor target, Tensor? weight, Tensor dy) => dy.NllSpread(target, weight, selfShape, IgnoreIndex);
}

/// <summary>The adjoint of <see cref="NllPick"/>: zeros of the shape of the log-probabilities with minus the weighted element at each class.</summary>
[Op("_nll_spread(Tensor self, Tensor target, Tensor? weight, int[] size, int ignore_index) -> Tensor")]
public readonly partial record struct NllSpread(Shape Size, long IgnoreIndex)
{
    internal Tensor Forward(Tensor self, Tensor target, Tensor? weight)
    {
        var y = Tensor.Zeros(Size, NllKernel.Stored(self));
        NllKernel.Run(y, self, target, weight, Size, IgnoreIndex, spread: true);
        return Cast.To(y, self.DType);
    }

    internal Tensor VjpSelf(Tensor target, Tensor? weight, Tensor dy) => dy.NllPick(target, weight, IgnoreIndex);
}

/// <summary>Sum of the weights of all classes but the one to ignore: what a mean of <see cref="NllPick"/> divides by.</summary>
[Op("_nll_total(Tensor target, Tensor? weight, int ignore_index, dtype dtype) -> Tensor")]
public readonly partial record struct NllTotal(long IgnoreIndex, DType Dtype)
{
    internal Tensor Forward(Tensor target, Tensor? weight)
    {
        if (target.Storage.Backend is not null)
        {
            var counts = Cast.To(target, DType.Int64).Ne(IgnoreIndex);
            return (weight is null ? counts.To(Dtype).Sum() : Tensor.Where(counts, weight.IndexTensors([Tensor.Where(counts, Cast.To(target, DType.Int64), 0)]).To(Dtype), 0.0).Sum()).To(Dtype);
        }
        var classes = Cast.Contiguous(Cast.To(target, DType.Int64)).Values<long>();
        var w = weight is null ? null : Cast.Contiguous(Cast.To(weight, DType.Float64)).ToArray<double>();
        double total = 0;
        foreach (var c in classes)
        {
            if (c != IgnoreIndex) total += w is null ? 1 : w[c];
        }
        return Tensor.FromScalar(total, Dtype);
    }
}

internal static unsafe class NllKernel
{
    internal static void Check(Shape x, Tensor target, Tensor? weight)
    {
        var fits = x.Rank switch
        {
            0 => false,
            1 => target.Rank == 0,
            _ => target.Rank == x.Rank - 1 && target.Shape[0] == x[0] && target.Shape.AsSpan()[1..].SequenceEqual(x.AsSpan()[2..]),
        };
        if (!fits) throw new ArgumentException($"nll_loss: input has shape {x}, target {target.Shape}; expected [N, C, …] with [N, …], or [C] with []");
        if (!target.DType.IsInteger()) throw new ArgumentException($"nll_loss: target is {target.DType.Name()}; expected class numbers (int64)");
        if (weight is not null && (weight.Rank != 1 || weight.Shape[0] != x[Math.Min(1, x.Rank - 1)]))
            throw new ArgumentException($"nll_loss: weight has shape {weight.Shape}; expected one number for each of {x[Math.Min(1, x.Rank - 1)]} classes");
    }

    /// <summary>The target as contiguous int64, checked against the number of classes where the host can.</summary>
    internal static Tensor Classes(Shape shape, Tensor target, long ignore)
    {
        Check(shape, target, null);
        var at = Cast.Contiguous(Cast.To(target, DType.Int64));
        if (at.Storage.Backend is not null) return at;
        var classes = shape[Math.Min(1, shape.Rank - 1)];
        foreach (var c in at.Values<long>())
        {
            if ((c < 0 || c >= classes) && c != ignore)
                throw new ArgumentOutOfRangeException(nameof(target), c, $"nll_loss: target {c} is no class of {classes}, nor ignore_index {ignore}");
        }
        return at;
    }

    /// <summary>What kernels read and write: on the host what they compute in; those of a device convert as they go.</summary>
    internal static DType Stored(Tensor x) => x.Storage.Backend is null ? Pointwise.Wide(x.DType) : x.DType;

    /// <summary>Reads <paramref name="full"/> into <paramref name="picked"/>, or writes it from there.</summary>
    internal static void Run(Tensor full, Tensor picked, Tensor target, Tensor? weight, Shape shape, long ignore, bool spread)
    {
        if (picked.Numel == 0) return;
        var wide = Pointwise.Wide(full.DType);
        var at = Classes(shape, target, ignore);
        var classes = shape[Math.Min(1, shape.Rank - 1)];
        var device = at.Storage.Backend;
        weight = weight is null ? null : Cast.Contiguous(Cast.To(weight, wide));
        var stored = device is null ? wide : full.DType;
        if (!spread) full = Cast.Contiguous(Cast.To(full, stored));
        else picked = Cast.Contiguous(Cast.To(picked, stored));
        if (device is not null) device.Nll(full, picked, at, weight, classes, ignore, spread);
        else if (wide == DType.Float32) Run<float>(full, picked, at, weight, shape, classes, ignore, spread);
        else if (wide == DType.Float64) Run<double>(full, picked, at, weight, shape, classes, ignore, spread);
        else throw new ArgumentException($"nll_loss: input is {full.DType.Name()}; expected a floating-point dtype");
    }

    static void Run<T>(Tensor full, Tensor picked, Tensor target, Tensor? weight, Shape shape, long classes, long ignore, bool spread) where T : unmanaged, INumber<T>
    {
        long n = shape.Rank > 1 ? shape[0] : 1, inner = picked.Numel / n;
        fixed (T* x = &full.First<T>(), y = &picked.First<T>(), w = &RowNormRunner.First<T>(weight))
        {
            fixed (long* at = &target.First<long>())
            {
                for (long i = 0; i < n; i++)
                {
                    for (long k = 0; k < inner; k++)
                    {
                        var c = at[i * inner + k];
                        var one = y + i * inner + k;
                        if (c == ignore)
                        {
                            if (!spread) *one = T.Zero;
                            continue;
                        }
                        var place = x + (i * classes + c) * inner + k;
                        var scale = w != null ? -w[c] : -T.One;
                        if (spread) *place = scale * *one;
                        else *one = scale * *place;
                    }
                }
            }
        }
    }
}
