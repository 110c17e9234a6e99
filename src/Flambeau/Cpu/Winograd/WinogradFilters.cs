using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lane = System.Runtime.Intrinsics.Vector256<float>;

namespace Flambeau.Cpu;

/// <summary>Filters of 3 × 3 as their tiles' points: [points, out blocks, in blocks · B, B].</summary>
internal static unsafe class WinogradFilters
{
    /// <summary>Filters that a task transforms before it writes them: whole cache lines to each point.</summary>
    const int Run = 16;

    /// <summary>Entries of all filters.</summary>
    internal static long Size(int m, in BlockedShape s) => (m + 2) * (m + 2) * s.OutBlocks * s.Block * s.InBlocks * s.Block;

    /// <summary>G g Gᵀ of all filters; entries beyond the last channel in hold anything, those beyond the last channel out are zeros.</summary>
    /// <param name="m">Tile outputs along an axis.</param>
    /// <param name="s">The convolution.</param>
    /// <param name="w">Filters [Cout, Cin, 3, 3].</param>
    /// <param name="u">The result.</param>
    /// <param name="adjoint">They are [Cin, Cout, 3, 3], and turned around: of the gradient of a convolution.</param>
    internal static void Transform(int m, in BlockedShape s, float* w, float* u, bool adjoint)
    {
        if (m == 4) Transform<Winograd4>(s, w, u, adjoint);
        else Transform<Winograd2>(s, w, u, adjoint);
    }

    static void Transform<F>(BlockedShape s, float* w, float* u, bool adjoint) where F : struct, IWinogradForm
    {
        long rows = s.InBlocks * s.Block, eights = (s.Cout + 7) / 8, runs = (s.Cin + Run - 1) / Run, point = s.OutBlocks * rows * s.Block;
        // A block of 16 of which only the first half has channels.
        if (s.Block == 16 && eights % 2 == 1)
        {
            for (var k = 0; k < (F.Outputs + 2) * (F.Outputs + 2); k++) new Span<float>(u + k * point + (s.OutBlocks - 1) * rows * s.Block, (int)(rows * s.Block)).Clear();
        }
        CpuThreads.For(eights * runs, 4, (first, end) =>
        {
            // In the order in which the filters lie.
            for (var i = first; i < end; i++)
            {
                if (adjoint) Part<F>(s, w, u, true, i % eights * 8, i / eights * Run);
                else Part<F>(s, w, u, false, i / runs * 8, i % runs * Run);
            }
        });
    }

    /// <summary>Eight channels out by a run of channels in.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Part<F>(in BlockedShape s, float* w, float* u, bool adjoint, long o, long c0) where F : struct, IWinogradForm
    {
        int n = F.Outputs + 2, points = n * n, lanes = (int)Math.Min(8, s.Cout - o), count = (int)Math.Min(Run, s.Cin - c0);
        long rows = s.InBlocks * s.Block, point = s.OutBlocks * rows * s.Block, perOut = adjoint ? 9 : s.Cin * 9, perIn = adjoint ? s.Cout * 9 : 9;
        var g = stackalloc Lane[9];
        var t = stackalloc Lane[18];
        var v = stackalloc Lane[36 * Run];
        for (var k = 0; k < 9; k++) g[k] = default;
        for (var c = 0; c < count; c++)
        {
            for (var l = 0; l < lanes; l++)
            {
                float* from = w + (o + l) * perOut + (c0 + c) * perIn, to = (float*)g + l;
                if (adjoint)
                {
                    for (var k = 0; k < 9; k++) to[64 - 8 * k] = from[k];
                }
                else
                {
                    for (var k = 0; k < 9; k++) to[8 * k] = from[k];
                }
            }
            for (var k = 0; k < 3; k++) F.Filter(g + k, 3, t + k, 3);
            for (var k = 0; k < n; k++) F.Filter(t + 3 * k, 1, v + n * k * Run + c, Run);
        }
        var at = u + (o / s.Block * rows + c0) * s.Block + o % s.Block;
        for (var k = 0; k < points; k++, at += point)
            for (var c = 0; c < count; c++) v[k * Run + c].Store(at + c * s.Block);
    }

    /// <summary>Gᵀ U G of sums [points, Cin rows, Cout lanes] to [Cout, Cin, 3, 3].</summary>
    /// <param name="cin">Channels in.</param>
    /// <param name="cout">Channels out.</param>
    /// <param name="width">From one channel in to the next.</param>
    /// <param name="point">From one point to the next.</param>
    /// <param name="sums">Sums.</param>
    /// <param name="dw">The result.</param>
    internal static void Gradient<F>(long cin, long cout, long width, long point, float* sums, float* dw) where F : struct, IWinogradForm
    {
        long eights = (cout + 7) / 8, runs = (cin + Run - 1) / Run;
        CpuThreads.For(eights * runs, 4, (first, end) =>
        {
            for (var i = first; i < end; i++) GradientPart<F>(cin, cout, width, point, sums, dw, i / runs * 8, i % runs * Run);
        });
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void GradientPart<F>(long cin, long cout, long width, long point, float* sums, float* dw, long o, long c0) where F : struct, IWinogradForm
    {
        int n = F.Outputs + 2, lanes = (int)Math.Min(8, cout - o);
        var u = stackalloc Lane[36];
        var t = stackalloc Lane[18];
        var g = stackalloc Lane[9];
        for (var c = c0; c < Math.Min(cin, c0 + Run); c++)
        {
            for (var k = 0; k < n * n; k++) u[k] = Vector256.Load(sums + k * point + c * width + o);
            for (var k = 0; k < n; k++) F.FilterAdjoint(u + k, n, t + k, n);
            for (var k = 0; k < 3; k++) F.FilterAdjoint(t + n * k, 1, g + 3 * k, 1);
            for (var l = 0; l < lanes; l++)
            {
                float* to = dw + ((o + l) * cin + c) * 9, from = (float*)g + l;
                for (var k = 0; k < 9; k++) to[k] = from[8 * k];
            }
        }
    }
}
