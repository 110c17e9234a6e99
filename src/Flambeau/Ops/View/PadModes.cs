using Flambeau.Ops;

namespace Flambeau;

public static partial class Functional
{
    /// <summary>Pads the last axes: <c>pad</c> = (before, after) of the last axis, then of the one before it, …; negative amounts cut off.</summary>
    /// <param name="input">Any tensor; for the modes other than constant, 2 to 5 axes.</param>
    /// <param name="pad">An even number of amounts.</param>
    /// <param name="mode"><c>constant</c>, <c>reflect</c> (mirrored at the edge, which isn't repeated), <c>replicate</c> (the edge repeated) or <c>circular</c> (from the other end).</param>
    /// <param name="value">The constant; 0 by default.</param>
    /// <exception cref="ArgumentException">The padding doesn't fit the shape or mode.</exception>
    [Op("nn.functional.pad(Tensor input, int[] pad, str mode='constant', float? value=None) -> Tensor")]
    public static Tensor Pad(this Tensor input, long[] pad, string mode = "constant", double? value = null)
    {
        if (mode == "constant") return input.ConstantPadNd(pad, input.DType.IsIntegral() && value is { } v && v == Math.Floor(v) ? (long)v : value ?? 0.0);
        if (mode is not ("reflect" or "replicate" or "circular")) throw new ArgumentException($"pad: mode is '{mode}'; expected 'constant', 'reflect', 'replicate' or 'circular'");
        if (value is not null and not 0) throw new ArgumentException($"pad: value={value} was given with mode '{mode}', which takes none");
        if (pad.Length % 2 != 0 || pad.Length > 2 * input.Rank)
            throw new ArgumentException($"pad: [{string.Join(", ", pad)}] for a tensor of shape {input.Shape}; expected pairs for at most {input.Rank} axes");
        using var here = Tensor.Beside(input);
        var y = input;
        for (var i = 0; i < pad.Length / 2; i++)
        {
            var d = input.Rank - 1 - i;
            if (pad[2 * i] != 0 || pad[2 * i + 1] != 0) y = y.IndexSelect(d, Sources(input, d, pad[2 * i], pad[2 * i + 1], mode));
        }
        return ReferenceEquals(y, input) ? input.Clone() : y;
    }

    /// <summary>Where each position of a padded axis comes from.</summary>
    static Tensor Sources(Tensor x, int dim, long before, long after, string mode)
    {
        var n = x.Size(dim);
        var limit = mode == "reflect" ? n - 1 : mode == "circular" ? n : long.MaxValue;
        if (before > limit || after > limit)
            throw new ArgumentException($"pad: ({before}, {after}) of axis {dim} of shape {x.Shape} with mode '{mode}'; expected at most {limit}");
        var length = n + before + after;
        if (length < 0 || (n == 0 && length > 0)) throw new ArgumentException($"pad: ({before}, {after}) of axis {dim} of shape {x.Shape} with mode '{mode}' leaves nothing to take values from");
        var index = new long[length];
        // What negative amounts cut off doesn't come back when the rest goes round.
        long cut = Math.Max(-before, 0), kept = n + Math.Min(before, 0) + Math.Min(after, 0);
        for (long i = 0; i < length; i++)
        {
            var k = i - before;
            index[i] = mode switch
            {
                "reflect" => k < 0 ? -k : k >= n ? 2 * (n - 1) - k : k,
                "replicate" => Math.Clamp(k, 0, n - 1),
                _ => cut + ((k - cut) % kept + kept) % kept,
            };
        }
        return Tensor.From(index);
    }
}
