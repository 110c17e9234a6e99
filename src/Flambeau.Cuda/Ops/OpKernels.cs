using Flambeau.Ops;

namespace Flambeau.Cuda;

/// <summary>The kernels of single ops, by family.</summary>
internal static partial class OpKernels
{
    internal static void Register()
    {
        Dnn.Convolutions.Register();
        Dnn.ChannelNorms.Register();
        Dnn.Pools.Register();
        DeviceKernels<BlockAttention, (Tensor, Tensor)>.Set(DeviceKind.Cuda, static (in op, t) => Of(t).Attention(t[0]!, t[1]!, t[2]!, t[3], op.IsCausal, op.Scale));
        DeviceKernels<BlockAttentionBackward, (Tensor, Tensor, Tensor)>.Set(DeviceKind.Cuda, static (in op, t) => Of(t).AttentionBackward(t[0]!, t[1]!, t[2]!, t[3]!, t[4], t[5]!, t[6]!, op.IsCausal, op.Scale));
    }

    /// <summary>Where the tensors are.</summary>
    static CudaBackend Of(ReadOnlySpan<Tensor?> tensors) => (CudaBackend)DeviceBackend.Of(tensors)!;
}
