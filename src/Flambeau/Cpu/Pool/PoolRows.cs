using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Flambeau.Cpu;

/// <summary>
/// Eight neighbouring windows of a row of float32 outputs at a time, for strides of 1 and 2. The elements of each window are taken in
/// the order of the plain loops, so results have the same bits.
/// </summary>
internal static unsafe class PoolRows
{
    /// <summary>Outputs that are computed together; a row needs that many whole windows.</summary>
    internal const int Width = 8;

    /// <summary>The part of a row of windows that all of them share: their extent along the other axes, in a plane of rows of <c>Columns</c> elements.</summary>
    internal readonly record struct Window(long D0, long D1, long DStep, long H0, long H1, long HStep, long Rows, long Columns);

    internal static bool Fits(PoolAxis w) => (Avx2.IsSupported || AdvSimd.Arm64.IsSupported) && w.Stride is 1 or 2 && w.Out <= int.MaxValue;

    /// <summary>Maxima of the outputs from <paramref name="from"/> on; gives back the first that is left to do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static long Max(float* x, float* end, float* y, long* at, in Window r, PoolAxis w, long from, long to)
    {
        var stride = w.Stride;
        for (var l = from; ; l += Width)
        {
            // The last windows are done once more where their number isn't a multiple.
            if (l > to - Width) l = to - Width;
            var first = l * stride - w.Pad;
            if (x + ((r.D1 - 1) * r.Rows + r.H1 - 1) * r.Columns + first + (w.Kernel - 1) * w.Step + Width * stride > end) return l;
            var places = Places(stride) + Vector256.Create((int)first);
            var start = (r.D0 * r.Rows + r.H0) * r.Columns;
            var best = Load(x + start + first, stride);
            var where = places + Vector256.Create((int)start);
            for (var a = r.D0; a < r.D1; a += r.DStep)
            {
                for (var b = r.H0; b < r.H1; b += r.HStep)
                {
                    var row = (a * r.Rows + b) * r.Columns;
                    for (long c = 0; c < w.Kernel; c++)
                    {
                        var v = Load(x + row + first + c * w.Step, stride);
                        var better = Vector256.GreaterThan(v, best) | ~Vector256.Equals(v, v);
                        best = Vector256.ConditionalSelect(better, v, best);
                        if (at != null) where = Vector256.ConditionalSelect(better.AsInt32(), places + Vector256.Create((int)(row + c * w.Step)), where);
                    }
                }
            }
            InOrder(best.AsInt32(), stride).AsSingle().Store(y + l);
            if (at != null)
            {
                where = InOrder(where, stride);
                Vector256.WidenLower(where).Store(at + l);
                Vector256.WidenUpper(where).Store(at + l + 4);
            }
            if (l + Width >= to) return to;
        }
    }

    /// <summary>Whether <see cref="MaxNarrow"/> takes rows of such windows: of too few whole ones for <see cref="Max"/>.</summary>
    internal static bool FitsNarrow(PoolAxis w) => Fits(w) && w.Kernel > 0 && w.Out is >= 4 and < 4 * Width && Padded(w) <= MostPadded;

    const int MostPadded = 256;

    /// <summary>Elements of a row with its padding, and what the last registers read.</summary>
    static long Padded(PoolAxis w) => Math.Max(w.Pad + w.In, (w.Out + Width) * w.Stride + (w.Kernel - 1) * w.Step + Width);

    /// <summary>Maxima of a whole row of outputs: each row of the plane is copied between minus infinities, which are no larger than anything.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void MaxNarrow(float* x, float* y, long* at, in Window r, PoolAxis w)
    {
        var stride = w.Stride;
        var padded = stackalloc float[MostPadded];
        var values = stackalloc float[4 * Width];
        var places = stackalloc int[4 * Width];
        new Span<float>(padded, MostPadded).Fill(float.NegativeInfinity);
        var start = (int)((r.D0 * r.Rows + r.H0) * r.Columns);
        for (var l = 0; l < w.Out; l++)
        {
            values[l] = float.NegativeInfinity;
            places[l] = start + (int)w.First[l];
        }
        var order = InOrder(Places(stride), stride);
        for (var a = r.D0; a < r.D1; a += r.DStep)
        {
            for (var b = r.H0; b < r.H1; b += r.HStep)
            {
                var row = (a * r.Rows + b) * r.Columns;
                new ReadOnlySpan<float>(x + row, (int)w.In).CopyTo(new Span<float>(padded + w.Pad, (int)w.In));
                for (long l = 0; l < w.Out; l += Width)
                {
                    var from = padded + l * stride;
                    var best = Vector256.Load(values + l);
                    var where = Vector256.Load(places + l);
                    var column = Vector256.Create((int)(row + l * stride - w.Pad)) + order;
                    for (long c = 0; c < w.Kernel; c++)
                    {
                        var v = InOrder(Load(from + c * w.Step, stride).AsInt32(), stride).AsSingle();
                        var better = Vector256.GreaterThan(v, best) | ~Vector256.Equals(v, v);
                        best = Vector256.ConditionalSelect(better, v, best);
                        where = Vector256.ConditionalSelect(better.AsInt32(), column + Vector256.Create((int)(c * w.Step)), where);
                    }
                    best.Store(values + l);
                    where.Store(places + l);
                }
            }
        }
        new ReadOnlySpan<float>(values, (int)w.Out).CopyTo(new Span<float>(y, (int)w.Out));
        if (at == null) return;
        for (var l = 0; l < w.Out; l++) at[l] = places[l];
    }

    /// <summary>Means of the outputs from <paramref name="from"/> on; gives back the first that is left to do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static long Mean(float* x, float* end, float* y, long divisor, in Window r, PoolAxis w, long from, long to)
    {
        var stride = w.Stride;
        if (divisor <= 0 || r.D1 <= r.D0 || r.H1 <= r.H0) return from;
        var count = Vector256.Create((float)divisor);
        for (var l = from; ; l += Width)
        {
            if (l > to - Width) l = to - Width;
            var first = l * stride - w.Pad;
            if (x + ((r.D1 - 1) * r.Rows + r.H1 - 1) * r.Columns + first + w.Kernel - 1 + Width * stride > end) return l;
            var sum = Vector256<float>.Zero;
            for (var a = r.D0; a < r.D1; a++)
            {
                for (var b = r.H0; b < r.H1; b++)
                {
                    var row = x + (a * r.Rows + b) * r.Columns + first;
                    for (long c = 0; c < w.Kernel; c++) sum += Load(row + c, stride);
                }
            }
            InOrder((sum / count).AsInt32(), stride).AsSingle().Store(y + l);
            if (l + Width >= to) return to;
        }
    }

    /// <summary>Adds each gradient over the divisor to the two elements side by side, in every row, that it came from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static long AddPairs(float* dy, float* dx, long divisor, in Window r, long pad, long from, long to)
    {
        var count = Vector256.Create(divisor == 0 ? 1f : divisor);
        var l = from;
        for (; l <= to - Width; l += Width)
        {
            var g = (Vector256.Load(dy + l) / count).AsUInt32();
            var low = Twice(g.GetLower());
            var high = Twice(g.GetUpper());
            for (var a = r.D0; a < r.D1; a++)
            {
                for (var b = r.H0; b < r.H1; b++)
                {
                    var row = dx + (a * r.Rows + b) * r.Columns + 2 * l - pad;
                    (Vector256.Load(row) + low).Store(row);
                    (Vector256.Load(row + Width) + high).Store(row + Width);
                }
            }
        }
        return l;
    }

    /// <summary>Every element twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Twice(Vector128<uint> x)
    {
        var (even, odd) = (Vector128.WidenLower(x), Vector128.WidenUpper(x));
        return Vector256.Create(even | (even << 32), odd | (odd << 32)).AsSingle();
    }

    /// <summary>Eight elements a stride apart; x64 leaves every other one in the order that <see cref="InOrder"/> mends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Load(float* p, long stride)
    {
        if (stride == 1) return Vector256.Load(p);
        return Avx.IsSupported
            ? Avx.Shuffle(Vector256.Load(p), Vector256.Load(p + 8), 0x88)
            : Vector256.Create(AdvSimd.Arm64.UnzipEven(Vector128.Load(p), Vector128.Load(p + 4)), AdvSimd.Arm64.UnzipEven(Vector128.Load(p + 8), Vector128.Load(p + 12)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Places(long stride) => stride == 1 ? Vector256<int>.Indices
        : Avx.IsSupported ? Vector256.Create(0, 2, 8, 10, 4, 6, 12, 14) : Vector256<int>.Indices * 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> InOrder(Vector256<int> x, long stride) =>
        stride == 2 && Avx2.IsSupported ? Avx2.Permute4x64(x.AsInt64(), 0b11_01_10_00).AsInt32() : x;
}
