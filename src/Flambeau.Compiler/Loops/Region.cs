namespace Flambeau.Compiler.Loops;

/// <summary>A tensor that a region reads: element strides along the region's axes, 0 where it is repeated.</summary>
internal sealed record RegionInput(DType DType, long[] Strides, Expr Node);

/// <summary>A tensor that a region writes, dense in the order of the region's axes, or of the outer axes only, one element a row.</summary>
internal sealed record RegionOutput(DType DType, Expr Value, bool PerRow = false);

/// <summary>
/// Expressions over the elements of an iteration space. The last <see cref="RowRank"/> axes are a row: reductions run over rows, and an input that
/// is the same for a whole row is read once.
/// </summary>
internal sealed class Region(ExprBuilder builder, long[] sizes, int rowRank, IReadOnlyList<RegionInput> inputs, IReadOnlyList<RegionOutput> outputs)
{
    internal ExprBuilder Builder => builder;

    internal DType Lane => builder.Lane;

    internal long[] Sizes => sizes;

    internal int RowRank => rowRank;

    internal IReadOnlyList<RegionInput> Inputs => inputs;

    internal IReadOnlyList<RegionOutput> Outputs => outputs;

    /// <summary>Elements of a row.</summary>
    internal long Row { get; } = Product(sizes.AsSpan(sizes.Length - rowRank));

    /// <summary>Number of rows.</summary>
    internal long Rows { get; } = Product(sizes.AsSpan(0, sizes.Length - rowRank));

    static long Product(ReadOnlySpan<long> sizes)
    {
        long n = 1;
        foreach (var s in sizes) n *= s;
        return n;
    }
}

/// <summary>An iteration space in the fewest axes: those of one element dropped, neighbours joined where every operand allows it.</summary>
/// <param name="Sizes">Outermost first.</param>
/// <param name="Strides">Of each operand.</param>
/// <param name="RowRank">Trailing axes that make a row.</param>
internal sealed record RegionShape(long[] Sizes, long[][] Strides, int RowRank)
{
    const long ShortRow = 256;

    /// <param name="sizes">Sizes of the space.</param>
    /// <param name="operands">Strides of each operand along it, 0 where it is repeated.</param>
    /// <param name="order">Axes by decreasing stride of the output.</param>
    /// <param name="reduced">How many of the last axes in this order are reduced; 0 for a region without reductions.</param>
    internal static RegionShape Of(ReadOnlySpan<long> sizes, IReadOnlyList<long[]> operands, ReadOnlySpan<int> order, int reduced)
    {
        var outSizes = new List<long>();
        var strides = operands.Select(static _ => new List<long>()).ToArray();
        var rowAxes = 0;
        for (var k = 0; k < order.Length; k++)
        {
            var d = order[k];
            var inRow = reduced > 0 && k >= order.Length - reduced;
            if (sizes[d] == 1) continue;
            var joins = outSizes.Count > 0 && !(inRow && rowAxes == 0);
            for (var i = 0; joins && i < operands.Count; i++) joins = strides[i][^1] == operands[i][d] * sizes[d];
            if (joins) outSizes[^1] *= sizes[d];
            else
            {
                outSizes.Add(sizes[d]);
                if (inRow) rowAxes++;
            }
            for (var i = 0; i < operands.Count; i++)
            {
                if (joins) strides[i][^1] = operands[i][d];
                else strides[i].Add(operands[i][d]);
            }
        }
        if (outSizes.Count == 0 || (reduced > 0 && rowAxes == 0))
        {
            outSizes.Add(1);
            foreach (var s in strides) s.Add(0);
            rowAxes = 1;
        }
        if (reduced == 0)
        {
            rowAxes = 1;
            for (var row = outSizes[^1]; row < ShortRow && rowAxes < outSizes.Count; row *= outSizes[^rowAxes]) rowAxes++;
        }
        return new([.. outSizes], Array.ConvertAll(strides, static s => s.ToArray()), rowAxes);
    }

    /// <summary>Whether the operand is one element along a row.</summary>
    internal bool IsRow(int operand) => Strides[operand].AsSpan(Sizes.Length - RowRank).IndexOfAnyExcept(0L) < 0;
}
