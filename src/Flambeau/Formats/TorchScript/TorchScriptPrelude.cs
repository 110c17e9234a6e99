using Flambeau.Capture.Ast;

namespace Flambeau.Formats;

/// <summary>
/// ATen's fast paths of transformers, which traces in inference mode hold, in terms of other ops and in TorchScript's own language. Inputs are [batch, length, width];
/// masks are true (or not 0) where a score doesn't count.
/// </summary>
internal static class TorchScriptPrelude
{
    const string Module = "__torch__.aten", File = "code/__torch__/aten.py";

    static readonly Lazy<TorchScriptCode> code = new(static () => new(File, Text));

    /// <summary>The function that stands for an op; null if there is none.</summary>
    internal static PyFunction? Find(string op) => op.StartsWith('_') ? code.Value.Find($"{Module}.{op}").Function : null;

    internal static ScriptMethod Method(PyFunction f) => code.Value.Function(f);

    const string Text = """
        def _masked(scores: Tensor, mask: Optional[Tensor], mask_type: Optional[int]) -> Tensor:
          if torch.__is__(mask, None):
            r = scores
          else:
            m = torch.ne(unchecked_cast(Tensor, mask), 0)
            if torch.__is__(mask_type, None):
              n = m
            else:
              if torch.eq(unchecked_cast(int, mask_type), 1):
                n = torch.unsqueeze(torch.unsqueeze(m, 1), 1)
              else:
                n = m
            r = torch.masked_fill(scores, n, -inf)
          return r
        def _native_multi_head_attention(query: Tensor, key: Tensor, value: Tensor, embed_dim: int, num_head: int, qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor, proj_bias: Tensor,
          mask: Optional[Tensor]=None, need_weights: bool=True, average_attn_weights: bool=True, mask_type: Optional[int]=None) -> Tuple[Tensor, Optional[Tensor]]:
          wq, wk, wv, = torch.chunk(qkv_weight, 3, 0)
          bq, bk, bv, = torch.chunk(qkv_bias, 3, 0)
          width = torch.floordiv(embed_dim, num_head)
          q = torch.transpose(torch.unflatten(torch.linear(query, wq, bq), -1, [num_head, width]), 1, 2)
          k = torch.transpose(torch.unflatten(torch.linear(key, wk, bk), -1, [num_head, width]), 1, 2)
          v = torch.transpose(torch.unflatten(torch.linear(value, wv, bv), -1, [num_head, width]), 1, 2)
          scores = torch.matmul(torch.div(q, torch.sqrt(float(width))), torch.transpose(k, 2, 3))
          weights = torch.softmax(__torch__.aten._masked(scores, mask, mask_type), -1)
          y = torch.linear(torch.flatten(torch.transpose(torch.matmul(weights, v), 1, 2), 2), proj_weight, proj_bias)
          if need_weights:
            if average_attn_weights:
              w = annotate(Optional[Tensor], torch.mean(weights, [1]))
            else:
              w = annotate(Optional[Tensor], weights)
          else:
            w = annotate(Optional[Tensor], None)
          return (y, w)
        def _transformer_encoder_layer_fwd(src: Tensor, embed_dim: int, num_heads: int, qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor, proj_bias: Tensor, use_gelu: bool, norm_first: bool,
          eps: float, norm_weight_1: Tensor, norm_bias_1: Tensor, norm_weight_2: Tensor, norm_bias_2: Tensor, ffn_weight_1: Tensor, ffn_bias_1: Tensor, ffn_weight_2: Tensor, ffn_bias_2: Tensor,
          mask: Optional[Tensor]=None, mask_type: Optional[int]=None) -> Tensor:
          if norm_first:
            x = torch.layer_norm(src, [embed_dim], norm_weight_1, norm_bias_1, eps)
          else:
            x = src
          y, _0, = torch._native_multi_head_attention(x, x, x, embed_dim, num_heads, qkv_weight, qkv_bias, proj_weight, proj_bias, mask, False, True, mask_type)
          r = torch.add(src, y)
          if norm_first:
            z = torch.layer_norm(r, [embed_dim], norm_weight_2, norm_bias_2, eps)
          else:
            r = torch.layer_norm(r, [embed_dim], norm_weight_1, norm_bias_1, eps)
            z = r
          h = torch.linear(z, ffn_weight_1, ffn_bias_1)
          if use_gelu:
            h = torch.gelu(h)
          else:
            h = torch.relu(h)
          r = torch.add(r, torch.linear(h, ffn_weight_2, ffn_bias_2))
          if norm_first:
            pass
          else:
            r = torch.layer_norm(r, [embed_dim], norm_weight_2, norm_bias_2, eps)
          return r

        """;
}
