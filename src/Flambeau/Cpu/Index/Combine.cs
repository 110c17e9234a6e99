using System.Numerics;

namespace Flambeau.Cpu;

/// <summary>How a written value joins the one that is there.</summary>
internal interface ICombine<T> where T : unmanaged
{
    static abstract T Of(T old, T value);

    /// <summary>Whether whole registers may be combined by <see cref="Of(Vector{T}, Vector{T})"/>.</summary>
    static virtual bool IsVector => false;

    static virtual Vector<T> Of(Vector<T> old, Vector<T> value) => value;
}

/// <summary>The value replaces the old one.</summary>
internal readonly struct Replace<T> : ICombine<T> where T : unmanaged
{
    public static T Of(T old, T value) => value;
}

internal readonly struct AddTo<T> : ICombine<T> where T : unmanaged, IAdditionOperators<T, T, T>
{
    public static T Of(T old, T value) => old + value;

    public static bool IsVector => Vector<T>.IsSupported;

    public static Vector<T> Of(Vector<T> old, Vector<T> value) => old + value;
}

internal readonly struct MultiplyBy<T> : ICombine<T> where T : unmanaged, IMultiplyOperators<T, T, T>
{
    public static T Of(T old, T value) => old * value;
}

/// <summary>The larger one; NaN if either is.</summary>
internal readonly struct MaxOf<T> : ICombine<T> where T : unmanaged, INumber<T>
{
    public static T Of(T old, T value) => T.Max(old, value);
}

/// <summary>The smaller one; NaN if either is.</summary>
internal readonly struct MinOf<T> : ICombine<T> where T : unmanaged, INumber<T>
{
    public static T Of(T old, T value) => T.Min(old, value);
}

/// <summary>Sum of bools.</summary>
internal readonly struct OrTo : ICombine<byte>
{
    public static byte Of(byte old, byte value) => (byte)(old | value);
}
