using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>
    /// PyTorch's indexing: integers, <c>^1</c>, ranges, <see cref="TensorIndex.Ellipsis"/>, <see cref="TensorIndex.NewAxis"/>, masks and index tensors. Basic parts give a view,
    /// masks and index tensors a copy. Assignment writes in place, broadcasting the value.
    /// </summary>
    [System.Runtime.CompilerServices.IndexerName("Part")]
    public Tensor this[params TensorIndex[] indices]
    {
        get
        {
            var basic = Basic(indices, out var tensors);
            return tensors is null ? basic : basic.IndexTensors(tensors);
        }
        set
        {
            var basic = Basic(indices, out var tensors);
            if (tensors is null) basic.Copy_(value.Rank > basic.Rank ? Dropped(value, basic.Rank) : value);
            else basic.IndexPut_(tensors, value);
        }
    }

    /// <summary>As Python: a list of plain integers or bools is one index tensor, any other list holds an index for each axis.</summary>
    [Op("__getitem__(Tensor self, any index) -> Tensor")]
    internal Tensor GetItem(object? index) => index switch
    {
        TensorIndex[] parts => this[parts],
        IEnumerable<object?> list when !list.Any() || list.Any(static o => o is not (bool or int or long)) => this[[.. list.Select(TensorIndex.FromObject)]],
        _ => this[TensorIndex.FromObject(index)],
    };

    static Tensor Dropped(Tensor value, int rank)
    {
        while (value.Rank > rank && value.Size(0) == 1) value = value.Select(0, 0);
        return value;
    }

    /// <summary>Applies all parts but tensors; those are left, each at its axis of the result.</summary>
    Tensor Basic(TensorIndex[] indices, out Tensor?[]? tensors)
    {
        tensors = null;
        var consumed = 0;
        var ellipses = 0;
        foreach (var i in indices)
        {
            consumed += i.Type switch
            {
                TensorIndex.Kind.Position or TensorIndex.Kind.Slice => 1,
                TensorIndex.Kind.Tensor => i.Values!.DType is DType.Bool or DType.UInt8 ? i.Values.Rank : 1,
                _ => 0,
            };
            if (i.Type == TensorIndex.Kind.Ellipsis) ellipses++;
        }
        if (consumed > Rank) throw new ArgumentException($"{consumed} indices were given for a tensor of {Rank} axes and shape {Shape}");
        if (ellipses > 1) throw new ArgumentException("an index can hold only one ellipsis");
        var x = this;
        var dim = 0;
        List<(int Dim, Tensor Values)>? found = null;
        foreach (var i in indices)
        {
            switch (i.Type)
            {
                case TensorIndex.Kind.Ellipsis:
                    dim += Rank - consumed;
                    break;
                case TensorIndex.Kind.NewAxis:
                    x = x.Unsqueeze(dim++);
                    break;
                case TensorIndex.Kind.Position:
                    x = x.Select(dim, i.Start!.Value);
                    break;
                case TensorIndex.Kind.Slice:
                    x = x.Slice(dim++, i.Start, i.Stop, i.Step);
                    break;
                default:
                    var t = i.Values!;
                    if (t.DType is not (DType.Bool or DType.UInt8))
                    {
                        (found ??= []).Add((dim++, t));
                        break;
                    }
                    if (t.Rank == 0)
                    {
                        x = x.Unsqueeze(dim);
                        t = t.Reshape([1]);
                    }
                    for (var k = 0; k < t.Rank; k++)
                    {
                        if (t.Size(k) != x.Size(dim + k))
                            throw new ArgumentException($"a mask of shape {i.Values!.Shape} doesn't fit a tensor of shape {Shape} at axis {dim + k}");
                    }
                    foreach (var column in t!.To(DType.Bool).Nonzero().Unbind(1)) (found ??= []).Add((dim++, column));
                    break;
            }
        }
        if (found is null) return ReferenceEquals(x, this) ? Expand(Shape) : x;
        tensors = new Tensor?[found[^1].Dim + 1];
        foreach (var (at, values) in found) tensors[at] = values;
        return x;
    }
}
