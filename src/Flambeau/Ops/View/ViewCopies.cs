using Flambeau.Ops;

namespace Flambeau;

/// <summary>PyTorch's view ops that copy: the view, then a row-major copy of it.</summary>
internal static class ViewCopies
{
    static Tensor[] All(Tensor[] views) => Array.ConvertAll(views, static v => v.Clone());

    [Op("alias_copy(Tensor self) -> Tensor")]
    [Op("lift_fresh_copy(Tensor self) -> Tensor")]
    internal static Tensor Alias(Tensor self) => self.Clone();

    [Op("detach_copy(Tensor self) -> Tensor")]
    internal static Tensor Detach(Tensor self) => self.Detach().Clone();

    [Op("as_strided_copy(Tensor self, int[] size, int[] stride, int? storage_offset=None) -> Tensor")]
    internal static Tensor AsStrided(Tensor self, Shape size, long[] stride, long? storageOffset) => self.AsStrided(size, stride, storageOffset).Clone();

    [Op("diagonal_copy(Tensor self, int offset=0, int dim1=0, int dim2=1) -> Tensor")]
    internal static Tensor Diagonal(Tensor self, long offset, long dim1, long dim2) => self.Diagonal(offset, dim1, dim2).Clone();

    [Op("expand_copy(Tensor self, int[] size, *, bool implicit=False) -> Tensor")]
    internal static Tensor Expand(Tensor self, Shape size, bool @implicit) => self.Expand(size, @implicit).Clone();

    [Op("narrow_copy(Tensor self, int dim, int start, int length) -> Tensor")]
    internal static Tensor Narrow(Tensor self, int dim, long start, long length) => self.Narrow(dim, start, length).Clone();

    [Op("permute_copy(Tensor self, int[] dims) -> Tensor")]
    internal static Tensor Permute(Tensor self, long[] dims) => self.Permute(dims).Clone();

    [Op("select_copy(Tensor self, int dim, int index) -> Tensor")]
    internal static Tensor Select(Tensor self, int dim, long index) => self.Select(dim, index).Clone();

    [Op("slice_copy(Tensor self, int dim=0, int? start=None, int? end=None, int step=1) -> Tensor")]
    internal static Tensor Slice(Tensor self, int dim, long? start, long? end, long step) => self.Slice(dim, start, end, step).Clone();

    [Op("squeeze_copy(Tensor self) -> Tensor")]
    internal static Tensor Squeeze(Tensor self) => self.Squeeze().Clone();

    [Op("squeeze_copy(Tensor self, int dim) -> Tensor")]
    internal static Tensor Squeeze(Tensor self, int dim) => self.Squeeze(dim).Clone();

    [Op("squeeze_copy(Tensor self, int[] dim) -> Tensor")]
    internal static Tensor Squeeze(Tensor self, long[] dim) => self.Squeeze(dim).Clone();

    [Op("unsqueeze_copy(Tensor self, int dim) -> Tensor")]
    internal static Tensor Unsqueeze(Tensor self, int dim) => self.Unsqueeze(dim).Clone();

    [Op("transpose_copy(Tensor self, int dim0, int dim1) -> Tensor")]
    internal static Tensor Transpose(Tensor self, int dim0, int dim1) => self.Transpose(dim0, dim1).Clone();

    [Op("t_copy(Tensor self) -> Tensor")]
    internal static Tensor T(Tensor self) => self.Transpose().Clone();

    [Op("view_copy(Tensor self, int[] size) -> Tensor")]
    internal static Tensor View(Tensor self, Shape size) => self.View(size).Clone();

    [Op("view_copy(Tensor self, dtype dtype) -> Tensor")]
    internal static Tensor View(Tensor self, DType dtype) => self.View(dtype).Clone();

    [Op("_reshape_copy(Tensor self, int[] size) -> Tensor")]
    internal static Tensor Reshape(Tensor self, Shape size) => self.Reshape(size).Clone();

    [Op("unfold_copy(Tensor self, int dimension, int size, int step) -> Tensor")]
    internal static Tensor Unfold(Tensor self, int dimension, long size, long step) => self.Unfold(dimension, size, step).Clone();

    [Op("view_as_real_copy(Tensor self) -> Tensor")]
    internal static Tensor ViewAsReal(Tensor self) => self.ViewAsReal().Clone();

    [Op("view_as_complex_copy(Tensor self) -> Tensor")]
    internal static Tensor ViewAsComplex(Tensor self) => self.ViewAsComplex().Clone();

    [Op("unbind_copy(Tensor self, int dim=0) -> Tensor[]")]
    internal static Tensor[] Unbind(Tensor self, int dim) => All(self.Unbind(dim));

    [Op("split_copy(Tensor self, int split_size, int dim=0) -> Tensor[]")]
    internal static Tensor[] Split(Tensor self, long splitSize, int dim) => All(self.Split(splitSize, dim));

    [Op("split_with_sizes_copy(Tensor self, int[] split_sizes, int dim=0) -> Tensor[]")]
    internal static Tensor[] Split(Tensor self, long[] splitSizes, int dim) => All(self.Split(splitSizes, dim));
}
