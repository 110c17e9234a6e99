using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lane = System.Runtime.Intrinsics.Vector256<float>;

namespace Flambeau.Cpu;

/// <summary>
/// Convolutions of 3 × 3 with stride 1 by Winograd's minimal filtering: blocks of tiles are transformed, multiplied point by point as matrix
/// products over the channels, and transformed back, all in cache. Each output is one fixed sequence of operations for every thread count.
/// A NaN or infinity spreads to the outputs of its tile.
/// </summary>
internal static unsafe class Winograd
{
    /// <summary>For tests: whether it may be chosen.</summary>
    internal static bool Enabled { get; set; } = true;

    /// <summary>Tile outputs along an axis, 4 or 2, where that is well below a direct convolution's work; else 0.</summary>
    /// <param name="s">The convolution.</param>
    /// <param name="output">What tiles are of: the result, or the gradient of the result.</param>
    /// <param name="from">Channels in.</param>
    /// <param name="to">Channels out.</param>
    /// <param name="weights">For the gradient of the weights.</param>
    internal static int Choose(in ConvShape s, Axes output, long from, long to, bool weights = false)
    {
        if (!Enabled || s.Groups != 1 || s.Kernel[0] != 1 || s.Kernel[1] != 3 || s.Kernel[2] != 3 || s.Stride.Volume != 1 || s.Dilation.Volume != 1) return 0;
        if (s.In[0] != 1 || output[0] != 1 || s.Pad[0] != 0 || s.Pad[1] is < 0 or > 2 || s.Pad[2] is < 0 or > 2 || Math.Min(from, to) < 16) return 0;
        var direct = 9.0 * from * to * (PackedWeights.Current is null ? s.N * output.Volume : Cost(s.N * output.Volume));
        double four = Work(s.N, output, from, to, weights, 4), two = Work(s.N, output, from, to, weights, 2);
        return Math.Min(four, two) > 0.8 * direct ? 0 : four <= two ? 4 : 2;
    }

    // In multiply-adds as a direct convolution does them, from measurements: short products run at 3/4 of the speed; a vector of eight
    // transformed entries, whole or not, costs as much as 24 · 8; a transformed filter goes through memory four times.
    static double Work(long n, Axes output, long from, long to, bool weights, int m)
    {
        double points = (m + 2) * (m + 2), down = (output[1] + m - 1) / m, across = (output[2] + m - 1) / m;
        var product = PackedWeights.Current is not null ? Cost(n * down * across) : 1.33 * n * down * across + (weights ? 10 : 40);
        return points * (from * to * product + 8 * 24 * (from + to) * n * down * Math.Ceiling(across / 8));
    }

    // With kept weights both ways read them once; few columns fill register tiles badly.
    static double Cost(double columns) => Math.Ceiling(columns / 16) * 16 + 8;

    /// <summary>y = conv(x, w) + bias.</summary>
    public static void Forward(int m, in ConvShape s, float* x, float* w, float* bias, float* y)
    {
        if (m == 4) Run<Winograd4>(s.N, s.Cin, s.Cout, x, s.In, s.Pad[1], s.Pad[2], w, false, bias, y, s.Out);
        else Run<Winograd2>(s.N, s.Cin, s.Cout, x, s.In, s.Pad[1], s.Pad[2], w, false, bias, y, s.Out);
    }

    /// <summary>dx = the gradient of the input: a convolution of dy by the weights turned around.</summary>
    public static void BackwardInput(int m, in ConvShape s, float* dy, float* w, float* bias, float* dx)
    {
        if (m == 4) Run<Winograd4>(s.N, s.Cout, s.Cin, dy, s.Out, 2 - s.Pad[1], 2 - s.Pad[2], w, true, bias, dx, s.In);
        else Run<Winograd2>(s.N, s.Cout, s.Cin, dy, s.Out, 2 - s.Pad[1], 2 - s.Pad[2], w, true, bias, dx, s.In);
    }

    static void Run<F>(long images, long from, long to, float* x, Axes size, long padTop, long padLeft, float* w, bool adjoint, float* bias, float* y, Axes output)
        where F : struct, IWinogradForm
    {
        var kernel = TileKernel<float>.Best;
        int m = F.Outputs, points = (m + 2) * (m + 2), mr = kernel.Rows, nr = kernel.Cols;
        long height = output[1], width = output[2], down = (height + m - 1) / m, across = (width + m - 1) / m, panels = (to + mr - 1) / mr;
        var filters = Filters<F>(kernel, w, from, to, adjoint);

        var strips = images * down;
        var each = Rows(strips, across, (128 << 10) / (points * (from + to)), nr);
        if ((strips + each - 1) / each < CpuThreads.Count)
        {
            Whole<F>(kernel, strips, down, across, from, to, x, size, padTop, padLeft, filters, bias, y, output);
            return;
        }
        CpuThreads.Each((strips + each - 1) / each, block =>
        {
            long first = block * each, end = Math.Min(strips, first + each), tiles = (end - first) * across;
            var stride = (tiles + 7 + nr - 1) / nr * nr;
            var row = stackalloc float[48];
            float* v = Scratch.Rent<float>(Scratch.Slot.Right, points * from * stride + nr), p = Scratch.Rent<float>(Scratch.Slot.Source, points * to * stride + nr);
            for (long c = 0; c < from; c++)
                for (var t = first; t < end; t++)
                    WinogradStrip<F>.Input(x + (t / down * from + c) * size.Volume, size[1], size[2], t % down * m - padTop, -padLeft, across, v + c * stride + (t - first) * across, from * stride, row);
            for (var point = 0; point < points; point++)
                for (long j = 0; j < tiles; j += nr)
                    for (long i = 0; i < panels; i++)
                        kernel.Packed(Math.Min(mr, to - i * mr), from, filters + (point * panels + i) * from * mr, v + point * from * stride + j, stride, 1, 0, p + (point * to + i * mr) * stride + j, stride);
            for (long c = 0; c < to; c++)
                for (var t = first; t < end; t++)
                    WinogradStrip<F>.Output(p + c * stride + (t - first) * across, to * stride, across, bias == null ? 0 : bias[c], y + (t / down * to + c) * output.Volume, height, width, t % down * m, row);
        });
    }

    /// <summary>All tiles at once, where they are too few to be shared out: threads take channels, then points and panels of filters, then channels.</summary>
    static void Whole<F>(TileKernel<float> kernel, long strips, long down, long across, long from, long to, float* x, Axes size, long padTop, long padLeft, float* filters, float* bias, float* y, Axes output)
        where F : struct, IWinogradForm
    {
        int m = F.Outputs, points = (m + 2) * (m + 2), mr = kernel.Rows, nr = kernel.Cols;
        long height = output[1], width = output[2], panels = (to + mr - 1) / mr, tiles = strips * across;
        var stride = (tiles + 7 + nr - 1) / nr * nr;
        float* v = Scratch.Rent<float>(Scratch.Slot.Right, points * from * stride + nr), p = Scratch.Rent<float>(Scratch.Slot.Source, points * to * stride + nr);
        var few = Math.Max(1, 256 / tiles);
        CpuThreads.For(from, few, (first, end) =>
        {
            var row = stackalloc float[48];
            for (var c = first; c < end; c++)
                for (long t = 0; t < strips; t++)
                    WinogradStrip<F>.Input(x + (t / down * from + c) * size.Volume, size[1], size[2], t % down * m - padTop, -padLeft, across, v + c * stride + t * across, from * stride, row);
        });
        CpuThreads.For(points * panels, Math.Max(1, (1 << 15) / (from * mr)), (first, end) =>
        {
            for (var task = first; task < end; task++)
            {
                long point = task / panels, i = task % panels;
                for (long j = 0; j < tiles; j += nr)
                    kernel.Packed(Math.Min(mr, to - i * mr), from, filters + task * from * mr, v + point * from * stride + j, stride, 1, 0, p + (point * to + i * mr) * stride + j, stride);
            }
        });
        CpuThreads.For(to, few, (first, end) =>
        {
            var row = stackalloc float[48];
            for (var c = first; c < end; c++)
                for (long t = 0; t < strips; t++)
                    WinogradStrip<F>.Output(p + c * stride + t * across, to * stride, across, bias == null ? 0 : bias[c], y + (t / down * to + c) * output.Volume, height, width, t % down * m, row);
        });
    }

    /// <summary>
    /// Rows of tiles in a block: so many that its matrices stay in the second-level cache, few enough to occupy all threads, and of these
    /// the number that leaves the fewest register tiles half empty.
    /// </summary>
    static long Rows(long strips, long across, long mostTiles, int width)
    {
        var low = Math.Max(1, (width + across - 1) / across);
        var high = Math.Max(low, Math.Min(Math.Clamp(mostTiles, width, 4 * width) / across, strips / (3 * CpuThreads.Count)));
        var best = low;
        double full = 0;
        for (var rows = low; rows <= high; rows++)
        {
            var used = (double)(rows * across) / ((rows * across + width - 1) / width * width);
            if (used < full) continue;
            (best, full) = (rows, used);
        }
        return best;
    }

    /// <summary>G g Gᵀ of all filters as packed panels [point][panel][from][row].</summary>
    static float* Filters<F>(TileKernel<float> kernel, float* w, long from, long to, bool adjoint) where F : struct, IWinogradForm
    {
        var n = F.Outputs + 2;
        int points = n * n, mr = kernel.Rows;
        long rows = adjoint ? from : to, cols = adjoint ? to : from, panels = (to + mr - 1) / mr;
        var packed = PackedWeights.Rent<float>(adjoint ? 10 + n : n, points * panels * mr * from, out var filled);
        if (filled) return packed;
        // Plain [point][Cout][Cin], eight input channels a vector.
        var plain = Scratch.Rent<float>(Scratch.Slot.Partial, points * rows * cols + 8);
        CpuThreads.For(rows, Math.Max(1, 1024 / cols), (first, end) =>
        {
            var g = stackalloc Lane[9];
            var t = stackalloc Lane[18];
            var u = stackalloc Lane[36];
            for (var r = first; r < end; r++)
                for (long c = 0; c < cols; c += 8)
                {
                    // The last vector slides left to stay inside.
                    var at = Math.Min(c, cols - 8);
                    var weights = w + (r * cols + at) * 9;
                    for (var k = 0; k < 9; k++)
                        g[adjoint ? 8 - k : k] = Vector256.Create(weights[k], weights[k + 9], weights[k + 18], weights[k + 27], weights[k + 36], weights[k + 45], weights[k + 54], weights[k + 63]);
                    for (var k = 0; k < 3; k++) F.Filter(g + k, 3, t + k, 3);
                    for (var k = 0; k < n; k++) F.Filter(t + 3 * k, 1, u + n * k, 1);
                    for (var k = 0; k < points; k++) u[k].Store(plain + (k * rows + r) * cols + at);
                }
        });
        CpuThreads.For(points * panels, Math.Max(1, (1 << 14) / (mr * from)), (first, end) =>
        {
            for (var i = first; i < end; i++)
            {
                long point = i / panels, row = i % panels * mr;
                var lanes = Math.Min(mr, to - row);
                if (adjoint) Pack.Panel(plain + point * rows * cols + row, 1, cols, lanes, from, packed + i * mr * from, mr);
                else Pack.Panel(plain + (point * rows + row) * cols, cols, 1, lanes, from, packed + i * mr * from, mr);
            }
        });
        return packed;
    }

    /// <summary>dw = the gradient of the weights; sums run over tiles in order, in batches that depend on the shape alone.</summary>
    public static void BackwardWeight(int m, in ConvShape s, float* x, float* dy, float* dw)
    {
        if (m == 4) Weight<Winograd4>(s, x, dy, dw);
        else Weight<Winograd2>(s, x, dy, dw);
    }

    static void Weight<F>(ConvShape s, float* x, float* dy, float* dw) where F : struct, IWinogradForm
    {
        var kernel = TileKernel<float>.Best;
        int n = F.Outputs + 2, m = F.Outputs, points = n * n, mr = kernel.Rows, nr = kernel.Cols;
        long cin = s.Cin, cout = s.Cout, down = (s.Out[1] + m - 1) / m, across = (s.Out[2] + m - 1) / m, strips = s.N * down;
        var each = Math.Max(1, Math.Clamp((6 << 20) / (points * (cin + cout) * sizeof(float)), 32, 256) / across);
        var most = Math.Min(each, strips) * across;
        var stride = (most + 7 + 7) / 8 * 8;
        // One more row: the transforms store whole vectors.
        float* v = Scratch.Rent<float>(Scratch.Slot.Left, points * cin * stride + 8), q = Scratch.Rent<float>(Scratch.Slot.Right, points * cout * stride + 8);
        var sums = Scratch.Rent<float>(Scratch.Slot.Partial, points * cout * cin + nr);
        long high = GemmPacked<float>.Even(cout, 96, mr), blocks = (cout + high - 1) / high;
        for (long first = 0; first < strips; first += each)
        {
            long begin = first, end = Math.Min(strips, first + each), tiles = (end - begin) * across;
            CpuThreads.For(cin + cout, Math.Max(1, 256 / tiles), (a, b) =>
            {
                var row = stackalloc float[48];
                for (var c = a; c < b; c++)
                    for (var t = begin; t < end; t++)
                        if (c < cin) WinogradStrip<F>.Input(x + (t / down * cin + c) * s.In.Volume, s.In[1], s.In[2], t % down * m - s.Pad[1], -s.Pad[2], across, v + c * stride + (t - begin) * across, cin * stride, row);
                        else WinogradStrip<F>.OutputAdjoint(dy + (t / down * cout + c - cin) * s.Out.Volume, s.Out[1], s.Out[2], t % down * m, across, q + (c - cin) * stride + (t - begin) * across, cout * stride, row);
            });
            CpuThreads.Each(points * blocks, task =>
            {
                long point = task / blocks, r0 = task % blocks * high, rows = Math.Min(high, cout - r0), panels = (rows + mr - 1) / mr;
                float* left = Scratch.Rent<float>(Scratch.Slot.Source, (panels * mr + nr) * tiles), right = left + panels * mr * tiles, to = sums + (point * cout + r0) * cin;
                Pack.Panels(q + (point * cout + r0) * stride, stride, 1, rows, tiles, left, mr, 0, panels);
                var spare = stackalloc float[TileKernel<float>.MaxTile];
                for (long j = 0; j < cin; j += nr)
                {
                    var wide = Math.Min(nr, cin - j);
                    Pack.Panel(v + (point * cin + j) * stride, stride, 1, wide, tiles, right, nr);
                    for (long i = 0; i < rows; i += mr)
                    {
                        var tall = Math.Min(mr, rows - i);
                        float beta = begin == 0 ? 0 : 1;
                        var cell = to + i * cin + j;
                        if (wide == nr)
                        {
                            kernel.Packed(tall, tiles, left + i * tiles, right, nr, 1, beta, cell, cin);
                            continue;
                        }
                        kernel.Packed(tall, tiles, left + i * tiles, right, nr, 1, 0, spare, nr);
                        for (long k = 0; k < tall; k++)
                            for (long l = 0; l < wide; l++) cell[k * cin + l] = beta == 0 ? spare[k * nr + l] : cell[k * cin + l] + spare[k * nr + l];
                    }
                }
            });
        }
        CpuThreads.For(cout, Math.Max(1, 1024 / cin), (first, end) => Finish<F>(sums, cin, cout, first, end, dw));
    }

    /// <summary>Gᵀ U G of the sums, to [Cout, Cin, 3, 3].</summary>
    static void Finish<F>(float* sums, long cin, long cout, long first, long end, float* dw) where F : struct, IWinogradForm
    {
        var n = F.Outputs + 2;
        var u = stackalloc Lane[36];
        var t = stackalloc Lane[18];
        var g = stackalloc Lane[9];
        for (var r = first; r < end; r++)
            for (long c = 0; c < cin; c += 8)
            {
                var at = Math.Min(c, cin - 8);
                for (var k = 0; k < n * n; k++) u[k] = Vector256.Load(sums + (k * cout + r) * cin + at);
                for (var k = 0; k < n; k++) F.FilterAdjoint(u + k, n, t + k, n);
                for (var k = 0; k < 3; k++) F.FilterAdjoint(t + n * k, 1, g + 3 * k, 1);
                var to = dw + (r * cin + at) * 9;
                for (var lane = 0; lane < 8; lane++)
                    for (var k = 0; k < 9; k++) to[lane * 9 + k] = ((float*)(g + k))[lane];
            }
    }
}
