namespace Flambeau.Cuda.Kernels;

/// <summary>How the threads share a row that they hold in registers.</summary>
/// <param name="Element">Types of elements and of what is computed in.</param>
/// <param name="Width">Threads of a row.</param>
/// <param name="Vector">Elements of an access.</param>
/// <param name="Per">Accesses of a thread.</param>
internal readonly record struct RowPlan(string Element, int Width, int Vector, int Per)
{
    /// <summary>More would spill.</summary>
    const int MaxElements = 32;

    /// <summary>The plan for row-major tensors of rows of n elements, or null for rows that are too long.</summary>
    internal static RowPlan? For(long n, Tensor first, params ReadOnlySpan<Tensor?> others)
    {
        var vector = 16 / first.DType.Size();
        var aligned = n % vector == 0 && (CudaBackend.Address(first) & 15) == 0;
        foreach (var t in others) aligned &= t is null || (CudaBackend.Address(t) & 15) == 0;
        if (!aligned) vector = 1;
        var accesses = n / vector;
        var width = 32;
        if (accesses > 128)
        {
            width = 64;
            while (width < 1024 && accesses > width * 4L) width *= 2;
        }
        var per = (accesses + width - 1) / width;
        return per * vector > MaxElements ? null : new($"T={Sources.TypeOf(first.DType)};A={Computed(first)}", width, vector, (int)Math.Max(per, 1));
    }

    /// <summary>The type that kernels of rows compute in.</summary>
    internal static string Computed(Tensor t) => t.DType == DType.Float64 ? "f64" : "f32";

    internal string Types => $"{Element};W={Width};V={Vector};PER={Per}";

    /// <summary>Rows of a block.</summary>
    internal int Rows => Width == 32 ? 4 : 1;

    internal int Threads => Width * Rows;

    /// <summary>A block for each.</summary>
    internal long Blocks(long rows) => (rows + Rows - 1) / Rows;

    /// <summary>As many blocks as run at once, which take rows in turn.</summary>
    internal long Resident(long rows, int processors) => Math.Min(Blocks(rows), processors * (long)Math.Max(1, 1536 / Threads));
}
