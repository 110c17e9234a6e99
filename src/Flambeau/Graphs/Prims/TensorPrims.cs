using Flambeau.Ops;

namespace Flambeau.Graphs;

/// <summary>What a program can ask of a tensor besides computing with it.</summary>
internal static class TensorPrims
{
    [Op("prim.size(Tensor self, int dim) -> int")]
    internal static long Size(Tensor self, int dim) => self.Size(dim);

    [Op("prim.shape(Tensor self) -> int[]")]
    internal static long[] Shape(Tensor self) => self.Shape.ToArray();

    [Op("prim.rank(Tensor self) -> int")]
    internal static long Rank(Tensor self) => self.Rank;

    [Op("prim.numel(Tensor self) -> int")]
    internal static long Numel(Tensor self) => self.Numel;

    [Op("prim.dtype(Tensor self) -> dtype")]
    internal static DType DType(Tensor self) => self.DType;

    [Op("prim.item_int(Tensor self) -> int")]
    internal static long ItemInt(Tensor self) => self.Item<long>();

    [Op("prim.item_float(Tensor self) -> float")]
    internal static double ItemFloat(Tensor self) => self.Item<double>();

    [Op("prim.item_bool(Tensor self) -> bool")]
    internal static bool ItemBool(Tensor self) => self.Item<bool>();

    /// <summary>The integers of a tensor of one axis, such as sizes computed by a program.</summary>
    [Op("prim.ints(Tensor self) -> int[]")]
    internal static long[] Ints(Tensor self) => self.Rank <= 1 ? self.ToArray<long>() : throw new ArgumentException($"a list of integers was expected, not a tensor of shape {self.Shape}");

    [Op("prim.floats(Tensor self) -> float[]")]
    internal static double[] Floats(Tensor self) => self.Rank <= 1 ? self.ToArray<double>() : throw new ArgumentException($"a list of numbers was expected, not a tensor of shape {self.Shape}");

    /// <summary>A tensor of one axis, int64.</summary>
    [Op("prim.tensor_of_ints(int[] values) -> Tensor")]
    internal static Tensor TensorOfInts(long[] values) => Tensor.From(values);

    [Op("prim.tensor_of_floats(float[] values) -> Tensor")]
    internal static Tensor TensorOfFloats(double[] values) => Tensor.From(values);
}
