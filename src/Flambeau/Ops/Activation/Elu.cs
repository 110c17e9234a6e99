using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary><c>scale·x</c> above 0, <c>scale·alpha·(e^(input_scale·x) − 1)</c> below.</summary>
[Op("elu(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor", InPlace = true)]
public readonly partial record struct EluOf(Scalar Alpha, Scalar Scale, Scalar InputScale) : IPointwise1
{
    public static Domain Domain => Domain.Float;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T>
    {
        double alpha = Alpha.ToDouble(), scale = Scale.ToDouble();
        // the exponential isn't wanted above 0, where it might overflow
        var low = T.Select(x > T.Zero, T.Zero, x) * T.Const(InputScale.ToDouble());
        return T.Select(x > T.Zero, x * T.Const(scale), LaneFormulas.ExpM1(low) * T.Const(alpha * scale));
    }

    internal Tensor VjpSelf(Tensor self, Tensor dy)
    {
        double scale = Scale.ToDouble(), inner = InputScale.ToDouble();
        var slope = (self.Where(self.Le(0), 0) * inner).Exp() * (scale * Alpha.ToDouble() * inner);
        return self.Gt(0).Choose(dy * scale, dy * slope);
    }
}
