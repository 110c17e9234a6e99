using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Blocked;

internal sealed partial class BlockedLayout
{
    /// <summary>Pools see blocks as one axis more, over which windows have one element.</summary>
    bool Pool(OpNode n)
    {
        if (n.Op is not (MaxPoolValues { KernelSize.Length: 2 } or MaxPool { KernelSize.Length: 2 } or AvgPool { KernelSize.Length: 2 }) || !IsBlocked(n.Inputs[0])) return false;
        if (n.Op is MaxPool && (outward.Contains(n.Outputs[1]) || uses.ContainsKey(n.Outputs[1]))) return false;
        if (n.Op is not AvgPool)
        {
            var (kernel, stride, padding, dilation) = n.Op is MaxPool m ? (m.KernelSize, m.Stride, m.Padding, m.Dilation) : n.Op is MaxPoolValues v ? (v.KernelSize, v.Stride, v.Padding, v.Dilation) : default;
            if (stride.Length == 0) stride = kernel;
            if (stride.Length != 2 || padding.Length != 2 || dilation.Length != 2) return false;
            var s = n.Outputs[0].Tensor!.Sizes!.Value;
            Operand[] geometry = [Operand.Of(kernel), Operand.Of(stride), Operand.Of(padding), Operand.Of(dilation), Operand.Of((long[])[s[2], s[3]])];
            Give(n.Outputs[0], Call("_blocked_max_pool", BlockedType(n.Outputs[0].Tensor!), [Blocked(n.Inputs[0].Value!), .. geometry]));
            return true;
        }
        var arguments = n.Inputs.Select((o, i) => i == 0 ? Blocked(o.Value!) : o.List is { Count: 2 } pair
            ? Operand.Of([.. pair, n.Entry.Schema.Arguments[i].Name == "padding" ? 0 : 1]) : o).ToArray();
        Give(n.Outputs[0], Call(n.Name, BlockedType(n.Outputs[0].Tensor!), arguments));
        return true;
    }

    /// <summary>The mean of each channel over the plane.</summary>
    bool Mean(OpNode n)
    {
        if (n.Op is not Ops.Mean { Dim: { Length: 2 } dims, Dtype: null } || !IsBlocked(n.Inputs[0]) || n.Inputs[0].Value!.Tensor!.Sizes is not { Rank: 4 }) return false;
        if (!dims.Select(static d => d < 0 ? d + 4 : d).Order().SequenceEqual([2, 3])) return false;
        Give(n.Output, Call("_blocked_mean", BlockedType(n.Output.Tensor!), Blocked(n.Inputs[0].Value!)));
        return true;
    }

    /// <summary>Each channel times a number.</summary>
    bool Scale(OpNode n)
    {
        if (n.Op is not Mul || !IsImage(n.Output)) return false;
        for (var i = 0; i < 2; i++)
        {
            if (n.Inputs[i].Value is not { } x || n.Inputs[1 - i].Value is not { } s || !IsBlocked(n.Inputs[i]) || !IsImage(s)) continue;
            Shape wide = x.Tensor!.Sizes!.Value, factors = s.Tensor!.Sizes!.Value;
            if (wide != n.Output.Tensor!.Sizes!.Value || factors[1] != wide[1] || (factors[0] != 1 && factors[0] != wide[0]) || factors[2] != 1 || factors[3] != 1 || wide[2] * wide[3] == 1) continue;
            Give(n.Output, Call("_blocked_scale", BlockedType(n.Output.Tensor!), Blocked(x), Blocked(s)));
            return true;
        }
        return false;
    }

    /// <summary>Element by element, at least one image being in blocked order already and the others images of as many channels, or single numbers.</summary>
    bool Pointwise(OpNode n)
    {
        if (n.Op is not IPointwise || n.Outputs.Count != 1 || !IsImage(n.Output) || !n.Inputs.Any(IsBlocked)) return false;
        var channels = n.Output.Tensor!.Sizes!.Value[1];
        foreach (var o in n.Inputs)
        {
            if (o.Value is not { } v) continue;
            if (v.Tensor is not { Type: DType.Float32, Sizes: { } s } || !(s.Rank == 0 || (s.Rank == 4 && s[1] == channels))) return false;
        }
        var arguments = n.Inputs.Select(o => o.Value is not { } v ? o : v.Tensor!.Sizes!.Value.Rank == 0 ? Plain(v) : Blocked(v)).ToArray();
        Give(n.Output, b.Add(n.Entry, arguments, [BlockedType(n.Output.Tensor!)])[0]);
        return true;
    }
}
