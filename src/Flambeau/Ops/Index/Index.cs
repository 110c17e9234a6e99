using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Elements at positions that index tensors give, one tensor (or null) an axis; the index tensors broadcast. Always a copy.</summary>
[Op("index(Tensor self, Tensor?[] indices) -> Tensor")]
public readonly partial record struct IndexTensors
{
    internal Tensor Forward(Tensor self, Tensor?[] indices)
    {
        var plan = new IndexPlan(self.Layout, indices, "index");
        var y = Tensor.New(plan.ResultSizes, self.DType);
        switch (self.DType.Size())
        {
            case 1: Move<byte>(self, y, plan); break;
            case 2: Move<ushort>(self, y, plan); break;
            case 4: Move<uint>(self, y, plan); break;
            case 8: Move<ulong>(self, y, plan); break;
            default: Move<UInt128>(self, y, plan); break;
        }
        return y;
    }

    static unsafe void Move<T>(Tensor x, Tensor y, IndexPlan plan) where T : unmanaged
    {
        fixed (T* px = &x.First<T>(), py = &y.First<T>())
        {
            T* src = px, dst = py;
            plan.For((to, from) => dst[to] = src[from]);
        }
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor?[] indices, Tensor dy) => Tensor.Zeros(selfShape, dy.DType).IndexPut(indices, dy, accumulate: true);
}

/// <summary>A copy with elements at positions that index tensors give replaced by values, or values added to them. Values broadcast.</summary>
[Op("index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor", InPlace = true)]
public readonly partial record struct IndexPut(bool Accumulate = false)
{
    internal Tensor Forward(Tensor self, Tensor?[] indices, Tensor values)
    {
        if (values.DType != self.DType && !(values.Rank == 0))
            throw new ArgumentException($"index_put: values are {values.DType.Name()}, the tensor is {self.DType.Name()}; they must agree");
        var y = Cast.Clone(self);
        var plan = new IndexPlan(y.Layout, indices, "index_put");
        if (Shape.Broadcast(new(plan.ResultSizes), values.Shape) != new Shape(plan.ResultSizes))
            throw new ArgumentException($"index_put: values of shape {values.Shape} don't fit the indexed part of shape {new Shape(plan.ResultSizes)}");
        var v = Cast.Contiguous(Cast.To(values, self.DType).Expand(new Shape(plan.ResultSizes)));
        switch (self.DType)
        {
            case DType.Float32: Put<float>(y, v, plan); break;
            case DType.Float64: Put<double>(y, v, plan); break;
            case DType.Int64: Put<long>(y, v, plan); break;
            case DType.Int32: Put<int>(y, v, plan); break;
            case DType.Int16: Put<short>(y, v, plan); break;
            case DType.Int8: Put<sbyte>(y, v, plan); break;
            case DType.UInt8: Put<byte>(y, v, plan); break;
            case DType.Bool: PutBool(y, v, plan); break;
            case DType.Float16: Put<Half>(y, v, plan); break;
            case DType.Complex128: Put<Complex>(y, v, plan); break;
            default: return Cast.To(Forward(Cast.To(self, Pointwise.Wide(self.DType)), indices, Cast.To(values, Pointwise.Wide(self.DType))), self.DType);
        }
        return y;
    }

    unsafe void Put<T>(Tensor y, Tensor v, IndexPlan plan) where T : unmanaged, IAdditionOperators<T, T, T>
    {
        fixed (T* py = &y.First<T>(), pv = &v.First<T>())
        {
            T* dst = py, src = pv;
            if (Accumulate) plan.For((from, to) => dst[to] += src[from]);
            else plan.For((from, to) => dst[to] = src[from]);
        }
    }

    unsafe void PutBool(Tensor y, Tensor v, IndexPlan plan)
    {
        fixed (byte* py = &y.First<byte>(), pv = &v.First<byte>())
        {
            byte* dst = py, src = pv;
            if (Accumulate) plan.For((from, to) => dst[to] |= src[from]);
            else plan.For((from, to) => dst[to] = src[from]);
        }
    }

    internal Tensor VjpSelf(Tensor?[] indices, Shape valuesShape, Tensor dy) => Accumulate ? dy : dy.IndexPut(indices, Tensor.Zeros(valuesShape, dy.DType));

    internal Tensor VjpValues(Tensor?[] indices, Shape valuesShape, Tensor dy) => dy.IndexTensors(indices).SumToSize(valuesShape);
}

/// <summary>Positions of the elements that aren't zero: an int64 tensor of shape [count, rank], in row-major order.</summary>
[Op("nonzero(Tensor self) -> Tensor")]
public readonly partial record struct Nonzero
{
    internal Tensor Forward(Tensor self)
    {
        var mask = Cast.Contiguous(Cast.To(self, DType.Bool)).AsSpan<bool>();
        var found = new List<long>();
        for (var i = 0; i < mask.Length; i++)
        {
            if (mask[i]) found.Add(i);
        }
        var y = Tensor.New([found.Count, self.Rank], DType.Int64);
        var at = y.AsSpan<long>();
        for (var k = 0; k < found.Count; k++)
        {
            var i = found[k];
            for (var d = self.Rank - 1; d >= 0; d--)
            {
                at[k * self.Rank + d] = i % self.Layout.Sizes[d];
                i /= self.Layout.Sizes[d];
            }
        }
        return y;
    }
}
