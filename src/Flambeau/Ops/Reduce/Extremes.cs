using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Largest element along axes; NaN wins. Equal largest elements share the gradient evenly.</summary>
[Op("amax(Tensor self, int[] dim=[], bool keepdim=False) -> Tensor")]
public readonly partial record struct Amax(long[]? Dim = null, bool Keepdim = false) : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Start<T>() where T : struct, ILane<T> => T.Const(double.NegativeInfinity);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Step<T>(T acc, T x) where T : struct, ILane<T> => T.Max(acc, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Merge<T>(T a, T b) where T : struct, ILane<T> => T.Max(a, b);

    internal Tensor Forward(Tensor self) => Extreme.Run(this, self, Dim, Keepdim, "amax");

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy) => Extreme.Share(self, y, dy, Dim, Keepdim);
}

/// <summary>Smallest element along axes; NaN wins. Equal smallest elements share the gradient evenly.</summary>
[Op("amin(Tensor self, int[] dim=[], bool keepdim=False) -> Tensor")]
public readonly partial record struct Amin(long[]? Dim = null, bool Keepdim = false) : IReduction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Start<T>() where T : struct, ILane<T> => T.Const(double.PositiveInfinity);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Step<T>(T acc, T x) where T : struct, ILane<T> => T.Min(acc, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Merge<T>(T a, T b) where T : struct, ILane<T> => T.Min(a, b);

    internal Tensor Forward(Tensor self) => Extreme.Run(this, self, Dim, Keepdim, "amin");

    internal Tensor VjpSelf(Tensor self, Tensor y, Tensor dy) => Extreme.Share(self, y, dy, Dim, Keepdim);
}

internal static class Extreme
{
    internal static Tensor Run<TOp>(in TOp op, Tensor self, long[]? dim, bool keepdim, string name) where TOp : struct, IReduction
    {
        if (self.DType.IsComplex()) throw new ArgumentException($"{name}: complex numbers have no order; the tensor is {self.DType.Name()}");
        var mask = Dims.Mask(dim, self.Rank);
        CheckNotEmpty(self, mask, name);
        return Reducer.Run(op, self, mask, keepdim);
    }

    internal static void CheckNotEmpty(Tensor self, bool[] reduced, string name)
    {
        if (self.Numel != 0) return;
        for (var d = 0; d < reduced.Length; d++)
        {
            if (!reduced[d] && self.Layout.Sizes[d] == 0) return;
        }
        throw new ArgumentException($"{name}: a tensor of shape {self.Shape} has no elements to choose from along the reduced axes; reduce axes whose size isn't 0");
    }

    /// <summary>The gradient of a value that several elements may hold: equal parts to each.</summary>
    internal static Tensor Share(Tensor self, Tensor y, Tensor dy, long[]? dim, bool keepdim)
    {
        var held = self.Detach().Eq(y.Detach().ExpandReduced(self.Shape, dim, keepdim)).To(dy.DType);
        return dy.ExpandReduced(self.Shape, dim, keepdim) * held / held.Sum(dim, true);
    }
}
