using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Complex conjugate as a new tensor; a copy of a real one.</summary>
[Op("conj_physical(Tensor self) -> Tensor")]
public readonly partial record struct ConjPhysical
{
    internal unsafe Tensor Forward(Tensor self)
    {
        if (!self.DType.IsComplex()) return Cast.Clone(self);
        var y = Cast.Clone(Cast.To(self, DType.Complex128));
        foreach (ref var z in y.Values<Complex>()) z = Complex.Conjugate(z);
        return Cast.To(y, self.DType);
    }

    internal Tensor VjpSelf(Tensor dy) => dy.Conj();
}

/// <summary>A complex tensor seen as a real one with a last axis of 2 (real, imaginary). A view.</summary>
[Op("view_as_real(Tensor self) -> Tensor", View = true)]
public readonly partial record struct ViewAsReal
{
    internal Tensor Forward(Tensor self)
    {
        if (!self.DType.IsComplex()) throw new ArgumentException($"view_as_real: the tensor is {self.DType.Name()}; expected complex64 or complex128");
        return new Tensor(self.Storage, new Layout([.. self.Layout.Sizes, 2], [.. self.Layout.Strides.Select(static s => 2 * s), 1]), self.DType.ToReal(), self.Offset * 2);
    }

    internal Tensor VjpSelf(Tensor dy) => dy.Contiguous().ViewAsComplex();
}

/// <summary>A real tensor with a last axis of 2 seen as a complex one. A view.</summary>
[Op("view_as_complex(Tensor self) -> Tensor", View = true)]
public readonly partial record struct ViewAsComplex
{
    internal Tensor Forward(Tensor self)
    {
        var l = self.Layout;
        if (self.DType is not (DType.Float32 or DType.Float64) || self.Rank == 0 || l.Sizes[^1] != 2 || l.Strides[^1] != 1 || self.Offset % 2 != 0 || l.Strides[..^1].Any(static s => s % 2 != 0))
            throw new ArgumentException($"view_as_complex: a {self.DType.Name()} tensor of shape {self.Shape} and strides {self.Strides} was given; expected float32 or float64 with a contiguous last axis of 2 and even strides");
        return new Tensor(self.Storage, new Layout(l.Sizes[..^1], [.. l.Strides[..^1].Select(static s => s / 2)]), self.DType.ToComplex(), self.Offset / 2);
    }

    internal Tensor VjpSelf(Tensor dy) => dy.Contiguous().ViewAsReal();
}
