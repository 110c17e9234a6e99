using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Without any axis of size 1. A view.</summary>
    [Op("squeeze(Tensor self) -> Tensor")]
    public Tensor Squeeze() => Reshape(new Shape([.. Layout.Sizes.Where(static s => s != 1)]));

    /// <summary>Without axis <c>dim</c> if its size is 1. A view.</summary>
    [Op("squeeze(Tensor self, int dim) -> Tensor")]
    public Tensor Squeeze(int dim) => Squeeze([dim]);

    /// <summary>Without those of these axes whose size is 1. A view.</summary>
    [Op("squeeze(Tensor self, int[] dim) -> Tensor")]
    public Tensor Squeeze(long[] dim)
    {
        var drop = new bool[Rank];
        foreach (var d in dim)
        {
            var i = Dims.Wrap(d, Rank);
            if (Rank > 0) drop[i] = true;
        }
        return Reshape(new Shape([.. Layout.Sizes.Where((s, d) => s != 1 || !drop[d])]));
    }

    /// <summary>In place: <inheritdoc cref="Squeeze()" path="/summary/node()"/></summary>
    [Op("squeeze_(Tensor self) -> Tensor")]
    public Tensor Squeeze_() => Become(Squeeze(), "squeeze_");

    /// <summary>In place: <inheritdoc cref="Squeeze(int)" path="/summary/node()"/></summary>
    [Op("squeeze_(Tensor self, int dim) -> Tensor")]
    public Tensor Squeeze_(int dim) => Become(Squeeze(dim), "squeeze_");

    /// <summary>In place: a new axis of size 1 before axis <c>dim</c>.</summary>
    [Op("unsqueeze_(Tensor self, int dim) -> Tensor")]
    public Tensor Unsqueeze_(int dim) => Become(Unsqueeze(dim), "unsqueeze_");

    /// <summary>In place: two axes change places.</summary>
    [Op("transpose_(Tensor self, int dim0, int dim1) -> Tensor")]
    [Op("swapaxes_(Tensor self, int axis0, int axis1) -> Tensor")]
    [Op("swapdims_(Tensor self, int dim0, int dim1) -> Tensor")]
    public Tensor Transpose_(int dim0, int dim1) => Become(Transpose(dim0, dim1), "transpose_");

    /// <summary>In place: rows and columns of a matrix change places.</summary>
    [Op("t_(Tensor self) -> Tensor")]
    public Tensor Transpose_() => Become(Transpose(), "t_");

    /// <summary>Takes over the layout and the history of a view of this tensor.</summary>
    Tensor Become(Tensor view, string op)
    {
        if (Autograd.Grad.Enabled && Meta is { RequiresGrad: true, Node: null })
            throw new InvalidOperationException($"{op} on a leaf that requires a gradient; use {op[..^1]}, which gives a view");
        Layout = view.Layout;
        Offset = view.Offset;
        if (view.Meta?.Node is { } node)
        {
            var meta = Meta ??= new();
            (meta.Node, meta.OutputIndex, meta.AttrVersion) = (node, view.Meta.OutputIndex, Storage.Version);
        }
        return this;
    }
}
