using System.Numerics;
using Flambeau.Compiler.Loops;

namespace Flambeau.Compiler.Run;

/// <summary>The elements of a reduction's register, before and after the loop.</summary>
internal static unsafe class Horizontal
{
    const int Bytes = 64;

    /// <summary>Fills the register with what the reduction starts from.</summary>
    internal static void Start(ReduceKind kind, DType lane, byte* p)
    {
        var x = Neutral.Of(kind, lane);
        switch (lane)
        {
            case DType.Float32: Fill(p, (float)x); break;
            case DType.Float64: Fill(p, x); break;
            case DType.Int32: Fill(p, int.CreateTruncating(x)); break;
            case DType.Int64: Fill(p, long.CreateTruncating(x)); break;
            default: Fill(p, byte.CreateTruncating(x)); break;
        }
    }

    static void Fill<E>(byte* p, E x) where E : unmanaged => new Span<E>(p, Bytes / sizeof(E)).Fill(x);

    /// <summary>Brings the elements together in the first, halving their number.</summary>
    internal static void Finish(ReduceKind kind, DType lane, byte* p, int width)
    {
        switch (lane)
        {
            case DType.Float32: Fold<float>(kind, p, width); break;
            case DType.Float64: Fold<double>(kind, p, width); break;
            case DType.Int32: Fold<int>(kind, p, width); break;
            case DType.Int64: Fold<long>(kind, p, width); break;
            default: Fold<byte>(kind, p, width); break;
        }
    }

    static void Fold<E>(ReduceKind kind, byte* p, int width) where E : unmanaged, INumber<E>
    {
        var x = (E*)p;
        for (var half = width / 2; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
            {
                x[i] = kind switch
                {
                    ReduceKind.Sum => x[i] + x[i + half],
                    ReduceKind.Prod => x[i] * x[i + half],
                    ReduceKind.Max => E.Max(x[i], x[i + half]),
                    _ => E.Min(x[i], x[i + half]),
                };
            }
        }
    }
}
