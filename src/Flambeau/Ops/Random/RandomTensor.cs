using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>New tensors of random numbers. Element i depends on the generator's seed and counter and on i only, so any number of threads gives the same tensor.</summary>
internal static unsafe class RandomTensor
{
    internal static Tensor Uniform(ReadOnlySpan<long> sizes, DType dtype, double low, double high, Generator? generator)
    {
        var y = Tensor.New(sizes, Wide(dtype, "uniform"));
        if (y.DType == DType.Float32)
        {
            var s = (generator ?? Generator.Current).Take(y.Numel, RandomFill.PerBlock32);
            Fill<float>(y, (p, n, at) => RandomFill.Uniform(new Span<float>((float*)p, n), s, at, (float)low, (float)high));
        }
        else
        {
            var s = (generator ?? Generator.Current).Take(y.Numel, RandomFill.PerBlock64);
            Fill<double>(y, (p, n, at) => RandomFill.Uniform(new Span<double>((double*)p, n), s, at, low, high));
        }
        return Cast.To(y, dtype);
    }

    internal static Tensor Normal(ReadOnlySpan<long> sizes, DType dtype, double mean, double std, Generator? generator)
    {
        var y = Tensor.New(sizes, Wide(dtype, "normal"));
        if (y.DType == DType.Float32)
        {
            var s = (generator ?? Generator.Current).Take(y.Numel, RandomFill.PerBlock32);
            Fill<float>(y, (p, n, at) => RandomFill.Normal(new Span<float>((float*)p, n), s, at, (float)mean, (float)std));
        }
        else
        {
            var s = (generator ?? Generator.Current).Take(y.Numel, RandomFill.PerBlock64);
            Fill<double>(y, (p, n, at) => RandomFill.Normal(new Span<double>((double*)p, n), s, at, mean, std));
        }
        return Cast.To(y, dtype);
    }

    /// <summary>Fills a new contiguous tensor in pieces over the threads; the callback gets an address, a count and the number of the first draw.</summary>
    internal static void Fill<T>(Tensor y, Action<nint, int, long> fill) where T : unmanaged
    {
        if (y.Numel == 0) return;
        fixed (T* p = &y.First<T>())
        {
            var address = (nint)p;
            CpuThreads.For(y.Numel, StridedLoop.Grain, (from, to) =>
            {
                for (var at = from; at < to; at += 1 << 24) fill(address + (nint)(at * sizeof(T)), (int)Math.Min(1 << 24, to - at), at);
            });
        }
    }

    static DType Wide(DType dtype, string op) => dtype.IsFloat() ? Pointwise.Wide(dtype)
        : throw new ArgumentException($"{op} gives real numbers; {dtype.Name()} was asked for, expected a floating-point dtype");
}
