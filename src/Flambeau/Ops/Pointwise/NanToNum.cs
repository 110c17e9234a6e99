using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>NaN and infinities replaced: by default with 0 and the dtype's largest and smallest numbers. Integers as they are.</summary>
[Op("nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor", InPlace = true)]
public readonly partial record struct NanToNum(double? Nan = null, double? Posinf = null, double? Neginf = null) : IPointwise1
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T>
    {
        T high = T.Const(double.PositiveInfinity), low = T.Const(double.NegativeInfinity);
        var y = T.Select(T.Eq(x, high), T.Const(Posinf ?? double.PositiveInfinity), T.Select(T.Eq(x, low), T.Const(Neginf ?? double.NegativeInfinity), x));
        return T.Select(T.IsNaN(x), T.Const(Nan ?? 0), y);
    }

    internal Tensor Forward(Tensor self)
    {
        if (self.DType.IsIntegral()) return Cast.Clone(self);
        if (self.DType.IsComplex())
        {
            var parts = Forward(Cast.Contiguous(new ViewAsReal().Forward(self)));
            return new ViewAsComplex().Forward(Cast.Contiguous(parts));
        }
        var max = self.DType switch
        {
            DType.Float16 => (double)Half.MaxValue,
            DType.BFloat16 => (float)new BFloat16(0x7F7F),
            DType.Float32 => float.MaxValue,
            _ => double.MaxValue,
        };
        return Pointwise.Run(new NanToNum(Nan ?? 0, Posinf ?? max, Neginf ?? -max), self);
    }

    internal Tensor VjpSelf(Tensor self, Tensor dy) => dy.Where(self.IsFinite(), 0);
}
