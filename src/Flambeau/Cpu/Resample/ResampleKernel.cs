using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>Resamples the middle axis of <c>[outer, axis, inner]</c> by a table of taps, and the adjoint of that.</summary>
internal static unsafe class ResampleKernel
{
    const long Grain = 1 << 14;

    internal static void Forward<T>(T* x, T* y, long outer, long input, long output, long inner, ResampleTaps taps) where T : unmanaged, INumber<T>
    {
        var weights = Array.ConvertAll(taps.Weight, T.CreateTruncating);
        CpuThreads.For(outer, Math.Max(1, Grain / Math.Max(1, output * inner)), (from, to) =>
        {
            for (var p = from; p < to; p++) Plane(x + p * input * inner, y + p * output * inner, output, inner, taps, weights);
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Plane<T>(T* x, T* y, long output, long inner, ResampleTaps taps, T[] weights) where T : unmanaged, INumber<T>
    {
        for (long o = 0; o < output; o++, y += inner)
        {
            int first = taps.Start[o], end = taps.Start[o + 1];
            if (inner == 1)
            {
                var sum = T.Zero;
                for (var k = first; k < end; k++) sum += weights[k] * x[taps.Index[k]];
                *y = sum;
                continue;
            }
            if (end - first == 1 && weights[first] == T.One)
            {
                new Span<T>(x + taps.Index[first] * inner, checked((int)inner)).CopyTo(new Span<T>(y, (int)inner));
                continue;
            }
            new Span<T>(y, checked((int)inner)).Clear();
            for (var k = first; k < end; k++) AddScaled(x + taps.Index[k] * inner, weights[k], y, inner);
        }
    }

    internal static void Adjoint<T>(T* dy, T* dx, long outer, long input, long output, long inner, ResampleTaps taps) where T : unmanaged, INumber<T>
    {
        var weights = Array.ConvertAll(taps.Weight, T.CreateTruncating);
        CpuThreads.For(outer, Math.Max(1, Grain / Math.Max(1, output * inner)), (from, to) =>
        {
            for (var p = from; p < to; p++)
            {
                T* plane = dx + p * input * inner, g = dy + p * output * inner;
                new Span<T>(plane, checked((int)(input * inner))).Clear();
                for (long o = 0; o < output; o++, g += inner)
                    for (var k = taps.Start[o]; k < taps.Start[o + 1]; k++) AddScaled(g, weights[k], plane + taps.Index[k] * inner, inner);
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddScaled<T>(T* x, T scale, T* y, long n) where T : unmanaged, INumber<T>
    {
        long i = 0;
        var v = new Vector<T>(scale);
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count) Vector.Store(Vector.Load(y + i) + Vector.Load(x + i) * v, y + i);
        for (; i < n; i++) y[i] += x[i] * scale;
    }

    /// <summary>Half types compute in float32, integers in float64 and are rounded at the end.</summary>
    internal static Tensor Run(Tensor x, int dim, long size, bool adjoint, Func<bool, ResampleTaps> create)
    {
        var dtype = x.DType;
        if (dtype.IsComplex()) throw new ArgumentException("interpolation is not defined for complex tensors; resample real and imaginary parts");
        var wide = dtype.IsFloat() ? Pointwise.Wide(dtype) : DType.Float64;
        x = Cast.Contiguous(Cast.To(x, wide));
        var sizes = (long[])x.Layout.Sizes.Clone();
        long outer = 1, inner = 1, from = sizes[dim];
        for (var d = 0; d < dim; d++) outer *= sizes[d];
        for (var d = dim + 1; d < sizes.Length; d++) inner *= sizes[d];
        sizes[dim] = size;
        var y = Tensor.New(sizes, wide);
        if (y.Numel > 0)
        {
            var taps = create(wide == DType.Float32);
            if (wide == DType.Float32) Run<float>(x, y, outer, from, size, inner, adjoint, taps);
            else Run<double>(x, y, outer, from, size, inner, adjoint, taps);
        }
        if (dtype.IsIntegral()) y = Pointwise.Run(new Ops.Round(), y);
        return Cast.To(y, dtype);
    }

    static void Run<T>(Tensor x, Tensor y, long outer, long from, long to, long inner, bool adjoint, ResampleTaps taps) where T : unmanaged, INumber<T>
    {
        fixed (T* px = &x.First<T>(), py = &y.First<T>())
        {
            if (adjoint) Adjoint(px, py, outer, to, from, inner, taps);
            else Forward(px, py, outer, from, to, inner, taps);
        }
    }
}
