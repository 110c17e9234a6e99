using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>One value in place of every element.</summary>
[Op("fill(Tensor self, Tensor value) -> Tensor", InPlace = true)]
public readonly partial record struct Fill
{
    internal Tensor Forward(Tensor self, Tensor value)
    {
        var y = Tensor.New(self.Layout.DenseLike(), self.DType);
        Write(y, value);
        return y;
    }

    internal void Write(Tensor self, Tensor value)
    {
        if (value.Rank > 0) throw new ArgumentException($"fill: the value has shape {value.Shape}; expected a number or a 0-d tensor");
        Cast.Copy(Cast.To(value, self.DType), self);
    }

    internal Tensor VjpSelf(Tensor dy) => dy.ZerosLike();

    internal Tensor VjpValue(Tensor dy) => dy.Sum();
}
