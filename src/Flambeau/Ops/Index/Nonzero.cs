using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Positions of the elements that aren't zero: an int64 tensor of shape [count, rank], in row-major order.</summary>
[Op("_nonzero(Tensor self) -> Tensor")]
[Op("argwhere(Tensor self) -> Tensor")]
public readonly partial record struct Nonzero
{
    const int Block = 16384;

    internal Tensor Forward(Tensor self)
    {
        var mask = Cast.Contiguous(Cast.To(self, DType.Bool));
        if (mask.Storage.Backend is { } device) return device.Nonzero(mask);
        var blocks = (mask.Numel + Block - 1) / Block;
        var starts = new long[blocks + 1];
        CpuThreads.For(blocks, 4, (from, to) =>
        {
            for (var b = from; b < to; b++) starts[b + 1] = Part(mask, b).Count((byte)1);
        });
        for (var b = 0; b < blocks; b++) starts[b + 1] += starts[b];
        var y = Tensor.New([starts[^1], self.Rank], DType.Int64);
        if (y.Numel == 0) return y;
        var sizes = self.Layout.Sizes;
        CpuThreads.For(blocks, 4, (from, to) =>
        {
            for (var b = from; b < to; b++) Fill(Part(mask, b), b * Block, sizes, y, starts[b] * sizes.Length);
        });
        return y;
    }

    static ReadOnlySpan<byte> Part(Tensor mask, long block) => System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(
        ref System.Runtime.CompilerServices.Unsafe.Add(ref mask.FirstByte(), (nint)(block * Block)), (int)Math.Min(Block, mask.Numel - block * Block));

    static void Fill(ReadOnlySpan<byte> part, long first, long[] sizes, Tensor y, long at)
    {
        ref var to = ref System.Runtime.CompilerServices.Unsafe.Add(ref y.First<long>(), (nint)at);
        for (var i = part.IndexOf((byte)1); i >= 0;)
        {
            var k = first + i;
            for (var d = sizes.Length - 1; d > 0; d--)
            {
                (k, var r) = Math.DivRem(k, sizes[d]);
                System.Runtime.CompilerServices.Unsafe.Add(ref to, d) = r;
            }
            to = k;
            to = ref System.Runtime.CompilerServices.Unsafe.Add(ref to, sizes.Length);
            var next = part[(i + 1)..].IndexOf((byte)1);
            i = next < 0 ? -1 : i + 1 + next;
        }
    }
}
