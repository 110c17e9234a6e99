using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Product of two matrices: <c>[n, k] · [k, m]</c> gives <c>[n, m]</c>.</summary>
[Op("mm(Tensor self, Tensor mat2) -> Tensor")]
public readonly partial record struct Mm
{
    internal Tensor Forward(Tensor self, Tensor mat2)
    {
        if (self.Rank != 2 || mat2.Rank != 2 || self.Size(1) != mat2.Size(0))
            throw new ArgumentException($"mm: shapes {self.Shape} and {mat2.Shape} don't fit; expected [n, k] and [k, m]");
        return MatrixProduct.Run(self.Unsqueeze(0), mat2.Unsqueeze(0), "mm").Reshape([self.Size(0), mat2.Size(1)]);
    }

    internal Tensor VjpSelf(Tensor mat2, Tensor dy) => dy.Mm(mat2.Conj().Permute([1, 0]));

    internal Tensor VjpMat2(Tensor self, Tensor dy) => self.Conj().Permute([1, 0]).Mm(dy);
}

/// <summary>Products of matrices in a batch: <c>[b, n, k] · [b, k, m]</c> gives <c>[b, n, m]</c>.</summary>
[Op("bmm(Tensor self, Tensor mat2) -> Tensor")]
public readonly partial record struct Bmm
{
    internal Tensor Forward(Tensor self, Tensor mat2)
    {
        if (self.Rank != 3 || mat2.Rank != 3 || self.Size(0) != mat2.Size(0) || self.Size(2) != mat2.Size(1))
            throw new ArgumentException($"bmm: shapes {self.Shape} and {mat2.Shape} don't fit; expected [b, n, k] and [b, k, m]");
        return MatrixProduct.Run(self, mat2, "bmm");
    }

    internal Tensor VjpSelf(Tensor mat2, Tensor dy) => dy.Bmm(mat2.Conj().Permute([0, 2, 1]));

    internal Tensor VjpMat2(Tensor self, Tensor dy) => self.Conj().Permute([0, 2, 1]).Bmm(dy);
}
