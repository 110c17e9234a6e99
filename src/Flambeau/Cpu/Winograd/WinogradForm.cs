using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lane = System.Runtime.Intrinsics.Vector256<float>;

namespace Flambeau.Cpu;

/// <summary>
/// A minimal algorithm F(m, 3): m neighbouring outputs of a filter of 3 by m + 2 products instead of 3m, here as its matrices applied
/// to columns of lanes. Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A in two dimensions; its adjoint in g is Gᵀ[(A dY Aᵀ) ⊙ (Bᵀ d B)]G.
/// After A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv:1509.09308.
/// </summary>
internal unsafe interface IWinogradForm
{
    /// <summary>Outputs of a tile along one axis.</summary>
    static abstract int Outputs { get; }

    /// <summary>Bᵀ d: m + 2 entries at <paramref name="from"/>, <paramref name="fromStride"/> apart, to as many at <paramref name="to"/>.</summary>
    static abstract void Input(Lane* from, int fromStride, Lane* to, int toStride);

    /// <summary>G g: 3 entries to m + 2.</summary>
    static abstract void Filter(Lane* from, int fromStride, Lane* to, int toStride);

    /// <summary>Gᵀ u: m + 2 entries to 3.</summary>
    static abstract void FilterAdjoint(Lane* from, int fromStride, Lane* to, int toStride);

    /// <summary>Aᵀ p: m + 2 entries to m.</summary>
    static abstract void Output(Lane* from, int fromStride, Lane* to, int toStride);

    /// <summary>A y: m entries to m + 2.</summary>
    static abstract void OutputAdjoint(Lane* from, int fromStride, Lane* to, int toStride);
}

/// <summary>F(2, 3): 2.25 times fewer products in two dimensions, and rounding like a direct sum's.</summary>
internal readonly unsafe struct Winograd2 : IWinogradForm
{
    public static int Outputs => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input(Lane* d, int s, Lane* v, int t)
    {
        Lane d0 = d[0], d1 = d[s], d2 = d[2 * s], d3 = d[3 * s];
        v[0] = d0 - d2;
        v[t] = d1 + d2;
        v[2 * t] = d2 - d1;
        v[3 * t] = d1 - d3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Filter(Lane* g, int s, Lane* u, int t)
    {
        var half = (g[0] + g[2 * s]) * 0.5f;
        var middle = g[s] * 0.5f;
        u[0] = g[0];
        u[t] = half + middle;
        u[2 * t] = half - middle;
        u[3 * t] = g[2 * s];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FilterAdjoint(Lane* u, int s, Lane* g, int t)
    {
        var sum = (u[s] + u[2 * s]) * 0.5f;
        g[0] = u[0] + sum;
        g[t] = (u[s] - u[2 * s]) * 0.5f;
        g[2 * t] = sum + u[3 * s];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output(Lane* p, int s, Lane* y, int t)
    {
        y[0] = p[0] + p[s] + p[2 * s];
        y[t] = p[s] - p[2 * s] - p[3 * s];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputAdjoint(Lane* y, int s, Lane* p, int t)
    {
        Lane a = y[0], b = y[s];
        p[0] = a;
        p[t] = a + b;
        p[2 * t] = a - b;
        p[3 * t] = -b;
    }
}

/// <summary>F(4, 3): 4 times fewer products in two dimensions; rounding errors are some ten times a direct sum's.</summary>
internal readonly unsafe struct Winograd4 : IWinogradForm
{
    public static int Outputs => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input(Lane* d, int s, Lane* v, int t)
    {
        Lane d0 = d[0], d1 = d[s], d2 = d[2 * s], d3 = d[3 * s], d4 = d[4 * s], d5 = d[5 * s];
        Lane a = d4 - d2 * 4f, b = d3 - d1 * 4f, c = d4 - d2, e = (d3 - d1) * 2f;
        v[0] = d0 * 4f - d2 * 5f + d4;
        v[t] = a + b;
        v[2 * t] = a - b;
        v[3 * t] = c + e;
        v[4 * t] = c - e;
        v[5 * t] = d1 * 4f - d3 * 5f + d5;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Filter(Lane* g, int s, Lane* u, int t)
    {
        Lane g0 = g[0], g1 = g[s], g2 = g[2 * s];
        Lane a = (g0 + g2) * (-1f / 6), b = g1 * (1f / 6), c = g0 * (1f / 24) + g2 * (1f / 6), e = g1 * (1f / 12);
        u[0] = g0 * 0.25f;
        u[t] = a - b;
        u[2 * t] = a + b;
        u[3 * t] = c + e;
        u[4 * t] = c - e;
        u[5 * t] = g2;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FilterAdjoint(Lane* u, int s, Lane* g, int t)
    {
        Lane sum = (u[s] + u[2 * s]) * (1f / 6), far = u[3 * s] + u[4 * s];
        g[0] = u[0] * 0.25f - sum + far * (1f / 24);
        g[t] = (u[2 * s] - u[s]) * (1f / 6) + (u[3 * s] - u[4 * s]) * (1f / 12);
        g[2 * t] = far * (1f / 6) - sum + u[5 * s];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output(Lane* p, int s, Lane* y, int t)
    {
        Lane s1 = p[s] + p[2 * s], d1 = p[s] - p[2 * s], s2 = p[3 * s] + p[4 * s], d2 = p[3 * s] - p[4 * s];
        y[0] = p[0] + s1 + s2;
        y[t] = d1 + d2 * 2f;
        y[2 * t] = s1 + s2 * 4f;
        y[3 * t] = d1 + d2 * 8f + p[5 * s];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputAdjoint(Lane* y, int s, Lane* p, int t)
    {
        Lane y0 = y[0], y1 = y[s], y2 = y[2 * s], y3 = y[3 * s];
        Lane even = y0 + y2, odd = y1 + y3, wide = y0 + y2 * 4f, far = y1 * 2f + y3 * 8f;
        p[0] = y0;
        p[t] = even + odd;
        p[2 * t] = even - odd;
        p[3 * t] = wide + far;
        p[4 * t] = wide - far;
        p[5 * t] = y3;
    }
}
