using System.Numerics;
using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// Exclusive or, over axes, of the elements' bits as float64 or int64: a quick fingerprint. PyTorch calls the same 64 bits uint64; here they are int64.
/// </summary>
[Op("hash_tensor(Tensor self, int[] dim=[], *, bool keepdim=False, int mode=0) -> Tensor")]
public readonly partial record struct HashTensor(long[]? Dim = null, bool Keepdim = false, long Mode = 0) : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Start<T>() where T : struct, ILane<T> => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Step<T>(T acc, T x) where T : struct, ILane<T> => acc ^ x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Merge<T>(T a, T b) where T : struct, ILane<T> => a ^ b;

    internal Tensor Forward(Tensor self)
    {
        if (Mode != 0) throw new ArgumentException($"hash_tensor: mode is {Mode}; only 0 (exclusive or) exists");
        if (self.DType.IsComplex()) throw new ArgumentException($"hash_tensor: the tensor is {self.DType.Name()}; expected a real dtype");
        var wide = Cast.To(self, self.DType.IsIntegral() ? DType.Int64 : DType.Float64);
        return Reducer.Run(this, new Tensor(wide.Storage, wide.Layout, DType.Int64, wide.Offset), Dims.Mask(Dim, self.Rank), Keepdim);
    }
}
