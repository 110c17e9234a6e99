namespace Flambeau.Nn;

/// <summary>Scaled dot-product attention of several heads side by side (Vaswani et al., arXiv 1706.03762).</summary>
[Module]
public sealed partial class MultiheadAttention : Module
{
    [Parameter] readonly Tensor? inProjWeight;
    [Parameter] readonly Tensor? qProjWeight;
    [Parameter] readonly Tensor? kProjWeight;
    [Parameter] readonly Tensor? vProjWeight;
    [Parameter] readonly Tensor? inProjBias;
    [Parameter] readonly Tensor? biasK;
    [Parameter] readonly Tensor? biasV;
    readonly Linear outProj;
    readonly long width, heads;
    readonly double dropout;
    readonly bool batchFirst, zeroAttention;

    /// <param name="embedDim">Features of queries and outputs.</param>
    /// <param name="numHeads">Into how many heads they are divided.</param>
    /// <param name="dropout">Probability with which attention weights are dropped in training.</param>
    /// <param name="bias">Whether the projections have offsets.</param>
    /// <param name="addBiasKv">Whether to append a learned key and value.</param>
    /// <param name="addZeroAttn">Whether to append a key and value of zeros.</param>
    /// <param name="kdim">Features of keys; as queries by default.</param>
    /// <param name="vdim">Features of values; as queries by default.</param>
    /// <param name="batchFirst">Whether batches come as [N, L, E] rather than [L, N, E].</param>
    /// <param name="dtype">Dtype of the parameters.</param>
    public MultiheadAttention(long embedDim, long numHeads, double dropout = 0, bool bias = true, bool addBiasKv = false, bool addZeroAttn = false, long? kdim = null, long? vdim = null, bool batchFirst = false, DType dtype = DType.Float32)
    {
        if (numHeads < 1 || embedDim < 1 || embedDim % numHeads != 0) throw new ArgumentException($"MultiheadAttention: {embedDim} features can't be divided into {numHeads} heads");
        (width, heads, this.dropout, this.batchFirst, zeroAttention) = (embedDim, numHeads, dropout, batchFirst, addZeroAttn);
        Tensor Projection(long rows, long columns) => Init.XavierUniform(Tensor.Empty([rows, columns], dtype)).WithGrad();
        if ((kdim ?? embedDim) == embedDim && (vdim ?? embedDim) == embedDim) inProjWeight = Projection(3 * embedDim, embedDim);
        else
        {
            qProjWeight = Projection(embedDim, embedDim);
            kProjWeight = Projection(embedDim, kdim ?? embedDim);
            vProjWeight = Projection(embedDim, vdim ?? embedDim);
        }
        if (bias) inProjBias = Tensor.Zeros([3 * embedDim], dtype).WithGrad();
        outProj = new Linear(embedDim, embedDim, bias, dtype);
        if (outProj.Bias is { } b) Init.Zeros(b);
        if (!addBiasKv) return;
        biasK = Init.XavierNormal(Tensor.Empty([1, 1, embedDim], dtype)).WithGrad();
        biasV = Init.XavierNormal(Tensor.Empty([1, 1, embedDim], dtype)).WithGrad();
    }

    /// <summary>Attends from queries [L, N, E] to keys and values [S, N, …] (batch first if so made; without N for one sequence).</summary>
    /// <param name="query">What asks.</param>
    /// <param name="key">What is compared with it.</param>
    /// <param name="value">What is averaged.</param>
    /// <param name="keyPaddingMask">[N, S] or [S]: true, or −∞, for keys to leave out; other floats are added to the scores.</param>
    /// <param name="needWeights">Whether to give the attention weights, too.</param>
    /// <param name="attnMask">[L, S] or [N · heads, L, S], of the same meaning for pairs.</param>
    /// <param name="averageAttnWeights">Whether the weights are averaged over heads.</param>
    /// <param name="isCausal">Queries see only keys up to their own position; a mask given beside it is expected to say the same and is used.</param>
    /// <returns>Outputs of the queries' shape, and weights [N, L, S] ([N, heads, L, S] if not averaged) or null.</returns>
    [Script]
    public (Tensor Output, Tensor? Weights) Forward(Tensor query, Tensor key, Tensor value, Tensor? keyPaddingMask = null, bool needWeights = true, Tensor? attnMask = null, bool averageAttnWeights = true, bool isCausal = false)
    {
        if (query.Rank is not (2 or 3) || key.Rank != query.Rank || value.Rank != query.Rank || query.Size(-1) != width)
            throw new ArgumentException($"MultiheadAttention: query, key and value have shapes {query.Shape}, {key.Shape}, {value.Shape}; expected {(batchFirst ? "[N, L, " : "[L, N, ")}{width}], or [L, {width}] for a single sequence");
        var single = query.Rank == 2;
        var (q, k, v) = Project(Batch(query), ReferenceEquals(key, query) ? null : Batch(key), ReferenceEquals(value, query) ? null : Batch(value));
        int items = single || !batchFirst ? 1 : 0, steps = 1 - items;
        long n = q.Size(items), length = q.Size(steps), keys = k.Size(steps), more = (biasK is null ? 0 : 1) + (zeroAttention ? 1 : 0);
        var causal = isCausal && attnMask is null && keyPaddingMask is null && !needWeights && more == 0;
        var mask = AttentionMask.Sum(attnMask, keyPaddingMask, isCausal && !causal, n, heads, length, keys, q.DType);
        if (biasK is not null) (k, v) = (Appended(k, biasK, items, steps), Appended(v, biasV!, items, steps));
        if (zeroAttention) (k, v) = (Appended(k, k.NewZeros([1, 1, width]), items, steps), Appended(v, v.NewZeros([1, 1, width]), items, steps));
        if (mask is not null && more > 0) mask = Tensor.Cat([mask, mask.NewZeros([mask.Size(0), mask.Size(1), mask.Size(2), more])], -1);
        if (!needWeights)
        {
            var y = outProj.Forward(Joined(Heads(q, items).ScaledDotProductAttention(Heads(k, items), Heads(v, items), mask, Training ? dropout : 0, causal), items));
            return (single ? y.Select(1, 0) : y, null);
        }
        // As PyTorch: a query that may see no key gives zeros, but NaN where its weights are shown.
        var scores = Heads(q * (1 / Math.Sqrt(width / heads)), items).MatMul(Heads(k, items).Permute([0, 1, 3, 2]));
        if (mask is not null) scores += mask;
        var weights = scores.Softmax(-1);
        if (dropout > 0) weights = Functional.Dropout(weights, dropout, Training);
        var output = outProj.Forward(Joined(weights.MatMul(Heads(v, items)), items));
        if (averageAttnWeights) weights = weights.Mean([1]);
        return single ? (output.Select(1, 0), weights.Select(0, 0)) : (output, weights);
    }

    // The last axis is never moved, so heads come apart and together without a copy.
    [Script]
    Tensor Heads(Tensor t, int items) => t.Reshape([t.Size(0), t.Size(1), heads, width / heads]).Permute(items == 0 ? [0, 2, 1, 3] : [1, 2, 0, 3]);

    [Script]
    Tensor Joined(Tensor t, int items)
    {
        var y = t.Permute(items == 0 ? [0, 2, 1, 3] : [2, 0, 1, 3]);
        return y.Reshape([y.Size(0), y.Size(1), width]);
    }

    [Script]
    Tensor Appended(Tensor t, Tensor row, int items, int steps) => Tensor.Cat([t, row.Expand(items == 0 ? [t.Size(0), 1, width] : [1, t.Size(1), width])], steps);

    [Script]
    internal static Tensor Batch(Tensor t) => t.Rank == 2 ? t.Unsqueeze(1) : t;

    /// <summary>Queries, keys and values; a null key or value is the query, and self-attention takes one product.</summary>
    [Script]
    (Tensor Q, Tensor K, Tensor V) Project(Tensor query, Tensor? key, Tensor? value)
    {
        if (inProjWeight is not null && key is null && value is null)
        {
            var all = query.Linear(inProjWeight, inProjBias).Reshape([query.Size(0), query.Size(1), 3, width]).Unbind(2);
            return (all[0], all[1], all[2]);
        }
        var b = inProjBias?.Reshape([3, width]).Unbind(0);
        var w = inProjWeight is null ? [qProjWeight!, kProjWeight!, vProjWeight!] : inProjWeight.Reshape([3, width, width]).Unbind(0);
        return (query.Linear(w[0], b?[0]), (key ?? query).Linear(w[1], b?[1]), (value ?? query).Linear(w[2], b?[2]));
    }
}
