using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Passes;

/// <summary>What an op does besides giving its result, and whether the result has memory of its own.</summary>
internal static class Purity
{
    static readonly HashSet<string> random = new(StringComparer.Ordinal)
    {
        "nn.functional.rrelu", "rrelu", "nn.functional.gumbel_softmax", "nn.functional.fractional_max_pool2d", "nn.functional.fractional_max_pool3d",
        "svd_lowrank", "pca_lowrank", "nn.functional.multi_head_attention_forward",
    };

    // These write running statistics, or rows of a table, where they lie.
    static readonly HashSet<string> writers = new(StringComparer.Ordinal)
    {
        "nn.functional.batch_norm", "batch_norm", "native_batch_norm", "_native_batch_norm_legit", "nn.functional.instance_norm",
    };

    /// <summary>Draws random numbers, or gives memory with nothing in it: never the same twice.</summary>
    internal static bool IsRandom(OpNode n)
    {
        var name = n.Name;
        if (name == "native_dropout_backward") return false;
        if (name.StartsWith("compiled.random.", StringComparison.Ordinal)) return true;
        if (name.Contains("dropout", StringComparison.Ordinal) || name.Contains("empty", StringComparison.Ordinal) || random.Contains(name)) return true;
        foreach (var a in n.Entry.Schema.Arguments)
        {
            if (a.Element == "Generator") return true;
        }
        return name switch
        {
            "nn.functional.scaled_dot_product_attention" or "scaled_dot_product_attention" => !Is(n, "dropout_p", 0.0),
            "lstm" or "gru" or "rnn_tanh" or "rnn_relu" => !Is(n, "train", false) && !Is(n, "dropout", 0.0),
            _ => false,
        };
    }

    /// <summary>Changes something, or stops the program.</summary>
    internal static bool HasEffect(OpNode n)
    {
        var name = n.Name;
        if (name is "prim.raise" or "_batch_norm_with_update") return true;
        if (writers.Contains(name)) return !(Is(n, "training", false) || Is(n, "train", false) || Is(n, "use_input_stats", false));
        if (name is "nn.functional.embedding" or "nn.functional.embedding_bag") return !n["max_norm"].IsNone;
        return name.EndsWith('_') && !name.EndsWith("__", StringComparison.Ordinal);
    }

    /// <summary>Its result depends on its arguments alone, and that is all it does.</summary>
    internal static bool IsPure(OpNode n) => !IsRandom(n) && !HasEffect(n);

    /// <summary>Whether leaving the node out would be noticed though nobody uses its results: later random numbers would be others.</summary>
    internal static bool MustRun(Node n) => n is OpNode op ? !IsPure(op) : n.Blocks.Any(static b => b.Nodes.Any(MustRun));

    /// <summary>How large its result is depends on elements, not on sizes alone.</summary>
    internal static bool HasOpenSizes(OpNode n) => n.Name switch
    {
        "_nonzero" or "nonzero" or "_unique" or "unique" or "unique_consecutive" or "bincount" or "masked_select" or "argwhere" or "prim.tensor" or "prim.tensor_of_ints" or "prim.tensor_of_floats" => true,
        "where" => n.Inputs.Count == 1,
        "repeat_interleave" => n["repeats"].Type is TensorType,
        "nn.functional.one_hot" or "one_hot" => Is(n, "num_classes", -1.0),
        // Masks among the indices count their elements.
        "index" => n.Inputs[1].List is not { } list || list.Any(static i => i.Type is not TensorType { Type: { } t } || t is Flambeau.DType.Bool or Flambeau.DType.UInt8),
        _ => false,
    };

    /// <summary>The result is always in memory that nothing else has.</summary>
    internal static bool IsFresh(Node? n) => n is OpNode op && op.Op switch
    {
        IPointwise or IReduction => true,
        null => op.Name is "add" or "sub" or "div" or "mean" or "conv1d" or "conv2d" or "conv3d",
        _ => op.Name is "matmul" or "mm" or "bmm" or "linear" or "nn.functional.linear" or "_conv" or "_channel_affine" or "cat" or "stack" or "clone" or "full",
    };

    static bool Is(OpNode n, string argument, object value)
    {
        var schema = n.Entry.Schema.Arguments;
        for (var i = 0; i < schema.Count; i++)
        {
            if (schema[i].Name == argument) return n.Inputs[i].IsConstant && Equals(n.Inputs[i].Constant is long l and 0 ? (double)l : n.Inputs[i].Constant, value);
        }
        return false;
    }
}
