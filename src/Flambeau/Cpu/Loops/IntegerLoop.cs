using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>A function of two integers. All widths compute in 64 bits and are cut to their width afterwards.</summary>
internal interface IInteger2
{
    long ApplyInteger(long x, long y);
}

/// <summary>Runs functions of integers on tensors, broadcasting.</summary>
internal static class IntegerLoop
{
    /// <exception cref="ArgumentException">The promoted dtype isn't an integer (nor bool).</exception>
    internal static Tensor Run<F>(in F op, Tensor a, Tensor b, string name) where F : struct, IInteger2
    {
        var dtype = Promotion.ResultType(a, b);
        if (!dtype.IsIntegral())
            throw new ArgumentException($"{name} is defined for integers; the tensors are {a.DType.Name()} and {b.DType.Name()}. Convert first, for instance with To(DType.Int64).");
        if (DeviceBackend.Of(a, b) is { } device) return device.Integer(typeof(F).Name, a, b, dtype);
        var y = Tensor.New(Pointwise.Broadcast(a, b), DType.Int64);
        StridedLoop.Run(new Loop<F>(op), y, Cast.To(a, DType.Int64), Cast.To(b, DType.Int64));
        return Cast.To(y, dtype);
    }

    /// <exception cref="DivideByZeroException">A divisor is 0.</exception>
    internal static void CheckDivisor(Tensor divisor, string name)
    {
        // a device would have to be waited for; its integers divided by 0 are undefined, as in CUDA
        if (divisor.Storage.Backend is not null) return;
        foreach (var v in Cast.Contiguous(Cast.To(divisor, DType.Int64)).Values<long>())
        {
            if (v == 0)
                throw new DivideByZeroException($"{name}: a divisor in the {divisor.DType.Name()} tensor of shape {divisor.Shape} is 0, and integers have no infinity. Convert to a floating-point dtype, or replace zeros first.");
        }
    }

    readonly unsafe struct Loop<F>(F op) : IInnerLoop where F : struct, IInteger2
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(byte** p, long* s, long n)
        {
            byte* y = p[0], a = p[1], b = p[2];
            long sy = s[0], sa = s[1], sb = s[2];
            for (long i = 0; i < n; i++) *(long*)(y + i * sy) = op.ApplyInteger(*(long*)(a + i * sa), *(long*)(b + i * sb));
        }
    }
}
