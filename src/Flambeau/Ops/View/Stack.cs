using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Tensors of one shape joined along a new axis.</summary>
    [Op("stack(Tensor[] tensors, int dim=0) -> Tensor")]
    public static Tensor Stack(Tensor[] tensors, int dim = 0)
    {
        if (tensors.Length == 0) throw new ArgumentException("stack: the list of tensors is empty");
        foreach (var t in tensors)
        {
            if (t.Shape != tensors[0].Shape) throw new ArgumentException($"stack: shapes {tensors[0].Shape} and {t.Shape} differ; all must be the same");
        }
        var d = Dims.Wrap(dim, tensors[0].Rank + 1);
        return Cat(Array.ConvertAll(tensors, t => t.Unsqueeze(d)), d);
    }
}
