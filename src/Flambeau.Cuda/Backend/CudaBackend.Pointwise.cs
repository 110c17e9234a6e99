using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Flambeau.Cpu;
using Flambeau.Cuda.Emit;
using Flambeau.Cuda.Kernels;
using Flambeau.Ops;

namespace Flambeau.Cuda;

internal sealed unsafe partial class CudaBackend
{
    internal override Tensor Pointwise<TOp>(in TOp op, Tensor a, Tensor? destination)
    {
        if (Elementwise(new Formula1<TOp>(op), a, null, null, a.DType, destination) is { } y) return y;
        using var host = OnHost<Formula1<TOp>>();
        return Landed(Cpu.Pointwise.Run(op, host.Copy(a)), destination, host);
    }

    internal override Tensor Pointwise<TOp>(in TOp op, Tensor a, Tensor b, Tensor? destination)
    {
        if (Elementwise(new Formula2<TOp>(op), a, b, null, Promotion.ResultType(a, b), destination) is { } y) return y;
        using var host = OnHost<Formula2<TOp>>();
        return Landed(Cpu.Pointwise.Run(op, host.Copy(a), host.Copy(b)), destination, host);
    }

    internal override Tensor Pointwise<TOp>(in TOp op, Tensor a, Tensor b, Tensor c, Tensor? destination)
    {
        if (Elementwise(new Formula3<TOp>(op), a, b, c, Promotion.ResultType(a, b, c), destination) is { } y) return y;
        using var host = OnHost<Formula3<TOp>>();
        return Landed(Cpu.Pointwise.Run(op, host.Copy(a), host.Copy(b), host.Copy(c)), destination, host);
    }

    /// <summary>For a formula with a function that has no text in CUDA C.</summary>
    HostRun OnHost<F>() where F : struct, IFormula => FallsBack(Names.Of<F>()) ? new(this) : throw NoKernel(Names.Of<F>());

    Tensor Landed(Tensor y, Tensor? destination, HostRun host)
    {
        if (destination is null) return host.Back(y);
        Copy(y, destination);
        return destination;
    }

    /// <summary>A compiled formula and its parameters; no kernel where the formula has no text in CUDA C.</summary>
    sealed record Compiled(Kernel? Kernel, double[] Parameters);

    static class Cache<F> where F : struct
    {
        const int Limit = 8192;

        internal static readonly ConcurrentDictionary<(F Formula, ulong Shape), Compiled> Known = new();

        internal static Compiled Add(in F formula, ulong shape, Compiled compiled)
        {
            // a program that makes ops of ever new attributes keeps only the recent
            if (Known.Count >= Limit) Known.Clear();
            return Known[(formula, shape)] = compiled;
        }
    }

    [SkipLocalsInit]
    Tensor? Elementwise<F>(in F formula, Tensor a, Tensor? b, Tensor? c, DType promoted, Tensor? destination) where F : struct, IFormula
    {
        CheckPointwise<F>(a, b, c, destination);
        var compute = F.ComputeType(promoted);
        var lane = Cpu.Pointwise.Wide(compute);
        var result = F.Rule == Rule.Predicate ? DType.Bool : compute;
        var y = destination ?? Make(c is not null ? Cpu.Pointwise.Broadcast(a, b!, c) : b is not null ? Cpu.Pointwise.Broadcast(a, b) : a.Layout.DenseLike(), result);
        var n = y.Layout.Numel;
        if (n == 0) return y;
        var count = F.Count;
        var layout = y.Layout;
        var flat = layout.IsDense;
        // dtypes, readings and shape of the kernel, in one number
        var key = (ulong)lane | (ulong)y.DType << 4 | (ulong)device.Index << 56;
        int widest = y.DType.Size(), each = 0;
        for (var i = 0; i < count; i++)
        {
            var t = i == 0 ? a : i == 1 ? b! : c!;
            var reading = ReadingOf(t);
            key |= (ulong)t.DType << (8 + 4 * i) | (ulong)reading << (20 + 2 * i);
            if (reading != Reading.Each) continue;
            each++;
            widest = Math.Max(widest, t.DType.Size());
            flat = flat && (t.Layout.SameStrides(layout) || (layout.IsContiguous && t.Layout.IsContiguous && t.Layout.SameSizes(layout)));
        }
        var vector = Math.Min(16 / widest, MostNeighbours);
        while (vector > 1 && !(Aligned(y, vector) && Aligned(a, vector) && (b is null || Aligned(b, vector)) && (c is null || Aligned(c, vector)))) vector /= 2;
        var start = stackalloc byte[Args.Capacity];
        var args = new Args((byte*)(((nint)start + 15) & ~15));
        var parameters = (byte*)(((nint)start + 15) & ~15);
        long* sizes = stackalloc long[Walk.MaxRank], strides = stackalloc long[Walk.MaxRank * Walk.MaxOperands];
        var walk = new Walk(sizes, strides);
        if (flat)
        {
            if (n < vector) vector = 1;
            var vectors = n >= ManyElements && each * vector * widest <= 16 ? 2 : 1;
            var k = Get(formula, key | (ulong)vector << 28 | (vectors > 1 ? 1UL << 41 : 0), a, b, c, y, lane, vector, vectors, walk, false);
            if (k.Kernel is null) return null;
            Begin(ref args, n, y, a, b, c, lane);
            for (var i = 0; i < count + 2; i++) args.Put(0L);
            args.Put(k.Parameters);
            k.Kernel.LaunchFlat(parameters, (n + vector * vectors - 1) / (vector * vectors));
        }
        else
        {
            walk.Build(y, count == 1 ? [a] : count == 2 ? [a, b] : [a, b, c], DeviceBackend.Op);
            var wide = !walk.Fits32(n, count + 1);
            while (!walk.Fits(vector, count + 1)) vector /= 2;
            walk.Group(vector, count + 1);
            for (var i = 0; i < count; i++) key |= vector > 1 && walk.Repeats(i + 1) ? 1UL << (42 + i) : 0;
            var k = Get(formula, key | (ulong)vector << 28 | (ulong)walk.Rank << 32 | (wide ? 1UL << 40 : 0), a, b, c, y, lane, vector, 1, walk, wide);
            if (k.Kernel is null) return null;
            Begin(ref args, n / vector, y, a, b, c, lane);
            walk.Put(ref args, count + 1);
            args.Put(k.Parameters);
            k.Kernel.LaunchFlat(parameters, n / vector);
        }
        return y;
    }

    /// <summary>More neighbours than this in a thread leave too few threads.</summary>
    const int MostNeighbours = 8;

    /// <summary>From here on a thread takes two vectors where one is all it would read.</summary>
    const long ManyElements = 1 << 20;

    static Reading ReadingOf(Tensor t) => t.Storage.Backend is null ? Reading.Number : t.Layout.Numel == 1 ? Reading.Same : Reading.Each;

    /// <summary>What the parameters of a pointwise kernel begin with.</summary>
    static void Begin(ref Args args, long n, Tensor y, Tensor a, Tensor? b, Tensor? c, DType lane)
    {
        args.Put(n);
        args.Put(0L);
        args.Slot(Address(y));
        Slot(ref args, a, lane);
        if (b is not null) Slot(ref args, b, lane);
        if (c is not null) Slot(ref args, c, lane);
    }

    static void Slot(ref Args args, Tensor t, DType lane)
    {
        if (t.Storage.Backend is null) args.Slot(t, lane);
        else args.Slot(Address(t));
    }

    void CheckPointwise<F>(Tensor a, Tensor? b, Tensor? c, Tensor? destination) where F : struct, IFormula
    {
        if (ReferenceEquals(a.Storage.Backend, this) && (b is null || ReferenceEquals(b.Storage.Backend, this)) && c is null && (destination is null || ReferenceEquals(destination.Storage.Backend, this))) return;
        Check(Names.Of<F>(), a, b, c);
        if (destination is not null && !ReferenceEquals(destination.Storage.Backend, this))
            throw new InvalidOperationException($"{Names.Of<F>()}_ would write a tensor on '{destination.Device}' from tensors on '{Device}'. Move them to one device with To(device).");
    }

    /// <summary>Whether so many neighbours begin where they can be taken at once; of no concern where there is one element for all.</summary>
    static bool Aligned(Tensor t, int vector) => ReadingOf(t) != Reading.Each || (Address(t) & (vector * t.DType.Size() - 1)) == 0;

    Compiled Get<F>(in F formula, ulong key, Tensor a, Tensor? b, Tensor? c, Tensor y, DType lane, int vector, int vectors, in Walk walk, bool wide) where F : struct, IFormula =>
        Cache<F>.Known.TryGetValue((formula, key), out var known) ? known : Compile(formula, key, a, b, c, y, lane, vector, vectors, walk, wide);

    Compiled Compile<F>(in F formula, ulong key, Tensor a, Tensor? b, Tensor? c, Tensor y, DType lane, int vector, int vectors, in Walk walk, bool wide) where F : struct, IFormula
    {
        Tensor[] inputs = F.Count == 1 ? [a] : F.Count == 2 ? [a, b!] : [a, b!, c!];
        var readings = Array.ConvertAll(inputs, ReadingOf);
        for (var i = 0; i < readings.Length; i++)
        {
            if (walk.Rank > 0 && vector > 1 && readings[i] == Reading.Each && walk.Repeats(i + 1)) readings[i] = Reading.Repeated;
        }
        var shape = new PointwiseShape(lane, y.DType, Array.ConvertAll(inputs, static t => t.DType), readings, vector, vectors, walk.Rank, wide);
        var (text, parameters) = PointwiseSource.Write(formula, shape);
        return Cache<F>.Add(formula, key, new(text is null ? null : device.Kernels.Get(text, "pointwise"), parameters));
    }
}

/// <summary>Names of ops for messages.</summary>
file static class Names
{
    internal static string Of<F>() where F : struct, IFormula => DeviceBackend.Op != "this access" ? DeviceBackend.Op : default(F).Name;
}
