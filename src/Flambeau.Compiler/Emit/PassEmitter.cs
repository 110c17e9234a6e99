using System.Diagnostics.CodeAnalysis;
using System.Reflection.Emit;
using Flambeau.Compiler.Loops;

namespace Flambeau.Compiler.Emit;

/// <summary>Writes a pass as IL: one loop over whole registers, invariants before it, all loads of a step before its stores.</summary>
[RequiresDynamicCode("emits IL")]
internal sealed class PassEmitter
{
    const int SmallNodes = 12;
    const int AccumulatorCopies = 4;

    readonly Pass pass;
    readonly LaneTable lane;
    readonly ILGenerator il;
    readonly int size;
    readonly Dictionary<Expr, int> bound = [];
    readonly Dictionary<Expr, Expr> expanded = [];
    readonly Dictionary<Expr, int> uses = [];
    readonly Dictionary<Expr, LocalBuilder> invariant = [];
    readonly LocalBuilder[] pointers;
    readonly LocalBuilder index;
    readonly Expr[] stores, reduced;

    PassEmitter(Pass pass, ILGenerator il)
    {
        (this.pass, this.il, lane, size) = (pass, il, LaneTable.For(pass.Lane), pass.Lane.Size());
        for (var i = 0; i < pass.Inputs.Count; i++)
        {
            bound[pass.Inputs[i].Node] = i;
            expanded[pass.Inputs[i].Node] = pass.Inputs[i].Node;
        }
        stores = [.. pass.Stores.Select(s => Expansion.Of(s.Value, expanded))];
        reduced = [.. pass.Reductions.Select(r => Expansion.Of(r.Args[0], expanded))];
        pointers = new LocalBuilder[pass.Pointers];
        for (var i = 0; i < pointers.Length; i++) pointers[i] = il.DeclareLocal(typeof(byte*));
        index = il.DeclareLocal(typeof(long));
        var seen = new HashSet<Expr>();
        foreach (var r in stores.Concat(reduced)) Count(r, seen);
    }

    internal static PassCode Emit(Pass pass)
    {
        var method = new DynamicMethod("flambeau_pass", typeof(void), [typeof(byte**), typeof(long), typeof(Functions)], typeof(PassEmitter).Module, skipVisibility: true) { InitLocals = false };
        new PassEmitter(pass, method.GetILGenerator()).Write();
        return method.CreateDelegate<PassCode>();
    }

    void Count(Expr e, HashSet<Expr> seen)
    {
        uses[e] = uses.GetValueOrDefault(e) + 1;
        if (!seen.Add(e) || bound.ContainsKey(e)) return;
        foreach (var a in e.Args) Count(a, seen);
    }

    void Write()
    {
        for (var i = 0; i < pointers.Length; i++)
        {
            il.Emit(OpCodes.Ldarg_0);
            Number(i * 8);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Ldind_I);
            il.Emit(OpCodes.Stloc, pointers[i]);
        }
        var seen = new HashSet<Expr>();
        foreach (var r in stores.Concat(reduced)) Hoist(r, seen);
        for (var s = 0; s < stores.Length; s++)
        {
            if (!stores[s].Row) continue;
            Value(stores[s], []);
            il.Emit(OpCodes.Ldloc, pointers[pass.Inputs.Count + s]);
            il.Emit(OpCodes.Call, pass.Stores[s].Bytes ? lane.StoreMask : lane.Store);
        }
        if (reduced.Length == 0 && Array.TrueForAll(stores, static s => s.Row))
        {
            il.Emit(OpCodes.Ret);
            return;
        }
        var copies = uses.Count > SmallNodes ? 1 : reduced.Length > 0 ? AccumulatorCopies : 2;
        var accumulators = Accumulators(copies);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Stloc, index);
        if (copies > 1) Loop(copies, accumulators, whole: true);
        Loop(1, accumulators, whole: reduced.Length > 0);
        if (reduced.Length > 0) Rest(accumulators);
        for (var r = 0; r < reduced.Length; r++)
        {
            il.Emit(OpCodes.Ldloc, accumulators[r][0]);
            for (var u = 1; u < copies; u++)
            {
                il.Emit(OpCodes.Ldloc, accumulators[r][u]);
                il.Emit(OpCodes.Call, lane.Method(Merge(r)));
            }
            il.Emit(OpCodes.Ldloc, pointers[^(reduced.Length - r)]);
            il.Emit(OpCodes.Call, lane.Store);
        }
        il.Emit(OpCodes.Ret);
    }

    ExprOp Merge(int r) => (ReduceKind)pass.Reductions[r].Index switch
    {
        ReduceKind.Sum => ExprOp.Add,
        ReduceKind.Prod => ExprOp.Mul,
        ReduceKind.Max => ExprOp.Max,
        _ => ExprOp.Min,
    };

    LocalBuilder[][] Accumulators(int copies)
    {
        var all = new LocalBuilder[reduced.Length][];
        for (var r = 0; r < all.Length; r++)
        {
            all[r] = new LocalBuilder[copies];
            for (var u = 0; u < copies; u++)
            {
                all[r][u] = il.DeclareLocal(lane.Vector);
                if (u == 0)
                {
                    il.Emit(OpCodes.Ldloc, pointers[^(reduced.Length - r)]);
                    il.Emit(OpCodes.Call, lane.Load);
                }
                else
                {
                    Element(Neutral.Of((ReduceKind)pass.Reductions[r].Index, pass.Lane));
                    il.Emit(OpCodes.Call, lane.Splat);
                }
                il.Emit(OpCodes.Stloc, all[r][u]);
            }
        }
        return all;
    }

    /// <summary>Steps of so many registers, while whole registers are left, or anything is.</summary>
    void Loop(int copies, LocalBuilder[][] accumulators, bool whole)
    {
        Label body = il.DefineLabel(), test = il.DefineLabel();
        il.Emit(OpCodes.Br, test);
        il.MarkLabel(body);
        Step(copies, accumulators, null);
        il.Emit(OpCodes.Ldloc, index);
        Long(copies * lane.Width);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, index);
        il.MarkLabel(test);
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Ldarg_1);
        if (whole)
        {
            Long(copies * lane.Width);
            il.Emit(OpCodes.Sub);
            il.Emit(OpCodes.Ble, body);
        }
        else
        {
            il.Emit(OpCodes.Blt, body);
        }
    }

    /// <summary>A last partial register, of which reductions take the elements that are there.</summary>
    void Rest(LocalBuilder[][] accumulators)
    {
        var end = il.DefineLabel();
        var first = il.DeclareLocal(lane.Vector);
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Bge, end);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Call, lane.FirstN);
        il.Emit(OpCodes.Stloc, first);
        Step(1, accumulators, first);
        il.MarkLabel(end);
    }

    /// <summary>
    /// So many registers at once, operation by operation. Only small steps come in more than one: the intermediate values of larger ones wouldn't stay in registers.
    /// </summary>
    void Step(int copies, LocalBuilder[][] accumulators, LocalBuilder? first)
    {
        var order = new List<Expr>();
        var seen = new HashSet<Expr>();
        foreach (var r in stores.Concat(reduced)) Order(r, seen, order);
        var done = new Dictionary<Expr, LocalBuilder>[copies];
        for (var u = 0; u < copies; u++) done[u] = [];
        foreach (var e in order)
        {
            for (var u = 0; u < copies; u++)
            {
                Value(e, done[u], u * lane.Width);
                il.Emit(OpCodes.Stloc, done[u][e] = il.DeclareLocal(lane.Vector));
            }
        }
        for (var r = 0; r < reduced.Length; r++)
        {
            for (var u = 0; u < copies; u++)
            {
                var acc = accumulators[r][u];
                if (first is not null) il.Emit(OpCodes.Ldloc, first);
                il.Emit(OpCodes.Ldloc, acc);
                Value(reduced[r], done[u]);
                il.Emit(OpCodes.Call, lane.Method(Merge(r)));
                if (first is not null)
                {
                    il.Emit(OpCodes.Ldloc, acc);
                    il.Emit(OpCodes.Call, lane.Method(ExprOp.Select));
                }
                il.Emit(OpCodes.Stloc, acc);
            }
        }
        for (var s = 0; s < stores.Length; s++)
        {
            if (stores[s].Row) continue;
            var bytes = pass.Stores[s].Bytes;
            for (var u = 0; u < copies; u++)
            {
                Value(stores[s], done[u]);
                Address(pass.Inputs.Count + s, bytes ? 1 : size, u * lane.Width);
                il.Emit(OpCodes.Call, bytes ? lane.StoreMask : lane.Store);
            }
        }
    }

    /// <summary>What changes along the row, arguments first.</summary>
    void Order(Expr e, HashSet<Expr> seen, List<Expr> order)
    {
        if (e.Row || !seen.Add(e)) return;
        if (!bound.ContainsKey(e))
        {
            foreach (var a in e.Args) Order(a, seen, order);
        }
        order.Add(e);
    }

    /// <summary>Computes what doesn't change along the row, as far as elements need it.</summary>
    void Hoist(Expr e, HashSet<Expr> seen)
    {
        if (!seen.Add(e)) return;
        if (!bound.ContainsKey(e))
        {
            foreach (var a in e.Args) Hoist(a, seen);
        }
        if (!e.Row || e.Op == ExprOp.Const) return;
        Value(e, []);
        il.Emit(OpCodes.Stloc, invariant[e] = il.DeclareLocal(lane.Vector));
    }

    /// <summary>Leaves the value of an expression on the stack, whose arguments have been computed if they change along the row.</summary>
    void Value(Expr e, Dictionary<Expr, LocalBuilder> done, int at = 0)
    {
        if (invariant.TryGetValue(e, out var v) || done.TryGetValue(e, out v))
        {
            il.Emit(OpCodes.Ldloc, v);
            return;
        }
        if (bound.TryGetValue(e, out var input))
        {
            if (e.Row) Splat(e, input);
            else
            {
                var bytes = pass.Inputs[input].Bytes;
                Address(input, bytes ? 1 : size, at);
                il.Emit(OpCodes.Call, bytes ? lane.LoadMask : lane.Load);
            }
        }
        else if (e.Op == ExprOp.Const)
        {
            Constant(e);
            return;
        }
        else
        {
            foreach (var a in e.Args) Value(a, done, at);
            if (e.Op is ExprOp.Call1 or ExprOp.Call2)
            {
                il.Emit(OpCodes.Ldarg_2);
                Number(pass.Function(e));
            }
            il.Emit(OpCodes.Call, lane.Method(e.Op));
        }
    }

    void Splat(Expr e, int input)
    {
        il.Emit(OpCodes.Ldloc, pointers[input]);
        if (pass.Inputs[input].Bytes)
        {
            il.Emit(OpCodes.Call, lane.SplatMask);
            return;
        }
        il.Emit(pass.Lane switch
        {
            DType.Float32 => OpCodes.Ldind_R4,
            DType.Float64 => OpCodes.Ldind_R8,
            DType.Int32 => OpCodes.Ldind_I4,
            DType.Int64 => OpCodes.Ldind_I8,
            _ => OpCodes.Ldind_U1,
        });
        il.Emit(OpCodes.Call, lane.Splat);
    }

    void Constant(Expr e)
    {
        if (!e.Mask)
        {
            Element(e.Value);
            il.Emit(OpCodes.Call, lane.Splat);
            return;
        }
        Element(0);
        il.Emit(OpCodes.Call, lane.Splat);
        if (e.Value != 0) il.Emit(OpCodes.Call, lane.Method(ExprOp.Not));
    }

    void Element(double x)
    {
        switch (pass.Lane)
        {
            case DType.Float32: il.Emit(OpCodes.Ldc_R4, (float)x); break;
            case DType.Float64: il.Emit(OpCodes.Ldc_R8, x); break;
            case DType.Int32: il.Emit(OpCodes.Ldc_I4, int.CreateTruncating(x)); break;
            case DType.Int64: il.Emit(OpCodes.Ldc_I8, long.CreateTruncating(x)); break;
            default: il.Emit(OpCodes.Ldc_I4, (int)byte.CreateTruncating(x)); break;
        }
    }

    void Address(int pointer, int stride, int at)
    {
        il.Emit(OpCodes.Ldloc, pointers[pointer]);
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Conv_I);
        if (stride != 1)
        {
            Number(stride);
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Mul);
        }
        il.Emit(OpCodes.Add);
        if (at == 0) return;
        Number(at * stride);
        il.Emit(OpCodes.Add);
    }

    void Number(int x) => il.Emit(OpCodes.Ldc_I4, x);

    void Long(int x) => il.Emit(OpCodes.Ldc_I8, (long)x);
}
