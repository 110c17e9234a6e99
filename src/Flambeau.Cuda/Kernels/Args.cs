using System.Runtime.CompilerServices;

namespace Flambeau.Cuda.Kernels;

/// <summary>Writes a kernel's parameters one behind the other: 64-bit integers, and slots of 16 bytes that hold a pointer or a number.</summary>
internal unsafe ref struct Args(byte* start)
{
    /// <summary>Bytes that callers set aside.</summary>
    internal const int Capacity = 4000;

    byte* at = start;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Put(long v)
    {
        *(long*)at = v;
        at += 8;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Put(double v)
    {
        *(double*)at = v;
        at += 8;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Slot(nint pointer)
    {
        ((long*)at)[0] = pointer;
        ((long*)at)[1] = 0;
        at += 16;
    }

    /// <summary>The single element of a host tensor, converted to the lane type.</summary>
    internal void Slot(Tensor x, DType lane)
    {
        ((long*)at)[0] = 0;
        ((long*)at)[1] = 0;
        switch (lane)
        {
            case DType.Float32: *(float*)at = x.DType == DType.Float64 ? (float)x.Kept<double>() : x.Item<float>(); break;
            case DType.Float64: *(double*)at = x.Item<double>(); break;
            case DType.Int64: *(long*)at = x.Item<long>(); break;
            case DType.Int32: *(int*)at = x.Item<int>(); break;
            case DType.Int16: *(short*)at = x.Item<short>(); break;
            case DType.Int8: *(sbyte*)at = x.Item<sbyte>(); break;
            case DType.UInt8: *at = x.Item<byte>(); break;
            case DType.Bool: *at = x.Item<bool>() ? (byte)1 : (byte)0; break;
            default: *(System.Numerics.Complex*)at = x.Item<System.Numerics.Complex>(); break;
        }
        at += 16;
    }

    internal void Put(ReadOnlySpan<long> values)
    {
        foreach (var v in values) Put(v);
    }

    internal void Put(ReadOnlySpan<double> values)
    {
        foreach (var v in values) Put(v);
    }
}
