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

    extension(Tensor self)
    {
        /// <summary>A copy in host memory that the GPU reaches by itself: copies from there can go on beside the program. The copy has no history.</summary>
        /// <param name="index">The GPU.</param>
        public Tensor Pinned(int index = 0)
        {
            var y = CudaBackend.Open(index).Gpu.Pinned.Make(self.Layout.DenseLike(), self.DType);
            using var scope = Cpu.KernelScope.Enter();
            Cpu.Cast.Copy(self.Detach(), y);
            return y;
        }

        /// <summary>
        /// A copy elsewhere, on the current stream. With <paramref name="nonBlocking"/>, copying between pinned host memory and a GPU doesn't wait: a host tensor that was <see cref="Pinned"/> must not
        /// be changed, and a result on the host must not be read, before an event recorded behind the call (<see cref="CudaStream.Record"/>) has happened. Where that can't be, as for
        /// pageable memory or results that carry history, it waits all the same.
        /// </summary>
        public Tensor To(Device device, bool nonBlocking)
        {
            if (!nonBlocking) return self.To(device);
            if (device.Kind == DeviceKind.Cpu && self.Storage.Backend is CudaBackend there && !(self.RequiresGrad && Autograd.Grad.Enabled))
            {
                var y = there.Gpu.Pinned.Make(self.Layout.DenseLike(), self.DType);
                there.CopyBeside(self, y);
                return y;
            }
            return CudaBackend.Beside(() => self.To(device));
        }
    }
}
