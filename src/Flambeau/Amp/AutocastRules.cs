using System.Collections.Frozen;

namespace Flambeau.Amp;

/// <summary>In which dtype an op runs under <see cref="Autocast"/>.</summary>
public enum AutocastRule
{
    /// <summary>In what arrives.</summary>
    None,

    /// <summary>In the half precision of the scope: products and convolutions.</summary>
    Half,

    /// <summary>In float32: what loses digits or leaves the range.</summary>
    Single,

    /// <summary>In the widest of the arguments' dtypes.</summary>
    Widest,

    /// <summary>Not at all.</summary>
    Refused,
}

/// <summary>
/// PyTorch's lists of ops (aten/src/ATen/autocast_mode.h and .cpp, 2.11), in the names of the ops here. What isn't listed runs in what arrives;
/// the pieces that public ops are made of stand for them where nothing else uses those (<c>_conv</c> for the convolutions, <c>_attention</c> for attention).
/// </summary>
public static class AutocastRules
{
    static readonly FrozenDictionary<string, AutocastRule> cuda = Table(
        (AutocastRule.Half, "_conv _conv_input linear nn.functional.linear mm bmm addmm addbmm baddbmm addmv addr linalg.vecdot prelu _attention scaled_dot_product_attention "
            + "_lstm_layer _gru_layer _rnn_layer"),
        (AutocastRule.Single, "acos asin cosh erfinv exp expm1 log log10 log2 log1p reciprocal rsqrt sinh tan pow softplus native_layer_norm group_norm cosine_similarity "
            + "poisson_nll_loss cosine_embedding_loss nll_loss cross_entropy hinge_embedding_loss kl_div l1_loss smooth_l1_loss huber_loss mse_loss margin_ranking_loss multilabel_margin_loss "
            + "soft_margin_loss triplet_margin_loss multi_margin_loss binary_cross_entropy_with_logits dist pdist cdist renorm logsumexp _resample prod softmax log_softmax _cumprod _cumsum "
            + "linalg.vector_norm linalg.matrix_norm sum"),
        (AutocastRule.Widest, "addcdiv addcmul atan2 bilinear cross linalg.cross dot grid_sample index_put tensordot scatter_add"),
        (AutocastRule.Refused, "binary_cross_entropy"));

    static readonly FrozenDictionary<string, AutocastRule> cpu = Table(
        (AutocastRule.Half, "_conv _conv_input linear nn.functional.linear mm bmm addmm addbmm baddbmm linalg.vecdot prelu _attention scaled_dot_product_attention _lstm_layer _gru_layer _rnn_layer"),
        (AutocastRule.Single, "avg_pool3d max_pool3d max_unpool2d max_unpool3d _fractional_max_pool binary_cross_entropy grid_sample polar prod quantile nanquantile "
            + "stft cdist trace view_as_complex mse_loss cosine_embedding_loss nll_loss cross_entropy hinge_embedding_loss poisson_nll_loss smooth_l1_loss l1_loss huber_loss margin_ranking_loss "
            + "soft_margin_loss triplet_margin_loss multi_margin_loss multilabel_margin_loss _ctc_nll kl_div binary_cross_entropy_with_logits fft._c2c fft._r2c fft._c2r "
            + "linalg.cholesky linalg.cholesky_ex linalg.inv linalg.inv_ex linalg.solve linalg.solve_ex linalg.svd linalg.svdvals linalg.eig linalg.eigh linalg.eigvals linalg.eigvalsh linalg.qr "
            + "linalg.lstsq linalg.lu_factor linalg.lu_factor_ex linalg.householder_product linalg.matrix_rank linalg.cond cholesky cholesky_inverse cholesky_solve lu_solve ormqr geqrf triangular_solve"),
        (AutocastRule.Widest, "cat index_copy"));

    static FrozenDictionary<string, AutocastRule> Table(params ReadOnlySpan<(AutocastRule Rule, string Names)> lists)
    {
        var table = new Dictionary<string, AutocastRule>(StringComparer.Ordinal);
        foreach (var (rule, names) in lists)
        {
            foreach (var n in names.Split(' ')) table.Add(n, rule);
        }
        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The rule of an op, by its name, on a kind of device.</summary>
    public static AutocastRule Of(string op, DeviceKind kind) => (kind == DeviceKind.Cpu ? cpu : cuda).GetValueOrDefault(op);
}
