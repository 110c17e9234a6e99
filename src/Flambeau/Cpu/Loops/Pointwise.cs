using System.Numerics;
using System.Runtime.Intrinsics;
using Flambeau.Ops;

namespace Flambeau.Cpu;

/// <summary>
/// Runs pointwise formulas on tensors: promotes, broadcasts, picks the element type and the widest lane. Half types compute in float32,
/// complex64 in complex128, bools as bytes.
/// </summary>
internal static class Pointwise
{
    /// <summary>The formula on 1 tensor; written to <paramref name="destination"/> if given, which must have the result's shape.</summary>
    internal static Tensor Run<TOp>(in TOp op, Tensor a, Tensor? destination = null) where TOp : struct, IPointwise1
    {
        if (a.Storage.Backend is { } device) return device.Pointwise(op, a, destination);
        var compute = ComputeType<TOp>(a.DType);
        var result = TOp.Rule == Rule.Predicate ? DType.Bool : compute;
        var wide = Wide(compute);
        var y = destination is not null && (destination.DType == Wide(result) || TOp.Rule == Rule.Predicate && destination.DType == DType.Bool)
            ? destination : Tensor.New(a.Layout.DenseLike(), TOp.Rule == Rule.Predicate ? DType.Bool : wide);
        compute = wide;
        a = Cast.To(a, compute);
        switch (compute)
        {
            case DType.Float32: Lanes1<TOp, float>(op, y, a); break;
            case DType.Float64: Lanes1<TOp, double>(op, y, a); break;
            case DType.Int64: Lanes1<TOp, long>(op, y, a); break;
            case DType.Int32: Lanes1<TOp, int>(op, y, a); break;
            case DType.Int16: Exec1<TOp, short, ScalarLane<short>, ScalarLane<short>>(op, y, a); break;
            case DType.Int8: Exec1<TOp, sbyte, ScalarLane<sbyte>, ScalarLane<sbyte>>(op, y, a); break;
            case DType.UInt8: Lanes1<TOp, byte>(op, y, a); break;
            case DType.Bool:
                Lanes1<TOp, byte>(op, y, a);
                if (TOp.Rule != Rule.Predicate) StridedLoop.Run(new NormalizeBool(), y);
                break;
            default: Exec1<TOp, Complex, ComplexLane, ComplexLane>(op, y, a); break;
        }
        if (destination is null) return Cast.To(y, result);
        if (!ReferenceEquals(y, destination)) Cast.Copy(y, destination);
        return destination;
    }

    static void Lanes1<TOp, E>(in TOp op, Tensor y, Tensor a) where TOp : struct, IPointwise1 where E : unmanaged, INumber<E>
    {
        if (Vector512.IsHardwareAccelerated) Exec1<TOp, E, V512<E>, ScalarLane<E>>(op, y, a);
        else if (Vector256.IsHardwareAccelerated) Exec1<TOp, E, V256<E>, ScalarLane<E>>(op, y, a);
        else if (Vector128.IsHardwareAccelerated) Exec1<TOp, E, V128<E>, ScalarLane<E>>(op, y, a);
        else Exec1<TOp, E, ScalarLane<E>, ScalarLane<E>>(op, y, a);
    }

    static void Exec1<TOp, E, V, S>(in TOp op, Tensor y, Tensor a)
        where TOp : struct, IPointwise1 where E : unmanaged where V : struct, IMemoryLane<V, E> where S : struct, IMemoryLane<S, E> =>
        StridedLoop.Run(new Loop1<TOp, E, V, S>(op), y, a);

    /// <summary>The formula on 2 tensors; written to <paramref name="destination"/> if given, which must have the result's shape.</summary>
    internal static Tensor Run<TOp>(in TOp op, Tensor a, Tensor b, Tensor? destination = null) where TOp : struct, IPointwise2
    {
        if ((a.Storage.Backend ?? b.Storage.Backend) is { } device) return device.Pointwise(op, a, b, destination);
        var compute = ComputeType<TOp>(Promotion.ResultType(a, b));
        var result = TOp.Rule == Rule.Predicate ? DType.Bool : compute;
        var wide = Wide(compute);
        var y = destination is not null && (destination.DType == Wide(result) || TOp.Rule == Rule.Predicate && destination.DType == DType.Bool)
            ? destination : Tensor.New(Broadcast(a, b), TOp.Rule == Rule.Predicate ? DType.Bool : wide);
        compute = wide;
        a = Cast.To(a, compute);
        b = Cast.To(b, compute);
        switch (compute)
        {
            case DType.Float32: Lanes2<TOp, float>(op, y, a, b); break;
            case DType.Float64: Lanes2<TOp, double>(op, y, a, b); break;
            case DType.Int64: Lanes2<TOp, long>(op, y, a, b); break;
            case DType.Int32: Lanes2<TOp, int>(op, y, a, b); break;
            case DType.Int16: Exec2<TOp, short, ScalarLane<short>, ScalarLane<short>>(op, y, a, b); break;
            case DType.Int8: Exec2<TOp, sbyte, ScalarLane<sbyte>, ScalarLane<sbyte>>(op, y, a, b); break;
            case DType.UInt8: Lanes2<TOp, byte>(op, y, a, b); break;
            case DType.Bool:
                Lanes2<TOp, byte>(op, y, a, b);
                if (TOp.Rule != Rule.Predicate) StridedLoop.Run(new NormalizeBool(), y);
                break;
            default: Exec2<TOp, Complex, ComplexLane, ComplexLane>(op, y, a, b); break;
        }
        if (destination is null) return Cast.To(y, result);
        if (!ReferenceEquals(y, destination)) Cast.Copy(y, destination);
        return destination;
    }

    static void Lanes2<TOp, E>(in TOp op, Tensor y, Tensor a, Tensor b) where TOp : struct, IPointwise2 where E : unmanaged, INumber<E>
    {
        if (Vector512.IsHardwareAccelerated) Exec2<TOp, E, V512<E>, ScalarLane<E>>(op, y, a, b);
        else if (Vector256.IsHardwareAccelerated) Exec2<TOp, E, V256<E>, ScalarLane<E>>(op, y, a, b);
        else if (Vector128.IsHardwareAccelerated) Exec2<TOp, E, V128<E>, ScalarLane<E>>(op, y, a, b);
        else Exec2<TOp, E, ScalarLane<E>, ScalarLane<E>>(op, y, a, b);
    }

    static void Exec2<TOp, E, V, S>(in TOp op, Tensor y, Tensor a, Tensor b)
        where TOp : struct, IPointwise2 where E : unmanaged where V : struct, IMemoryLane<V, E> where S : struct, IMemoryLane<S, E> =>
        StridedLoop.Run(new Loop2<TOp, E, V, S>(op), y, a, b);

    /// <summary>The formula on 3 tensors; written to <paramref name="destination"/> if given, which must have the result's shape.</summary>
    internal static Tensor Run<TOp>(in TOp op, Tensor a, Tensor b, Tensor c, Tensor? destination = null) where TOp : struct, IPointwise3
    {
        if ((a.Storage.Backend ?? b.Storage.Backend ?? c.Storage.Backend) is { } device) return device.Pointwise(op, a, b, c, destination);
        var compute = ComputeType<TOp>(Promotion.ResultType(a, b, c));
        var result = TOp.Rule == Rule.Predicate ? DType.Bool : compute;
        var wide = Wide(compute);
        var y = destination is not null && (destination.DType == Wide(result) || TOp.Rule == Rule.Predicate && destination.DType == DType.Bool)
            ? destination : Tensor.New(Broadcast(a, b, c), TOp.Rule == Rule.Predicate ? DType.Bool : wide);
        compute = wide;
        a = Cast.To(a, compute);
        b = Cast.To(b, compute);
        c = Cast.To(c, compute);
        switch (compute)
        {
            case DType.Float32: Lanes3<TOp, float>(op, y, a, b, c); break;
            case DType.Float64: Lanes3<TOp, double>(op, y, a, b, c); break;
            case DType.Int64: Lanes3<TOp, long>(op, y, a, b, c); break;
            case DType.Int32: Lanes3<TOp, int>(op, y, a, b, c); break;
            case DType.Int16: Exec3<TOp, short, ScalarLane<short>, ScalarLane<short>>(op, y, a, b, c); break;
            case DType.Int8: Exec3<TOp, sbyte, ScalarLane<sbyte>, ScalarLane<sbyte>>(op, y, a, b, c); break;
            case DType.UInt8: Lanes3<TOp, byte>(op, y, a, b, c); break;
            case DType.Bool:
                Lanes3<TOp, byte>(op, y, a, b, c);
                if (TOp.Rule != Rule.Predicate) StridedLoop.Run(new NormalizeBool(), y);
                break;
            default: Exec3<TOp, Complex, ComplexLane, ComplexLane>(op, y, a, b, c); break;
        }
        if (destination is null) return Cast.To(y, result);
        if (!ReferenceEquals(y, destination)) Cast.Copy(y, destination);
        return destination;
    }

    static void Lanes3<TOp, E>(in TOp op, Tensor y, Tensor a, Tensor b, Tensor c) where TOp : struct, IPointwise3 where E : unmanaged, INumber<E>
    {
        if (Vector512.IsHardwareAccelerated) Exec3<TOp, E, V512<E>, ScalarLane<E>>(op, y, a, b, c);
        else if (Vector256.IsHardwareAccelerated) Exec3<TOp, E, V256<E>, ScalarLane<E>>(op, y, a, b, c);
        else if (Vector128.IsHardwareAccelerated) Exec3<TOp, E, V128<E>, ScalarLane<E>>(op, y, a, b, c);
        else Exec3<TOp, E, ScalarLane<E>, ScalarLane<E>>(op, y, a, b, c);
    }

    static void Exec3<TOp, E, V, S>(in TOp op, Tensor y, Tensor a, Tensor b, Tensor c)
        where TOp : struct, IPointwise3 where E : unmanaged where V : struct, IMemoryLane<V, E> where S : struct, IMemoryLane<S, E> =>
        StridedLoop.Run(new Loop3<TOp, E, V, S>(op), y, a, b, c);

    internal static DType ComputeType<TOp>(DType promoted) where TOp : struct, IPointwise
    {
        var dtype = TOp.Rule == Rule.ToFloat ? Promotion.ToFloat(promoted) : promoted;
        var kind = promoted == DType.Bool ? Domain.Bool : promoted.IsInteger() ? Domain.Integer : promoted.IsFloat() ? Domain.Float : Domain.Complex;
        return (TOp.Domain & kind) != 0 ? dtype
            : throw new ArgumentException($"{typeof(TOp).Name} is not defined for {promoted.Name()}; it takes {TOp.Domain}. Convert first, for instance with To(DType.Float32).");
    }

    /// <summary>The dtype that arithmetic is done in.</summary>
    internal static DType Wide(DType dtype) => dtype switch
    {
        DType.Float16 or DType.BFloat16 => DType.Float32,
        DType.Complex64 => DType.Complex128,
        _ => dtype,
    };

    internal static Layout Broadcast(Tensor a, Tensor b)
    {
        if (a.Layout.SameSizes(b.Layout)) return a.Layout.DenseLike();
        if (b.Layout.Rank == 0) return a.Layout.DenseLike();
        if (a.Layout.Rank == 0) return b.Layout.DenseLike();
        return new Layout(Shape.Broadcast(a.Shape, b.Shape).Sizes.AsSpan());
    }

    internal static Layout Broadcast(Tensor a, Tensor b, Tensor c)
    {
        if (a.Layout.SameSizes(b.Layout) && a.Layout.SameSizes(c.Layout)) return a.Layout.DenseLike();
        return new Layout(Shape.Broadcast(Shape.Broadcast(a.Shape, b.Shape), c.Shape).Sizes.AsSpan());
    }
}
