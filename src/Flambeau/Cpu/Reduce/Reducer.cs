using System.Numerics;
using System.Runtime.Intrinsics;
using Flambeau.Ops;

namespace Flambeau.Cpu;

/// <summary>
/// Runs reduction formulas over any set of axes. Partial results are joined pairwise (Higham, "The accuracy of floating point summation", 1993),
/// in an order that depends on the shape only, not on the number of threads.
/// </summary>
internal static unsafe class Reducer
{
    /// <param name="op">The formula.</param>
    /// <param name="x">Input, already in the dtype to compute in.</param>
    /// <param name="reduced">Which axes are reduced.</param>
    /// <param name="keepdim">Keep them with size 1.</param>
    internal static Tensor Run<TOp>(in TOp op, Tensor x, bool[] reduced, bool keepdim) where TOp : struct, IReduction
    {
        if (x.Storage.Backend is { } device) return device.Reduce(op, x, reduced, keepdim);
        var dtype = x.DType;
        var wide = dtype == DType.Bool ? DType.Bool : Pointwise.Wide(dtype);
        x = Cast.To(x, wide);
        var y = Tensor.New(OutputSizes(x.Layout.Sizes, reduced, keepdim), wide);
        if (y.Numel == 0) return Cast.To(y, dtype);
        var plan = new ReducePlan(x.Layout, reduced);
        switch (wide)
        {
            case DType.Float32: Lanes<TOp, float>(op, x, y, plan); break;
            case DType.Float64: Lanes<TOp, double>(op, x, y, plan); break;
            case DType.Int64: Lanes<TOp, long>(op, x, y, plan); break;
            case DType.Int32: Lanes<TOp, int>(op, x, y, plan); break;
            case DType.Int16: Exec<TOp, short, ScalarLane<short>, ScalarLane<short>>(op, x, y, plan); break;
            case DType.Int8: Exec<TOp, sbyte, ScalarLane<sbyte>, ScalarLane<sbyte>>(op, x, y, plan); break;
            case DType.UInt8 or DType.Bool: Exec<TOp, byte, ScalarLane<byte>, ScalarLane<byte>>(op, x, y, plan); break;
            default: Exec<TOp, Complex, ComplexLane, ComplexLane>(op, x, y, plan); break;
        }
        return Cast.To(y, dtype);
    }

    internal static long[] OutputSizes(ReadOnlySpan<long> sizes, bool[] reduced, bool keepdim)
    {
        var r = new List<long>(sizes.Length);
        for (var d = 0; d < sizes.Length; d++)
        {
            if (!reduced[d]) r.Add(sizes[d]);
            else if (keepdim) r.Add(1);
        }
        return [.. r];
    }

    static void Lanes<TOp, E>(in TOp op, Tensor x, Tensor y, ReducePlan plan) where TOp : struct, IReduction where E : unmanaged, INumber<E>
    {
        if (Vector512.IsHardwareAccelerated) Exec<TOp, E, V512<E>, ScalarLane<E>>(op, x, y, plan);
        else if (Vector256.IsHardwareAccelerated) Exec<TOp, E, V256<E>, ScalarLane<E>>(op, x, y, plan);
        else if (Vector128.IsHardwareAccelerated) Exec<TOp, E, V128<E>, ScalarLane<E>>(op, x, y, plan);
        else Exec<TOp, E, ScalarLane<E>, ScalarLane<E>>(op, x, y, plan);
    }

    static void Exec<TOp, E, V, S>(TOp op, Tensor x, Tensor y, ReducePlan plan)
        where TOp : struct, IReduction where E : unmanaged where V : struct, IMemoryLane<V, E> where S : struct, IMemoryLane<S, E>
    {
        fixed (E* px = &x.First<E>(), py = &y.First<E>())
        {
            E* src = px, dst = py;
            if (plan.InnerIsKept)
            {
                // Columns: neighbouring outputs share a register; every row of the reduced axes is added to all of them.
                long width = plan.KeptSizes[^1], rows = y.Numel / width;
                var chunk = Math.Max(64, Math.Min(width, rows > 16 ? 1024 : 64));
                var chunks = (width + chunk - 1) / chunk;
                CpuThreads.For(rows * chunks, Math.Max(1, StridedLoop.Grain / Math.Max(1, plan.ReducedCount * chunk)), (from, to) =>
                {
                    for (var i = from; i < to; i++)
                    {
                        long row = i / chunks, start = i % chunks * chunk;
                        ReduceLoops<TOp, E, V, S>.Columns(op, src + plan.KeptOffset(row, outer: true) + start, dst + row * width + start, Math.Min(chunk, width - start), plan);
                    }
                });
                return;
            }
            if (y.Numel < 16 && plan.Sizes.Length == 1 && plan.ReducedCount >= 2 * Piece)
            {
                for (long i = 0; i < y.Numel; i++) dst[i] = Long<TOp, E, V, S>(op, src + plan.KeptOffset(i, outer: false), plan.Sizes[0], plan.Strides[0]);
                return;
            }
            CpuThreads.For(y.Numel, Math.Max(1, StridedLoop.Grain / Math.Max(1, plan.ReducedCount)), (from, to) =>
            {
                for (var i = from; i < to; i++) dst[i] = ReduceLoops<TOp, E, V, S>.Row(op, src + plan.KeptOffset(i, outer: false), plan);
            });
        }
    }

    const long Piece = 65536;

    /// <summary>A long run cut into pieces of a fixed size, so that threads share it and the result is the same for any number of them.</summary>
    static E Long<TOp, E, V, S>(TOp op, E* x, long length, long stride)
        where TOp : struct, IReduction where E : unmanaged where V : struct, IMemoryLane<V, E> where S : struct, IMemoryLane<S, E>
    {
        var parts = new E[(length + Piece - 1) / Piece];
        CpuThreads.For(parts.Length, 1, (from, to) =>
        {
            for (var i = from; i < to; i++)
                parts[i] = ReduceLoops<TOp, E, V, S>.Run(op, x + i * Piece * stride, Math.Min(Piece, length - i * Piece), stride);
        });
        return ReduceLoops<TOp, E, V, S>.Join(op, parts);
    }
}
