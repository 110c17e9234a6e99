using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>A row-major copy; gradients flow through.</summary>
[Op("clone(Tensor self) -> Tensor")]
public readonly partial record struct Clone
{
    internal Tensor Forward(Tensor self) => Cast.Clone(self);

    internal Tensor VjpSelf(Tensor dy) => dy;
}

/// <summary>The elements in another dtype, always a new tensor.</summary>
[Op("_to_dtype(Tensor self, dtype dtype) -> Tensor")]
public readonly partial record struct ToDtype(DType Dtype)
{
    internal Tensor Forward(Tensor self) => Cast.To(self, Dtype);

    internal Tensor VjpSelf(DType selfDType, Tensor dy) => dy.DType.IsComplex() && !selfDType.IsComplex() ? dy.Real().To(selfDType) : dy.To(selfDType);
}

/// <summary>Copies the elements of another tensor, broadcast and converted, into this one.</summary>
[Op("copy(Tensor self, Tensor src) -> Tensor", InPlace = true, AnyDevice = true)]
public readonly partial record struct Copy
{
    internal Tensor Forward(Tensor self, Tensor src)
    {
        var y = self.NewHere(new Layout(self.Layout.Sizes.AsSpan()), self.DType);
        Write(y, src);
        return y;
    }

    internal void Write(Tensor self, Tensor src)
    {
        if (!self.Layout.SameSizes(src.Layout) && Shape.Broadcast(self.Shape, src.Shape) != self.Shape)
            throw new ArgumentException($"copy: a tensor of shape {src.Shape} can't be written into one of shape {self.Shape}");
        Cast.Copy(src, self);
    }

    internal Tensor VjpSrc(Shape srcShape, Tensor dy) => dy.SumToSize(srcShape);
}
