using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>A complex tensor of a real and an imaginary part, which broadcast: float32 gives complex64, float64 complex128.</summary>
[Op("_make_complex(Tensor real, Tensor imag) -> Tensor")]
public readonly partial record struct MakeComplex
{
    internal Tensor Forward(Tensor real, Tensor imag)
    {
        if (real.DType != imag.DType || real.DType is not (DType.Float32 or DType.Float64 or DType.Float16))
            throw new ArgumentException($"complex: the parts are {real.DType.Name()} and {imag.DType.Name()}; both must be float32, or both float64");
        var y = Tensor.New(Shape.Broadcast(real.Shape, imag.Shape), real.DType.ToComplex());
        var parts = new ViewAsReal().Forward(y);
        Cast.Copy(real, new Select(-1, 0).Forward(parts));
        Cast.Copy(imag, new Select(-1, 1).Forward(parts));
        return y;
    }

    internal Tensor VjpReal(Tensor dy) => dy.Real();

    internal Tensor VjpImag(Tensor dy) => dy.Imag();
}
