using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    [Op("concat(Tensor[] tensors, int dim=0) -> Tensor")]
    [Op("concatenate(Tensor[] tensors, int dim=0) -> Tensor")]
    internal static Tensor Concat(Tensor[] tensors, int dim = 0) => Cat(tensors, dim);

    /// <summary>Tensors joined along axis 1 (axis 0 of one-axis tensors).</summary>
    [Op("hstack(Tensor[] tensors) -> Tensor")]
    public static Tensor HStack(params Tensor[] tensors)
    {
        var parts = AtLeast1d(tensors);
        return Cat(parts, parts.Length > 0 && parts[0].Rank == 1 ? 0 : 1);
    }

    /// <summary>Tensors of at least two axes joined along axis 0; one-axis tensors are rows.</summary>
    [Op("vstack(Tensor[] tensors) -> Tensor")]
    [Op("row_stack(Tensor[] tensors) -> Tensor")]
    public static Tensor VStack(params Tensor[] tensors) => Cat(AtLeast2d(tensors), 0);

    /// <summary>Tensors of at least three axes joined along axis 2.</summary>
    [Op("dstack(Tensor[] tensors) -> Tensor")]
    public static Tensor DStack(params Tensor[] tensors) => Cat(AtLeast3d(tensors), 2);

    /// <summary>Tensors joined along axis 1; tensors of one axis or none are columns.</summary>
    [Op("column_stack(Tensor[] tensors) -> Tensor")]
    public static Tensor ColumnStack(params Tensor[] tensors) => Cat(Array.ConvertAll(tensors, static t => t.Rank < 2 ? t.Reshape([t.Numel, 1]) : t), 1);

    /// <summary>With a leading axis of size 1 if it had none.</summary>
    [Op("atleast_1d(Tensor self) -> Tensor")]
    public Tensor AtLeast1d() => Rank == 0 ? Reshape([1]) : this;

    /// <summary>With leading axes of size 1 so that it has two.</summary>
    [Op("atleast_2d(Tensor self) -> Tensor")]
    public Tensor AtLeast2d() => Rank switch { 0 => Reshape([1, 1]), 1 => Unsqueeze(0), _ => this };

    /// <summary>With axes of size 1 so that it has three: a matrix gets a last one, a one-axis tensor one on each side.</summary>
    [Op("atleast_3d(Tensor self) -> Tensor")]
    public Tensor AtLeast3d() => Rank switch { 0 => Reshape([1, 1, 1]), 1 => Unsqueeze(0).Unsqueeze(-1), 2 => Unsqueeze(-1), _ => this };

    /// <inheritdoc cref="AtLeast1d()"/>
    [Op("atleast_1d(Tensor[] tensors) -> Tensor[]")]
    public static Tensor[] AtLeast1d(params Tensor[] tensors) => Array.ConvertAll(tensors, static t => t.AtLeast1d());

    /// <inheritdoc cref="AtLeast2d()"/>
    [Op("atleast_2d(Tensor[] tensors) -> Tensor[]")]
    public static Tensor[] AtLeast2d(params Tensor[] tensors) => Array.ConvertAll(tensors, static t => t.AtLeast2d());

    /// <inheritdoc cref="AtLeast3d()"/>
    [Op("atleast_3d(Tensor[] tensors) -> Tensor[]")]
    public static Tensor[] AtLeast3d(params Tensor[] tensors) => Array.ConvertAll(tensors, static t => t.AtLeast3d());

    /// <summary>A matrix with these matrices along its diagonal and zeros elsewhere; tensors of one axis or none are rows.</summary>
    [Op("block_diag(Tensor[] tensors) -> Tensor")]
    public static Tensor BlockDiag(params Tensor[] tensors)
    {
        if (tensors.Length == 0) throw new ArgumentException("block_diag: the list of tensors is empty");
        var parts = AtLeast2d(tensors);
        if (parts.FirstOrDefault(static t => t.Rank > 2) is { } bad) throw new ArgumentException($"block_diag: a tensor of shape {bad.Shape} was given; expected at most two axes");
        var dtype = Promotion.ResultType(tensors);
        long columns = parts.Sum(static t => t.Size(1)), at = 0;
        var rows = new Tensor[parts.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            var t = parts[i].To(dtype);
            rows[i] = t.ConstantPadNd([at, columns - at - t.Size(1)], 0);
            at += t.Size(1);
        }
        return Cat(rows, 0);
    }

    /// <summary>Each tensor cut into <c>numChunks</c> equal chunks along an axis (padded with zeros), the chunks flattened behind that axis, and the tensors joined there.</summary>
    [Op("_chunk_cat(Tensor[] tensors, int dim, int num_chunks) -> Tensor")]
    internal static Tensor ChunkCat(Tensor[] tensors, int dim, long numChunks)
    {
        if (tensors.Length == 0) throw new ArgumentException("_chunk_cat: the list of tensors is empty");
        var d = Dims.Wrap(dim, tensors[0].Rank);
        return Cat(Array.ConvertAll(tensors, t =>
        {
            var n = t.Size(d);
            var size = (n + numChunks - 1) / numChunks;
            var pad = new long[2 * (t.Rank - d)];
            pad[^1] = size * numChunks - n;
            return t.ConstantPadNd(pad, 0).Reshape([.. t.Shape.AsSpan()[..d], numChunks, -1]);
        }), d + 1);
    }

    /// <summary>All tuples of one element of each one-axis tensor, as rows; of a single tensor, the tensor itself.</summary>
    [Op("cartesian_prod(Tensor[] tensors) -> Tensor")]
    public static Tensor CartesianProd(params Tensor[] tensors)
    {
        if (tensors.FirstOrDefault(static t => t.Rank != 1) is { } bad) throw new ArgumentException($"cartesian_prod: a tensor of shape {bad.Shape} was given; expected one axis");
        return tensors.Length == 1 ? tensors[0] : Stack(Array.ConvertAll(MeshGrid(tensors), static t => t.Flatten()), 1);
    }

    /// <summary>All choices of <c>r</c> elements of a one-axis tensor, as rows, in order of position.</summary>
    [Op("combinations(Tensor self, int r=2, bool with_replacement=False) -> Tensor")]
    public Tensor Combinations(int r = 2, bool withReplacement = false)
    {
        if (Rank != 1 || r < 0) throw new ArgumentException($"combinations: r={r} of a tensor of shape {Shape}; expected one axis and r ≥ 0");
        if (r == 0) return NewEmpty([0]);
        using var here = Beside(this);
        var rows = new List<long>();
        var pick = new long[r];
        void Choose(int at, long from)
        {
            if (at == r)
            {
                rows.AddRange(pick);
                return;
            }
            for (var i = from; i < Numel; i++)
            {
                pick[at] = i;
                Choose(at + 1, withReplacement ? i : i + 1);
            }
        }
        Choose(0, 0);
        return IndexSelect(0, From(rows.ToArray())).Reshape([rows.Count / r, r]);
    }

    /// <summary>Coordinates of the grid that one-axis tensors span: every result has one axis a tensor. Views.</summary>
    /// <param name="tensors">Tensors of one axis or none.</param>
    /// <param name="indexing"><c>ij</c>, or <c>xy</c> to swap the first two axes.</param>
    public static Tensor[] MeshGrid(Tensor[] tensors, string indexing = "ij")
    {
        if (indexing is not ("ij" or "xy")) throw new ArgumentException($"meshgrid: indexing is '{indexing}'; expected 'ij' or 'xy'");
        var swap = indexing == "xy" && tensors.Length >= 2;
        if (tensors.FirstOrDefault(static t => t.Rank > 1) is { } bad) throw new ArgumentException($"meshgrid: a tensor of shape {bad.Shape} was given; expected at most one axis");
        var order = swap ? [tensors[1], tensors[0], .. tensors[2..]] : tensors;
        var shape = new Shape([.. order.Select(static t => t.Numel)]);
        var grids = order.Select((t, i) => t.Reshape(new Shape([.. order.Select((_, j) => j == i ? t.Numel : 1)])).Expand(shape)).ToArray();
        if (swap) (grids[0], grids[1]) = (grids[1], grids[0]);
        return grids;
    }

    [Op("meshgrid(Tensor[] tensors, *, str? indexing='ij') -> Tensor[]")]
    internal static Tensor[] MeshGridOf(Tensor[] tensors, string? indexing) => MeshGrid(tensors, indexing ?? "ij");
}
