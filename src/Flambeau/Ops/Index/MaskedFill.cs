using System.Runtime.CompilerServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>A copy with one value where the mask is true. The mask broadcasts.</summary>
[Op("masked_fill(Tensor self, Tensor mask, Tensor value) -> Tensor", InPlace = true)]
public readonly partial record struct MaskedFill
{
    internal Tensor Forward(Tensor self, Tensor mask, Tensor value)
    {
        var layout = self.Layout.SameSizes(mask.Layout) ? self.Layout.DenseLike() : new Layout(Shape.Broadcast(self.Shape, mask.Shape).AsSpan());
        var y = Tensor.New(layout, self.DType);
        Run(y, self, mask, value);
        return y;
    }

    internal void Write(Tensor self, Tensor mask, Tensor value)
    {
        Autograd.InPlace.CheckShape(self, Shape.Broadcast(self.Shape, mask.Shape), "masked_fill");
        Run(self, self, mask, value);
    }

    static void Run(Tensor y, Tensor x, Tensor mask, Tensor value)
    {
        if (mask.DType != DType.Bool) throw new ArgumentException($"masked_fill: the mask is {mask.DType.Name()}; expected bool");
        if (value.Numel != 1 || value.Rank > 0) throw new ArgumentException($"masked_fill: the value has shape {value.Shape}; expected a number or a 0-d tensor");
        if (!Fits(value.DType, x.DType)) throw new ArgumentException($"masked_fill: a {value.DType.Name()} value can't be written into a {x.DType.Name()} tensor without loss");
        value = Cast.To(value, x.DType);
        if (y.Storage.Backend is { } device)
        {
            device.Select(y, mask, value, x);
            return;
        }
        switch (x.DType.Size())
        {
            case 1: StridedLoop.Run(new Fill<byte>(), y, x, mask, value); break;
            case 2: StridedLoop.Run(new Fill<ushort>(), y, x, mask, value); break;
            case 4: StridedLoop.Run(new Fill<uint>(), y, x, mask, value); break;
            case 8: StridedLoop.Run(new Fill<ulong>(), y, x, mask, value); break;
            default: StridedLoop.Run(new Fill<UInt128>(), y, x, mask, value); break;
        }
    }

    static bool Fits(DType value, DType into) => value.IsIntegral() || (value.IsFloat() ? !into.IsIntegral() : into.IsComplex());

    readonly unsafe struct Fill<T> : IInnerLoop where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(byte** p, long* s, long n)
        {
            byte* y = p[0], x = p[1], m = p[2];
            long sy = s[0], sx = s[1], sm = s[2];
            var v = *(T*)p[3];
            if (sy == sizeof(T) && sx == sizeof(T) && sm == 1)
            {
                for (long i = 0; i < n; i++) ((T*)y)[i] = m[i] != 0 ? v : ((T*)x)[i];
                return;
            }
            for (long i = 0; i < n; i++) *(T*)(y + i * sy) = m[i * sm] != 0 ? v : *(T*)(x + i * sx);
        }
    }

    internal Tensor VjpSelf(Tensor mask, Tensor dy) => dy.MaskedFill(mask, dy.NewZeros([]));

    internal Tensor VjpValue(Tensor mask, Tensor dy) => dy.MaskedSelect(mask).Sum();
}
