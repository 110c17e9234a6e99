using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// The tensor with <c>pad</c> = (before, after) of the last axis, then of the one before it, … filled with a value; negative amounts cut off.
/// </summary>
[Op("constant_pad_nd(Tensor self, int[] pad, Scalar value=0) -> Tensor")]
public readonly partial record struct ConstantPadNd(long[] Pad, Scalar Value = default)
{
    internal Tensor Forward(Tensor self)
    {
        if (Pad.Length % 2 != 0 || Pad.Length > 2 * self.Rank)
            throw new ArgumentException($"constant_pad_nd: pad [{string.Join(", ", Pad)}] for a tensor of shape {self.Shape}; expected pairs for at most {self.Rank} axes");
        var sizes = (long[])self.Layout.Sizes.Clone();
        long from = self.Offset, to = 0;
        var part = (long[])sizes.Clone();
        for (var i = 0; i < Pad.Length / 2; i++)
        {
            var d = self.Rank - 1 - i;
            long before = Pad[2 * i], after = Pad[2 * i + 1];
            sizes[d] += before + after;
            if (sizes[d] < 0) throw new ArgumentException($"constant_pad_nd: pad [{string.Join(", ", Pad)}] leaves size {sizes[d]} of axis {d} of shape {self.Shape}");
            part[d] += Math.Min(before, 0) + Math.Min(after, 0);
            from += Math.Max(-before, 0) * self.Layout.Strides[d];
        }
        var y = self.NewFull(new Shape(sizes), Value);
        for (var i = 0; i < Pad.Length / 2; i++) to += Math.Max(Pad[2 * i], 0) * y.Layout.Strides[self.Rank - 1 - i];
        if (part.All(static s => s > 0)) Cast.Copy(self.Alias(new Layout(part, self.Layout.Strides), from), y.Alias(new Layout(part, y.Layout.Strides), to));
        return y;
    }

    internal Tensor VjpSelf(Tensor dy) => dy.ConstantPadNd(Array.ConvertAll(Pad, static p => -p), 0);
}
