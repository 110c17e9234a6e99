using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Blocked;

internal sealed partial class BlockedLayout
{
    /// <summary>A channel of a value in blocked order.</summary>
    readonly record struct Channel(Value Source, long Index);

    /// <summary>
    /// Ops that only choose, join or reorder channels, or move their axis: nothing is done until something needs the channels side by side. So a shuffle of channels
    /// between a join and a split costs one copy.
    /// </summary>
    bool View(OpNode n)
    {
        if (n.Op is Cat { Dim: 1 or -3 }) return Join(n);
        if (n.Op is not (Ops.Reshape or Permute or Slice) || n.Inputs[0].Value is not { } x || !images.TryGetValue(x, out var seen) || !seen.IsBlocked || n.Output.Tensor is not { Type: DType.Float32, Sizes: { } to }) return false;
        var sizes = x.Tensor!.Sizes!.Value;
        var lanes = Lanes(x);
        switch (n.Op)
        {
            case Permute { Dims: var dims } when seen.Last:
                if (!Axes(dims).SequenceEqual([0, 3, 1, 2])) return false;
                images.Add(n.Output, seen with { Last = false, Plain = null, Origin = n });
                return true;
            case Permute { Dims: var dims } when !seen.Last:
                var axes = Axes(dims);
                if (seen.Axes.Length == 1 && axes.SequenceEqual([0, 2, 3, 1]))
                {
                    images.Add(n.Output, seen with { Last = true, Plain = null, Origin = n });
                    return true;
                }
                if (axes[0] != 0 || axes[^2] != axes.Length - 2 || axes[^1] != axes.Length - 1) return false;
                images.Add(n.Output, new(seen.Channels) { Origin = n, Lanes = Reordered(lanes, seen.Axes, [.. axes[1..^2].Select(static a => (int)a - 1)]), Axes = [.. axes[1..^2].Select(a => seen.Axes[a - 1])] });
                return true;
            case Ops.Reshape when !seen.Last && to.Rank >= 4 && to[0] == sizes[0] && to[to.Rank - 2] == sizes[sizes.Rank - 2] && to[to.Rank - 1] == sizes[sizes.Rank - 1] && to.Numel == sizes.Numel && to.Numel > 0:
                images.Add(n.Output, seen with { Plain = null, Origin = n, Axes = [.. to.ToArray()[1..^2]] });
                return true;
            case Slice { Dim: 1, Step: 1 } s when !seen.Last && seen.Axes.Length == 1 && to[1] > 0:
                var first = (int)Math.Clamp(s.Start is { } f ? f < 0 ? f + sizes[1] : f : 0, 0, sizes[1]);
                images.Add(n.Output, new(to[1]) { Origin = n, Axes = [to[1]], Lanes = lanes[first..(first + (int)to[1])] });
                return true;
            default:
                return false;
        }
        long[] Axes(long[] dims) => [.. dims.Select(d => d < 0 ? d + sizes.Rank : d)];
    }

    /// <summary>Images side by side by channels.</summary>
    bool Join(OpNode n)
    {
        if (n.Inputs[0].List is not { Count: > 0 } list || !IsImage(n.Output) || !list.Any(IsBlocked) || list.Any(static o => o.Value is not { } v || !IsImage(v))) return false;
        var lanes = list.SelectMany(o => { Blocked(o.Value!, keepLanes: true); return Lanes(o.Value!); }).ToArray();
        images.Add(n.Output, new(lanes.Length) { Origin = n, Lanes = lanes, Axes = [lanes.Length] });
        return true;
    }

    /// <summary>A norm over the channels of each pixel.</summary>
    bool Norm(OpNode n)
    {
        if (n.Op is not NativeLayerNorm { NormalizedShape.Length: 1 } norm || n.Inputs[0].Value is not { } x || !images.TryGetValue(x, out var seen) || !seen.IsBlocked || !seen.Last) return false;
        if (n.Outputs.Skip(1).Any(o => outward.Contains(o) || uses.ContainsKey(o))) return false;
        Operand Side(Operand o) => o.Value is { } v ? Call("_to_blocked", GraphType.Tensor, Call("reshape", GraphType.Tensor, Plain(v), Operand.Of((long[])[1, -1, 1, 1])), block) : Operand.None;
        var given = Blocked(x);
        images.Add(n.Outputs[0], new(seen.Channels) { Axes = seen.Axes, Last = true, Blocked = Call("_blocked_layer_norm", given.Type, [given, seen.Channels, Side(n.Inputs[2]), Side(n.Inputs[3]), norm.Eps]) });
        return true;
    }

    Channel[] Lanes(Value v) => images[v] switch
    {
        { Lanes: { } known } => known,
        var image => [.. Enumerable.Range(0, (int)image.Channels).Select(i => new Channel(image.Blocked!, i))],
    };

    static Channel[] Reordered(Channel[] lanes, long[] sizes, int[] order)
    {
        var strides = new long[sizes.Length];
        for (long d = sizes.Length - 1, step = 1; d >= 0; step *= sizes[d--]) strides[d] = step;
        var result = new Channel[lanes.Length];
        var index = new long[order.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = lanes[order.Select((d, k) => index[k] * strides[d]).Sum()];
            for (var k = order.Length - 1; k >= 0 && ++index[k] == sizes[order[k]]; k--) index[k] = 0;
        }
        return result;
    }

    /// <summary>Brings channels together in one image.</summary>
    Value Gather(Channel[] lanes, TensorType type)
    {
        var sources = lanes.Select(static l => l.Source).Distinct().ToList();
        var starts = new Dictionary<Value, long>();
        long at = 0;
        foreach (var s in sources)
        {
            starts.Add(s, at);
            at += s.Tensor!.Shape![1].Size!.Value * block;
        }
        if (sources.Count == 1 && lanes.Select(static (l, i) => l.Index == i).All(static same => same) && sources[0].Tensor!.Shape![1].Size == type.Shape![1].Size) return sources[0];
        return Call("_blocked_gather", type, Operand.Of(sources.Select(static s => (Operand)s)), Operand.Of(lanes.Select(l => starts[l.Source] + l.Index).ToArray()));
    }
}
