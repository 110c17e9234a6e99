using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>The axes in reverse order. A view.</summary>
    public Tensor T => ReverseAxes();

    /// <summary>The last two axes swapped. A view.</summary>
    /// <exception cref="ArgumentException">Fewer than two axes.</exception>
    public Tensor Mt => TransposeMatrices();

    /// <summary>The last two axes swapped, and complex elements conjugated.</summary>
    /// <exception cref="ArgumentException">Fewer than two axes.</exception>
    public Tensor Mh => Adjoint();

    /// <summary>The conjugate transpose of a matrix; a 0-d tensor as it is.</summary>
    public Tensor H => ConjugateTranspose();

    [Op("T(Tensor self) -> Tensor")]
    [Op("numpy_T(Tensor self) -> Tensor")]
    internal Tensor ReverseAxes()
    {
        var dims = new long[Rank];
        for (var i = 0; i < dims.Length; i++) dims[i] = dims.Length - 1 - i;
        return Permute(dims);
    }

    [Op("mT(Tensor self) -> Tensor")]
    internal Tensor TransposeMatrices() => Rank >= 2 ? Transpose(-2, -1)
        : throw new ArgumentException($"mT: a tensor of shape {Shape} was given; expected at least two axes");

    /// <summary>The last two axes swapped, and complex elements conjugated; a 0-d tensor as it is.</summary>
    /// <exception cref="ArgumentException">A one-axis tensor.</exception>
    [Op("adjoint(Tensor self) -> Tensor")]
    [Op("mH(Tensor self) -> Tensor")]
    public Tensor Adjoint() => Rank == 1 ? throw new ArgumentException($"adjoint: a tensor of shape {Shape} was given; expected at least two axes")
        : Rank == 0 ? Conj() : Transpose(-2, -1).Conj();

    [Op("H(Tensor self) -> Tensor")]
    internal Tensor ConjugateTranspose() => Rank switch
    {
        0 => Conj(),
        2 => Transpose(0, 1).Conj(),
        _ => throw new ArgumentException($"H: a tensor of shape {Shape} was given; expected a matrix. Use mH for batches of matrices"),
    };

    /// <summary>Two axes change places. A view.</summary>
    [Op("transpose(Tensor self, int dim0, int dim1) -> Tensor")]
    [Op("swapaxes(Tensor self, int axis0, int axis1) -> Tensor")]
    [Op("swapdims(Tensor self, int dim0, int dim1) -> Tensor")]
    public Tensor Transpose(int dim0, int dim1)
    {
        int a = Dims.Wrap(dim0, Rank), b = Dims.Wrap(dim1, Rank);
        var dims = new long[Rank];
        for (var i = 0; i < dims.Length; i++) dims[i] = i == a ? b : i == b ? a : i;
        return Permute(dims);
    }

    /// <summary>A matrix with rows and columns swapped; tensors of one axis or none as they are. A view.</summary>
    /// <exception cref="ArgumentException">More than two axes.</exception>
    [Op("t(Tensor self) -> Tensor")]
    public Tensor Transpose() => Rank <= 2 ? ReverseAxes()
        : throw new ArgumentException($"t: a tensor of shape {Shape} was given; expected at most two axes. Use Transpose(dim0, dim1)");

    /// <summary>Two axes change places. A view.</summary>
    public Tensor SwapAxes(int axis0, int axis1) => Transpose(axis0, axis1);

    /// <summary>An axis moved to another place, the others in their order. A view.</summary>
    [Op("movedim(Tensor self, int source, int destination) -> Tensor")]
    [Op("moveaxis(Tensor self, int source, int destination) -> Tensor")]
    public Tensor MoveDim(int source, int destination) => MoveDim([source], [destination]);

    /// <summary>Axes moved to other places, the rest in their order. A view.</summary>
    /// <exception cref="ArgumentException">The lists differ in length, or name an axis twice.</exception>
    [Op("movedim(Tensor self, int[] source, int[] destination) -> Tensor")]
    [Op("moveaxis(Tensor self, int[] source, int[] destination) -> Tensor")]
    public Tensor MoveDim(long[] source, long[] destination)
    {
        if (source.Length != destination.Length)
            throw new ArgumentException($"movedim: {source.Length} source and {destination.Length} destination axes were given; expected as many of both");
        var dims = new long[Rank];
        Array.Fill(dims, -1);
        var moved = new bool[Rank];
        for (var i = 0; i < source.Length; i++)
        {
            int from = Dims.Wrap(source[i], Rank), to = Dims.Wrap(destination[i], Rank);
            if (Rank == 0) continue;
            if (moved[from] || dims[to] >= 0) throw new ArgumentException($"movedim: source [{string.Join(", ", source)}] or destination [{string.Join(", ", destination)}] names an axis twice");
            moved[from] = true;
            dims[to] = from;
        }
        for (int d = 0, k = 0; d < dims.Length; d++)
        {
            if (dims[d] >= 0) continue;
            while (moved[k]) k++;
            dims[d] = k++;
        }
        return Permute(dims);
    }
}
