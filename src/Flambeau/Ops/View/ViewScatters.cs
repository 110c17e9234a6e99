using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>A copy with one position of an axis replaced by a source.</summary>
    [Op("select_scatter(Tensor self, Tensor src, int dim, int index) -> Tensor")]
    public Tensor SelectScatter(Tensor src, int dim, long index) => With(x => x.Select(dim, index), src, "select_scatter");

    /// <summary>A copy with a slice of an axis replaced by a source.</summary>
    [Op("slice_scatter(Tensor self, Tensor src, int dim=0, int? start=None, int? end=None, int step=1) -> Tensor")]
    public Tensor SliceScatter(Tensor src, int dim = 0, long? start = null, long? end = null, long step = 1) =>
        With(x => x.Slice(dim, start, end, step), src, "slice_scatter");

    /// <summary>A copy with a diagonal replaced by a source.</summary>
    [Op("diagonal_scatter(Tensor self, Tensor src, int offset=0, int dim1=0, int dim2=1) -> Tensor")]
    public Tensor DiagonalScatter(Tensor src, long offset = 0, long dim1 = 0, long dim2 = 1) =>
        With(x => x.Diagonal(offset, dim1, dim2), src, "diagonal_scatter");

    Tensor With(Func<Tensor, Tensor> part, Tensor src, string op)
    {
        var y = Clone();
        var view = part(y);
        if (view.Shape != src.Shape) throw new ArgumentException($"{op}: the source has shape {src.Shape}, the part that it replaces {view.Shape}");
        view.Copy_(src);
        return y;
    }

    /// <summary>A square matrix with this one-axis tensor on a diagonal; of a matrix, that diagonal as a view.</summary>
    [Op("diag(Tensor self, int diagonal=0) -> Tensor")]
    public Tensor Diag(int diagonal = 0) => Rank switch
    {
        1 => DiagEmbed(diagonal),
        2 => Diagonal(diagonal),
        _ => throw new ArgumentException($"diag: a tensor of shape {Shape} was given; expected one or two axes. Use Diagonal or DiagEmbed for batches"),
    };

    /// <summary>A square matrix with the flattened tensor on a diagonal.</summary>
    [Op("diagflat(Tensor self, int offset=0) -> Tensor")]
    public Tensor DiagFlat(int offset = 0) => Reshape([-1]).DiagEmbed(offset);

    /// <summary>Row and column positions of the lower triangle of a matrix, up to a diagonal: an int64 tensor [2, count], row by row.</summary>
    public static Tensor TrilIndices(long row, long column, long offset = 0) => TriangleIndices(row, column, offset, lower: true);

    /// <summary>Row and column positions of the upper triangle of a matrix, from a diagonal on: an int64 tensor [2, count], row by row.</summary>
    public static Tensor TriuIndices(long row, long column, long offset = 0) => TriangleIndices(row, column, offset, lower: false);

    [Op("tril_indices(int row, int col, int offset=0, *, dtype? dtype=None) -> Tensor")]
    internal static Tensor TrilIndicesOf(long row, long col, long offset, DType? dtype) => TrilIndices(row, col, offset).To(dtype ?? DType.Int64);

    [Op("triu_indices(int row, int col, int offset=0, *, dtype? dtype=None) -> Tensor")]
    internal static Tensor TriuIndicesOf(long row, long col, long offset, DType? dtype) => TriuIndices(row, col, offset).To(dtype ?? DType.Int64);

    static Tensor TriangleIndices(long rows, long columns, long offset, bool lower)
    {
        if (rows < 0 || columns < 0) throw new ArgumentException($"a triangle of {rows} rows and {columns} columns; expected non-negative numbers");
        var r = new List<long>();
        var c = new List<long>();
        for (long i = 0; i < rows; i++)
        {
            var edge = Math.Clamp(i + offset + (lower ? 1 : 0), 0, columns);
            for (var j = lower ? 0 : edge; j < (lower ? edge : columns); j++)
            {
                r.Add(i);
                c.Add(j);
            }
        }
        return From([.. r, .. c], new Shape([2, r.Count]));
    }
}
