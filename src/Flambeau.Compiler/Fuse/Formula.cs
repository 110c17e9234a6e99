using Flambeau.Compiler.Loops;
using Flambeau.Cpu;
using Flambeau.Ops;

namespace Flambeau.Compiler.Fuse;

/// <summary>Pointwise ops as expressions.</summary>
internal static class Formula
{
    /// <summary>The lane type in which a dtype is computed; null for dtypes that regions leave to eager kernels. Bools are masks of any lane.</summary>
    internal static DType? LaneOf(DType dtype) => dtype switch
    {
        DType.Float16 or DType.BFloat16 or DType.Float32 => DType.Float32,
        DType.Float64 or DType.Int32 or DType.Int64 or DType.UInt8 => dtype,
        _ => null,
    };

    /// <summary>The op's formula on expressions that already have the dtype it computes in; null if it has none for that dtype.</summary>
    /// <param name="op">A pointwise op.</param>
    /// <param name="builder">Owner of the arguments.</param>
    /// <param name="compute">The promoted dtype of the arguments.</param>
    /// <param name="args">As many as the op takes.</param>
    internal static Expr? Of(IOp op, ExprBuilder builder, DType compute, params Expr[] args)
    {
        // Powers of integers are another formula than those of floats.
        if (op is IInteger2 && compute.IsIntegral()) return null;
        if (op is BitwiseNot && compute == DType.Bool) op = new LogicalNot();
        builder.Failed = false;
        var e = ExprLane.For(builder, compute == DType.Bool, () => op switch
        {
            IPointwise1 f => f.Apply(new ExprLane(args[0])),
            IPointwise2 f => f.Apply(new ExprLane(args[0]), new(args[1])),
            IPointwise3 f => f.Apply(new ExprLane(args[0]), new(args[1]), new(args[2])),
            _ => throw new ArgumentException($"{op.Name} is no pointwise op"),
        });
        return builder.Failed ? null : e;
    }

    /// <summary>A value of one dtype as another of the same lane; null where that is no matter of lanes.</summary>
    internal static Expr? Convert(ExprBuilder builder, Expr e, DType from, DType to)
    {
        if (from == to) return e;
        if (to == DType.Bool) return builder.Make(ExprOp.Not, builder.Make(ExprOp.Eq, e, builder.Const(0)));
        if (from == DType.Bool) return builder.Make(ExprOp.Select, e, builder.Const(1), builder.Const(0));
        return LaneOf(from) == LaneOf(to) ? e : null;
    }
}
