using Flambeau.Compiler.Emit;
using Flambeau.Compiler.Loops;
using Flambeau.Compiler.Run;
using Flambeau.Cpu;

namespace Flambeau.Compiler.Tests.Loops;

/// <summary>Regions made by hand from tensors.</summary>
static unsafe class Regions
{
    /// <summary>Runs expressions of tensors that broadcast to the given sizes; the last <paramref name="reduced"/> axes are rows.</summary>
    internal static Tensor[] Run(DType lane, long[] sizes, Tensor[] inputs, Func<ExprBuilder, Expr[], RegionOutput[]> make, int reduced = 0, bool emit = true)
    {
        var shape = RegionShape.Of(sizes, [.. inputs.Select(x => Strides(x, sizes)), new Layout(sizes).Strides], [.. Enumerable.Range(0, sizes.Length)], reduced);
        var builder = new ExprBuilder(lane);
        var nodes = inputs.Select((x, i) => builder.Input(shape.IsRow(i), x.DType == DType.Bool)).ToArray();
        var outputs = make(builder, nodes);
        var region = new Region(builder, shape.Sizes, shape.RowRank, [.. inputs.Select((x, i) => new RegionInput(x.DType, shape.Strides[i], nodes[i]))], outputs);
        PassCache.Emits = emit;
        var kernel = new RegionKernel(region);
        PassCache.Emits = true;
        var ys = outputs.Select(o => Tensor.Zeros(o.PerRow ? sizes[..^reduced] : sizes, o.DType)).ToArray();
        Run(kernel, inputs, ys);
        return ys;
    }

    internal static void Run(RegionKernel kernel, Tensor[] inputs, Tensor[] outputs)
    {
        using var scope = KernelScope.Enter();
        var pins = inputs.Concat(outputs).Select(static t => t.Storage.Pin()).ToArray();
        byte** p = stackalloc byte*[pins.Length];
        for (var i = 0; i < pins.Length; i++)
        {
            fixed (byte* at = &(i < inputs.Length ? inputs[i] : outputs[i - inputs.Length]).FirstByte()) p[i] = at;
        }
        kernel.Run(p);
        foreach (var h in pins)
        {
            if (h.IsAllocated) h.Free();
        }
    }

    static long[] Strides(Tensor x, long[] sizes)
    {
        var s = new long[sizes.Length];
        var lead = sizes.Length - x.Rank;
        for (var d = lead; d < sizes.Length; d++) s[d] = x.Layout.Sizes[d - lead] == 1 ? 0 : x.Layout.Strides[d - lead];
        return s;
    }

    /// <summary>Values agree to so many times the dtype's rounding, NaN with NaN.</summary>
    internal static void Close(Tensor expected, Tensor actual, double ulps, string what, double floor = 1e-3)
    {
        Assert.Equal(expected.DType, actual.DType);
        Assert.Equal(expected.Shape, actual.Shape);
        var unit = expected.DType switch { DType.Float32 => 1.2e-7, DType.Float64 => 2.3e-16, DType.Float16 => 1e-3, DType.BFloat16 => 8e-3, _ => 0 };
        var a = expected.To(DType.Float64).Reshape(-1).ToArray<double>();
        var b = actual.To(DType.Float64).Reshape(-1).ToArray<double>();
        for (var i = 0; i < a.Length; i++)
        {
            if (a[i].Equals(b[i]) || a[i] == b[i]) continue;
            Assert.True(Math.Abs(a[i] - b[i]) <= ulps * unit * Math.Max(floor, Math.Abs(a[i])), $"{what}: element {i} of {a.Length} is {b[i]:R}, expected {a[i]:R}");
        }
    }
}
