using Flambeau.Cpu;

namespace Flambeau.Compiler.Loops;

/// <summary>Writes out the functions that lanes build of arithmetic, by the lanes' own formulas, so that emitted code rounds as eager kernels do.</summary>
internal static class Expansion
{
    /// <summary>The same expression in operations that registers have; itself where nothing is to be written out.</summary>
    internal static Expr Of(Expr e, Dictionary<Expr, Expr> done)
    {
        if (done.TryGetValue(e, out var x)) return x;
        var args = Array.ConvertAll(e.Args, a => Of(a, done));
        return done[e] = One(e, args);
    }

    static Expr One(Expr e, Expr[] args)
    {
        var b = e.Owner;
        if (b.Lane == DType.Float32)
        {
            switch (e.Op)
            {
                case ExprOp.Exp: return All(args[0], ExprLane.For(b, false, () => LaneFormulas.ExpSingle<ExprLane, float>(new(args[0]))));
                case ExprOp.Tanh: return All(args[0], ExprLane.For(b, false, () => LaneFormulas.TanhSingle(new ExprLane(args[0]))));
                case ExprOp.Erf: return All(args[0], ExprLane.For(b, false, () => LaneFormulas.ErfSingle(new ExprLane(args[0]))));
            }
        }
        else if (b.Lane == DType.Float64)
        {
            if (e.Op == ExprOp.Tanh) return All(args[0], ExprLane.For(b, false, () => LaneFormulas.TanhDouble(new ExprLane(args[0]))));
        }
        return args.Length == 0 || args.AsSpan().SequenceEqual(e.Args) ? e
            : e.Op switch
            {
                ExprOp.Call1 => b.Call(b.One[e.Index], args[0]),
                ExprOp.Call2 => b.Call(b.Two[e.Index], args[0], args[1]),
                ExprOp.Reduce => e,
                _ => b.Make(e.Op, args),
            };
    }

    // A formula may use another function, as tanh does exp.
    static Expr All(Expr argument, Expr e) => Of(e, new() { [argument] = argument });
}
