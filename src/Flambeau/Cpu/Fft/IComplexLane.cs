using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu.Fft;

/// <summary>One, two or four complex numbers side by side in a register, as interleaved doubles.</summary>
internal interface IComplexLane<TSelf> where TSelf : struct, IComplexLane<TSelf>
{
    /// <summary>Complex numbers in the lane.</summary>
    static abstract int Count { get; }

    static abstract TSelf Load(ref double from);

    void Store(ref double to);

    static abstract TSelf operator +(TSelf x, TSelf y);

    static abstract TSelf operator -(TSelf x, TSelf y);

    /// <summary>Multiplies by a real number.</summary>
    static abstract TSelf operator *(TSelf x, double by);

    /// <summary>Multiplies by −i.</summary>
    TSelf TimesMinusI();

    /// <summary>Multiplies every element by re + i·im.</summary>
    TSelf Times(double re, double im);

    /// <summary>this·by + add, with real <paramref name="by"/>.</summary>
    TSelf MultiplyAdd(double by, TSelf add);
}

/// <summary>A single complex number.</summary>
internal readonly struct Lane1(Vector128<double> v) : IComplexLane<Lane1>
{
    readonly Vector128<double> v = v;

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 Load(ref double from) => new(Vector128.LoadUnsafe(ref from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double to) => v.StoreUnsafe(ref to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 operator +(Lane1 x, Lane1 y) => new(x.v + y.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 operator -(Lane1 x, Lane1 y) => new(x.v - y.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane1 operator *(Lane1 x, double by) => new(x.v * by);

    Vector128<double> Swapped
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Shuffle(v, Vector128.Create(1L, 0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lane1 TimesMinusI() => new(Swapped ^ Vector128.Create(0.0, -0.0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lane1 Times(double re, double im) => new(Vector128.MultiplyAddEstimate(v, Vector128.Create(re), Swapped * Vector128.Create(-im, im)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lane1 MultiplyAdd(double by, Lane1 add) => new(Vector128.MultiplyAddEstimate(v, Vector128.Create(by), add.v));
}

/// <summary>Two complex numbers.</summary>
internal readonly struct Lane2(Vector256<double> v) : IComplexLane<Lane2>
{
    readonly Vector256<double> v = v;

    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane2 Load(ref double from) => new(Vector256.LoadUnsafe(ref from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double to) => v.StoreUnsafe(ref to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane2 operator +(Lane2 x, Lane2 y) => new(x.v + y.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane2 operator -(Lane2 x, Lane2 y) => new(x.v - y.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane2 operator *(Lane2 x, double by) => new(x.v * by);

    Vector256<double> Swapped
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.Shuffle(v, Vector256.Create(1L, 0, 3, 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lane2 TimesMinusI() => new(Swapped ^ Vector256.Create(0.0, -0.0, 0.0, -0.0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lane2 Times(double re, double im) =>
        new(Vector256.MultiplyAddEstimate(v, Vector256.Create(re), Swapped * Vector256.Create(-im, im, -im, im)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lane2 MultiplyAdd(double by, Lane2 add) => new(Vector256.MultiplyAddEstimate(v, Vector256.Create(by), add.v));
}

/// <summary>Four complex numbers.</summary>
internal readonly struct Lane4(Vector512<double> v) : IComplexLane<Lane4>
{
    readonly Vector512<double> v = v;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane4 Load(ref double from) => new(Vector512.LoadUnsafe(ref from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double to) => v.StoreUnsafe(ref to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane4 operator +(Lane4 x, Lane4 y) => new(x.v + y.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane4 operator -(Lane4 x, Lane4 y) => new(x.v - y.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane4 operator *(Lane4 x, double by) => new(x.v * by);

    Vector512<double> Swapped
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Shuffle(v, Vector512.Create(1L, 0, 3, 2, 5, 4, 7, 6));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lane4 TimesMinusI() => new(Swapped ^ Vector512.Create(0.0, -0.0, 0.0, -0.0, 0.0, -0.0, 0.0, -0.0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lane4 Times(double re, double im) =>
        new(Vector512.MultiplyAddEstimate(v, Vector512.Create(re), Swapped * Vector512.Create(-im, im, -im, im, -im, im, -im, im)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lane4 MultiplyAdd(double by, Lane4 add) => new(Vector512.MultiplyAddEstimate(v, Vector512.Create(by), add.v));
}
