using System.Numerics;

namespace Flambeau.Cpu;

/// <summary>Functions of one element, in the element's own precision.</summary>
internal static class Fn
{
    internal interface IUnary
    {
        static abstract E Apply<E>(E x) where E : INumber<E>;
    }

    internal readonly struct Sqrt : IUnary
    {
        public static E Apply<E>(E x) where E : INumber<E> => x is float f ? (E)(object)MathF.Sqrt(f) : E.CreateTruncating(Math.Sqrt(double.CreateTruncating(x)));
    }

    internal readonly struct Exp : IUnary
    {
        public static E Apply<E>(E x) where E : INumber<E> => x is float f ? (E)(object)MathF.Exp(f) : E.CreateTruncating(Math.Exp(double.CreateTruncating(x)));
    }

    internal readonly struct Log : IUnary
    {
        public static E Apply<E>(E x) where E : INumber<E> => x is float f ? (E)(object)MathF.Log(f) : E.CreateTruncating(Math.Log(double.CreateTruncating(x)));
    }

    internal readonly struct Sin : IUnary
    {
        public static E Apply<E>(E x) where E : INumber<E> => x is float f ? (E)(object)MathF.Sin(f) : E.CreateTruncating(Math.Sin(double.CreateTruncating(x)));
    }

    internal readonly struct Cos : IUnary
    {
        public static E Apply<E>(E x) where E : INumber<E> => x is float f ? (E)(object)MathF.Cos(f) : E.CreateTruncating(Math.Cos(double.CreateTruncating(x)));
    }

    internal readonly struct Tanh : IUnary
    {
        public static E Apply<E>(E x) where E : INumber<E> => x is float f ? (E)(object)MathF.Tanh(f) : E.CreateTruncating(Math.Tanh(double.CreateTruncating(x)));
    }
}
