using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>
    /// Matrix product over the last two axes, leading axes broadcasting: <c>[…, n, k] · […, k, m]</c>. A one-axis argument counts as a row on the left
    /// or a column on the right, and that axis disappears from the result.
    /// </summary>
    /// <exception cref="ArgumentException">An argument has no axes, or inner sizes differ.</exception>
    [Op("matmul(Tensor self, Tensor other) -> Tensor")]
    [Op("linalg.matmul(Tensor self, Tensor other) -> Tensor")]
    public Tensor MatMul(Tensor other)
    {
        if (Rank == 0 || other.Rank == 0) throw new ArgumentException($"matmul: shapes {Shape} and {other.Shape} were given; both need at least one axis. Use * to multiply by a number");
        if (Rank == 2 && other.Rank == 2) return Mm(other);
        Tensor a = Rank == 1 ? Unsqueeze(0) : this, b = other.Rank == 1 ? other.Unsqueeze(1) : other;
        long n = a.Size(-2), k = a.Size(-1), m = b.Size(-1);
        if (k != b.Size(-2)) throw new ArgumentException($"matmul: shapes {Shape} and {other.Shape} don't fit: the inner sizes are {k} and {b.Size(-2)}");
        Tensor y;
        if (b.Rank == 2)
        {
            y = a.Rank == 2 ? a.Mm(b) : a.Reshape([a.Numel == 0 ? a.Shape.AsSpan()[..^1].Product() : -1, k]).Mm(b).Reshape([.. a.Shape.AsSpan()[..^1], m]);
        }
        else
        {
            var batch = Shape.Broadcast(new([.. a.Shape.AsSpan()[..^2]]), new([.. b.Shape.AsSpan()[..^2]]));
            var count = batch.Numel;
            y = a.Expand([.. batch, n, k]).Reshape([count, n, k]).Bmm(b.Expand([.. batch, k, m]).Reshape([count, k, m])).Reshape([.. batch, n, m]);
        }
        if (Rank == 1) y = y.Select(-2, 0);
        return other.Rank == 1 ? y.Select(-1, 0) : y;
    }

    /// <summary><see cref="MatMul"/> with the roles turned: <c>other · self</c>.</summary>
    [Op("__rmatmul__(Tensor self, Tensor other) -> Tensor")]
    public Tensor RMatMul(Tensor other) => other.MatMul(this);
}

file static class Sizes
{
    internal static long Product(this ReadOnlySpan<long> sizes)
    {
        long n = 1;
        foreach (var s in sizes) n *= s;
        return n;
    }
}
