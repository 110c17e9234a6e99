using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Each element brought into [min, max]; either bound may be missing. NaN stays. Where min exceeds max, max wins.</summary>
/// <exception cref="ArgumentException">Neither bound is given.</exception>
[Op("clamp(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor", InPlace = true)]
[Op("clip(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor")]
public readonly partial record struct Clamp(Scalar? Min = null, Scalar? Max = null) : IPointwise1
{
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T>
    {
        if (Min is { } min) x = T.Max(x, T.Const(min.ToDouble()));
        return Max is { } max ? T.Min(x, T.Const(max.ToDouble())) : x;
    }

    internal Tensor Forward(Tensor self)
    {
        if (Min is null && Max is null) throw new ArgumentException("clamp: neither min nor max is given; give at least one of them");
        var dtype = self.DType;
        if (Min is { } min) dtype = Promotion.Promote(dtype, Promotion.ResultType(self, min));
        if (Max is { } max) dtype = Promotion.Promote(dtype, Promotion.ResultType(self, max));
        return Pointwise.Run(this, Cast.To(self, dtype));
    }

    internal Tensor VjpSelf(Tensor self, Tensor dy)
    {
        if (Min is { } min && Max is { } max) return dy.Where(self.Ge(min).LogicalAnd(self.Le(max)), 0);
        return dy.Where(Min is { } low ? self.Ge(low) : self.Le(Max!.Value), 0);
    }
}

/// <summary>Each element brought between bounds that are tensors and broadcast; either may be missing.</summary>
[Op("clamp(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor")]
[Op("clip(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor")]
public readonly partial record struct ClampBetween
{
    internal Tensor Forward(Tensor self, Tensor? min, Tensor? max)
    {
        if (min is null && max is null) throw new ArgumentException("clamp: neither min nor max is given; give at least one of them");
        var dtype = Promotion.ResultType(self, min, max);
        var y = Cast.To(self, dtype);
        if (min is not null) y = Pointwise.Run(new Maximum(), y, Cast.To(min, dtype));
        return max is null ? y : Pointwise.Run(new Minimum(), y, Cast.To(max, dtype));
    }

    internal (Tensor, Tensor?, Tensor?) Vjp(Tensor self, Tensor? min, Tensor? max, Tensor dy)
    {
        if (min is not null && max is not null)
        {
            return (dy.Where(self.Ge(min).LogicalAnd(self.Le(max)), 0),
                dy.Where(min.Lt(max).LogicalAnd(self.Lt(min)), 0),
                dy.Where(self.Gt(max).LogicalOr(max.Lt(min)), 0));
        }
        if (min is not null) return (dy.Where(self.Ge(min), 0), dy.Where(self.Lt(min), 0), null);
        return (dy.Where(self.Le(max!), 0), null, dy.Where(self.Gt(max!), 0));
    }
}
