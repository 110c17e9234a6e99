namespace Flambeau.Ops;

/// <summary>Runs an op on tensors of a device, in the order of the signature; absent optional ones are null, lists are flattened.</summary>
internal delegate TResult DeviceKernel<TOp, out TResult>(in TOp op, ReadOnlySpan<Tensor?> tensors);

/// <summary>
/// The kernel of an op on a device, looked up by the op's type. An op without one runs its <c>Forward</c>, which works where that is made of
/// formulas, copies and views, and says that there is no kernel where it reaches for host memory.
/// </summary>
internal static class DeviceKernels<TOp, TResult> where TOp : struct, IOp
{
    static DeviceKernel<TOp, TResult>? cuda;

    internal static DeviceKernel<TOp, TResult>? Of(DeviceBackend device) => device.Device.Kind == DeviceKind.Cuda ? cuda : null;

    internal static void Set(DeviceKind kind, DeviceKernel<TOp, TResult> kernel)
    {
        if (kind == DeviceKind.Cuda) cuda = kernel;
    }
}
