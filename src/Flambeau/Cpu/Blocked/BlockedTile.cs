using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>
/// The register tile of a blocked convolution: six pixels by one or two blocks of output channels, held in registers over all taps and a run of input blocks.
/// After E. Georganas et al., "Anatomy of High-Performance Deep Learning Convolutions on SIMD Architectures", SC 2018, arXiv:1808.05567.
/// </summary>
internal static unsafe class BlockedTile<V, S> where V : struct where S : struct, ISimd<float, V>
{
    /// <summary>What a tile reads and writes.</summary>
    internal struct Job
    {
        /// <summary>The source at the first input block of the run, and where the six pixels begin in it.</summary>
        public float* X;
        public long* Origins;

        /// <summary>From one input block of the source to the next, in elements.</summary>
        public long SourceBlock;

        /// <summary>Where each tap is from a pixel's first element.</summary>
        public long* Taps;
        public long TapCount;

        /// <summary>Input blocks of the run, channels of each and of the last one.</summary>
        public long Blocks, Channels, LastChannels;

        /// <summary>Weights of the first output block at the first input block of the run; the second is <see cref="WeightBlock"/> further.</summary>
        public float* W;
        public long WeightBlock;

        /// <summary>Where sums begin: in <see cref="Bias"/>, which may be null, or among the accumulators. Where they end: in the result, or among the accumulators.</summary>
        public bool First, Last;
        public float* Bias;

        /// <summary>The result and what is added to it, which may be null, at the first output block; the second is <see cref="ResultBlock"/> further.</summary>
        public float* Y, Residual;
        public long ResultBlock;
        public long* Targets;
        public Epilogue Epilogue;
    }

    /// <summary>Adds a run to twelve sums: six pixels of the first block, then six of the second; between runs they are in <paramref name="acc"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Two(in Job job, float* acc)
    {
        var n = S.Count;
        V a0, a1, a2, a3, a4, a5, b0, b1, b2, b3, b4, b5;
        if (job.First)
        {
            a0 = a1 = a2 = a3 = a4 = a5 = job.Bias == null ? S.All(0) : S.Load(job.Bias);
            b0 = b1 = b2 = b3 = b4 = b5 = job.Bias == null ? S.All(0) : S.Load(job.Bias + n);
        }
        else
        {
            a0 = S.Load(acc); a1 = S.Load(acc + n); a2 = S.Load(acc + 2 * n); a3 = S.Load(acc + 3 * n); a4 = S.Load(acc + 4 * n); a5 = S.Load(acc + 5 * n);
            b0 = S.Load(acc + 6 * n); b1 = S.Load(acc + 7 * n); b2 = S.Load(acc + 8 * n); b3 = S.Load(acc + 9 * n); b4 = S.Load(acc + 10 * n); b5 = S.Load(acc + 11 * n);
        }
        float* w = job.W, source = job.X;
        long second = job.WeightBlock, tap = job.Channels * n;
        for (var block = job.Blocks; block > 0; block--)
        {
            var channels = (nint)(block == 1 ? job.LastChannels : job.Channels);
            for (long t = 0; t < job.TapCount; t++)
            {
                var at = source + job.Taps[t];
                var o = job.Origins;
                float* x0 = at + o[0], x1 = at + o[1], x2 = at + o[2], x3 = at + o[3], x4 = at + o[4], x5 = at + o[5];
                float* v = w;
                for (nint c = 0; c < channels; c++)
                {
                    V wa = S.Load(v), wb = S.Load(v + second);
                    { var x = S.All(x0[c]); a0 = S.Fma(x, wa, a0); b0 = S.Fma(x, wb, b0); }
                    { var x = S.All(x1[c]); a1 = S.Fma(x, wa, a1); b1 = S.Fma(x, wb, b1); }
                    { var x = S.All(x2[c]); a2 = S.Fma(x, wa, a2); b2 = S.Fma(x, wb, b2); }
                    { var x = S.All(x3[c]); a3 = S.Fma(x, wa, a3); b3 = S.Fma(x, wb, b3); }
                    { var x = S.All(x4[c]); a4 = S.Fma(x, wa, a4); b4 = S.Fma(x, wb, b4); }
                    { var x = S.All(x5[c]); a5 = S.Fma(x, wa, a5); b5 = S.Fma(x, wb, b5); }
                    v += n;
                }
                w += tap;
            }
            source += job.SourceBlock;
        }
        if (job.Last)
        {
            End(job, 0, a0, a1, a2, a3, a4, a5);
            End(job, job.ResultBlock, b0, b1, b2, b3, b4, b5);
            return;
        }
        S.Store(acc, a0); S.Store(acc + n, a1); S.Store(acc + 2 * n, a2); S.Store(acc + 3 * n, a3); S.Store(acc + 4 * n, a4); S.Store(acc + 5 * n, a5);
        S.Store(acc + 6 * n, b0); S.Store(acc + 7 * n, b1); S.Store(acc + 8 * n, b2); S.Store(acc + 9 * n, b3); S.Store(acc + 10 * n, b4); S.Store(acc + 11 * n, b5);
    }

    /// <summary>The same for one output block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void One(in Job job, float* acc)
    {
        var n = S.Count;
        V a0, a1, a2, a3, a4, a5;
        if (job.First) a0 = a1 = a2 = a3 = a4 = a5 = job.Bias == null ? S.All(0) : S.Load(job.Bias);
        else { a0 = S.Load(acc); a1 = S.Load(acc + n); a2 = S.Load(acc + 2 * n); a3 = S.Load(acc + 3 * n); a4 = S.Load(acc + 4 * n); a5 = S.Load(acc + 5 * n); }
        float* w = job.W, source = job.X;
        var tap = job.Channels * n;
        for (var block = job.Blocks; block > 0; block--)
        {
            var channels = (nint)(block == 1 ? job.LastChannels : job.Channels);
            for (long t = 0; t < job.TapCount; t++)
            {
                var at = source + job.Taps[t];
                var o = job.Origins;
                float* x0 = at + o[0], x1 = at + o[1], x2 = at + o[2], x3 = at + o[3], x4 = at + o[4], x5 = at + o[5];
                float* v = w;
                for (nint c = 0; c < channels; c++)
                {
                    var wa = S.Load(v);
                    a0 = S.Fma(S.All(x0[c]), wa, a0);
                    a1 = S.Fma(S.All(x1[c]), wa, a1);
                    a2 = S.Fma(S.All(x2[c]), wa, a2);
                    a3 = S.Fma(S.All(x3[c]), wa, a3);
                    a4 = S.Fma(S.All(x4[c]), wa, a4);
                    a5 = S.Fma(S.All(x5[c]), wa, a5);
                    v += n;
                }
                w += tap;
            }
            source += job.SourceBlock;
        }
        if (job.Last)
        {
            End(job, 0, a0, a1, a2, a3, a4, a5);
            return;
        }
        S.Store(acc, a0); S.Store(acc + n, a1); S.Store(acc + 2 * n, a2); S.Store(acc + 3 * n, a3); S.Store(acc + 4 * n, a4); S.Store(acc + 5 * n, a5);
    }

    /// <summary>Six pixels whose channels each have their own kernel: the source is one block, the weights one register a tap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Each(in Job job)
    {
        V a0, a1, a2, a3, a4, a5;
        a0 = a1 = a2 = a3 = a4 = a5 = job.Bias == null ? S.All(0) : S.Load(job.Bias);
        float* x = job.X, w = job.W;
        var o = job.Origins;
        float* x0 = x + o[0], x1 = x + o[1], x2 = x + o[2], x3 = x + o[3], x4 = x + o[4], x5 = x + o[5];
        for (long t = 0; t < job.TapCount; t++, w += S.Count)
        {
            var at = job.Taps[t];
            var v = S.Load(w);
            a0 = S.Fma(S.Load(x0 + at), v, a0);
            a1 = S.Fma(S.Load(x1 + at), v, a1);
            a2 = S.Fma(S.Load(x2 + at), v, a2);
            a3 = S.Fma(S.Load(x3 + at), v, a3);
            a4 = S.Fma(S.Load(x4 + at), v, a4);
            a5 = S.Fma(S.Load(x5 + at), v, a5);
        }
        End(job, 0, a0, a1, a2, a3, a4, a5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void End(in Job job, long block, V a0, V a1, V a2, V a3, V a4, V a5)
    {
        var to = job.Targets;
        if (job.Residual != null)
        {
            var r = job.Residual + block;
            var one = S.All(1);
            a0 = S.Fma(one, S.Load(r + to[0]), a0);
            a1 = S.Fma(one, S.Load(r + to[1]), a1);
            a2 = S.Fma(one, S.Load(r + to[2]), a2);
            a3 = S.Fma(one, S.Load(r + to[3]), a3);
            a4 = S.Fma(one, S.Load(r + to[4]), a4);
            a5 = S.Fma(one, S.Load(r + to[5]), a5);
        }
        var e = job.Epilogue;
        if (e != Epilogue.None)
        {
            a0 = BlockedEnd.Apply<V, S>(a0, e);
            a1 = BlockedEnd.Apply<V, S>(a1, e);
            a2 = BlockedEnd.Apply<V, S>(a2, e);
            a3 = BlockedEnd.Apply<V, S>(a3, e);
            a4 = BlockedEnd.Apply<V, S>(a4, e);
            a5 = BlockedEnd.Apply<V, S>(a5, e);
        }
        var y = job.Y + block;
        S.Store(y + to[0], a0);
        S.Store(y + to[1], a1);
        S.Store(y + to[2], a2);
        S.Store(y + to[3], a3);
        S.Store(y + to[4], a4);
        S.Store(y + to[5], a5);
    }
}
