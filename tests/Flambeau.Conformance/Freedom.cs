using System.Numerics;

namespace Flambeau.Conformance;

/// <summary>Results that are not unique: brought to the reference's choice by what defines them, then compared like any other.</summary>
internal static class Freedom
{
    /// <summary>Ops whose values PyTorch leaves undefined: only shape and dtype can be compared.</summary>
    static readonly HashSet<string> undefined = ["empty", "empty_like", "empty_permuted", "empty_strided", "new_empty", "new_empty_strided", "resize_", "resize_as_"];

    /// <summary>Ops that return vectors free up to a phase: which outputs hold them as columns, and which as rows.</summary>
    static readonly Dictionary<string, (int[] Columns, int[] Rows)> phases = new()
    {
        ["svd"] = ([0, 2], []),
        ["linalg.svd"] = ([0], [2]),
        ["svd_lowrank"] = ([0, 2], []),
        ["pca_lowrank"] = ([0, 2], []),
        ["linalg.eigh"] = ([1], []),
        ["linalg.eig"] = ([1], []),
        ["qr"] = ([0], [1]),
        ["linalg.qr"] = ([0], [1]),
    };

    /// <summary>Ops that return positions of equal elements in any order: the output that holds positions, and the one that holds values (-1: none).</summary>
    static readonly Dictionary<string, (int Positions, int Values)> ties = new()
    {
        ["sort"] = (1, 0),
        ["argsort"] = (0, -1),
        ["topk"] = (1, 0),
        ["kthvalue"] = (1, 0),
        ["mode"] = (1, 0),
        ["median"] = (1, 0),
        ["nanmedian"] = (1, 0),
    };

    internal static bool IsUndefined(string op) => undefined.Contains(op);

    /// <summary>Multiplies each free vector (and its partners in the other outputs) by the phase that brings it closest to the reference's.</summary>
    internal static List<Tensor> Align(string op, object? input, List<Tensor> outputs, Tensor[] expected)
    {
        if (ties.TryGetValue(op, out var tie) && input is Tensor x && outputs.Count > tie.Positions)
        {
            var r = outputs.ToList();
            if (Positions.PickTheSame(x, outputs[tie.Positions], expected[tie.Positions])) r[tie.Positions] = expected[tie.Positions];
            return r;
        }
        if (!phases.TryGetValue(op, out var free) || outputs.Count <= free.Columns.Max()) return outputs;
        var lead = outputs[free.Columns[0]];
        var reference = expected[free.Columns[0]];
        if (lead.Shape != reference.Shape || lead.DType != reference.DType || lead.Numel == 0) return outputs;
        // Singular vectors beyond the singular values span a null space: any basis of it will do.
        var count = op.EndsWith("svd", StringComparison.Ordinal) ? outputs[1].Shape[^1] : lead.Shape[^1];
        var phase = Phase(lead.Slice(-1, 0, count), reference.Slice(-1, 0, count));
        var aligned = outputs.ToList();
        foreach (var c in free.Columns)
        {
            if (outputs[c].Rank > 1 && outputs[c].Numel > 0) aligned[c] = Turn(outputs[c], expected[c], phase);
        }
        foreach (var r in free.Rows)
        {
            if (outputs[r].Rank > 1 && outputs[r].Numel > 0) aligned[r] = Turn(Rows(outputs[r]), Rows(expected[r]), phase) is { } t ? Rows(t) : outputs[r];
        }
        return aligned;
    }

    /// <summary>The conjugate transpose, whose columns are the conjugates of the rows.</summary>
    static Tensor Rows(Tensor x) => Flip(x.Conj());

    /// <summary>The last two axes exchanged.</summary>
    internal static Tensor Flip(Tensor x) => x.Permute([.. Enumerable.Range(0, x.Rank - 2).Select(static d => (long)d), x.Rank - 1, x.Rank - 2]);

    static Tensor Turn(Tensor x, Tensor reference, Tensor phase)
    {
        long count = phase.Shape[^1], all = x.Shape[^1];
        if (all < count || reference.Shape != x.Shape) return x;
        var turned = x.Slice(-1, 0, count) * phase;
        if (all == count) return turned;
        Tensor rest = x.Slice(-1, count).Detach(), other = reference.Slice(-1, count);
        var same = Compare.Tensors("null space", rest.MatMul(Rows(rest)), other.MatMul(Rows(other)), atol: 1e-4) is null;
        return Tensor.Cat([turned, same ? other : rest], -1);
    }

    /// <summary>Of shape [..., 1, columns]: the unit number that turns each column of <paramref name="lead"/> toward the reference's.</summary>
    static Tensor Phase(Tensor lead, Tensor reference)
    {
        long rows = lead.Shape[^2], columns = lead.Shape[^1], batches = lead.Shape.ToArray()[..^2].Aggregate(1L, static (a, b) => a * b);
        var a = lead.ToArray<Complex>();
        var e = reference.ToArray<Complex>();
        var phase = new Complex[batches * columns];
        for (var b = 0; b < batches; b++)
        {
            for (var c = 0; c < columns; c++)
            {
                var dot = Complex.Zero;
                for (var r = 0; r < rows; r++) dot += Complex.Conjugate(a[(b * rows + r) * columns + c]) * e[(b * rows + r) * columns + c];
                phase[b * columns + c] = dot.Magnitude > 1e-3 ? dot / dot.Magnitude : 1;
            }
        }
        var t = Tensor.From(phase, [.. lead.Shape.ToArray()[..^2], 1, columns]).To(lead.Device);
        return lead.DType.IsComplex() ? t.To(lead.DType) : t.Real().To(lead.DType, copy: true);
    }
}
