using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// Elements at positions that index tensors give, one tensor (or null) an axis; the index tensors broadcast, a mask stands for the positions of its true
/// elements. Always a copy.
/// </summary>
[Op("index(Tensor self, Tensor?[] indices) -> Tensor", AnyDevice = true)]
[Op("_unsafe_index(Tensor self, Tensor?[] indices) -> Tensor")]
public readonly partial record struct IndexTensors
{
    internal Tensor Forward(Tensor self, Tensor?[] indices)
    {
        if (self.Storage.Backend is { } device) return device.Index(self, indices, "index");
        var plan = new IndexPlan(self.Layout, indices, "index");
        var y = Tensor.New(plan.ResultSizes, self.DType);
        switch (self.DType.Size())
        {
            case 1: IndexLoops.Read<byte>(self, y, plan); break;
            case 2: IndexLoops.Read<ushort>(self, y, plan); break;
            case 4: IndexLoops.Read<uint>(self, y, plan); break;
            case 8: IndexLoops.Read<ulong>(self, y, plan); break;
            default: IndexLoops.Read<UInt128>(self, y, plan); break;
        }
        return y;
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor?[] indices, Tensor dy) => dy.NewZeros(selfShape).IndexPut(indices, dy, accumulate: true);
}

/// <summary>A copy with elements at positions that index tensors give replaced by values, or values added to them. Values broadcast.</summary>
[Op("index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor", InPlace = true, AnyDevice = true)]
[Op("_unsafe_index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor")]
public readonly partial record struct IndexPut(bool Accumulate = false)
{
    internal Tensor Forward(Tensor self, Tensor?[] indices, Tensor values)
    {
        var y = Cast.Clone(self);
        Write(y, indices, values);
        return y;
    }

    internal void Write(Tensor self, Tensor?[] indices, Tensor values)
    {
        if (values.DType != self.DType && values.Rank > 0)
            throw new ArgumentException($"index_put: values are {values.DType.Name()}, the tensor is {self.DType.Name()}; they must agree");
        if (self.Storage.Backend is { } device)
        {
            device.IndexPut(Accumulate ? Combination.Sum : Combination.Replace, self, indices, values, "index_put");
            return;
        }
        var plan = new IndexPlan(self.Layout, indices, "index_put");
        var shape = new Shape(plan.ResultSizes);
        if (values.Rank > shape.Rank || Shape.Broadcast(shape, values.Shape) != shape)
        {
            // Leading axes of size 1 are let pass, as in assignments.
            if (values.Numel != 0 && values.Shape.AsSpan()[..Math.Max(0, values.Rank - shape.Rank)].ContainsAnyExcept(1) || Shape.Broadcast(shape, values.Shape).Numel != shape.Numel)
                throw new ArgumentException($"index_put: values of shape {values.Shape} don't fit the indexed part of shape {shape}");
            values = values.Reshape([.. values.Shape.AsSpan()[Math.Max(0, values.Rank - shape.Rank)..]]);
        }
        var v = Cast.Contiguous(Cast.To(values, self.DType).Expand(shape));
        Combining.Run(Accumulate ? Combination.Sum : Combination.Replace, self, v, new Loop(plan), "index_put");
    }

    readonly struct Loop(IndexPlan plan) : ICombineLoop
    {
        public void Run<T, C>(Tensor y, Tensor values) where T : unmanaged where C : struct, ICombine<T> => IndexLoops.Write<T, C>(y, values, plan);
    }

    internal Tensor VjpSelf(Tensor?[] indices, Shape valuesShape, Tensor dy) => Accumulate ? dy : dy.IndexPut(indices, dy.NewZeros(valuesShape));

    internal Tensor VjpValues(Tensor?[] indices, Shape valuesShape, Tensor dy)
    {
        var g = dy.IndexTensors(indices);
        var lead = valuesShape.Rank - g.Rank;
        return lead <= 0 ? g.SumToSize(valuesShape) : g.SumToSize(new Shape(valuesShape.AsSpan()[lead..].ToArray())).Reshape(valuesShape);
    }
}
