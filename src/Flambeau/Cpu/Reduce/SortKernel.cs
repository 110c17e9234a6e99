namespace Flambeau.Cpu;

/// <summary>Orders the elements of each line along an axis. NaN counts as largest; equal elements keep their order.</summary>
internal static unsafe class SortKernel
{
    /// <summary>Chooses one position of a line whose keys are sorted.</summary>
    internal delegate long Chooser(ReadOnlySpan<SortKey> sorted, ulong nan);

    /// <summary>Positions along the axis of the first <paramref name="count"/> elements (all by default) in order.</summary>
    internal static Tensor Indices(Tensor x, int dim, bool descending, long? count = null)
    {
        x = Prepare(x);
        var axis = Axis.Of(x.Layout.Sizes, dim);
        var k = count ?? axis.Size;
        var y = Tensor.New(Axis.Sizes(x.Layout.Sizes, dim, k), DType.Int64);
        if (y.Numel == 0) return y;
        if (y.Storage.Backend is { } device)
        {
            device.Sort(x, y, dim, descending);
            return y;
        }
        if (axis.Size > int.MaxValue) throw new NotSupportedException($"sort: an axis of {axis.Size} elements; at most {int.MaxValue} can be sorted");
        var result = axis.Resized(k);
        fixed (byte* px = &x.FirstByte())
        fixed (long* py = &y.First<long>())
        {
            var src = px;
            var dst = py;
            var dtype = x.DType;
            CpuThreads.For(axis.Lines, Math.Max(1, axis.Grain / 16), (from, to) =>
            {
                var n = (int)axis.Size;
                if (dtype is DType.Float32 or DType.Int32)
                {
                    var packed = new ulong[n];
                    ulong[] spare = [];
                    for (var line = from; line < to; line++)
                    {
                        if (k <= 64 && k * 8 < n && dtype == DType.Float32 && axis.Inner == 1) SortKeys.First((float*)src + axis.Start(line), descending, packed, (int)k);
                        else
                        {
                            Pack(src, dtype, axis, line, descending, packed);
                            if (k <= 64 && k * 8 < n) First(packed, (int)k);
                            else SortKeys.Sort(packed, ref spare);
                        }
                        var at = dst + result.Start(line);
                        for (var i = 0; i < k; i++) at[i * result.Inner] = (uint)packed[i];
                    }
                    return;
                }
                var keys = new SortKey[n];
                SortKey[] more = [];
                for (var line = from; line < to; line++)
                {
                    Keys(src, dtype, axis, line, descending, keys);
                    SortKeys.Sort(keys, ref more);
                    var at = dst + result.Start(line);
                    for (var i = 0; i < k; i++) at[i * result.Inner] = keys[i].Position;
                }
            });
        }
        return y;
    }

    /// <summary>One position a line, with size 1 along the axis.</summary>
    internal static Tensor Choose(Tensor x, int dim, Chooser chooser)
    {
        x = Prepare(x);
        var axis = Axis.Of(x.Layout.Sizes, dim);
        var y = Tensor.New(Axis.Sizes(x.Layout.Sizes, dim, 1), DType.Int64);
        if (y.Numel == 0) return y;
        fixed (byte* px = &x.FirstByte())
        fixed (long* py = &y.First<long>())
        {
            var src = px;
            var dst = py;
            var dtype = x.DType;
            CpuThreads.For(axis.Lines, Math.Max(1, axis.Grain / 16), (from, to) =>
            {
                var keys = new SortKey[axis.Size];
                SortKey[] more = [];
                for (var line = from; line < to; line++)
                {
                    Keys(src, dtype, axis, line, descending: false, keys);
                    SortKeys.Sort(keys, ref more);
                    dst[line] = chooser(keys, dtype is DType.Float32 ? SortKeys.NaN32 : dtype is DType.Float64 ? SortKeys.NaN64 : 0);
                }
            });
        }
        return y;
    }

    /// <summary>Row-major, in one of the four dtypes that keys are made of.</summary>
    static Tensor Prepare(Tensor x)
    {
        if (x.DType.IsComplex()) throw new ArgumentException($"sorting needs an order, which complex numbers lack; the tensor is {x.DType.Name()}");
        return Cast.To(Cast.Contiguous(x), x.DType switch
        {
            DType.Float64 or DType.Int64 => x.DType,
            var d when d.IsFloat() => DType.Float32,
            _ => DType.Int32,
        });
    }

    static void Pack(byte* src, DType dtype, Axis axis, long line, bool descending, ulong[] packed)
    {
        var flip = descending ? uint.MaxValue : 0;
        if (dtype == DType.Float32)
        {
            var x = (float*)src + axis.Start(line);
            var i = axis.Inner == 1 ? SortKeys.Pack(x, flip, packed) : 0;
            for (; i < packed.Length; i++) packed[i] = (ulong)(SortKeys.Of(x[i * axis.Inner]) ^ flip) << 32 | (uint)i;
        }
        else
        {
            var x = (int*)src + axis.Start(line);
            for (var i = 0; i < packed.Length; i++) packed[i] = (ulong)(SortKeys.Of(x[i * axis.Inner]) ^ flip) << 32 | (uint)i;
        }
    }

    static void Keys(byte* src, DType dtype, Axis axis, long line, bool descending, SortKey[] keys)
    {
        var flip = descending ? ulong.MaxValue : 0;
        var start = axis.Start(line);
        for (var i = 0; i < keys.Length; i++)
        {
            var at = start + i * axis.Inner;
            var key = dtype switch
            {
                DType.Float32 => SortKeys.Of(((float*)src)[at]),
                DType.Int32 => SortKeys.Of(((int*)src)[at]),
                DType.Float64 => SortKeys.Of(((double*)src)[at]),
                _ => SortKeys.Of(((long*)src)[at]),
            };
            keys[i] = new() { Key = key ^ flip, Position = i };
        }
    }

    /// <summary>Brings the k smallest to the front, in order, by insertion: most elements fail the first comparison.</summary>
    static void First(Span<ulong> packed, int k)
    {
        packed[..k].Sort();
        for (var i = k; i < packed.Length; i++) SortKeys.Insert(packed[..k], packed[i]);
    }
}
