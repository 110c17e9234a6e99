using Flambeau.Compiler.Loops;

namespace Flambeau.Cuda.Compiled;

/// <summary>How a thread reads an input of a region.</summary>
internal enum Load
{
    /// <summary>At the output's place.</summary>
    Direct,
    /// <summary>Neighbours along the innermost axis, from a place of their own.</summary>
    Neighbours,
    /// <summary>One element for all that a thread, or a row's threads, compute.</summary>
    Same,
    /// <summary>Elements one by one.</summary>
    Strided,
}

/// <summary>
/// How a region is cut for a GPU. Without reductions a thread takes a few neighbouring elements; with them a block, or a warp, takes a row and keeps what it
/// read of it in registers, so that a row is read once however many reductions follow one another.
/// </summary>
internal sealed class RegionPlan
{
    const int MostPerThread = 8, FewRows = 2048, ManyElements = 1 << 18;

    /// <param name="region">The region.</param>
    /// <param name="aligned">All tensors begin at multiples of 16 bytes.</param>
    internal RegionPlan(Region region, bool aligned)
    {
        Region = region;
        Reduces = region.Outputs.Any(static o => o.Value.Depth > 0) || region.Outputs.Any(static o => o.PerRow);
        var rank = region.Sizes.Length;
        Row = Reduces ? region.Row : 1;
        Count = Reduces ? region.Rows : region.Rows * region.Row;
        RowFrom = Reduces ? rank - region.RowRank : rank;
        Loads = new Load[region.Inputs.Count];
        StrideRow = new int[region.Inputs.Count];
        // What a vector may hold, from 16 bytes down to one element.
        var widest = region.Inputs.Select(static i => i.DType.Size()).Concat(region.Outputs.Select(static o => o.DType.Size())).Max();
        Vector = aligned && (Reduces || Count >= ManyElements) ? Math.Clamp(16 / widest, 1, 8) : 1;
        while (Vector > 1 && !Fits(Vector)) Vector /= 2;
        long extent = 0;
        for (var i = 0; i < Loads.Length; i++)
        {
            Loads[i] = LoadOf(region.Inputs[i]);
            StrideRow[i] = Loads[i] == Load.Direct || Array.TrueForAll(region.Inputs[i].Strides, static s => s == 0) ? -1 : Strided++;
            extent = Math.Max(extent, region.Inputs[i].Strides.Select((s, d) => s * (region.Sizes[d] - 1)).Sum());
        }
        Wide = region.Rows * region.Row > int.MaxValue || extent > int.MaxValue;
        if (!Reduces)
        {
            Threads = Count / Vector < 1 << 16 ? 128 : 256;
            return;
        }
        var most = Count < FewRows ? MostPerThread / 2 : MostPerThread;
        Threads = 32;
        while (Threads < 1024 && (long)Threads * most < Row) Threads *= 2;
        RowsPerBlock = Threads == 32 ? 4 : 1;
        Chunks = (int)((Row + (long)Threads * Vector - 1) / ((long)Threads * Vector));
    }

    internal Region Region { get; }

    internal bool Reduces { get; }

    /// <summary>Elements of a row; 1 without reductions.</summary>
    internal long Row { get; }

    /// <summary>Rows, or elements without reductions.</summary>
    internal long Count { get; }

    /// <summary>The first axis of a row.</summary>
    internal int RowFrom { get; }

    internal Load[] Loads { get; }

    /// <summary>Which of the stride lists among the parameters an input has; -1 for none.</summary>
    internal int[] StrideRow { get; }

    /// <summary>How many stride lists there are.</summary>
    internal int Strided { get; }

    /// <summary>Neighbours that are read and written at once.</summary>
    internal int Vector { get; }

    /// <summary>Positions need 64 bits.</summary>
    internal bool Wide { get; }

    /// <summary>Threads of a block, or of a row.</summary>
    internal int Threads { get; }

    internal int RowsPerBlock { get; } = 1;

    /// <summary>Vectors that a thread takes of a row.</summary>
    internal int Chunks { get; } = 1;

    /// <summary>The first stage that uses each input.</summary>
    internal int[] FirstUse { get; private set; } = [];

    /// <summary>Finds when inputs are first read, which is what lets outputs take over their memory.</summary>
    internal int[] FirstUses()
    {
        if (FirstUse.Length > 0) return FirstUse;
        var first = new int[Region.Inputs.Count];
        Array.Fill(first, int.MaxValue);
        var position = new Dictionary<Expr, int>();
        for (var i = 0; i < first.Length; i++) position[Region.Inputs[i].Node] = i;
        var seen = new HashSet<(Expr, int)>();
        foreach (var o in Region.Outputs) Visit(o.Value, o.Value.Depth);
        return FirstUse = first;

        void Visit(Expr e, int stage)
        {
            if (!seen.Add((e, stage))) return;
            if (position.TryGetValue(e, out var i)) first[i] = Math.Min(first[i], stage);
            else if (e.Op == ExprOp.Reduce) Visit(e.Args[0], e.Depth - 1);
            else
            {
                foreach (var a in e.Args) Visit(a, stage);
            }
        }
    }

    Load LoadOf(RegionInput x)
    {
        if (IsDense(x.Strides)) return Load.Direct;
        if (Reduces ? x.Node.Row : x.Strides[^1] == 0) return Load.Same;
        return Vector > 1 && HasNeighbours(x.Strides, Vector) ? Load.Neighbours : Load.Strided;
    }

    /// <summary>Whether so many elements can be taken at once: no vector reaches over the end of a row.</summary>
    bool Fits(int n)
    {
        if (Reduces) return Row % n == 0;
        return Count % n == 0 && Region.Inputs.All(x => IsDense(x.Strides) || Array.TrueForAll(x.Strides, static s => s == 0) || Region.Sizes[^1] % n == 0);
    }

    bool HasNeighbours(long[] strides, int n)
    {
        if (strides[^1] != 1 || Region.Sizes[^1] % n != 0 || (Reduces && Region.Sizes.Length - RowFrom > 1)) return false;
        for (var d = 0; d < strides.Length - 1; d++)
        {
            if (strides[d] % n != 0) return false;
        }
        return true;
    }

    bool IsDense(long[] strides)
    {
        long step = 1;
        for (var d = Region.Sizes.Length - 1; d >= 0; d--)
        {
            if (Region.Sizes[d] != 1 && strides[d] != step) return false;
            step *= Region.Sizes[d];
        }
        return true;
    }
}
