using System.Runtime.CompilerServices;

namespace Flambeau.Cpu;

/// <summary>
/// The register tile of a blocked convolution: six pixels by one or two blocks of output channels, held in registers over all taps and a run of input blocks.
/// After E. Georganas et al., "Anatomy of High-Performance Deep Learning Convolutions on SIMD Architectures", SC 2018, arXiv:1808.05567.
/// </summary>
internal static unsafe class BlockedTile<V, S> where V : struct where S : struct, ISimd<float, V>
{
    internal const int Pixels = 6;

    /// <summary>What a tile reads and writes.</summary>
    internal struct Job
    {
        /// <summary>Six pixels' first elements in the source, at the first input block of the run.</summary>
        public float* X0, X1, X2, X3, X4, X5;

        /// <summary>From one input block of the source to the next, in elements.</summary>
        public long SourceBlock;

        /// <summary>Where each tap is from a pixel's first element.</summary>
        public long* Taps;
        public long TapCount;

        /// <summary>Input blocks of the run, and channels of its last one.</summary>
        public long Blocks;
        public int LastChannels;

        /// <summary>Weights of the first output block at the first input block of the run; the second is <see cref="WeightBlock"/> further.</summary>
        public float* W;
        public long WeightBlock;
    }

    /// <summary>Adds a run to twelve accumulators in <paramref name="acc"/>: six pixels of the first block, then six of the second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Two(in Job job, float* acc)
    {
        var n = S.Count;
        V a0 = S.Load(acc), a1 = S.Load(acc + n), a2 = S.Load(acc + 2 * n), a3 = S.Load(acc + 3 * n), a4 = S.Load(acc + 4 * n), a5 = S.Load(acc + 5 * n);
        V b0 = S.Load(acc + 6 * n), b1 = S.Load(acc + 7 * n), b2 = S.Load(acc + 8 * n), b3 = S.Load(acc + 9 * n), b4 = S.Load(acc + 10 * n), b5 = S.Load(acc + 11 * n);
        float* w = job.W;
        var second = job.WeightBlock;
        long source = 0;
        for (var block = job.Blocks; block > 0; block--)
        {
            var channels = block == 1 ? job.LastChannels : n;
            for (long t = 0; t < job.TapCount; t++)
            {
                var at = source + job.Taps[t];
                float* x0 = job.X0 + at, x1 = job.X1 + at, x2 = job.X2 + at, x3 = job.X3 + at, x4 = job.X4 + at, x5 = job.X5 + at;
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
                w += n * n;
            }
            source += job.SourceBlock;
        }
        S.Store(acc, a0); S.Store(acc + n, a1); S.Store(acc + 2 * n, a2); S.Store(acc + 3 * n, a3); S.Store(acc + 4 * n, a4); S.Store(acc + 5 * n, a5);
        S.Store(acc + 6 * n, b0); S.Store(acc + 7 * n, b1); S.Store(acc + 8 * n, b2); S.Store(acc + 9 * n, b3); S.Store(acc + 10 * n, b4); S.Store(acc + 11 * n, b5);
    }

    /// <summary>The same for one output block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void One(in Job job, float* acc)
    {
        var n = S.Count;
        V a0 = S.Load(acc), a1 = S.Load(acc + n), a2 = S.Load(acc + 2 * n), a3 = S.Load(acc + 3 * n), a4 = S.Load(acc + 4 * n), a5 = S.Load(acc + 5 * n);
        float* w = job.W;
        long source = 0;
        for (var block = job.Blocks; block > 0; block--)
        {
            var channels = block == 1 ? job.LastChannels : n;
            for (long t = 0; t < job.TapCount; t++)
            {
                var at = source + job.Taps[t];
                float* x0 = job.X0 + at, x1 = job.X1 + at, x2 = job.X2 + at, x3 = job.X3 + at, x4 = job.X4 + at, x5 = job.X5 + at;
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
                w += n * n;
            }
            source += job.SourceBlock;
        }
        S.Store(acc, a0); S.Store(acc + n, a1); S.Store(acc + 2 * n, a2); S.Store(acc + 3 * n, a3); S.Store(acc + 4 * n, a4); S.Store(acc + 5 * n, a5);
    }
}
