using Flambeau.Cpu;
using Flambeau.Cuda.Driver;
using Flambeau.Cuda.Emit;
using Flambeau.Cuda.Kernels;
using Flambeau.Ops;

namespace Flambeau.Cuda;

internal sealed unsafe partial class CudaBackend
{
    nint bad;

    /// <summary>A word that kernels set when a position is out of range: in host memory, so that looking at it costs no copy.</summary>
    Arg Bad
    {
        get
        {
            if (bad == 0)
            {
                device.Bind();
                nint p;
                Api.Check(Api.cuMemHostAlloc(&p, 64, 3), "cuMemHostAlloc");
                *(long*)p = 0;
                bad = p;
            }
            return Kernels.Arg.Pointer(bad);
        }
    }

    /// <summary>After the device was waited for: says that an index was out of range.</summary>
    void CheckBad()
    {
        if (bad == 0 || *(long*)bad == 0) return;
        *(long*)bad = 0;
        throw new ArgumentOutOfRangeException("index", $"an index or class on '{Device}' was out of range in work done since the last look (gather, scatter, embedding, indexing or nll_loss); "
            + "kernels run behind the program, so the op that was called last need not be the one. Run the same on Device.Cpu to see which, and with which value.");
    }

    /// <summary>Element offsets of the picked places, and the axes of the result with their strides; the picked ones stand as one axis.</summary>
    sealed record Picks(Tensor Offsets, long[] ResultSizes, long[] Sizes, long[] Strides, int Axis);

    Picks Pick(Layout x, Tensor?[] indices, string op)
    {
        var list = new List<Tensor?>();
        foreach (var i in indices)
        {
            if (i is not { DType: DType.Bool or DType.UInt8 })
            {
                list.Add(i);
                continue;
            }
            for (var k = 0; k < i.Rank; k++)
            {
                if (list.Count + k >= x.Rank || i.Layout.Sizes[k] != x.Sizes[list.Count + k])
                    throw new ArgumentException($"{op}: a mask of shape {i.Shape} doesn't fit a tensor of shape {new Shape(x.Sizes)} from axis {list.Count} on");
            }
            var found = Nonzero(Cast.Contiguous(Cast.To(i.To(Device), DType.Bool)));
            for (var k = 0; k < i.Rank; k++) list.Add(found.Alias(new Layout([found.Layout.Sizes[0]], [i.Rank]), found.Offset + k));
        }
        if (list.Count > x.Rank) throw new ArgumentException($"{op}: {list.Count} index tensors were given for a tensor of {x.Rank} axes");
        var dims = Enumerable.Range(0, list.Count).Where(d => list[d] is not null).ToArray();
        var shape = new Shape([]);
        foreach (var d in dims)
        {
            if (!list[d]!.DType.IsInteger()) throw new ArgumentException($"{op}: an index tensor is {list[d]!.DType.Name()}; expected int64, int32, or a bool mask");
            shape = Shape.Broadcast(shape, list[d]!.Shape);
        }
        var offsets = Make([shape.Numel], DType.Int64);
        var first = true;
        foreach (var d in dims)
        {
            if (x.Sizes[d] == 0 && shape.Numel > 0) throw new ArgumentOutOfRangeException(nameof(indices), $"{op}: axis {d} has size 0, so there is nothing to index");
            var index = Cast.Contiguous(new Expand(shape).Forward(Cast.To(list[d]!.To(Device), DType.Int64)));
            Each("index", "offsets", "OFFSETS=1", shape.Numel, shape.Numel, x.Sizes[d], x.Strides[d], first ? 0L : 1L, index, offsets, Bad);
            first = false;
        }
        if (first && shape.Numel > 0) Copy(Tensor.FromScalar(0L), offsets);
        var adjacent = dims.Length == 0 || dims[^1] - dims[0] == dims.Length - 1;
        var front = adjacent && dims.Length > 0 ? dims[0] : 0;
        var rest = Enumerable.Range(0, x.Rank).Where(d => Array.IndexOf(dims, d) < 0).ToArray();
        long[] sizes = [.. rest.Select(d => x.Sizes[d])], strides = [.. rest.Select(d => x.Strides[d])];
        return new(offsets, [.. sizes[..front], .. shape, .. sizes[front..]], [.. sizes[..front], shape.Numel, .. sizes[front..]], [.. strides[..front], 0, .. strides[front..]], front);
    }

    internal override Tensor Index(Tensor x, Tensor?[] indices, string op)
    {
        var p = Pick(x.Layout, indices, op);
        var y = Make(p.ResultSizes, x.DType);
        if (y.Numel == 0) return y;
        Each("index", "read", $"PICKED={p.Axis};R={p.Sizes.Length};T={Bits16(x.DType)}", y.Numel,
            [y.Numel, p.Offsets.Numel, x, y, p.Offsets, null, .. All(p.Sizes), .. All(p.Strides)]);
        return y;
    }

    static IEnumerable<Arg> All(long[] values) => values.Select(static v => (Arg)v);

    /// <summary>A type of the element's size, for moves.</summary>
    static string Bits16(DType dtype) => dtype.Size() switch { 1 => "u8", 2 => "u16", 4 => "u32", 8 => "u64", _ => "c128" };

    internal override void IndexPut(Combination how, Tensor y, Tensor?[] indices, Tensor values, string op)
    {
        var p = Pick(y.Layout, indices, op);
        var shape = new Shape(p.ResultSizes);
        if (values.Rank > shape.Rank || Shape.Broadcast(shape, values.Shape) != shape)
        {
            if (values.Numel != 0 && values.Shape.AsSpan()[..Math.Max(0, values.Rank - shape.Rank)].ContainsAnyExcept(1) || Shape.Broadcast(shape, values.Shape).Numel != shape.Numel)
                throw new ArgumentException($"{op}: values of shape {values.Shape} don't fit the indexed part of shape {shape}");
            values = values.Reshape([.. values.Shape.AsSpan()[Math.Max(0, values.Rank - shape.Rank)..]]);
        }
        if (shape.Numel == 0) return;
        var v = Cast.Contiguous(new Expand(shape).Forward(Cast.To(values.To(Device), y.DType)));
        var lines = shape.Numel / p.Offsets.Numel;
        var types = $"PICKED={p.Axis};R={p.Sizes.Length};COMBINE={Code(how, y.DType)};{Combined(how, y.DType)}";
        if (p.Offsets.Numel < 32)
        {
            Each("index", "write", types, lines, [lines, p.Offsets.Numel, v, y, p.Offsets, null, .. All(p.Sizes), .. All(p.Strides)]);
            return;
        }
        var list = p.Offsets.Alias(new Layout([p.Offsets.Numel]), p.Offsets.Offset);
        var order = Make(list.Layout, DType.Int64);
        Sort(list, order, 0, false);
        var threads = (int)Math.Min(256, (lines + 31) / 32 * 32);
        Blocks("index", "write_sorted", types, list.Numel * ((lines + threads - 1) / threads), threads,
            [lines, list.Numel, v, y, Gather(list, 0, order, op), order, .. All(p.Sizes), .. All(p.Strides)]);
    }

    static int Code(Combination how, DType dtype) => dtype == DType.Bool && how == Combination.Sum ? (int)Combination.Max : (int)how;

    static string Combined(Combination how, DType dtype) => how == Combination.Replace ? $"T={Moved(dtype)};L={Moved(dtype)}"
        : dtype == DType.Bool ? "T=u8;L=u8" : $"T={Sources.TypeOf(dtype)};L={Sources.LaneOf(Cpu.Pointwise.Wide(dtype))}";

    /// <summary>As <see cref="Bits16"/>, of a type that lanes have.</summary>
    static string Moved(DType dtype) => dtype.Size() switch { 1 => "u8", 2 => "i16", 4 => "i32", 8 => "i64", _ => "c128" };

    internal override Tensor Gather(Tensor x, int dim, Tensor index, string op)
    {
        var at = Positions(x, dim, index, op);
        var y = Make(index.Layout.Sizes, x.DType);
        if (y.Numel == 0) return y;
        var (sizes, strides) = (Whole(index.Layout.Sizes), x.Rank == 0 ? [1] : (long[])x.Layout.Strides.Clone());
        var (size, step) = (x.Rank == 0 ? 1 : x.Layout.Sizes[dim], strides[dim]);
        strides[dim] = 0;
        Each("index", "gather", $"ALONG={dim};R={sizes.Length};T={Bits16(x.DType)}", y.Numel,
            [y.Numel, size, step, sizes[dim], x, y, at, Bad, .. All(sizes), .. All(strides), .. All(strides)]);
        return y;
    }

    static long[] Whole(long[] sizes) => sizes.Length == 0 ? [1] : sizes;

    Tensor Positions(Tensor x, int dim, Tensor index, string op)
    {
        if (!index.DType.IsInteger()) throw new ArgumentException($"{op}: the index is {index.DType.Name()}; expected int64 or int32");
        if (index.Numel > 0)
        {
            if (Math.Max(1, x.Rank) != Math.Max(1, index.Rank)) throw new ArgumentException($"{op}: a tensor of shape {x.Shape} and an index of shape {index.Shape}; expected as many axes");
            for (var d = 0; d < index.Rank; d++)
            {
                if (d != dim && x.Rank > 0 && index.Layout.Sizes[d] > x.Layout.Sizes[d])
                    throw new ArgumentException($"{op}: an index of shape {index.Shape} reaches beyond shape {x.Shape} in axis {d}; only axis {dim}, which is indexed, may be longer");
            }
        }
        return Cast.Contiguous(Cast.To(index.To(Device), DType.Int64));
    }

    internal override void Scatter(Combination how, Tensor y, int dim, Tensor index, Tensor source, string op)
    {
        var at = Positions(y, dim, index, op);
        if (index.Numel == 0) return;
        source = Cast.To(source.To(Device), y.DType);
        var sizes = Whole(index.Layout.Sizes);
        for (var d = 0; d < sizes.Length; d++)
        {
            if (source.Rank != 0 && (source.Rank != sizes.Length || source.Layout.Sizes[d] < sizes[d]))
                throw new ArgumentException($"{op}: an index of shape {index.Shape} reaches beyond the source of shape {source.Shape}");
        }
        long[] strides = y.Rank == 0 ? [1] : y.Layout.Strides, from = source.Rank == 0 ? new long[sizes.Length] : source.Layout.Strides;
        var lines = index.Numel / sizes[dim];
        Each("index", "scatter", $"ALONG={dim};R={sizes.Length};COMBINE={Code(how, y.DType)};{Combined(how, y.DType)}", lines,
            [lines, y.Rank == 0 ? 1 : y.Layout.Sizes[dim], strides[dim], sizes[dim], source, y, at, Bad, .. All(sizes), .. All(strides), .. All(from)]);
    }

    internal override Tensor Nonzero(Tensor x)
    {
        var n = x.Numel;
        if (n == 0) return Make([0, x.Rank], DType.Int64);
        var blocks = (n + 255) / 256;
        var counts = Make([blocks], DType.Int64);
        var types = $"NONZERO=1;R={Math.Max(1, x.Rank)}";
        Blocks("index", "count", types, blocks, 256, [n, (long)x.Rank, x, x, counts, .. All(Whole(x.Layout.Sizes))]);
        var starts = counts.ToArray<long>();
        long total = 0;
        for (var i = 0; i < starts.Length; i++) (starts[i], total) = (total, total + starts[i]);
        var y = Make([total, x.Rank], DType.Int64);
        if (total == 0 || x.Rank == 0) return y;
        Tensor at;
        using (Placement.On(null)) at = Tensor.From(starts);
        Copy(at, counts);
        Blocks("index", "fill", types, blocks, 256, [n, (long)x.Rank, x, y, counts, .. All(x.Layout.Sizes)]);
        return y;
    }

    internal override void Triangle(Tensor y, long diagonal, bool lower) =>
        Each("index", "triangle", $"TRIANGLE=1;T={T(y)};LOWER={(lower ? 1 : 0)}", y.Numel, y.Numel, y.Layout.Sizes[^2], y.Layout.Sizes[^1], diagonal, y);

    internal override void Nll(Tensor full, Tensor picked, Tensor target, Tensor? weight, long classes, long ignore, bool spread)
    {
        var n = picked.Numel;
        var outer = full.Rank > 1 ? full.Layout.Sizes[0] : 1;
        Each("index", "nll", $"NLL=1;T={T(full)};A={RowPlan.Computed(full)};SPREAD={(spread ? 1 : 0)}", n, n, n / outer, classes, ignore, full, picked, target, weight, Bad);
    }

    internal override void Select(Tensor y, Tensor mask, Tensor a, Tensor b)
    {
        Check(DeviceBackend.Op, y, mask, a, b);
        Elementwise(new Choosing(), mask, Bits(a), Bits(b), Integer(y.DType), Bits(y));
    }

    /// <summary>One of two by a mask.</summary>
    readonly record struct Choosing : IFormula
    {
        public string Name => "where";
        public static int Count => 3;
        public static Rule Rule => Rule.Same;
        public static DType ComputeType(DType promoted) => promoted;
        public Compiler.Loops.ExprLane Apply(Compiler.Loops.ExprLane a, Compiler.Loops.ExprLane b, Compiler.Loops.ExprLane c) =>
            Compiler.Loops.ExprLane.Select(Compiler.Loops.ExprLane.Eq(a, Compiler.Loops.ExprLane.Const(0)), c, b);
    }

    internal override Tensor Integer(string function, Tensor a, Tensor b, DType dtype)
    {
        var y = Make(Cpu.Pointwise.Broadcast(a, b), dtype);
        return Elementwise(new Named($"i_{function}"), a, b, null, DType.Int64, y) ?? throw NoKernel(DeviceBackend.Op);
    }

    internal override void Function(string function, Tensor y, Tensor a, Tensor b) => _ = Elementwise(new Named(function), a, b, null, y.DType, y) ?? throw NoKernel(DeviceBackend.Op);

    /// <summary>A function of two by its name in the prelude.</summary>
    readonly record struct Named(string Function) : IFormula
    {
        public string Name => Function;
        public static int Count => 2;
        public static Rule Rule => Rule.Same;
        public static DType ComputeType(DType promoted) => promoted;
        public Compiler.Loops.ExprLane Apply(Compiler.Loops.ExprLane a, Compiler.Loops.ExprLane b, Compiler.Loops.ExprLane c) =>
            Compiler.Loops.ExprLane.Call(new ScalarFunction2(Function, static (_, _) => double.NaN), a, b);
    }
}
