using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Sum over axes; all of them when none is given. Integers and bools are summed as int64 unless a dtype is named.</summary>
[Op("sum(Tensor self, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None) -> Tensor")]
public readonly partial record struct Sum(long[]? Dim = null, bool Keepdim = false, DType? Dtype = null) : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Start<T>() where T : struct, ILane<T> => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Step<T>(T acc, T x) where T : struct, ILane<T> => acc + x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Merge<T>(T a, T b) where T : struct, ILane<T> => a + b;

    internal Tensor Forward(Tensor self) =>
        Reducer.Run(this, Cast.To(self, Dtype ?? (self.DType.IsIntegral() ? DType.Int64 : self.DType)), Dims.Mask(Dim, self.Rank), Keepdim);

    internal Tensor VjpSelf(Shape selfShape, Tensor dy) => dy.ExpandReduced(selfShape, Dim, Keepdim);
}
