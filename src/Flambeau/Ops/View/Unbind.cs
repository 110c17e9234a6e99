namespace Flambeau.Ops;

/// <summary>The slices along an axis, without it. Views.</summary>
[Op("unbind(Tensor self, int dim=0) -> Tensor[]", View = true)]
public readonly partial record struct Unbind(long Dim = 0)
{
    internal Tensor[] Forward(Tensor self)
    {
        if (self.Rank == 0) throw new ArgumentException("unbind: a 0-d tensor has no axis to take apart");
        var y = new Tensor[self.Size((int)Dim)];
        for (var i = 0; i < y.Length; i++) y[i] = new Select(Dim, i).Forward(self);
        return y;
    }

    internal Tensor VjpSelf(Tensor self, Tensor?[] dys)
    {
        var zero = dys.First(static d => d is not null)!;
        return Tensor.Stack([.. dys.Select(d => d ?? zero.ZerosLike())], (int)Dim);
    }
}
