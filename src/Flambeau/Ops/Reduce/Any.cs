using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Whether any element along the axes isn't zero; bool (uint8 for uint8 tensors). An empty list of axes reduces nothing.</summary>
[Op("any(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor")]
public readonly partial record struct Any(long[]? Dim = null, bool Keepdim = false) : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Start<T>() where T : struct, ILane<T> => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Step<T>(T acc, T x) where T : struct, ILane<T> => acc | x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Merge<T>(T a, T b) where T : struct, ILane<T> => a | b;

    internal Tensor Forward(Tensor self) => Masks.Reduce(this, self, Dim, Keepdim);
}

/// <summary>Whether all elements along the axes are nonzero; bool (uint8 for uint8 tensors). An empty list of axes reduces nothing.</summary>
[Op("all(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor")]
public readonly partial record struct All(long[]? Dim = null, bool Keepdim = false) : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Start<T>() where T : struct, ILane<T> => T.One;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Step<T>(T acc, T x) where T : struct, ILane<T> => acc & x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Merge<T>(T a, T b) where T : struct, ILane<T> => a & b;

    internal Tensor Forward(Tensor self) => Masks.Reduce(this, self, Dim, Keepdim);
}

internal static class Masks
{
    internal static Tensor Reduce<TOp>(in TOp op, Tensor self, long[]? dim, bool keepdim) where TOp : struct, IReduction
    {
        var x = Cast.To(self, DType.Bool);
        var y = dim is { Length: 0 } ? Cast.Clone(x) : Reducer.Run(op, x, Dims.Mask(dim, self.Rank), keepdim);
        return self.DType == DType.UInt8 ? Cast.To(y, DType.UInt8) : y;
    }
}
