using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Flambeau.Cpu.Fft;

namespace Flambeau.Cpu;

/// <summary>One-dimensional transforms along axes of a row-major complex128 tensor.</summary>
internal static class FftAxes
{
    /// <summary>Neighbouring columns that are gathered together, so that whole cache lines are used.</summary>
    const int Columns = 8;

    /// <summary>Transforms an axis in place and multiplies by a factor.</summary>
    internal static void Run(Tensor x, int axis, bool forward, double scale)
    {
        var sizes = x.Layout.Sizes;
        var n = checked((int)sizes[axis]);
        if (x.Numel == 0) return;
        long inner = 1;
        for (var d = axis + 1; d < sizes.Length; d++) inner *= sizes[d];
        var outer = x.Numel / (n * inner);
        var plan = FftPlan.For(n);
        var grain = Math.Max(1, 20_000 / n);
        if (inner == 1)
        {
            CpuThreads.For(outer, grain, (begin, end) =>
            {
                for (var row = begin; row < end; row++) Transform(plan, Row(x, row * n, n), forward, scale);
            });
            return;
        }
        var tiles = (inner + Columns - 1) / Columns;
        CpuThreads.For(outer * tiles, Math.Max(1, grain / Columns), (begin, end) =>
        {
            var buffer = new Complex[n * Columns];
            for (var t = begin; t < end; t++)
            {
                var first = t / tiles * n * inner + t % tiles * Columns;
                var count = (int)Math.Min(Columns, inner - t % tiles * Columns);
                for (var j = 0; j < n; j++)
                {
                    var row = Row(x, first + j * inner, count);
                    for (var c = 0; c < row.Length; c++) buffer[c * n + j] = row[c];
                }
                for (var c = 0; c < count; c++) Transform(plan, buffer.AsSpan(c * n, n), forward, scale);
                for (var j = 0; j < n; j++)
                {
                    var row = Row(x, first + j * inner, count);
                    for (var c = 0; c < row.Length; c++) row[c] = buffer[c * n + j];
                }
            }
        });
    }

    static void Transform(FftPlan plan, Span<Complex> data, bool forward, double scale)
    {
        plan.Transform(data, inverse: !forward);
        if (scale == 1) return;
        foreach (ref var v in MemoryMarshal.Cast<Complex, double>(data)) v *= scale;
    }

    static Span<Complex> Row(Tensor x, long at, int count) => MemoryMarshal.CreateSpan(ref Unsafe.Add(ref x.First<Complex>(), (nint)at), count);
}
