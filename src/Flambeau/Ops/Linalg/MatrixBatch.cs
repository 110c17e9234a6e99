using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Batches of matrices for the factorizations, which all compute in double precision on row-major spans.</summary>
internal static class MatrixBatch
{
    /// <summary>As row-major float64 or complex128; a copy when the kernel will overwrite it.</summary>
    internal static Tensor Wide(Tensor x, bool copy = false)
    {
        var dtype = x.DType.IsComplex() ? DType.Complex128 : DType.Float64;
        var y = Cast.Contiguous(Cast.To(x, dtype));
        return copy && ReferenceEquals(y.Storage, x.Storage) ? Cast.Clone(y) : y;
    }

    /// <summary>An uninitialised double-precision tensor of shape [batch…, last…].</summary>
    internal static Tensor New<T>(ReadOnlySpan<long> batch, params ReadOnlySpan<long> last) where T : unmanaged => Tensor.New([.. batch, .. last], DTypes.Of<T>());

    /// <summary>Sizes of the axes before the last <paramref name="axes"/>.</summary>
    internal static long[] Sizes(Tensor x, int axes = 2) => x.Layout.Sizes[..^axes];

    internal static long Count(ReadOnlySpan<long> sizes)
    {
        long n = 1;
        foreach (var s in sizes) n *= s;
        return n;
    }

    /// <summary>Part <paramref name="index"/> of a contiguous tensor cut into parts of <paramref name="size"/> elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Span<T> Part<T>(this Tensor x, long index, long size) where T : unmanaged =>
        MemoryMarshal.CreateSpan(ref Unsafe.Add(ref x.First<T>(), (nint)(index * size)), checked((int)size));

    /// <summary>Runs the body for every matrix, in parallel where the work pays for it.</summary>
    /// <param name="count">Matrices.</param>
    /// <param name="size">About the largest dimension of one.</param>
    /// <param name="body">What to do with matrix number i.</param>
    internal static void For(long count, long size, Action<long> body)
    {
        var work = Math.Max(1, size * size * size);
        CpuThreads.For(count, Math.Max(1, 100_000 / work), (begin, end) =>
        {
            using var scope = KernelScope.Enter();
            for (var i = begin; i < end; i++) body(i);
        });
    }

    internal static void RequireMatrix(Tensor x, string op)
    {
        RequireFloat(x, op);
        if (x.Rank < 2) throw new ArgumentException($"{op}: a tensor of shape {x.Shape} was given; expected matrices [..., m, n] with at least two axes");
    }

    internal static void RequireSquare(Tensor x, string op)
    {
        RequireFloat(x, op);
        if (x.Rank < 2 || x.Size(-1) != x.Size(-2)) throw new ArgumentException($"{op}: a tensor of shape {x.Shape} was given; expected square matrices [..., n, n]");
    }

    internal static void RequireFloat(Tensor x, string op)
    {
        if (!x.DType.IsDifferentiable()) throw new ArgumentException($"{op}: the tensor is {x.DType.Name()}; expected a floating-point or complex dtype. To(DType.Float32) converts it");
    }

    internal static void RequireSameDType(Tensor a, Tensor b, string op)
    {
        if (a.DType != b.DType) throw new ArgumentException($"{op}: the tensors are {a.DType.Name()} and {b.DType.Name()}; both must have the same dtype");
    }

    /// <summary>Throws for the first matrix whose info isn't zero.</summary>
    internal static void Check(Tensor info, string op, Func<int, string> what)
    {
        var all = info.ToArray<int>();
        for (var i = 0; i < all.Length; i++)
        {
            if (all[i] != 0) throw new LinAlgException($"{op}: {(info.Rank > 0 ? $"(batch element {i}) " : "")}{what(all[i])}");
        }
    }

    /// <summary>Expands the leading axes of matrices to a common shape.</summary>
    internal static (Tensor A, Tensor B) Broadcast(Tensor a, Tensor b, string op)
    {
        long[] x = Sizes(a), y = Sizes(b);
        if (x.AsSpan().SequenceEqual(y)) return (a, b);
        Shape batch;
        try
        {
            batch = Shape.Broadcast(new(x), new(y));
        }
        catch (ArgumentException)
        {
            throw new ArgumentException($"{op}: the batch axes of shapes {a.Shape} and {b.Shape} don't broadcast");
        }
        return (a.Expand([.. batch, a.Size(-2), a.Size(-1)]), b.Expand([.. batch, b.Size(-2), b.Size(-1)]));
    }

    /// <summary>Whether the right side of an equation is a batch of vectors: PyTorch's rule.</summary>
    internal static bool IsVector(Tensor a, Tensor b) =>
        b.Rank == 1 || (b.Rank == a.Rank - 1 && b.Layout.Sizes.AsSpan().SequenceEqual(a.Layout.Sizes.AsSpan()[..^1]));
}

/// <summary>Matrix notation for gradients; everything here is recorded.</summary>
internal static class MatrixNotation
{
    /// <summary>Transpose of the last two axes.</summary>
    internal static Tensor Tr(this Tensor x)
    {
        var axes = new long[x.Rank];
        for (var i = 0; i < axes.Length; i++) axes[i] = i;
        (axes[^1], axes[^2]) = (axes[^2], axes[^1]);
        return x.Permute(axes);
    }

    /// <summary>Conjugate transpose of the last two axes.</summary>
    internal static Tensor Adj(this Tensor x) => x.Conj().Tr();

    /// <summary>The diagonal of the last two axes.</summary>
    internal static Tensor Diagonals(this Tensor x) => x.Diagonal(0, -2, -1);

    /// <summary>x − xᴴ.</summary>
    internal static Tensor Skew(this Tensor x) => x - x.Adj();

    /// <summary>A real identity of the precision of x, of the size of its last axis.</summary>
    internal static Tensor EyeLike(this Tensor x) => Tensor.Eye(x.Size(-1), null, x.DType.ToReal());

    /// <summary>Columns scaled: x·diag(s).</summary>
    internal static Tensor ScaleColumns(this Tensor x, Tensor s) => x * s.Unsqueeze(-2);

    /// <summary>The real part if the gradient belongs to a real tensor.</summary>
    internal static Tensor RealIf(this Tensor x, bool real) => real ? x.Real() : x;
}
