using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Flambeau.Cpu;
using Flambeau.Cuda.Emit;
using Flambeau.Cuda.Kernels;
using Flambeau.Ops;

namespace Flambeau.Cuda;

internal sealed unsafe partial class CudaBackend
{
    static class UpdateCache<TUpdate> where TUpdate : struct
    {
        internal static readonly ConcurrentDictionary<(TUpdate, DType, int), Compiled> Known = new();
    }

    [SkipLocalsInit]
    internal override void Update<TUpdate>(in TUpdate update, Tensor parameter, Tensor gradient, Tensor? first, Tensor? second)
    {
        Check("an optimizer's step", parameter, gradient, first, second);
        if (parameter.Numel == 0) return;
        gradient = InOrder(gradient, parameter);
        var (a, b) = (InOrder(first, parameter), InOrder(second, parameter));
        var key = (update, parameter.DType, device.Index);
        if (!UpdateCache<TUpdate>.Known.TryGetValue(key, out var compiled))
        {
            var (text, values) = UpdateSource.Write(update, parameter.DType);
            // step-dependent factors make every step's formula a new value
            if (UpdateCache<TUpdate>.Known.Count > 1024) UpdateCache<TUpdate>.Known.Clear();
            compiled = UpdateCache<TUpdate>.Known[key] = new(device.Kernels.Get(text, "update"), values);
        }
        var start = stackalloc byte[Args.Capacity];
        var parameters = (byte*)(((nint)start + 15) & ~15);
        var args = new Args(parameters);
        args.Put(parameter.Numel);
        args.Put(0L);
        args.Slot(Address(parameter));
        args.Slot(Address(gradient));
        args.Slot(a is null ? 0 : Address(a));
        args.Slot(b is null ? 0 : Address(b));
        args.Put(compiled.Parameters);
        compiled.Kernel!.LaunchFlat(parameters, parameter.Numel);
        if (a is not null && !ReferenceEquals(a, first)) Copy(a, first!);
        if (b is not null && !ReferenceEquals(b, second)) Copy(b, second!);
    }

    /// <summary>The tensor, or a copy of it, with the elements in the order of the parameter's.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(t))]
    Tensor? InOrder(Tensor? t, Tensor parameter)
    {
        if (t is null || t.Layout.SameStrides(parameter.Layout) || (t.IsContiguous && parameter.IsContiguous)) return t;
        var copy = Make(parameter.Layout, t.DType);
        Copy(t, copy);
        return copy;
    }
}
