using System.Numerics;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>Distances between rows, without the tensor of differences.</summary>
internal static unsafe class Distances
{
    /// <summary>Equal leading axes.</summary>
    internal static Tensor Run(Tensor x1, Tensor x2, double p)
    {
        var dtype = Promotion.ToFloat(Promotion.Promote(x1.DType, x2.DType));
        var wide = Pointwise.Wide(dtype);
        if (wide.IsComplex()) throw new ArgumentException($"cdist: the tensors are {dtype.Name()}; expected a real floating-point dtype");
        Tensor a = Cast.Contiguous(Cast.To(x1, wide)), b = Cast.Contiguous(Cast.To(x2, wide));
        var sizes = a.Shape.ToArray();
        sizes[^1] = b.Shape[^2];
        var y = Tensor.New(sizes, wide);
        if (y.Numel > 0)
        {
            if (wide == DType.Float32) Lanes<float>(a, b, y, p);
            else Lanes<double>(a, b, y, p);
        }
        return Cast.To(y, dtype);
    }

    static void Lanes<E>(Tensor a, Tensor b, Tensor y, double p) where E : unmanaged, INumber<E>, IRootFunctions<E>
    {
        if (Vector512.IsHardwareAccelerated) Exec<E, V512<E>>(a, b, y, p);
        else if (Vector256.IsHardwareAccelerated) Exec<E, V256<E>>(a, b, y, p);
        else if (Vector128.IsHardwareAccelerated) Exec<E, V128<E>>(a, b, y, p);
        else Exec<E, ScalarLane<E>>(a, b, y, p);
    }

    static void Exec<E, V>(Tensor a, Tensor b, Tensor y, double p) where E : unmanaged, INumber<E>, IRootFunctions<E> where V : struct, IMemoryLane<V, E>
    {
        long n = a.Shape[^2], m = b.Shape[^2], k = a.Shape[^1];
        fixed (E* pa = &a.First<E>(), pb = &b.First<E>(), py = &y.First<E>())
        {
            E* sa = pa, sb = pb, dst = py;
            CpuThreads.For(y.Numel / m, Math.Max(1, StridedLoop.Grain / Math.Max(1, m * k)), (from, to) =>
            {
                for (var i = from; i < to; i++)
                {
                    E* row = sa + i * k, others = sb + i / n * m * k, to1 = dst + i * m;
                    for (long j = 0; j < m; j++) to1[j] = One<E, V>(row, others + j * k, k, p);
                }
            });
        }
    }

    static E One<E, V>(E* a, E* b, long n, double p) where E : unmanaged, INumber<E>, IRootFunctions<E> where V : struct, IMemoryLane<V, E>
    {
        if (p is not (1 or 2)) return Any(a, b, n, p);
        var sum = V.Zero;
        long i = 0;
        for (; i <= n - V.Width; i += V.Width)
        {
            var d = V.Load(a + i) - V.Load(b + i);
            sum += p == 2 ? d * d : V.Abs(d);
        }
        var spill = stackalloc E[64];
        V.Store(spill, sum);
        var total = spill[0];
        for (var l = 1; l < V.Width; l++) total += spill[l];
        for (; i < n; i++)
        {
            var d = a[i] - b[i];
            total += p == 2 ? d * d : E.Abs(d);
        }
        return p == 2 ? E.Sqrt(total) : total;
    }

    static E Any<E>(E* a, E* b, long n, double p) where E : unmanaged, INumber<E>
    {
        double total = 0;
        for (long i = 0; i < n; i++)
        {
            var d = Math.Abs(double.CreateTruncating(a[i]) - double.CreateTruncating(b[i]));
            total = p == 0 ? total + (d != 0 ? 1 : 0) : double.IsPositiveInfinity(p) ? Math.Max(total, d) : total + Math.Pow(d, p);
        }
        return E.CreateTruncating(p == 0 || double.IsPositiveInfinity(p) ? total : Math.Pow(total, 1 / p));
    }
}
