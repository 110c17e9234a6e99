using System.Numerics;

namespace Flambeau.Cpu;

/// <summary>
/// A value that pointwise formulas compute with: a SIMD register, one element, or an expression being built.
/// Comparisons give a mask (all bits set where true) for <see cref="Select"/> and the bit operators.
/// </summary>
public interface ILane<T> where T : struct, ILane<T>
{
    /// <summary>The number in every element.</summary>
    static abstract T Const(double value);

    /// <summary>Zero in every element.</summary>
    static virtual T Zero => T.Const(0);

    /// <summary>One in every element.</summary>
    static virtual T One => T.Const(1);

    static abstract T operator +(T a, T b);
    static abstract T operator -(T a, T b);
    static abstract T operator *(T a, T b);

    /// <summary>True division; truncating for integers.</summary>
    static abstract T operator /(T a, T b);
    static abstract T operator -(T a);
    static abstract T operator &(T a, T b);
    static abstract T operator |(T a, T b);
    static abstract T operator ^(T a, T b);
    static abstract T operator ~(T a);
    static abstract T operator <(T a, T b);
    static abstract T operator >(T a, T b);
    static abstract T operator <=(T a, T b);
    static abstract T operator >=(T a, T b);

    /// <summary>Mask of equal elements.</summary>
    static abstract T Eq(T a, T b);

    /// <summary>Elements of <paramref name="a"/> where the mask is set, else of <paramref name="b"/>.</summary>
    static abstract T Select(T mask, T a, T b);

    /// <summary>Smaller element; NaN if either is.</summary>
    static abstract T Min(T a, T b);

    /// <summary>Larger element; NaN if either is.</summary>
    static abstract T Max(T a, T b);
    static abstract T Abs(T a);
    static abstract T Sqrt(T a);
    static abstract T Floor(T a);
    static abstract T Ceil(T a);
    static abstract T Trunc(T a);

    /// <summary>Nearest integer, ties to even.</summary>
    static abstract T Round(T a);
    static abstract T Exp(T a);
    static abstract T Log(T a);
    static abstract T Sin(T a);
    static abstract T Cos(T a);
    static abstract T Tanh(T a);

    /// <summary>The error function.</summary>
    static virtual T Erf(T a) => T.Call(ScalarFunction.Erf, a);

    /// <summary><c>a·b + c</c>, rounded once or twice, whichever is faster.</summary>
    static virtual T MulAdd(T a, T b, T c) => a * b + c;

    /// <summary>Magnitude of <paramref name="a"/>, sign of <paramref name="sign"/>.</summary>
    static abstract T CopySign(T a, T sign);

    /// <summary>A function of one double given by name; the way for functions without a vector formula.</summary>
    static abstract T Call(in ScalarFunction f, T a);

    /// <summary>A function of two doubles given by name.</summary>
    static abstract T Call(in ScalarFunction2 f, T a, T b);

    /// <summary>Mask of NaN elements.</summary>
    static virtual T IsNaN(T a) => ~T.Eq(a, a);
}

/// <summary>A named function of one number that lanes apply element by element; the name is what code generators emit.</summary>
/// <param name="Name">What code generators emit.</param>
/// <param name="Evaluate">The function.</param>
/// <param name="EvaluateComplex">Its continuation to complex numbers, if it has one.</param>
public readonly record struct ScalarFunction(string Name, Func<double, double> Evaluate, Func<Complex, Complex>? EvaluateComplex = null)
{
    internal static readonly ScalarFunction Erf = new("erf", Special.ErrorFunctions.Erf);
}

/// <summary>A named function of two numbers that lanes apply element by element.</summary>
/// <param name="Name">What code generators emit.</param>
/// <param name="Evaluate">The function.</param>
/// <param name="EvaluateComplex">Its continuation to complex numbers, if it has one.</param>
public readonly record struct ScalarFunction2(string Name, Func<double, double, double> Evaluate, Func<Complex, Complex, Complex>? EvaluateComplex = null);

/// <summary>A lane that reads and writes memory of elements <typeparamref name="E"/>.</summary>
internal unsafe interface IMemoryLane<T, E> : ILane<T> where T : struct, IMemoryLane<T, E> where E : unmanaged
{
    static abstract int Width { get; }
    static abstract T Load(E* p);
    static abstract void Store(E* p, T value);
    static abstract T Broadcast(E value);

    /// <summary>One 0/1 byte an element from a mask.</summary>
    static abstract void StoreMask(byte* p, T mask);

    /// <summary><c>a · 2ⁿ</c> in float32 for a whole n from −252 to 254, by two products of which only the last rounds.</summary>
    static virtual T ScaleSingle(T a, T n) => throw new NotSupportedException();
}
