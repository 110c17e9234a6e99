using System.Runtime.CompilerServices;
using Flambeau.Cpu;
using Flambeau.Cpu.Special;

namespace Flambeau.Ops;

/// <summary>Entropy term −x ln x; 0 at 0, −inf below.</summary>
[Op("special.entr(Tensor self) -> Tensor")]
public readonly partial record struct Entr : IPointwise1
{
    static readonly ScalarFunction fn = new("entr", Elementary.Entr);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x) where T : struct, ILane<T> => T.Call(fn, x);

    internal Tensor VjpSelf(Tensor self, Tensor dy) => -dy * (self.Log() + 1);
}

/// <summary><c>self · ln(1 + other)</c>, broadcasting; 0 where <c>self</c> is 0 and <c>other</c> isn't NaN.</summary>
[Op("special.xlog1py(Tensor self, Tensor other) -> Tensor")]
public readonly partial record struct XLog1PY : IPointwise2
{
    static readonly ScalarFunction2 fn = new("xlog1py", Elementary.XLog1PY);

    public static Rule Rule => Rule.ToFloat;
    public static Domain Domain => Domain.Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Apply<T>(T x, T y) where T : struct, ILane<T> => T.Call(fn, x, y);

    internal Tensor VjpSelf(Tensor self, Tensor other, Tensor dy) =>
        dy * other.Where(self.Eq(0).LogicalAnd(other.Le(-1)).LogicalNot(), 0).Log1P();

    internal Tensor VjpOther(Tensor self, Tensor other, Tensor dy) => dy * (self / (other + 1));
}
