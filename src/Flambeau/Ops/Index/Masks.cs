using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Masks that gradients choose by; they carry no gradient themselves.</summary>
internal static class Masks
{
    /// <summary>Where two tensors of one shape, or a tensor and a number, are equal.</summary>
    internal static Tensor Equal(Tensor a, Tensor b)
    {
        using var off = Autograd.Grad.No();
        b = b.To(a.DType).Expand(a.Shape);
        return a.DType.IsComplex() ? Same<System.Numerics.Complex>(a, b) : a.DType.IsIntegral() ? Same<long>(a, b) : Same<double>(a, b);
    }

    static Tensor Same<T>(Tensor a, Tensor b) where T : unmanaged, IEquatable<T>
    {
        T[] x = a.ToArray<T>(), y = b.ToArray<T>();
        var m = new bool[x.Length];
        for (var i = 0; i < m.Length; i++) m[i] = x[i].Equals(y[i]);
        return Tensor.From(m, a.Shape);
    }

    internal static Tensor Not(Tensor mask) => Bytes(mask, mask, static (a, _) => (byte)(a ^ 1));

    internal static Tensor And(Tensor a, Tensor b) => Bytes(a, b, static (x, y) => (byte)(x & y));

    static Tensor Bytes(Tensor a, Tensor b, Func<byte, byte, byte> f)
    {
        var y = Cast.Clone(Cast.To(a, DType.Bool));
        var other = Cast.Contiguous(Cast.To(b, DType.Bool));
        Span<byte> to = y.Bytes(), from = other.Bytes();
        for (var i = 0; i < to.Length; i++) to[i] = f(to[i], from[i]);
        return y;
    }

    /// <summary>The elements under the mask, zero elsewhere.</summary>
    internal static Tensor Only(Tensor x, Tensor mask) => x.MaskedFill(Not(mask), 0);
}
