using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Axes in reverse order of positions; a copy.</summary>
[Op("flip(Tensor self, int[] dims) -> Tensor")]
public readonly partial record struct Flip(long[] Dims)
{
    internal Tensor Forward(Tensor self)
    {
        var mask = Dims.Length == 0 ? new bool[self.Rank] : Flambeau.Dims.Mask(Dims, self.Rank);
        var y = Tensor.New(new Layout(self.Layout.Sizes.AsSpan()), self.DType);
        if (y.Numel == 0) return y;
        if (y.Storage.Backend is { } device)
        {
            long start = self.Offset;
            var strides = (long[])self.Layout.Strides.Clone();
            for (var d = 0; d < mask.Length; d++)
            {
                if (!mask[d]) continue;
                start += (self.Layout.Sizes[d] - 1) * strides[d];
                strides[d] = -strides[d];
            }
            device.Copy(self.Alias(new Layout(self.Layout.Sizes, strides), start), y);
            return y;
        }
        switch (self.DType.Size())
        {
            case 1: Move<byte>(self, y, mask); break;
            case 2: Move<ushort>(self, y, mask); break;
            case 4: Move<uint>(self, y, mask); break;
            case 8: Move<ulong>(self, y, mask); break;
            default: Move<UInt128>(self, y, mask); break;
        }
        return y;
    }

    static unsafe void Move<T>(Tensor x, Tensor y, bool[] mask) where T : unmanaged
    {
        var l = x.Layout;
        long start = 0;
        var strides = (long[])l.Strides.Clone();
        for (var d = 0; d < mask.Length; d++)
        {
            if (!mask[d]) continue;
            start += (l.Sizes[d] - 1) * strides[d];
            strides[d] = -strides[d];
        }
        var n = l.Rank == 0 ? 1 : l.Sizes[^1];
        var step = l.Rank == 0 ? 1 : strides[^1];
        var rows = Offsets.Of(l.Sizes.AsSpan()[..Math.Max(0, l.Rank - 1)], strides);
        fixed (T* px = &x.First<T>(), py = &y.First<T>())
        {
            T* src = px + start, dst = py;
            CpuThreads.For(rows.Length, Math.Max(1, StridedLoop.Grain / n), (from, to) =>
            {
                for (var r = from; r < to; r++) IndexLoops.Row(dst + r * n, src + rows[r], n, step);
            });
        }
    }

    internal Tensor VjpSelf(Tensor dy) => dy.Flip(Dims);
}
