using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>Matrix times vector: <c>[n, k] · [k]</c>.</summary>
    /// <exception cref="ArgumentException">Shapes don't fit.</exception>
    [Op("mv(Tensor self, Tensor vec) -> Tensor")]
    public Tensor Mv(Tensor vec) => Rank == 2 && vec.Rank == 1 && Size(1) == vec.Size(0) ? Mm(vec.Unsqueeze(1)).Select(1, 0)
        : throw new ArgumentException($"mv: shapes {Shape} and {vec.Shape} don't fit; expected [n, k] and [k]");

    /// <summary>Sum of the products of two vectors of one size; complex numbers are not conjugated.</summary>
    /// <exception cref="ArgumentException">Shapes or dtypes differ.</exception>
    [Op("dot(Tensor self, Tensor other) -> Tensor")]
    public Tensor Dot(Tensor other)
    {
        if (Rank != 1 || other.Rank != 1 || Size(0) != other.Size(0)) throw new ArgumentException($"dot: shapes {Shape} and {other.Shape} don't fit; expected two vectors of one size");
        var self = this;
        using var cast = Amp.Autocast.Whole("dot", ref self, ref other);
        return self.Unsqueeze(0).Mm(other.Unsqueeze(1)).Reshape([]);
    }

    /// <summary>As <see cref="Dot"/>, the first vector conjugated.</summary>
    [Op("vdot(Tensor self, Tensor other) -> Tensor")]
    public Tensor VDot(Tensor other) => Conj().Dot(other);

    /// <summary>All products of an element of one vector and one of another: <c>[n], [m]</c> give <c>[n, m]</c>.</summary>
    /// <exception cref="ArgumentException">An argument isn't a vector.</exception>
    [Op("outer(Tensor self, Tensor vec2) -> Tensor")]
    [Op("ger(Tensor self, Tensor vec2) -> Tensor")]
    public Tensor Outer(Tensor vec2) => Rank == 1 && vec2.Rank == 1 ? Unsqueeze(1) * vec2
        : throw new ArgumentException($"outer: shapes {Shape} and {vec2.Shape} were given; expected two vectors");

    /// <summary>Dot products along the last axes: <c>[…, k], [….., k]</c> give <c>[…, …..]</c>. A number multiplies.</summary>
    /// <exception cref="ArgumentException">The last sizes differ.</exception>
    [Op("inner(Tensor self, Tensor other) -> Tensor")]
    public Tensor Inner(Tensor other)
    {
        if (Rank == 0 || other.Rank == 0) return this * other;
        return Size(-1) == other.Size(-1) ? TensorDot(other, [-1], [-1])
            : throw new ArgumentException($"inner: shapes {Shape} and {other.Shape} don't fit; the last sizes must be equal");
    }

    /// <summary>Sums products over pairs of axes: <paramref name="dimsSelf"/> of this tensor with <paramref name="dimsOther"/> of the other. What is left of this stands first.</summary>
    /// <exception cref="ArgumentException">The lists differ in length, or paired sizes differ.</exception>
    public Tensor TensorDot(Tensor other, long[] dimsSelf, long[] dimsOther)
    {
        if (dimsSelf.Length != dimsOther.Length) throw new ArgumentException($"tensordot: {dimsSelf.Length} and {dimsOther.Length} axes were given; expected as many of both");
        var (a, b) = (this, other);
        using var cast = Amp.Autocast.Whole("tensordot", ref a, ref b);
        bool[] summedA = new bool[a.Rank], summedB = new bool[b.Rank];
        long k = 1;
        for (var i = 0; i < dimsSelf.Length; i++)
        {
            int p = Dims.Wrap(dimsSelf[i], a.Rank), q = Dims.Wrap(dimsOther[i], b.Rank);
            if (a.Shape[p] != b.Shape[q])
            {
                if (a.Shape[p] == 1) b = b.Sum([q], true).To(b.DType);
                else if (b.Shape[q] == 1) a = a.Sum([p], true).To(a.DType);
                else throw new ArgumentException($"tensordot: axis {p} of {Shape} and axis {q} of {other.Shape} are paired, but their sizes differ");
            }
            if (summedA[p] || summedB[q]) throw new ArgumentException($"tensordot: an axis is paired twice in {new Shape(dimsSelf)} and {new Shape(dimsOther)}");
            summedA[p] = summedB[q] = true;
            k *= a.Shape[p];
        }
        long[] restA = [.. Enumerable.Range(0, a.Rank).Where(d => !summedA[d]).Select(static d => (long)d)];
        long[] restB = [.. Enumerable.Range(0, b.Rank).Where(d => !summedB[d]).Select(static d => (long)d)];
        long n = restA.Aggregate(1L, (p, d) => p * a.Shape[(int)d]), m = restB.Aggregate(1L, (p, d) => p * b.Shape[(int)d]);
        var left = a.Permute([.. restA, .. dimsSelf]).Reshape([n, k]);
        var right = b.Permute([.. dimsOther, .. restB]).Reshape([k, m]);
        return left.Mm(right).Reshape([.. restA.Select(d => a.Shape[(int)d]), .. restB.Select(d => b.Shape[(int)d])]);
    }

    /// <summary>Sums products over the last <paramref name="dims"/> axes of this tensor and the first of the other.</summary>
    public Tensor TensorDot(Tensor other, int dims = 2)
    {
        if (dims < 0 || dims > Rank || dims > other.Rank) throw new ArgumentException($"tensordot: dims is {dims}; expected 0 to {Math.Min(Rank, other.Rank)} for shapes {Shape} and {other.Shape}");
        return TensorDot(other, [.. Enumerable.Range(Rank - dims, dims).Select(static d => (long)d)], [.. Enumerable.Range(0, dims).Select(static d => (long)d)]);
    }

    [Op("tensordot(Tensor self, Tensor other, any dims=2) -> Tensor")]
    internal static Tensor TensorDotByName(Tensor self, Tensor other, object? dims) => dims switch
    {
        long n => self.TensorDot(other, (int)n),
        int n => self.TensorDot(other, n),
        IReadOnlyList<object?> { Count: 2 } pair => self.TensorDot(other, Numbers(pair[0]), Numbers(pair[1])),
        _ => throw new ArgumentException($"tensordot: dims is {Registry.Describe(dims)}; expected a number or two lists of axes"),
    };

    [Op("tensordot(Tensor self, Tensor other, int[] dims_self, int[] dims_other) -> Tensor")]
    internal static Tensor TensorDotByAxes(Tensor self, Tensor other, long[] dimsSelf, long[] dimsOther) => self.TensorDot(other, dimsSelf, dimsOther);

    static long[] Numbers(object? o) => o switch
    {
        long n => [n],
        int n => [n],
        long[] a => a,
        IEnumerable<object?> list => [.. list.Select(static v => Convert.ToInt64(v, System.Globalization.CultureInfo.InvariantCulture))],
        _ => throw new ArgumentException($"tensordot: {Registry.Describe(o)} is no list of axes"),
    };
}
