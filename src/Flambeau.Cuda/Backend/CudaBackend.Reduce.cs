using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Flambeau.Compiler.Loops;
using Flambeau.Cpu;
using Flambeau.Cuda.Emit;
using Flambeau.Cuda.Kernels;
using Flambeau.Ops;

namespace Flambeau.Cuda;

internal sealed unsafe partial class CudaBackend
{
    internal override Tensor Reduce<TOp>(in TOp op, Tensor x, bool[] reduced, bool keepdim) => Reduce(op, x, reduced, keepdim, x.DType);

    /// <summary>A reduction that writes another dtype than it reads.</summary>
    [SkipLocalsInit]
    internal Tensor Reduce<TOp>(in TOp op, Tensor x, bool[] reduced, bool keepdim, DType result) where TOp : struct, IReduction
    {
        var lane = Cpu.Pointwise.Wide(x.DType);
        var y = Make(Reducer.OutputSizes(x.Layout.Sizes, reduced, keepdim), result);
        if (y.Numel == 0) return y;
        var plan = new ReducePlan(x.Layout, reduced);
        long outputs = y.Numel, count = plan.ReducedCount;
        var wide = x.Layout.Extent() > int.MaxValue || outputs > int.MaxValue || count > int.MaxValue;
        var vector = VectorOf(x, plan, count);
        var (w, h) = vector > 1 ? Shares(count / vector) : Block(outputs, count, plan.InnerIsKept);
        var blocks = (outputs + w - 1) / w;
        // few blocks: parts of the reduced elements share the processors
        var parts = Math.Clamp(Math.Min(4L * device.Processors / blocks, count / (h * 16L)), 1, 512);
        var chunk = ((count + parts - 1) / parts + vector - 1) / vector * vector;
        parts = count == 0 ? 1 : (count + chunk - 1) / chunk;
        var scratch = parts > 1 ? Make([parts * outputs], lane) : y;
        var (kr, rr) = (Math.Max(plan.KeptSizes.Length, 1), plan.Sizes.Length);
        var key = Key(lane, x.DType, result, kr, rr, wide) | (ulong)vector << 48;
        var compiled = ReduceCache<TOp>.Known.TryGetValue((ReduceCache<TOp>.Formula(op), key), out var known) ? known : Compile(op, lane, x.DType, result, kr, rr, wide, vector, key);
        var start = stackalloc byte[Args.Capacity];
        var parameters = (byte*)(((nint)start + 15) & ~15);
        var args = new Args(parameters);
        args.Put(outputs);
        args.Put(count);
        args.Put(chunk);
        args.Put(parts);
        args.Slot(Address(x));
        args.Slot(Address(y));
        args.Slot(parts > 1 ? Address(scratch) : 0);
        if (plan.KeptSizes.Length == 0)
        {
            args.Put(1L);
            args.Put(0L);
        }
        else
        {
            args.Put(plan.KeptSizes);
            args.Put(plan.KeptStrides);
        }
        args.Put(plan.Sizes);
        args.Put(plan.Strides);
        args.Put(compiled.Parameters);
        compiled.Kernel.Launch(parameters, checked((uint)blocks), (uint)parts, 1, (uint)w, (uint)h);
        if (parts > 1)
        {
            // few outputs: many threads for each
            var (jw, jh) = outputs >= 32 ? (32u, 8u) : (1u, 256u);
            compiled.Join.Launch(parameters, checked((uint)((outputs + jw - 1) / jw)), 1, 1, jw, jh);
        }
        return y;
    }

    /// <summary>Elements that one access can read: neighbours, from an address of 16 bytes on.</summary>
    static int VectorOf(Tensor x, ReducePlan plan, long count)
    {
        var v = 16 / x.DType.Size();
        return v > 1 && !plan.InnerIsKept && count >= 128 && plan.Sizes.Length == 1 && plan.Strides[0] == 1 && (Address(x) & 15) == 0 && Array.TrueForAll(plan.KeptStrides, s => s % v == 0) ? v : 1;
    }

    /// <summary>The same where an output's elements are neighbours, by the number of accesses: some four for each thread.</summary>
    static (int Outputs, int Threads) Shares(long accesses) => accesses <= 192 ? (4, 32) : accesses <= 512 ? (1, 64) : accesses <= 1024 ? (1, 128) : (1, 256);

    /// <summary>Outputs and threads per output of a block.</summary>
    static (int Outputs, int Threads) Block(long outputs, long count, bool innerIsKept)
    {
        if (innerIsKept) return count >= 64 ? (32, 16) : (128, 1);
        if (count <= 16) return (128, 1);
        return count <= 128 ? (1, 32) : count <= 1024 ? (1, 128) : (1, 256);
    }

    static ulong Key(DType lane, DType input, DType result, int kept, int reduced, bool wide) =>
        (ulong)lane | (ulong)input << 8 | (ulong)result << 16 | (ulong)kept << 24 | (ulong)reduced << 32 | (wide ? 1UL << 40 : 0);

    sealed record CompiledReduction(Kernel Kernel, Kernel Join, double[] Parameters);

    static class ReduceCache<TOp> where TOp : struct
    {
        // the core's reductions hold lists of axes, which are equal only to themselves and no part of a formula
        static readonly bool plain = typeof(TOp).Assembly == typeof(Tensor).Assembly && RuntimeHelpers.IsReferenceOrContainsReferences<TOp>();

        /// <summary>What tells one formula from another.</summary>
        internal static TOp Formula(in TOp op) => plain ? default : op;

        internal static readonly System.Collections.Concurrent.ConcurrentDictionary<(TOp, ulong), CompiledReduction> Known = new();
    }

    CompiledReduction Compile<TOp>(TOp op, DType lane, DType input, DType result, int kept, int reduced, bool wide, int vector, ulong key) where TOp : struct, IReduction
    {
        var builder = new ExprBuilder(lane == DType.Bool ? DType.UInt8 : lane);
        Expr a = builder.Input(false, false), b = builder.Input(false, false);
        var writer = new CudaWriter(builder);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"typedef {Sources.LaneOf(lane)} L; typedef {Sources.TypeOf(input)} X; typedef {Sources.TypeOf(result)} Y;\n");
        text.Append(CultureInfo.InvariantCulture, $"#define KR {kept}\n#define RR {reduced}\n#define WIDE {(wide ? 1 : 0)}\n#define VECTOR {vector}\n#define K(i) p.constant[i]\n");
        text.Append("struct P { i64 outputs, count, chunk, number; Slot x, y, parts; i64 ksize[KR], kstride[KR], rsize[RR], rstride[RR]; f64 constant[CONSTANTS]; };\n");
        Function("start", "", () => op.Start<ExprLane>());
        Function("step", ", L a, L b", () => op.Step(new ExprLane(a), new ExprLane(b)));
        Function("merge", ", L a, L b", () => op.Merge(new ExprLane(a), new ExprLane(b)));
        text.Append(Sources.Of("reduce"));
        var whole = text.ToString();
        var (filled, parameters) = FormulaText.Of(whole).Fill(whole, writer.Constants);
        filled = filled.Replace("CONSTANTS", Math.Max(parameters.Length, 1).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var compiled = new CompiledReduction(device.Kernels.Get(filled, "reduce"), device.Kernels.Get(filled, "join_parts"), parameters);
        if (ReduceCache<TOp>.Known.Count > 4096) ReduceCache<TOp>.Known.Clear();
        return ReduceCache<TOp>.Known[(ReduceCache<TOp>.Formula(op), key)] = compiled;

        void Function(string name, string arguments, Func<ExprLane> formula)
        {
            var e = ExprLane.For(builder, false, formula);
            writer.Name(a, "a");
            writer.Name(b, "b");
            var value = writer.Value(e);
            text.Append(CultureInfo.InvariantCulture, $"DEV L {name}(const P& p{arguments})\n{{\n{writer.Take()}    return {value};\n}}\n");
        }
    }
}
