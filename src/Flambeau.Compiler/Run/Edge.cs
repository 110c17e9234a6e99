using Flambeau.Cpu;

namespace Flambeau.Compiler.Run;

/// <summary>Elements on their way between a tensor and a kernel's block: collected from where they lie, and converted.</summary>
internal static unsafe class Edge
{
    /// <summary>Converts n elements.</summary>
    internal static void Convert(DType from, byte* x, long stride, DType to, byte* y, long n)
    {
        switch (to)
        {
            case DType.Bool: From<Bit>(from, x, stride, y, n); break;
            case DType.UInt8: From<byte>(from, x, stride, y, n); break;
            case DType.Int8: From<sbyte>(from, x, stride, y, n); break;
            case DType.Int16: From<short>(from, x, stride, y, n); break;
            case DType.Int32: From<int>(from, x, stride, y, n); break;
            case DType.Int64: From<long>(from, x, stride, y, n); break;
            case DType.Float16: From<Half>(from, x, stride, y, n); break;
            case DType.BFloat16: From<BFloat16>(from, x, stride, y, n); break;
            case DType.Float32: From<float>(from, x, stride, y, n); break;
            default: From<double>(from, x, stride, y, n); break;
        }
    }

    /// <summary>A bool, by its one byte.</summary>
    readonly record struct Bit(byte Value);

    static void From<B>(DType from, byte* x, long stride, byte* y, long n) where B : unmanaged
    {
        switch (from)
        {
            case DType.Bool:
            case DType.UInt8: Loop<byte, B>(x, stride, y, n); break;
            case DType.Int8: Loop<sbyte, B>(x, stride, y, n); break;
            case DType.Int16: Loop<short, B>(x, stride, y, n); break;
            case DType.Int32: Loop<int, B>(x, stride, y, n); break;
            case DType.Int64: Loop<long, B>(x, stride, y, n); break;
            case DType.Float16: Loop<Half, B>(x, stride, y, n); break;
            case DType.BFloat16: Loop<BFloat16, B>(x, stride, y, n); break;
            case DType.Float32: Loop<float, B>(x, stride, y, n); break;
            default: Loop<double, B>(x, stride, y, n); break;
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    static void Loop<A, B>(byte* x, long stride, byte* y, long n) where A : unmanaged where B : unmanaged
    {
        long i = 0;
        if (stride == 1)
        {
            if (typeof(A) == typeof(float) && typeof(B) == typeof(BFloat16)) i = HalfVectors.ToBFloat16((float*)x, (ushort*)y, n);
            else if (typeof(A) == typeof(BFloat16) && typeof(B) == typeof(float)) i = HalfVectors.FromBFloat16((ushort*)x, (float*)y, n);
            else if (typeof(A) == typeof(float) && typeof(B) == typeof(Half)) i = HalfVectors.ToHalf((float*)x, (ushort*)y, n);
            else if (typeof(A) == typeof(Half) && typeof(B) == typeof(float)) i = HalfVectors.FromHalf((ushort*)x, (float*)y, n);
            else if (typeof(A) == typeof(B))
            {
                Buffer.MemoryCopy(x, y, n * sizeof(A), n * sizeof(A));
                return;
            }
        }
        if (typeof(B) == typeof(Bit))
        {
            for (; i < n; i++) y[i] = Elements.IsZero(((A*)x)[i * stride]) ? (byte)0 : (byte)1;
        }
        else if (typeof(A) == typeof(B))
        {
            for (; i < n; i++) ((A*)y)[i] = ((A*)x)[i * stride];
        }
        else
        {
            for (; i < n; i++) ((B*)y)[i] = Elements.Convert<A, B>(((A*)x)[i * stride]);
        }
    }

    /// <summary>Collects n elements of a row from position <paramref name="start"/> of it on, converting them.</summary>
    /// <param name="from">Their dtype.</param>
    /// <param name="x">First element of the row.</param>
    /// <param name="sizes">Axes of the row.</param>
    /// <param name="strides">Element strides along them.</param>
    /// <param name="start">First position.</param>
    /// <param name="to">Dtype of the block.</param>
    /// <param name="y">The block.</param>
    /// <param name="n">Number of elements.</param>
    internal static void Gather(DType from, byte* x, ReadOnlySpan<long> sizes, ReadOnlySpan<long> strides, long start, DType to, byte* y, long n)
    {
        int size = from.Size(), target = to.Size(), rank = sizes.Length;
        Span<long> index = stackalloc long[rank];
        long rest = start, at = 0;
        for (var d = rank - 1; d >= 0; d--)
        {
            index[d] = rest % sizes[d];
            rest /= sizes[d];
            at += index[d] * strides[d];
        }
        while (true)
        {
            var run = Math.Min(n, sizes[^1] - index[^1]);
            Convert(from, x + at * size, strides[^1], to, y, run);
            n -= run;
            if (n == 0) return;
            y += run * target;
            at -= index[^1] * strides[^1];
            index[^1] = 0;
            for (var d = rank - 2; d >= 0; d--)
            {
                at += strides[d];
                if (++index[d] < sizes[d]) break;
                at -= sizes[d] * strides[d];
                index[d] = 0;
            }
        }
    }
}
