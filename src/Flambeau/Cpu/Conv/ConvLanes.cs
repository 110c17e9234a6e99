using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flambeau.Cpu;

/// <summary>
/// Consecutive positions of a grid, counted across images, as source and output entries, with the runs in which both
/// advance by one. Fills panels with what those positions read: the gather of im2col, one panel at a time.
/// </summary>
internal unsafe struct ConvLanes
{
    public const int Most = 32;

    public int Count, Runs;

    /// <summary>All outputs lie side by side.</summary>
    public bool Together;
    private fixed long from[Most];
    private fixed long to[Most];
    private fixed int begins[Most + 1];

    public readonly long From(int lane) => from[lane];
    public readonly long To(int lane) => to[lane];

    public void Set(ConvGrid grid, long position, int count, long imageFrom, long imageTo)
    {
        long a = grid.Size[0], b = grid.Size[1], c = grid.Size[2];
        long x = position % c, y = position / c % b, z = position / c / b % a, image = position / c / b / a;
        (Count, Runs, Together) = (count, 0, true);
        if (x + count <= c && grid.To[2] == 1)
        {
            // All in one row of the grid.
            var source = image * imageFrom + z * grid.From[0] + y * grid.From[1] + x;
            var target = image * imageTo + grid.Start + z * grid.To[0] + y * grid.To[1] + x;
            for (var i = 0; i < count; i++) (from[i], to[i]) = (source + i, target + i);
            (Runs, begins[0], begins[1]) = (1, 0, count);
            return;
        }
        for (var i = 0; i < count; i++)
        {
            from[i] = image * imageFrom + z * grid.From[0] + y * grid.From[1] + x;
            to[i] = image * imageTo + grid.Start + z * grid.To[0] + y * grid.To[1] + x * grid.To[2];
            if (i == 0 || from[i] != from[i - 1] + 1) begins[Runs++] = i;
            if (i > 0) Together &= to[i] == to[i - 1] + 1;
            if (++x < c) continue;
            x = 0;
            if (++y < b) continue;
            y = 0;
            if (++z < a) continue;
            z = 0;
            image++;
        }
        begins[Runs] = count;
    }

    /// <summary>The furthest entry that whole-vector copies touch, before tap offsets.</summary>
    public readonly long Reach()
    {
        long most = 0;
        for (var r = 0; r < Runs; r++) most = Math.Max(most, from[begins[r + 1] - 1]);
        return most + 32;
    }

    /// <summary>
    /// Fills panel [k][width] with source[lane + offsets[k]]. Copies are whole vectors unless <paramref name="exact"/>: what
    /// they write past a run, the next run or row overwrites, so panels are to be filled in ascending order.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Fill<T>(T* source, long* offsets, long k, T* panel, int width, bool exact) where T : unmanaged
    {
        if (exact)
        {
            for (long p = 0; p < k; p++)
                for (var i = 0; i < Count; i++) panel[p * width + i] = source[from[i] + offsets[p]];
            return;
        }
        var full = width * sizeof(T);
        if (Runs == 1 && Count == width && full == 64)
        {
            source += from[0];
            for (long p = 0; p < k; p++, panel += width)
            {
                var row = (byte*)(source + offsets[p]);
                Vector256.Load(row).Store((byte*)panel);
                Vector256.Load(row + 32).Store((byte*)panel + 32);
            }
            return;
        }
        if (Runs == 2 && Count == width && full == 64)
        {
            // One run ends inside the panel: the second lands over the tail of the first.
            T* first = source + from[0], second = source + from[begins[1]];
            var at = begins[1];
            for (long p = 0; p < k; p++, panel += width)
            {
                byte* row = (byte*)(first + offsets[p]), next = (byte*)(second + offsets[p]), cut = (byte*)(panel + at);
                Vector256.Load(row).Store((byte*)panel);
                Vector256.Load(row + 32).Store((byte*)panel + 32);
                Vector256.Load(next).Store(cut);
                if ((width - at) * sizeof(T) > 32) Vector256.Load(next + 32).Store(cut + 32);
            }
            return;
        }
        for (long p = 0; p < k; p++, panel += width)
            for (var r = 0; r < Runs; r++)
            {
                int begin = begins[r], bytes = (begins[r + 1] - begin) * sizeof(T);
                byte* row = (byte*)(source + from[begin] + offsets[p]), cell = (byte*)(panel + begin);
                for (var i = 0; i < bytes; i += 32) Vector256.Load(row + i).Store(cell + i);
            }
    }
}
