using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>Copies between tensors of any dtype and layout.</summary>
internal static class Cast
{
    /// <summary>The tensor itself if it has the dtype, else a converted copy.</summary>
    internal static Tensor To(Tensor x, DType dtype)
    {
        if (x.DType == dtype) return x;
        var y = x.NewHere(x.Layout.DenseLike(), dtype);
        Copy(x, y);
        return y;
    }

    /// <summary>A row-major copy, or the tensor itself if it is row-major.</summary>
    internal static Tensor Contiguous(Tensor x) => x.IsContiguous ? x : Clone(x);

    /// <summary>A row-major copy.</summary>
    internal static Tensor Clone(Tensor x)
    {
        var y = x.NewHere(new Layout(x.Layout.Sizes.AsSpan()), x.DType);
        Copy(x, y);
        return y;
    }

    /// <summary>Writes <paramref name="x"/>, broadcast, into <paramref name="y"/>.</summary>
    internal static void Copy(Tensor x, Tensor y)
    {
        if ((y.Storage.Backend ?? x.Storage.Backend) is { } device)
        {
            device.Copy(x, y);
            return;
        }
        if (x.DType == y.DType)
        {
            if (Transpose.TryCopy(x, y)) return;
            switch (x.DType.Size())
            {
                case 1: StridedLoop.Run(new Move<byte>(), y, x); break;
                case 2: StridedLoop.Run(new Move<ushort>(), y, x); break;
                case 4: StridedLoop.Run(new Move<uint>(), y, x); break;
                case 8: StridedLoop.Run(new Move<ulong>(), y, x); break;
                default: StridedLoop.Run(new Move<UInt128>(), y, x); break;
            }
            return;
        }
        switch (x.DType)
        {
            case DType.Bool:
            case DType.UInt8: From<byte>(x, y); break;
            case DType.Int8: From<sbyte>(x, y); break;
            case DType.Int16: From<short>(x, y); break;
            case DType.Int32: From<int>(x, y); break;
            case DType.Int64: From<long>(x, y); break;
            case DType.Float16: From<Half>(x, y); break;
            case DType.BFloat16: From<BFloat16>(x, y); break;
            case DType.Float32: From<float>(x, y); break;
            case DType.Float64: From<double>(x, y); break;
            case DType.Complex64: From<Complex64>(x, y); break;
            default: From<Complex>(x, y); break;
        }
    }

    static void From<A>(Tensor x, Tensor y) where A : unmanaged
    {
        switch (y.DType)
        {
            case DType.Bool: StridedLoop.Run(new ToBool<A>(), y, x); break;
            case DType.UInt8: StridedLoop.Run(new Convert<A, byte>(), y, x); break;
            case DType.Int8: StridedLoop.Run(new Convert<A, sbyte>(), y, x); break;
            case DType.Int16: StridedLoop.Run(new Convert<A, short>(), y, x); break;
            case DType.Int32: StridedLoop.Run(new Convert<A, int>(), y, x); break;
            case DType.Int64: StridedLoop.Run(new Convert<A, long>(), y, x); break;
            case DType.Float16: StridedLoop.Run(new Convert<A, Half>(), y, x); break;
            case DType.BFloat16: StridedLoop.Run(new Convert<A, BFloat16>(), y, x); break;
            case DType.Float32: StridedLoop.Run(new Convert<A, float>(), y, x); break;
            case DType.Float64: StridedLoop.Run(new Convert<A, double>(), y, x); break;
            case DType.Complex64: StridedLoop.Run(new Convert<A, Complex64>(), y, x); break;
            default: StridedLoop.Run(new Convert<A, Complex>(), y, x); break;
        }
    }

    readonly unsafe struct Move<T> : IInnerLoop where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(byte** p, long* s, long n)
        {
            byte* y = p[0], x = p[1];
            long sy = s[0], sx = s[1];
            if (sy == sizeof(T) && sx == sizeof(T)) Buffer.MemoryCopy(x, y, n * sizeof(T), n * sizeof(T));
            else if (sy == sizeof(T) && sx == 0 && n <= int.MaxValue) new Span<T>(y, (int)n).Fill(*(T*)x);
            else
            {
                for (long i = 0; i < n; i++) *(T*)(y + i * sy) = *(T*)(x + i * sx);
            }
        }
    }

    readonly unsafe struct ToBool<A> : IInnerLoop where A : unmanaged
    {
        public void Run(byte** p, long* s, long n)
        {
            for (long i = 0; i < n; i++) p[0][i * s[0]] = Elements.IsZero(*(A*)(p[1] + i * s[1])) ? (byte)0 : (byte)1;
        }
    }

    readonly unsafe struct Convert<A, B> : IInnerLoop where A : unmanaged where B : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(byte** p, long* s, long n)
        {
            byte* y = p[0], x = p[1];
            long sy = s[0], sx = s[1];
            if (sy == sizeof(B) && sx == sizeof(A))
            {
                long at = 0;
                if (typeof(A) == typeof(float) && typeof(B) == typeof(BFloat16)) at = HalfVectors.ToBFloat16((float*)x, (ushort*)y, n);
                else if (typeof(A) == typeof(BFloat16) && typeof(B) == typeof(float)) at = HalfVectors.FromBFloat16((ushort*)x, (float*)y, n);
                else if (typeof(A) == typeof(float) && typeof(B) == typeof(Half)) at = HalfVectors.ToHalf((float*)x, (ushort*)y, n);
                else if (typeof(A) == typeof(Half) && typeof(B) == typeof(float)) at = HalfVectors.FromHalf((ushort*)x, (float*)y, n);
                for (; at < n; at++) ((B*)y)[at] = Elements.Convert<A, B>(((A*)x)[at]);
                return;
            }
            for (long i = 0; i < n; i++) *(B*)(y + i * sy) = Elements.Convert<A, B>(*(A*)(x + i * sx));
        }
    }
}
