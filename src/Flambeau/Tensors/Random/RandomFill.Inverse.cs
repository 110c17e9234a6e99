using System.Runtime.CompilerServices;
using Flambeau.Cpu.Special;

namespace Flambeau;

/// <summary>A distribution's quantile at u, strictly inside (0, 1).</summary>
internal interface IQuantile
{
    double At(double u);
}

/// <summary>Exponential of the given rate.</summary>
internal readonly record struct ExponentialQuantile(double Rate) : IQuantile
{
    public double At(double u) => -Math.Log(u) / Rate;
}

/// <summary>Cauchy with the given median and half width at half maximum.</summary>
internal readonly record struct CauchyQuantile(double Median, double Sigma) : IQuantile
{
    public double At(double u) => Median + Sigma * double.TanPi(u - 0.5);
}

/// <summary>Number of trials up to the first success, 1, 2, …</summary>
internal readonly record struct GeometricQuantile(double P) : IQuantile
{
    public double At(double u) => P >= 1 ? 1 : Math.Max(1, Math.Ceiling(Math.Log(u) / Elementary.Log1P(-P)));
}

internal static partial class RandomFill
{
    /// <summary>Draws by inversion of the distribution function.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Inverse<T>(Span<float> target, RandomStream stream, long start, T quantile) where T : struct, IQuantile
    {
        Span<uint> words = stackalloc uint[Chunk];
        var rest = new Words(stream, start, 4);
        while (rest.Next(words, target.Length, out var at, out var skip, out var count))
            for (var i = 0; i < count; i++) target[at + i] = (float)quantile.At((words[skip + i] + 0.5) * Unit32);
    }

    /// <inheritdoc cref="Inverse{T}(Span{float}, RandomStream, long, T)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Inverse<T>(Span<double> target, RandomStream stream, long start, T quantile) where T : struct, IQuantile
    {
        Span<uint> words = stackalloc uint[Chunk];
        var rest = new Words(stream, start, 2);
        while (rest.Next(words, target.Length, out var at, out var skip, out var count))
            for (var i = 0; i < count; i++) target[at + i] = quantile.At(((Wide(words, skip + i) >> 12) + 0.5) * Unit52);
    }
}
