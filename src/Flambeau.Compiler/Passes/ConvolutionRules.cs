using Flambeau.Graphs;

namespace Flambeau.Compiler.Passes;

/// <summary>A sum and an activation behind a convolution become its end, on devices whose convolutions have one.</summary>
internal static class ConvolutionRules
{
    internal static readonly Rule[] All =
    [
        new("sum into convolution", Sum),
        new("relu into convolution", static (n, r) => n.Name == "relu" && End(n.Inputs[0], n, r) is { } e && e.Relu.Constant is false ? Emit(e with { Relu = Operand.Of(true) }, n, r) : Rule.No),
    ];

    /// <summary>A convolution, and what was joined to it.</summary>
    sealed record Parts(Operand[] Inputs, Operand Residual, Operand Relu);

    static Parts? End(Operand y, OpNode user, RulePass r)
    {
        if (Match.By(y, "_conv", "_conv_end") is not { } conv || r.Uses(conv.Output) > 1 || !Match.Same(y, user.Output) || Match.TypeOf(y) is not { } type || !type.IsFloat()) return null;
        return conv.Name == "_conv" ? new([.. conv.Inputs], Operand.None, Operand.Of(false)) : new([.. conv.Inputs.Take(3), .. conv.Inputs.Skip(4).Take(5)], conv.Inputs[3], conv.Inputs[9]);
    }

    static Operand? Sum(OpNode n, RulePass r)
    {
        if (n.Name != "_add") return null;
        for (var i = 0; i < 2; i++)
        {
            var other = n.Inputs[1 - i];
            if (other.Value is null || !Match.Same(other, n.Output) || End(n.Inputs[i], n, r) is not { Residual.IsNone: true } e || e.Relu.Constant is true) continue;
            return Emit(e with { Residual = other }, n, r);
        }
        return null;
    }

    static Operand Emit(Parts e, OpNode n, RulePass r) => r.Emit("_conv_end", n.Output.Type, n.Where, [.. e.Inputs.Take(3), e.Residual, .. e.Inputs.Skip(3), e.Relu]);
}
