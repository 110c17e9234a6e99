using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Whether any element along the axes isn't zero; bool (uint8 for uint8 tensors).</summary>
[Op("any(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor")]
public readonly partial record struct Any(long[]? Dim = null, bool Keepdim = false) : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Start<T>() where T : struct, ILane<T> => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Step<T>(T acc, T x) where T : struct, ILane<T> => acc | x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Merge<T>(T a, T b) where T : struct, ILane<T> => a | b;

    internal Tensor Forward(Tensor self)
    {
        var y = Reducer.Run(this, Cast.To(self, DType.Bool), Dims.Mask(Dim, self.Rank), Keepdim);
        return self.DType == DType.UInt8 ? Cast.To(y, DType.UInt8) : y;
    }
}
