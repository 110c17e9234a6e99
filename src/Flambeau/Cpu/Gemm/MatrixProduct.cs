using System.Numerics;
using Flambeau.Ops;

namespace Flambeau.Cpu;

/// <summary>Batched matrix products of tensors of any dtype and strides.</summary>
internal static unsafe class MatrixProduct
{
    /// <summary><c>[b, n, k] · [b, k, m]</c>, plus a tensor that broadcasts to the result if one is given.</summary>
    internal static Tensor Run(Tensor a, Tensor b, string op, Tensor? plus = null)
    {
        if (a.DType != b.DType)
            throw new ArgumentException($"{op}: the tensors are {a.DType.Name()} and {b.DType.Name()}; both must have the same dtype");
        var dtype = a.DType;
        var wide = dtype == DType.Bool ? throw new ArgumentException($"{op} is not defined for bool; convert to an integer or float dtype first") : Pointwise.Wide(dtype);
        if ((a.Storage.Backend ?? b.Storage.Backend) is { } device)
        {
            device.Check(op, a, b, plus);
            return device.MatMul(a, b, plus);
        }
        (a, b) = (Cast.To(a, wide), Cast.To(b, wide));
        var y = Tensor.New([a.Size(0), a.Size(1), b.Size(2)], wide);
        if (y.Numel == 0) return Cast.To(y, dtype);
        var beta = plus is null ? 0 : 1;
        if (plus is not null)
        {
            if (!wide.IsFloat()) return Pointwise.Run(default(Plus), Run(a, b, op), Cast.To(plus, dtype));
            Cast.Copy(plus, y);
        }
        switch (wide)
        {
            case DType.Float32:
                fixed (float* pa = &a.First<float>(), pb = &b.First<float>(), pc = &y.First<float>())
                    Gemm.Batched(y.Size(0), S(y, 1), S(y, 2), a.Size(2), 1, pa, R(a, 1), R(a, 2), R(a, 0), pb, R(b, 1), R(b, 2), R(b, 0), beta, pc, R(y, 1), R(y, 2), R(y, 0));
                break;
            case DType.Float64:
                fixed (double* pa = &a.First<double>(), pb = &b.First<double>(), pc = &y.First<double>())
                    Gemm.Batched(y.Size(0), S(y, 1), S(y, 2), a.Size(2), 1, pa, R(a, 1), R(a, 2), R(a, 0), pb, R(b, 1), R(b, 2), R(b, 0), beta, pc, R(y, 1), R(y, 2), R(y, 0));
                break;
            case DType.Int64: Integer<long>(a, b, y); break;
            case DType.Int32: Integer<int>(a, b, y); break;
            case DType.Int16: Integer<short>(a, b, y); break;
            case DType.Int8: Integer<sbyte>(a, b, y); break;
            case DType.UInt8: Integer<byte>(a, b, y); break;
            default: ComplexProduct(a, b, y); break;
        }
        return Cast.To(y, dtype);
    }

    static long S(Tensor t, int d) => t.Layout.Sizes[d];

    static long R(Tensor t, int d) => t.Layout.Strides[d];

    static void Integer<T>(Tensor a, Tensor b, Tensor y) where T : unmanaged, INumber<T>
    {
        fixed (T* pa = &a.First<T>(), pb = &b.First<T>(), pc = &y.First<T>())
        {
            for (long i = 0; i < S(y, 0); i++)
                GemmInteger.Run(S(y, 1), S(y, 2), S(a, 2), pa + i * R(a, 0), R(a, 1), R(a, 2), pb + i * R(b, 0), R(b, 1), R(b, 2), pc + i * R(y, 0), R(y, 1), R(y, 2));
        }
    }

    static void ComplexProduct(Tensor a, Tensor b, Tensor y)
    {
        fixed (Complex* pa = &a.First<Complex>(), pb = &b.First<Complex>(), pc = &y.First<Complex>())
        {
            for (long i = 0; i < S(y, 0); i++)
            {
                for (long r = 0; r < S(y, 1); r++)
                {
                    for (long c = 0; c < S(y, 2); c++)
                    {
                        var sum = Complex.Zero;
                        for (long k = 0; k < S(a, 2); k++) sum += pa[i * R(a, 0) + r * R(a, 1) + k * R(a, 2)] * pb[i * R(b, 0) + k * R(b, 1) + c * R(b, 2)];
                        pc[i * R(y, 0) + r * R(y, 1) + c * R(y, 2)] = sum;
                    }
                }
            }
        }
    }
}
