using System.Runtime.InteropServices;
using Flambeau.Compiler.Devices;
using Flambeau.Compiler.Emit;
using Flambeau.Compiler.Loops;
using Flambeau.Cpu;

namespace Flambeau.Compiler.Run;

/// <summary>
/// A region ready to run on memory: cut into rows, or parts of rows where nothing is reduced, and these over the threads. What an element
/// becomes doesn't depend on how the work is cut.
/// </summary>
internal sealed unsafe class RegionKernel : IRegionCode
{
    const long BlockElements = 1024;
    const int Register = 64;

    /// <summary>Elements whose sum a register's lanes take without losing much.</summary>
    const long Short = 512;

    enum Reading
    {
        Direct, Once, Collected,
    }

    readonly Region region;
    readonly RowProgram program;
    readonly (Step Step, PassCode Code, Functions Functions)[] steps;
    readonly Reading[] readings;
    readonly bool[] converted;
    readonly DType[] element;
    readonly long block, grain;
    readonly int laneSize, width, pointers;
    readonly long[] scratchInput, scratchOutput, scratchTemporary;
    readonly long scratchReduction, scratchTail, scratchBytes;

    [ThreadStatic] static byte* scratch;
    [ThreadStatic] static long scratchCapacity;

    internal RegionKernel(Region region)
    {
        this.region = region;
        program = RowProgram.Build(region.Builder, [.. region.Inputs.Select(static i => i.Node)], [.. region.Outputs.Select(static o => o.Value)]);
        steps = [.. program.Steps.Select(static s => (s, PassCache.Get(s.Pass), new Functions(s.Pass.Functions.One, s.Pass.Functions.Two)))];
        laneSize = region.Lane.Size();
        width = Register / laneSize;
        pointers = steps.Max(static s => s.Step.Pointers.Length);
        int inputs = region.Inputs.Count, outputs = region.Outputs.Count;
        (readings, element, converted) = (new Reading[inputs], new DType[inputs], new bool[outputs]);
        var collects = false;
        for (var i = 0; i < inputs; i++)
        {
            var x = region.Inputs[i];
            element[i] = x.Node.Mask ? DType.Bool : region.Lane;
            readings[i] = x.Node.Row ? Reading.Once : x.DType == element[i] && IsDense(x.Strides) ? Reading.Direct : Reading.Collected;
            collects |= readings[i] == Reading.Collected;
        }
        for (var o = 0; o < outputs; o++)
        {
            var y = region.Outputs[o];
            converted[o] = y.Value.Mask ? y.DType != DType.Bool : y.DType != region.Lane;
            collects |= converted[o] && !y.Value.Row;
        }
        var reduces = program.Reductions.Count > 0;
        block = reduces ? region.Row : collects || steps.Length > 1 ? Math.Min(BlockElements, region.Row) : region.Row;

        long at = 0;
        long Take(long bytes)
        {
            var from = at;
            at += (bytes + 2 * Register - 1) / Register * Register;
            return from;
        }
        scratchInput = [.. readings.Select(r => Take(r == Reading.Collected ? block * Math.Max(laneSize, 1) : Register))];
        scratchOutput = [.. region.Outputs.Select((o, k) => Take(!o.Value.Row && converted[k] ? block * laneSize : Register))];
        scratchTemporary = [.. Enumerable.Range(0, program.Temporaries).Select(_ => Take(block * laneSize))];
        scratchReduction = Take(program.Reductions.Count * Register);
        scratchTail = Take(pointers * Register);
        scratchBytes = at;
        var cost = Math.Max(1, steps.Sum(static s => s.Step.Pass.Stores.Count + s.Step.Pass.Reductions.Count + s.Step.Pass.Inputs.Count));
        grain = Math.Max(2048, StridedLoop.Grain * 2 / cost);
    }

    internal Region Region => region;

    internal RowProgram Program => program;

    /// <inheritdoc/>
    public bool CanReplace(int input, int output) =>
        readings[input] == Reading.Direct && !converted[output] && !region.Outputs[output].PerRow && !region.Outputs[output].Value.Row
        && program.LastReadBy[input] <= program.WrittenBy[output];

    bool IsDense(long[] strides)
    {
        long step = 1;
        for (var d = region.Sizes.Length - 1; d >= region.Sizes.Length - region.RowRank; d--)
        {
            if (region.Sizes[d] != 1 && strides[d] != step) return false;
            step *= region.Sizes[d];
        }
        return true;
    }

    /// <inheritdoc/>
    public void Run(byte** p)
    {
        long row = region.Row, rows = region.Rows;
        if (rows == 0 || (row == 0 && program.Reductions.Count == 0)) return;
        var total = rows * Math.Max(row, 1);
        if (program.Reductions.Count > 0 || row < Register)
        {
            if (total <= grain || rows == 1) Rows(p, 0, rows);
            else CpuThreads.For(rows, Math.Max(1, grain / Math.Max(row, 1)), (from, to) => Rows(p, from, to));
            return;
        }
        if (total <= grain) Parts(p, 0, total);
        else CpuThreads.For((total + Register - 1) / Register, grain / Register, (from, to) => Parts(p, from * Register, Math.Min(to * Register, total)));
    }

    void Rows(byte** p, long from, long to)
    {
        var memory = Scratch(scratchBytes);
        for (var r = from; r < to; r++) Block(p, memory, r, 0, region.Row);
    }

    void Parts(byte** p, long from, long to)
    {
        var memory = Scratch(scratchBytes);
        var row = region.Row;
        while (from < to)
        {
            long r = from / row, start = from - r * row;
            var n = Math.Min(Math.Min(row - start, to - from), block);
            Block(p, memory, r, start, n);
            from += n;
        }
    }

    static byte* Scratch(long bytes)
    {
        if (scratchCapacity >= bytes) return scratch;
        NativeMemory.AlignedFree(scratch);
        scratch = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, Register);
        scratchCapacity = bytes;
        return scratch;
    }

    void Block(byte** p, byte* memory, long r, long start, long n)
    {
        int inputs = readings.Length, outputs = converted.Length;
        byte** x = stackalloc byte*[inputs + outputs + 1];
        var y = x + inputs;
        var outer = region.Sizes.Length - region.RowRank;
        for (var i = 0; i < inputs; i++)
        {
            var input = region.Inputs[i];
            long at = 0, rest = r;
            for (var d = outer - 1; d >= 0 && rest != 0; d--)
            {
                var size = region.Sizes[d];
                var next = rest / size;
                at += (rest - next * size) * input.Strides[d];
                rest = next;
            }
            var source = p[i] + at * input.DType.Size();
            if (readings[i] == Reading.Direct) x[i] = source + start * input.DType.Size();
            else if (readings[i] == Reading.Once && input.DType == element[i]) x[i] = source;
            else
            {
                x[i] = memory + scratchInput[i];
                if (readings[i] == Reading.Once) Edge.Convert(input.DType, source, 1, element[i], x[i], 1);
                else Edge.Gather(input.DType, source, region.Sizes.AsSpan(outer), input.Strides.AsSpan(outer), start, element[i], x[i], n);
            }
        }
        for (var o = 0; o < outputs; o++)
        {
            var output = region.Outputs[o];
            y[o] = output.Value.Row || converted[o] ? memory + scratchOutput[o] : p[inputs + o] + (r * region.Row + start) * output.DType.Size();
        }
        foreach (var (step, code, functions) in steps) Execute(step, code, functions, x, memory, n);
        for (var o = 0; o < outputs; o++)
        {
            var output = region.Outputs[o];
            var from = output.Value.Mask ? DType.Bool : region.Lane;
            if (output.Value.Row)
            {
                if (output.PerRow) Edge.Convert(from, y[o], 1, output.DType, p[inputs + o] + r * output.DType.Size(), 1);
                else Edge.Convert(from, y[o], 0, output.DType, p[inputs + o] + (r * region.Row + start) * output.DType.Size(), n);
            }
            else if (converted[o]) Edge.Convert(from, y[o], 1, output.DType, p[inputs + o] + (r * region.Row + start) * output.DType.Size(), n);
        }
    }

    void Execute(Step step, PassCode code, Functions functions, byte** x, byte* memory, long n)
    {
        var slots = step.Pointers;
        byte** q = stackalloc byte*[slots.Length];
        var sums = memory + scratchReduction;
        for (var k = 0; k < slots.Length; k++)
        {
            q[k] = slots[k].Kind switch
            {
                PointerKind.Input => x[slots[k].Index],
                PointerKind.Output => x[readings.Length + slots[k].Index],
                PointerKind.Temporary => memory + scratchTemporary[slots[k].Index],
                _ => sums + slots[k].Index * Register,
            };
        }
        foreach (var reduction in step.Pass.Reductions) Horizontal.Start((ReduceKind)reduction.Index, region.Lane, sums + IndexOf(reduction) * Register);
        var rest = n % width;
        if (n > Short && region.Lane is DType.Float32 or DType.Float64 && step.Pass.Reductions.Count > 0) Sums(step, code, functions, q, sums, n - rest);
        else if (n >= width || n == 0) code(q, n - rest, functions);
        if (rest > 0) Tail(step, code, functions, q, memory + scratchTail, n - rest, rest);
        foreach (var reduction in step.Pass.Reductions) Horizontal.Finish((ReduceKind)reduction.Index, region.Lane, sums + IndexOf(reduction) * Register, width);
    }

    /// <summary>A long row in short runs, whose sums are added up in doubles: as exact as eager sums, which are pairwise.</summary>
    void Sums(Step step, PassCode code, Functions functions, byte** q, byte* sums, long n)
    {
        var pass = step.Pass;
        int count = pass.Reductions.Count, pointers = step.Pointers.Length;
        byte** t = stackalloc byte*[pointers];
        var totals = stackalloc double[count * width];
        new Span<double>(totals, count * width).Clear();
        for (long at = 0; at < n; at += Short)
        {
            for (var k = 0; k < pointers; k++)
            {
                var size = k < pass.Inputs.Count ? pass.Inputs[k].Splat ? 0 : pass.Inputs[k].Bytes ? 1 : laneSize
                    : k < pass.Inputs.Count + pass.Stores.Count && pass.Stores[k - pass.Inputs.Count] is { Value.Row: false } store ? store.Bytes ? 1 : laneSize : 0;
                t[k] = q[k] + at * size;
            }
            code(t, Math.Min(Short, n - at), functions);
            for (var r = 0; r < count; r++)
            {
                if ((ReduceKind)pass.Reductions[r].Index == ReduceKind.Sum) Move(sums + IndexOf(pass.Reductions[r]) * Register, totals + r * width, back: false);
            }
        }
        for (var r = 0; r < count; r++)
        {
            if ((ReduceKind)pass.Reductions[r].Index == ReduceKind.Sum) Move(sums + IndexOf(pass.Reductions[r]) * Register, totals + r * width, back: true);
        }
    }

    /// <summary>Adds the elements of a register to totals and clears it, or puts the totals there.</summary>
    void Move(byte* register, double* totals, bool back)
    {
        for (var i = 0; i < width; i++)
        {
            if (region.Lane == DType.Float32)
            {
                ref var x = ref ((float*)register)[i];
                if (back) x = (float)totals[i];
                else (totals[i], x) = (totals[i] + x, 0);
            }
            else
            {
                ref var x = ref ((double*)register)[i];
                if (back) x = totals[i];
                else (totals[i], x) = (totals[i] + x, 0);
            }
        }
    }

    int IndexOf(Expr reduction)
    {
        for (var i = 0; i < program.Reductions.Count; i++)
        {
            if (program.Reductions[i] == reduction) return i;
        }
        return -1;
    }

    /// <summary>The last partial register, by way of buffers that are a register long.</summary>
    void Tail(Step step, PassCode code, Functions functions, byte** q, byte* buffers, long at, long n)
    {
        var pass = step.Pass;
        byte** t = stackalloc byte*[step.Pointers.Length];
        for (var k = 0; k < step.Pointers.Length; k++)
        {
            t[k] = q[k];
            if (k < pass.Inputs.Count)
            {
                if (pass.Inputs[k].Splat) continue;
                var size = pass.Inputs[k].Bytes ? 1 : laneSize;
                t[k] = buffers + k * Register;
                var bytes = (int)n * size;
                Buffer.MemoryCopy(q[k] + at * size, t[k], Register, bytes);
                // What lies past the end is computed too: it must be no more than the numbers that are there.
                for (var b = bytes; b < Register; b++) t[k][b] = t[k][b - size];
            }
            else if (k < pass.Inputs.Count + pass.Stores.Count && !pass.Stores[k - pass.Inputs.Count].Value.Row)
            {
                t[k] = buffers + k * Register;
            }
        }
        code(t, n, functions);
        for (var k = pass.Inputs.Count; k < pass.Inputs.Count + pass.Stores.Count; k++)
        {
            var store = pass.Stores[k - pass.Inputs.Count];
            if (store.Value.Row) continue;
            var size = store.Bytes ? 1 : laneSize;
            Buffer.MemoryCopy(t[k], q[k] + at * size, n * size, n * size);
        }
    }
}
