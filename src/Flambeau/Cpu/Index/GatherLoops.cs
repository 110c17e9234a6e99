using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>Gather and scatter along one axis.</summary>
internal static unsafe class GatherLoops
{
    /// <summary>Reads the places of the plan into the row-major <paramref name="y"/>.</summary>
    internal static void Read<T>(Tensor x, Tensor y, GatherPlan p) where T : unmanaged
    {
        if (y.Numel == 0) return;
        fixed (T* px = &x.First<T>(), py = &y.First<T>())
        fixed (long* pi = &p.Index.First<long>())
        {
            T* src = px, dst = py;
            var index = pi;
            CpuThreads.For(p.Pre.Length * p.K, Math.Max(1, StridedLoop.Grain / p.Post.Length), (from, to) => Read(src, dst, index, p, from, to));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Read<T>(T* src, T* dst, long* index, GatherPlan p, long from, long to) where T : unmanaged
    {
        long[] post = p.Post;
        long a = from / p.K, k = from % p.K, step = p.Step, size = p.Size;
        if (post.Length == 1)
        {
            for (var r = from; r < to; a++, k = 0)
            {
                var line = src + p.Pre[a] + post[0];
                for (var end = Math.Min(to, r + p.K - k); r < end; r++)
                {
                    var v = index[r];
                    if ((ulong)v >= (ulong)size) throw p.Bad(v);
                    dst[r] = line[v * step];
                }
            }
            return;
        }
        for (var r = from; r < to; r++)
        {
            T* s = src + p.Pre[a];
            T* d = dst + r * post.Length;
            long* i = index + r * post.Length;
            for (var q = 0; q < post.Length; q++)
            {
                var v = i[q];
                if ((ulong)v >= (ulong)size) throw p.Bad(v);
                d[q] = s[post[q] + v * step];
            }
            if (++k == p.K) (k, a) = (0, a + 1);
        }
    }

    /// <summary>
    /// Combines elements of <paramref name="source"/> into the places of the plan. Different positions off the indexed axis never meet, so threads
    /// split those, and repeated indices are taken in order.
    /// </summary>
    internal static void Write<T, C>(Tensor y, Tensor source, GatherPlan p) where T : unmanaged where C : struct, ICombine<T>
    {
        if (p.Index.Numel == 0) return;
        var (pre, step, post) = p.Of(source);
        const int width = 512;
        var chunks = (post.Length + width - 1) / width;
        fixed (T* py = &y.First<T>(), ps = &source.First<T>())
        fixed (long* pi = &p.Index.First<long>())
        {
            T* dst = py, src = ps;
            var index = pi;
            CpuThreads.For((long)pre.Length * chunks, Math.Max(1, StridedLoop.Grain / (p.K * Math.Min(post.Length, width))), (from, to) =>
            {
                for (var u = from; u < to; u++)
                {
                    long a = u / chunks, first = u % chunks * width;
                    Unit<T, C>(dst + p.Pre[a], src + pre[a], index + a * p.K * post.Length, p, step, post, (int)first, (int)Math.Min(post.Length, first + width));
                }
            });
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Unit<T, C>(T* dst, T* src, long* index, GatherPlan p, long step, long[] from, int first, int last) where T : unmanaged where C : struct, ICombine<T>
    {
        var to = p.Post;
        long along = p.Step, size = p.Size, count = p.K;
        if (to.Length == 1)
        {
            dst += to[0];
            src += from[0];
            for (long k = 0; k < count; k++)
            {
                var v = index[k];
                if ((ulong)v >= (ulong)size) throw p.Bad(v);
                ref var d = ref dst[v * along];
                d = C.Of(d, src[k * step]);
            }
            return;
        }
        for (long k = 0; k < count; k++)
        {
            T* s = src + k * step;
            long* i = index + k * to.Length;
            for (var q = first; q < last; q++)
            {
                var v = i[q];
                if ((ulong)v >= (ulong)size) throw p.Bad(v);
                ref var d = ref dst[to[q] + v * along];
                d = C.Of(d, s[from[q]]);
            }
        }
    }
}
