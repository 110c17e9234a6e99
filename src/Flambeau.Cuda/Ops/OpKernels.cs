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
        DeviceKernels<CrossEntropyRows, (Tensor, Tensor)>.Set(DeviceKind.Cuda, static (in op, t) =>
            t[0]!.DType.IsFloat() && t[0]!.Rank == 2 && t[0]!.Size(1) > 0 ? Of(t).CrossEntropy(t[0]!, t[1]!, op.IgnoreIndex) : op.Forward(t[0]!, t[1]!));
        DeviceKernels<CrossEntropyRowsBackward, Tensor>.Set(DeviceKind.Cuda, static (in op, t) =>
            t[1]!.DType.IsFloat() && t[1]!.Rank == 2 && t[1]!.Size(1) > 0 ? Of(t).CrossEntropyBackward(t[0]!, t[1]!, t[2]!, t[3]!, op.IgnoreIndex) : op.Forward(t[0]!, t[1]!, t[2]!, t[3]!));
        DeviceKernels<NativeDropout, (Tensor, Tensor)>.Set(DeviceKind.Cuda, static (in op, t) => op.Train == false || !t[0]!.DType.IsFloat() || op.P is not (>= 0 and <= 1) ? op.Forward(t[0]!) : Of(t).Dropout(t[0]!, op.P, op.Scale));
        DeviceKernels<NativeDropoutBackward, Tensor>.Set(DeviceKind.Cuda, static (in op, t) =>
            t[0]!.DType.IsFloat() && t[1]!.DType == DType.Bool && t[0]!.Layout.SameSizes(t[1]!.Layout) ? Of(t).DropoutBackward(t[0]!, t[1]!, op.Scale) : op.Forward(t[0]!, t[1]!));
    }

    /// <summary>Where the tensors are.</summary>
    static CudaBackend Of(ReadOnlySpan<Tensor?> tensors) => (CudaBackend)DeviceBackend.Of(tensors)!;
}
