using System.Runtime.CompilerServices;
using Flambeau.Compiler.Devices;
using Flambeau.Compiler.Loops;
using Flambeau.Cuda.Driver;
using Flambeau.Cuda.Kernels;

namespace Flambeau.Cuda.Compiled;

/// <summary>A region as a kernel. It is compiled in the background while the rest of its program is.</summary>
internal sealed unsafe class RegionCode : IRegionCode
{
    sealed record Variant(RegionPlan Plan, Task<Kernel> Kernel, byte[] Parameters);

    readonly CudaDevice device;
    readonly Region region;
    readonly Variant aligned;
    readonly bool[] converts;
    Variant? unaligned;

    RegionCode(CudaDevice device, Region region, Variant aligned)
    {
        (this.device, this.region, this.aligned) = (device, region, aligned);
        converts = [.. region.Outputs.Select(o => o.Value.Mask ? o.DType != DType.Bool : o.DType != region.Lane)];
    }

    /// <summary>Null if the region has more tensors than a kernel takes parameters.</summary>
    internal static RegionCode? Make(CudaDevice device, Region region) => Prepare(device, region, true) is { } v ? new(device, region, v) : null;

    static Variant? Prepare(CudaDevice device, Region region, bool aligned)
    {
        var plan = new RegionPlan(region, aligned);
        var (text, constants) = RegionSource.Write(plan);
        var longs = 1 + Math.Max(1, region.Inputs.Count) + region.Outputs.Count + region.Sizes.Length * (1 + Math.Max(1, plan.Strided)) + Math.Max(1, constants.Length);
        if (longs * 8 > Args.Capacity - 16) return null;
        var parameters = new byte[(longs * 8 + 15) & ~15];
        fixed (byte* p = parameters)
        {
            var args = new Args(p);
            args.Put(plan.Count);
            for (var i = 0; i < Math.Max(1, region.Inputs.Count) + region.Outputs.Count; i++) args.Put(0L);
            args.Put(region.Sizes);
            for (var i = 0; i < region.Inputs.Count; i++)
            {
                if (plan.StrideRow[i] >= 0) args.Put(region.Inputs[i].Strides);
            }
            if (plan.Strided == 0) args.Put(new long[region.Sizes.Length]);
            args.Put(constants);
        }
        var kernel = Task.Run(() => device.Kernels.Get(text, "region"));
        return new(plan, kernel, parameters);
    }

    /// <inheritdoc/>
    public bool CanReplace(int input, int output)
    {
        var (x, y) = (region.Inputs[input], region.Outputs[output]);
        return aligned.Plan.Loads[input] == Load.Direct && x.DType == y.DType && !converts[output] && !y.PerRow && !y.Value.Row && aligned.Plan.FirstUses()[input] <= y.Value.Depth;
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void Run(byte** p)
    {
        if (aligned.Plan.Count == 0 || aligned.Plan.Row == 0) return;
        int inputs = region.Inputs.Count, outputs = region.Outputs.Count;
        nint bits = 0;
        for (var i = 0; i < inputs + outputs; i++) bits |= (nint)p[i];
        var v = (bits & 15) == 0 || aligned.Plan.Vector == 1 ? aligned : unaligned ??= Prepare(device, region, false)!;
        var start = stackalloc byte[Args.Capacity];
        var parameters = (byte*)(((nint)start + 15) & ~15);
        v.Parameters.CopyTo(new Span<byte>(parameters, Args.Capacity - 16));
        var args = new Args(parameters + 8);
        for (var i = 0; i < inputs; i++) args.Put((long)p[i]);
        if (inputs == 0) args.Put(0L);
        for (var i = 0; i < outputs; i++) args.Put((long)p[inputs + i]);
        var plan = v.Plan;
        var kernel = v.Kernel.GetAwaiter().GetResult();
        if (plan.Reduces) kernel.Launch(parameters, checked((uint)((plan.Count + plan.RowsPerBlock - 1) / plan.RowsPerBlock)), 1, 1, (uint)plan.Threads, (uint)plan.RowsPerBlock);
        else kernel.LaunchFlat(parameters, plan.Count / plan.Vector, (uint)plan.Threads);
    }
}
