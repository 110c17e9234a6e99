using System.Reflection;
using System.Runtime.Intrinsics;
using Flambeau.Compiler.Loops;
using Flambeau.Cpu;

namespace Flambeau.Compiler.Emit;

internal unsafe delegate V LaneLoad<V, E>(E* p) where E : unmanaged;

internal unsafe delegate void LaneStore<V, E>(V v, E* p) where E : unmanaged;

/// <summary>Functions without a vector formula that a kernel calls, by index.</summary>
internal sealed record Functions(ScalarFunction[] One, ScalarFunction2[] Two);

/// <summary>What the emitter calls for one kind of register.</summary>
/// <param name="Vector">The register's type.</param>
/// <param name="Width">Elements in it.</param>
/// <param name="Method">Methods by operation; those of named functions take the functions and an index after the arguments.</param>
/// <param name="Load">Elements from memory.</param>
/// <param name="Store">Elements to memory.</param>
/// <param name="Splat">One element in all.</param>
/// <param name="LoadMask">A mask from 0/1 bytes.</param>
/// <param name="StoreMask">0/1 bytes from a mask.</param>
/// <param name="SplatMask">A mask from one 0/1 byte.</param>
/// <param name="FirstN">A mask of the first n elements.</param>
internal sealed record LaneTable(Type Vector, int Width, Func<ExprOp, MethodInfo> Method,
    MethodInfo Load, MethodInfo Store, MethodInfo Splat, MethodInfo LoadMask, MethodInfo StoreMask, MethodInfo SplatMask, MethodInfo FirstN)
{
    /// <summary>The widest registers that the processor has.</summary>
    internal static LaneTable For(DType lane) => lane switch
    {
        DType.Float32 => Widest<float>(),
        DType.Float64 => Widest<double>(),
        DType.Int32 => Widest<int>(),
        DType.Int64 => Widest<long>(),
        _ => Widest<byte>(),
    };

    static LaneTable Widest<E>() where E : unmanaged, System.Numerics.INumber<E> =>
        Vector512.IsHardwareAccelerated ? Calls512.Table<E>() : Vector256.IsHardwareAccelerated ? Calls256.Table<E>() : Calls128.Table<E>();
}
