using Flambeau.Cuda;

namespace Flambeau;

/// <summary>How programs get at a GPU.</summary>
public static class DeviceExtensions
{
    extension(Device)
    {
        /// <summary>The GPU with a number, as the driver counts.</summary>
        /// <exception cref="NotSupportedException">It can't be used; the message lists what was tried.</exception>
        public static Device Cuda(int index = 0)
        {
            CudaBackend.Register();
            CudaBackend.Open(index);
            return new(DeviceKind.Cuda, index);
        }
    }
}
