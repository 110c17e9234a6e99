using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>A copy on another device, in the order of axes it had. The gradient goes back to the device <paramref name="Source"/>.</summary>
/// <param name="Target">Name of the device, such as <c>cuda:0</c>.</param>
/// <param name="Source">Where the tensor is.</param>
[Op("_to_device(Tensor self, str target, str source) -> Tensor", AnyDevice = true)]
public readonly partial record struct ToDevice(string Target, string Source)
{
    internal Tensor Forward(Tensor self)
    {
        using var there = Placement.On(DeviceBackend.For(Device.Parse(Target)));
        if (self.Storage.Backend is not null && Placement.Current?.Device is not null)
        {
            var host = Tensor.NewHost(self.Layout.DenseLike(), self.DType);
            Cast.Copy(self, host);
            self = host;
        }
        var y = Tensor.New(self.Layout.DenseLike(), self.DType);
        Cast.Copy(self, y);
        return y;
    }

    internal Tensor VjpSelf(Tensor dy) => dy.To(Device.Parse(Source));
}
