using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>New tensors of random numbers. Element i depends on the generator's seed and counter and on i only, so any number of threads gives the same tensor.</summary>
internal static unsafe class RandomTensor
{
    internal delegate void Filler<T>(Span<T> target, RandomStream stream, long start);

    internal static Tensor Uniform(ReadOnlySpan<long> sizes, DType dtype, double low, double high, Generator? generator) =>
        low <= high ? Reals("uniform", sizes, dtype, generator, low, high,
            (y, s, at) => RandomFill.Uniform(y, s, at, (float)low, (float)high), (y, s, at) => RandomFill.Uniform(y, s, at, low, high))
        : throw new ArgumentException($"uniform: the range from {low} to {high} is turned around; expected from <= to");

    internal static Tensor Normal(ReadOnlySpan<long> sizes, DType dtype, double mean, double std, Generator? generator) =>
        std >= 0 ? Reals("normal", sizes, dtype, generator, mean, std,
            (y, s, at) => RandomFill.Normal(y, s, at, (float)mean, (float)std), (y, s, at) => RandomFill.Normal(y, s, at, mean, std))
        : throw new ArgumentException($"normal: the standard deviation is {std}; expected 0 or more");

    /// <summary>Numbers of a distribution with a closed quantile.</summary>
    internal static Tensor Inverse<Q>(string op, ReadOnlySpan<long> sizes, DType dtype, Q quantile, Generator? generator) where Q : struct, IQuantile =>
        Reals(op, sizes, dtype, generator, 0, 0,
            (y, s, at) => RandomFill.Inverse(y, s, at, quantile), (y, s, at) => RandomFill.Inverse(y, s, at, quantile));

    /// <summary>Integers of [low, high), in any dtype. Both at <see cref="long.MinValue"/> stand for all of int64.</summary>
    internal static Tensor Integers(ReadOnlySpan<long> sizes, DType dtype, long low, long high, Generator? generator)
    {
        if (high <= low && low != long.MinValue) throw new ArgumentException($"randint: the range from {low} to {high} is empty; high must be greater than low");
        if (Placement.Current?.Device is { } device) return Drawn(device, "integers", sizes, DType.Int64, generator, RandomFill.PerBlock64, 0, 0, low, unchecked((ulong)high - (ulong)low)).To(dtype);
        return Draw<long>(sizes, DType.Int64, generator, RandomFill.PerBlock64, (y, s, at) => RandomFill.Integers(y, s, at, low, high)).To(dtype);
    }

    /// <summary>1 with probability <paramref name="p"/>, else 0.</summary>
    internal static Tensor Bernoulli(ReadOnlySpan<long> sizes, DType dtype, double p, Generator? generator)
    {
        if (!(p >= 0 && p <= 1)) throw new ArgumentException($"bernoulli: the probability is {p}; expected a number in [0, 1]");
        if (Placement.Current?.Device is { } device) return Drawn(device, "bernoulli", sizes, DType.Bool, generator, RandomFill.PerBlock32, p, 0).To(dtype);
        return dtype == DType.Float32
            ? Draw<float>(sizes, dtype, generator, RandomFill.PerBlock32, (y, s, at) => RandomFill.Bernoulli(y, s, at, p))
            : Draw<bool>(sizes, DType.Bool, generator, RandomFill.PerBlock32, (y, s, at) => RandomFill.Bernoulli(y, s, at, p)).To(dtype);
    }

    /// <summary>Float64 draws, each from the element of the parameters at its place.</summary>
    internal static Tensor Each(Tensor parameters, Generator? generator, Func<RandomDraws, double, double> draw)
    {
        using var scope = KernelScope.Enter();
        if (parameters.Storage.Backend is not null)
        {
            Tensor drawn;
            using (Placement.On(null)) drawn = Each(parameters.To(Device.Cpu), generator, draw);
            return drawn.To(parameters.Device);
        }
        var x = Cast.Contiguous(Cast.To(parameters, DType.Float64));
        fixed (double* p = &x.First<double>())
        {
            var from = (nint)p;
            return Draw<double>(x.Layout.Sizes, DType.Float64, generator, 1, (y, s, at) =>
            {
                for (var i = 0; i < y.Length; i++) y[i] = draw(new RandomDraws(s, at + i), ((double*)from)[at + i]);
            });
        }
    }

    /// <summary>Real numbers by a float32 or a float64 kernel; integers by the latter, truncated.</summary>
    static Tensor Reals(string op, ReadOnlySpan<long> sizes, DType dtype, Generator? generator, double a, double b, Filler<float> single, Filler<double> wide)
    {
        if (!dtype.IsFloat() && op != "geometric")
            throw new ArgumentException($"{op} gives real numbers; {dtype.Name()} was asked for, expected a floating-point dtype");
        if (op is "uniform" or "normal" && Placement.Current?.Device is { } device)
        {
            var (type, perBlock) = dtype == DType.Float64 ? (dtype, RandomFill.PerBlock64) : (DType.Float32, RandomFill.PerBlock32);
            return Drawn(device, op, sizes, type, generator, perBlock, a, b).To(dtype);
        }
        var y = dtype.IsFloat() && dtype != DType.Float64
            ? Draw(sizes, DType.Float32, generator, RandomFill.PerBlock32, single)
            : Draw(sizes, DType.Float64, generator, RandomFill.PerBlock64, wide);
        return y.To(dtype);
    }

    /// <summary>A new contiguous tensor, filled in pieces over the threads; the filler gets the number of its first draw.</summary>
    internal static Tensor Draw<T>(ReadOnlySpan<long> sizes, DType dtype, Generator? generator, int perBlock, Filler<T> fill) where T : unmanaged
    {
        var y = Tensor.NewHost(new Layout(sizes), dtype);
        if (y.Numel == 0) return y.Settled();
        var stream = (generator ?? Generator.Current).Take(y.Numel, perBlock);
        fixed (T* p = &y.Kept<T>())
        {
            var address = (nint)p;
            CpuThreads.For(y.Numel, StridedLoop.Grain, (from, to) =>
            {
                for (var at = from; at < to; at += 1 << 24) fill(new Span<T>((T*)address + at, (int)Math.Min(1 << 24, to - at)), stream, at);
            });
        }
        GC.KeepAlive(y);
        return y.Settled();
    }

    /// <summary>The same draws on a device.</summary>
    static Tensor Drawn(DeviceBackend device, string kind, ReadOnlySpan<long> sizes, DType dtype, Generator? generator, int perBlock, double a, double b, long low = 0, ulong range = 0)
    {
        var y = Tensor.New(sizes, dtype);
        if (y.Numel > 0) device.Draw(kind, y, (generator ?? Generator.Current).Take(y.Numel, perBlock), a, b, low, range);
        return y;
    }
}
