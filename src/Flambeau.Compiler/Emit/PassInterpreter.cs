using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Flambeau.Compiler.Loops;
using Flambeau.Cpu;

namespace Flambeau.Compiler.Emit;

/// <summary>Runs passes without generated code: blocks that stay in the first cache, one operation at a time over a block.</summary>
internal static class PassInterpreter
{
    internal static PassCode Make(Pass pass) => pass.Lane switch
    {
        DType.Float32 => Widest<float>(pass),
        DType.Float64 => Widest<double>(pass),
        DType.Int32 => Widest<int>(pass),
        DType.Int64 => Widest<long>(pass),
        _ => Widest<byte>(pass),
    };

    static PassCode Widest<E>(Pass pass) where E : unmanaged, INumber<E>
    {
        unsafe
        {
            if (Vector512.IsHardwareAccelerated) return new BlockMachine<V512<E>, E>(pass).Run;
            if (Vector256.IsHardwareAccelerated) return new BlockMachine<V256<E>, E>(pass).Run;
            if (Vector128.IsHardwareAccelerated) return new BlockMachine<V128<E>, E>(pass).Run;
            return new BlockMachine<ScalarLane<E>, E>(pass).Run;
        }
    }
}

/// <summary>A pass as a list of operations on numbered blocks. Blocks of what is the same for a whole row are filled once a run.</summary>
internal sealed unsafe class BlockMachine<V, E> where V : struct, IMemoryLane<V, E> where E : unmanaged, INumber<E>
{
    const int Block = 512;

    readonly record struct Operation(Expr Node, int Target, int A, int B, int C, bool Loads = false, int Function = -1);

    readonly Pass pass;
    readonly List<Operation> once = [], each = [];
    readonly Dictionary<Expr, int> blocks = [];
    readonly int[] direct;

    [ThreadStatic] static byte* memory;
    [ThreadStatic] static long capacity;

    internal BlockMachine(Pass pass)
    {
        this.pass = pass;
        var bound = new Dictionary<Expr, int>();
        for (var i = 0; i < pass.Inputs.Count; i++) bound[pass.Inputs[i].Node] = i;
        foreach (var s in pass.Stores) Add(s.Value, bound);
        foreach (var r in pass.Reductions) Add(r.Args[0], bound);
        direct = new int[pass.Inputs.Count];
        for (var i = 0; i < direct.Length; i++) direct[i] = pass.Inputs[i] is { Splat: false, Bytes: false } x && blocks.TryGetValue(x.Node, out var b) ? b : -1;
    }

    int Add(Expr e, Dictionary<Expr, int> bound)
    {
        if (blocks.TryGetValue(e, out var b)) return b;
        if (bound.TryGetValue(e, out var input))
        {
            b = blocks[e] = blocks.Count;
            if (e.Row) once.Add(new(e, b, input, -1, -1, Loads: true));
            else if (pass.Inputs[input].Bytes) each.Add(new(e, b, input, -1, -1, Loads: true));
            return b;
        }
        Span<int> args = [-1, -1, -1];
        for (var i = 0; i < e.Args.Length; i++) args[i] = Add(e.Args[i], bound);
        b = blocks[e] = blocks.Count;
        (e.Row ? once : each).Add(new(e, b, args[0], args[1], args[2], Function: e.Op is ExprOp.Call1 or ExprOp.Call2 ? pass.Function(e) : -1));
        return b;
    }

    internal void Run(byte** p, long n, Functions f)
    {
        var bytes = (long)blocks.Count * Block * sizeof(E) + 64;
        if (capacity < bytes)
        {
            NativeMemory.AlignedFree(memory);
            memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
            capacity = bytes;
        }
        E** at = stackalloc E*[blocks.Count];
        for (var i = 0; i < blocks.Count; i++) at[i] = (E*)memory + (long)i * Block;
        foreach (var o in once) Execute(o, at, p, 0, Block, f);
        var stores = pass.Inputs.Count;
        var sums = stores + pass.Stores.Count;
        for (var s = 0; s < pass.Stores.Count; s++)
        {
            if (pass.Stores[s].Value.Row) Write(pass.Stores[s], at, p[stores + s], 0, V.Width);
        }
        for (long i = 0; i < n; i += Block)
        {
            var count = (int)Math.Min(Block, n - i);
            var whole = (count + V.Width - 1) / V.Width * V.Width;
            for (var k = 0; k < direct.Length; k++)
            {
                if (direct[k] >= 0) at[direct[k]] = (E*)p[k] + i;
            }
            foreach (var o in each) Execute(o, at, p, i, whole, f);
            for (var r = 0; r < pass.Reductions.Count; r++)
            {
                var e = pass.Reductions[r];
                V.Store((E*)p[sums + r], Reduce((ReduceKind)e.Index, V.Load((E*)p[sums + r]), at[blocks[e.Args[0]]], count));
            }
            for (var s = 0; s < pass.Stores.Count; s++)
            {
                if (!pass.Stores[s].Value.Row) Write(pass.Stores[s], at, p[stores + s], i, whole);
            }
        }
    }

    void Write(PassStore s, E** at, byte* target, long i, int n)
    {
        var x = at[blocks[s.Value]];
        if (s.Bytes)
        {
            for (var k = 0; k < n; k += V.Width) V.StoreMask(target + i + k, V.Load(x + k));
            return;
        }
        if ((E*)target + i != x) Buffer.MemoryCopy(x, (E*)target + i, (long)n * sizeof(E), (long)n * sizeof(E));
    }

    static V Reduce(ReduceKind kind, V acc, E* x, int n)
    {
        var i = 0;
        for (; i <= n - V.Width; i += V.Width) acc = Take(kind, acc, V.Load(x + i));
        if (i == n) return acc;
        E* rest = stackalloc E[V.Width];
        new Span<E>(rest, V.Width).Fill(E.CreateTruncating(Neutral.Of(kind, DTypes.Of<E>())));
        for (var k = 0; i < n; i++, k++) rest[k] = x[i];
        return Take(kind, acc, V.Load(rest));
    }

    static V Take(ReduceKind kind, V acc, V x) => kind switch
    {
        ReduceKind.Sum => acc + x,
        ReduceKind.Prod => acc * x,
        ReduceKind.Max => V.Max(acc, x),
        _ => V.Min(acc, x),
    };

    static void Execute(in Operation o, E** at, byte** p, long start, int n, Functions f)
    {
        E* y = at[o.Target];
        var e = o.Node;
        if (o.Loads)
        {
            Load(e, y, p[o.A], start, n);
            return;
        }
        E* a = o.A < 0 ? null : at[o.A], b = o.B < 0 ? null : at[o.B], c = o.C < 0 ? null : at[o.C];
        var w = V.Width;
        switch (e.Op)
        {
            case ExprOp.Const:
                var k = e.Mask ? e.Value != 0 ? ~V.Zero : V.Zero : V.Const(e.Value);
                for (var i = 0; i < n; i += w) V.Store(y + i, k);
                break;
            case ExprOp.Add: for (var i = 0; i < n; i += w) V.Store(y + i, V.Load(a + i) + V.Load(b + i)); break;
            case ExprOp.Sub: for (var i = 0; i < n; i += w) V.Store(y + i, V.Load(a + i) - V.Load(b + i)); break;
            case ExprOp.Mul: for (var i = 0; i < n; i += w) V.Store(y + i, V.Load(a + i) * V.Load(b + i)); break;
            case ExprOp.Div: for (var i = 0; i < n; i += w) V.Store(y + i, V.Load(a + i) / V.Load(b + i)); break;
            case ExprOp.And: for (var i = 0; i < n; i += w) V.Store(y + i, V.Load(a + i) & V.Load(b + i)); break;
            case ExprOp.Or: for (var i = 0; i < n; i += w) V.Store(y + i, V.Load(a + i) | V.Load(b + i)); break;
            case ExprOp.Xor: for (var i = 0; i < n; i += w) V.Store(y + i, V.Load(a + i) ^ V.Load(b + i)); break;
            case ExprOp.Lt: for (var i = 0; i < n; i += w) V.Store(y + i, V.Load(a + i) < V.Load(b + i)); break;
            case ExprOp.Gt: for (var i = 0; i < n; i += w) V.Store(y + i, V.Load(a + i) > V.Load(b + i)); break;
            case ExprOp.Le: for (var i = 0; i < n; i += w) V.Store(y + i, V.Load(a + i) <= V.Load(b + i)); break;
            case ExprOp.Ge: for (var i = 0; i < n; i += w) V.Store(y + i, V.Load(a + i) >= V.Load(b + i)); break;
            case ExprOp.Eq: for (var i = 0; i < n; i += w) V.Store(y + i, V.Eq(V.Load(a + i), V.Load(b + i))); break;
            case ExprOp.Min: for (var i = 0; i < n; i += w) V.Store(y + i, V.Min(V.Load(a + i), V.Load(b + i))); break;
            case ExprOp.Max: for (var i = 0; i < n; i += w) V.Store(y + i, V.Max(V.Load(a + i), V.Load(b + i))); break;
            case ExprOp.CopySign: for (var i = 0; i < n; i += w) V.Store(y + i, V.CopySign(V.Load(a + i), V.Load(b + i))); break;
            case ExprOp.Neg: for (var i = 0; i < n; i += w) V.Store(y + i, -V.Load(a + i)); break;
            case ExprOp.Not: for (var i = 0; i < n; i += w) V.Store(y + i, ~V.Load(a + i)); break;
            case ExprOp.Abs: for (var i = 0; i < n; i += w) V.Store(y + i, V.Abs(V.Load(a + i))); break;
            case ExprOp.Sqrt: for (var i = 0; i < n; i += w) V.Store(y + i, V.Sqrt(V.Load(a + i))); break;
            case ExprOp.Floor: for (var i = 0; i < n; i += w) V.Store(y + i, V.Floor(V.Load(a + i))); break;
            case ExprOp.Ceil: for (var i = 0; i < n; i += w) V.Store(y + i, V.Ceil(V.Load(a + i))); break;
            case ExprOp.Trunc: for (var i = 0; i < n; i += w) V.Store(y + i, V.Trunc(V.Load(a + i))); break;
            case ExprOp.Round: for (var i = 0; i < n; i += w) V.Store(y + i, V.Round(V.Load(a + i))); break;
            case ExprOp.Exp: for (var i = 0; i < n; i += w) V.Store(y + i, V.Exp(V.Load(a + i))); break;
            case ExprOp.Log: for (var i = 0; i < n; i += w) V.Store(y + i, V.Log(V.Load(a + i))); break;
            case ExprOp.Sin: for (var i = 0; i < n; i += w) V.Store(y + i, V.Sin(V.Load(a + i))); break;
            case ExprOp.Cos: for (var i = 0; i < n; i += w) V.Store(y + i, V.Cos(V.Load(a + i))); break;
            case ExprOp.Tanh: for (var i = 0; i < n; i += w) V.Store(y + i, V.Tanh(V.Load(a + i))); break;
            case ExprOp.Erf: for (var i = 0; i < n; i += w) V.Store(y + i, V.Erf(V.Load(a + i))); break;
            case ExprOp.Select: for (var i = 0; i < n; i += w) V.Store(y + i, V.Select(V.Load(a + i), V.Load(b + i), V.Load(c + i))); break;
            case ExprOp.MulAdd: for (var i = 0; i < n; i += w) V.Store(y + i, V.MulAdd(V.Load(a + i), V.Load(b + i), V.Load(c + i))); break;
            case ExprOp.Call1: for (var i = 0; i < n; i += w) V.Store(y + i, V.Call(f.One[o.Function], V.Load(a + i))); break;
            case ExprOp.Call2: for (var i = 0; i < n; i += w) V.Store(y + i, V.Call(f.Two[o.Function], V.Load(a + i), V.Load(b + i))); break;
            default: throw new InvalidOperationException($"{e.Op} can't be interpreted");
        }
    }

    static void Load(Expr e, E* y, byte* p, long start, int n)
    {
        if (e.Row && !(e is { Mask: true, Op: ExprOp.Input }))
        {
            new Span<E>(y, n).Fill(*(E*)p);
            return;
        }
        for (var i = 0; i < n; i++)
        {
            var set = p[e.Row ? 0 : start + i] != 0 ? (byte)255 : (byte)0;
            new Span<byte>(y + i, sizeof(E)).Fill(set);
        }
    }
}
