using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Along one axis, the elements at the positions of an index with as many axes; the result has the index' shape.</summary>
[Op("gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor")]
public readonly partial record struct Gather(long Dim, bool SparseGrad = false)
{
    internal Tensor Forward(Tensor self, Tensor index)
    {
        if (self.Storage.Backend is { } device) return device.Gather(self, Dims.Wrap(Dim, self.Rank), index, "gather");
        var plan = new GatherPlan(self, index, Dim, "gather");
        var y = Tensor.New(index.Layout.Sizes, self.DType);
        switch (self.DType.Size())
        {
            case 1: GatherLoops.Read<byte>(self, y, plan); break;
            case 2: GatherLoops.Read<ushort>(self, y, plan); break;
            case 4: GatherLoops.Read<uint>(self, y, plan); break;
            case 8: GatherLoops.Read<ulong>(self, y, plan); break;
            default: GatherLoops.Read<UInt128>(self, y, plan); break;
        }
        return y;
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor index, Tensor dy) => dy.NewZeros(selfShape).ScatterAdd(Dim, index, dy);
}
