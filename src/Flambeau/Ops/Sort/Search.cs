using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// Where values would go into sorted lines so that they stay sorted: before equal elements, or after them if <c>right</c>. A sequence of one axis serves all values;
/// otherwise all axes but the last must agree. int64, or int32 if asked for.
/// </summary>
[Op("searchsorted(Tensor sorted_sequence, Tensor self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor")]
public readonly partial record struct Searchsorted(bool OutInt32 = false, bool Right = false, string? Side = null)
{
    internal Tensor Forward(Tensor sortedSequence, Tensor self, Tensor? sorter)
    {
        if (Side is not (null or "left" or "right")) throw new ArgumentException($"searchsorted: side is '{Side}'; expected left or right");
        if (sortedSequence.Rank != 1 && (sortedSequence.Rank != self.Rank || !sortedSequence.Layout.Sizes.AsSpan()[..^1].SequenceEqual(self.Layout.Sizes.AsSpan()[..^1])))
            throw new ArgumentException($"searchsorted: the sorted sequence has shape {sortedSequence.Shape}, the values {self.Shape}; expected one axis, or equal sizes except for the last axis");
        var dtype = Promotion.Promote(sortedSequence.DType, self.IsWrapped ? sortedSequence.DType : self.DType);
        if (self.IsWrapped && sortedSequence.DType.IsIntegral() && self.DType.IsFloat()) dtype = DType.Float64;
        var wide = dtype.IsIntegral() ? DType.Int64 : DType.Float64;
        var seq = Cast.Contiguous(Cast.To(sortedSequence, wide));
        if (sorter is not null) seq = Lines.Gather(seq, seq.Rank - 1, sorter);
        var values = Cast.Contiguous(Cast.To(self, wide));
        var y = Tensor.New(values.Layout.Sizes, DType.Int64);
        var right = Right || Side == "right";
        if (y.Numel > 0)
        {
            if (wide == DType.Int64) Search<long>(seq, values, y, right);
            else Search<double>(seq, values, y, right);
        }
        return OutInt32 ? Cast.To(y, DType.Int32) : y;
    }

    static unsafe void Search<E>(Tensor seq, Tensor values, Tensor y, bool right) where E : unmanaged, INumber<E>
    {
        var n = seq.Layout.Sizes[^1];
        var shared = seq.Rank == 1;
        var row = values.Rank == 0 ? 1 : values.Layout.Sizes[^1];
        fixed (E* ps = &seq.First<E>(), pv = &values.First<E>())
        fixed (long* py = &y.First<long>())
        {
            E* s = ps, v = pv;
            var dst = py;
            CpuThreads.For(y.Numel, StridedLoop.Grain / 8, (from, to) =>
            {
                for (var i = from; i < to; i++)
                {
                    var line = shared ? s : s + i / row * n;
                    long low = 0, high = n;
                    while (low < high)
                    {
                        var mid = (low + high) / 2;
                        if (right ? !(line[mid] > v[i]) : !(line[mid] >= v[i])) low = mid + 1;
                        else high = mid;
                    }
                    dst[i] = low;
                }
            });
        }
    }
}
