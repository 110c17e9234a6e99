using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>A formula that changes a parameter and what an optimizer remembers of it, element by element, in one pass over memory.</summary>
internal interface IUpdate
{
    /// <summary>How many of the two states it uses.</summary>
    static abstract int States { get; }

    /// <summary>New values of parameter and states from the gradient.</summary>
    void Apply<T>(ref T parameter, T gradient, ref T first, ref T second) where T : struct, ILane<T>;
}

/// <summary>Runs updates on tensors.</summary>
internal static class FusedUpdate
{
    /// <summary>Whether one pass can do it: float32 or float64 throughout, equal shapes, dense memory, nobody watching single ops.</summary>
    internal static bool Fits(Tensor parameter, Tensor gradient, Tensor? first = null, Tensor? second = null)
    {
        bool Same(Tensor? t) => t is null || (t.DType == parameter.DType && t.Layout.SameSizes(parameter.Layout));
        return OpObserver.Current is null && parameter.DType is DType.Float32 or DType.Float64 && parameter.Layout.IsDense && parameter.Storage.IsWritable
            && Same(gradient) && Same(first) && Same(second);
    }

    /// <summary>Changes <paramref name="parameter"/> and the states in place.</summary>
    internal static void Run<TUpdate>(in TUpdate update, Tensor parameter, Tensor gradient, Tensor? first = null, Tensor? second = null) where TUpdate : struct, IUpdate
    {
        var slot = KernelScope.Enter();
        try
        {
            if (parameter.Storage.Backend is { } device) device.Update(update, parameter, gradient, first, second);
            else if (parameter.DType == DType.Float32) Lanes<TUpdate, float>(update, parameter, gradient, first, second);
            else Lanes<TUpdate, double>(update, parameter, gradient, first, second);
        }
        finally
        {
            KernelScope.Exit(slot);
        }
        parameter.Storage.Version++;
        if (first is not null) first.Storage.Version++;
        if (second is not null) second.Storage.Version++;
    }

    static void Lanes<TUpdate, E>(in TUpdate update, Tensor p, Tensor g, Tensor? a, Tensor? b) where TUpdate : struct, IUpdate where E : unmanaged, INumber<E>
    {
        if (Vector512.IsHardwareAccelerated) StridedLoop.Run(new UpdateLoop<TUpdate, E, V512<E>, ScalarLane<E>>(update), p, g, a, b);
        else if (Vector256.IsHardwareAccelerated) StridedLoop.Run(new UpdateLoop<TUpdate, E, V256<E>, ScalarLane<E>>(update), p, g, a, b);
        else if (Vector128.IsHardwareAccelerated) StridedLoop.Run(new UpdateLoop<TUpdate, E, V128<E>, ScalarLane<E>>(update), p, g, a, b);
        else StridedLoop.Run(new UpdateLoop<TUpdate, E, ScalarLane<E>, ScalarLane<E>>(update), p, g, a, b);
    }
}

/// <summary>Inner loop of an update; all operands have one element for each of the parameter's.</summary>
internal readonly unsafe struct UpdateLoop<TUpdate, E, V, S>(TUpdate update) : IInnerLoop
    where TUpdate : struct, IUpdate where E : unmanaged where V : struct, IMemoryLane<V, E> where S : struct, IMemoryLane<S, E>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(byte** p, long* s, long n)
    {
        byte* w = p[0], g = p[1], a = p[2], b = p[3];
        long sw = s[0], sg = s[1], sa = TUpdate.States > 0 ? s[2] : sizeof(E), sb = TUpdate.States > 1 ? s[3] : sizeof(E), i = 0;
        if (V.Width > 1 && sw == sizeof(E) && sg == sizeof(E) && sa == sizeof(E) && sb == sizeof(E))
        {
            for (; i <= n - V.Width; i += V.Width)
            {
                V x = V.Load((E*)w + i), first = TUpdate.States > 0 ? V.Load((E*)a + i) : default, second = TUpdate.States > 1 ? V.Load((E*)b + i) : default;
                update.Apply(ref x, V.Load((E*)g + i), ref first, ref second);
                V.Store((E*)w + i, x);
                if (TUpdate.States > 0) V.Store((E*)a + i, first);
                if (TUpdate.States > 1) V.Store((E*)b + i, second);
            }
        }
        for (; i < n; i++)
        {
            S x = S.Load((E*)(w + i * sw)), first = TUpdate.States > 0 ? S.Load((E*)(a + i * sa)) : default, second = TUpdate.States > 1 ? S.Load((E*)(b + i * sb)) : default;
            update.Apply(ref x, S.Load((E*)(g + i * sg)), ref first, ref second);
            S.Store((E*)(w + i * sw), x);
            if (TUpdate.States > 0) S.Store((E*)(a + i * sa), first);
            if (TUpdate.States > 1) S.Store((E*)(b + i * sb), second);
        }
    }
}
