namespace Flambeau.Conformance;

/// <summary>What the op database does around a call before or after the op itself, as its definitions in PyTorch say.</summary>
internal static class Wrappers
{
    /// <summary>Singular matrices come as two factors, so that differentiation keeps their rank: the op is called with a·bᵀ.</summary>
    internal static void Arguments(string op, string variant, List<object?> args)
    {
        if (op != "linalg.pinv" || variant != "singular" || args is not [Tensor a, Tensor b, ..]) return;
        args[0] = a.MatMul(Freedom.Flip(b));
        args.RemoveAt(1);
    }

    /// <summary>The variant for gradients leaves out results that have none.</summary>
    internal static void Results(string variant, List<Tensor> outputs, int expected)
    {
        if (variant == "grad_oriented" && outputs.Count > expected) outputs.RemoveRange(expected, outputs.Count - expected);
    }
}
