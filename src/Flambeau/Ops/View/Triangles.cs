using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>The matrices of the last two axes with everything above diagonal <c>diagonal</c> set to zero.</summary>
[Op("tril(Tensor self, int diagonal=0) -> Tensor", InPlace = true)]
public readonly partial record struct Tril(long Diagonal = 0)
{
    internal Tensor Forward(Tensor self) => Triangle.Keep(self, Diagonal, lower: true, "tril");

    internal Tensor VjpSelf(Tensor dy) => dy.Tril(Diagonal);
}

/// <summary>The matrices of the last two axes with everything below diagonal <c>diagonal</c> set to zero.</summary>
[Op("triu(Tensor self, int diagonal=0) -> Tensor", InPlace = true)]
public readonly partial record struct Triu(long Diagonal = 0)
{
    internal Tensor Forward(Tensor self) => Triangle.Keep(self, Diagonal, lower: false, "triu");

    internal Tensor VjpSelf(Tensor dy) => dy.Triu(Diagonal);
}

internal static class Triangle
{
    internal static unsafe Tensor Keep(Tensor x, long diagonal, bool lower, string op)
    {
        if (x.Rank < 2) throw new ArgumentException($"{op}: a tensor of shape {x.Shape} was given; expected at least two axes");
        var y = Cast.Clone(x);
        if (y.Numel == 0) return y;
        if (y.Storage.Backend is { } device)
        {
            device.Triangle(y, diagonal, lower);
            return y;
        }
        long rows = y.Layout.Sizes[^2], columns = y.Layout.Sizes[^1], size = y.DType.Size();
        fixed (byte* p = &y.FirstByte())
        {
            var first = p;
            CpuThreads.For(y.Numel / columns, Math.Max(1, 65536 / columns), (begin, end) =>
            {
                for (var r = begin; r < end; r++)
                {
                    // Entry j is on or below the diagonal when j − i ≤ diagonal.
                    var edge = Math.Clamp(r % rows + diagonal + (lower ? 1 : 0), 0, columns);
                    long from = lower ? edge : 0, count = lower ? columns - edge : edge;
                    Clear(ref *first, (r * columns + from) * size, count * size);
                }
            });
        }
        return y;
    }

    static void Clear(ref byte first, long offset, long bytes)
    {
        for (; bytes > 0; offset += int.MaxValue, bytes -= int.MaxValue)
            System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref System.Runtime.CompilerServices.Unsafe.Add(ref first, (nint)offset), (int)Math.Min(bytes, int.MaxValue)).Clear();
    }
}
