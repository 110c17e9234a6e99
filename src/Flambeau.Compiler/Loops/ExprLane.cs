using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Compiler.Loops;

/// <summary>
/// A lane that computes nothing and notes down what would be computed: an op's <c>Apply&lt;ExprLane&gt;</c> gives its formula as an expression.
/// Constants need to know whose expression they join, so formulas run inside <see cref="For"/>.
/// </summary>
internal readonly unsafe struct ExprLane(Expr e) : IMemoryLane<ExprLane, float>
{
    [ThreadStatic] static ExprBuilder? current;

    internal Expr Expr => e;

    static ExprBuilder B => current ?? throw new InvalidOperationException("a formula was applied to expressions outside ExprLane.For");

    /// <summary>Evaluates a formula for a builder.</summary>
    internal static Expr For(ExprBuilder builder, bool bools, Func<ExprLane> formula)
    {
        var outer = current;
        current = builder;
        builder.Bools = bools;
        try
        {
            return formula().Expr;
        }
        finally
        {
            current = outer;
            builder.Bools = false;
        }
    }

    public static ExprLane Const(double value) => new(B.Bools ? B.Const(value != 0 ? 1 : 0, mask: true) : B.Const(value));

    static ExprLane Op(ExprOp op, ExprLane a) => new(B.Make(op, a.Expr));
    static ExprLane Op(ExprOp op, ExprLane a, ExprLane b) => new(B.Make(op, a.Expr, b.Expr));
    static ExprLane Op(ExprOp op, ExprLane a, ExprLane b, ExprLane c) => new(B.Make(op, a.Expr, b.Expr, c.Expr));

    /// <summary>An operation that bools don't have.</summary>
    static ExprLane Number(ExprOp op, params ReadOnlySpan<ExprLane> x)
    {
        if (!B.Bools) return x.Length switch { 1 => Op(op, x[0]), 2 => Op(op, x[0], x[1]), _ => Op(op, x[0], x[1], x[2]) };
        B.Failed = true;
        return x[0];
    }

    public static ExprLane operator +(ExprLane a, ExprLane b) => Op(B.Bools ? ExprOp.Or : ExprOp.Add, a, b);
    public static ExprLane operator -(ExprLane a, ExprLane b) => Number(ExprOp.Sub, a, b);
    public static ExprLane operator *(ExprLane a, ExprLane b) => Op(B.Bools ? ExprOp.And : ExprOp.Mul, a, b);
    public static ExprLane operator /(ExprLane a, ExprLane b) => Number(ExprOp.Div, a, b);
    public static ExprLane operator -(ExprLane a) => Number(ExprOp.Neg, a);
    public static ExprLane operator &(ExprLane a, ExprLane b) => Op(ExprOp.And, a, b);
    public static ExprLane operator |(ExprLane a, ExprLane b) => Op(ExprOp.Or, a, b);
    public static ExprLane operator ^(ExprLane a, ExprLane b) => Op(ExprOp.Xor, a, b);
    public static ExprLane operator ~(ExprLane a) => Op(ExprOp.Not, a);
    public static ExprLane operator <(ExprLane a, ExprLane b) => B.Bools ? ~a & b : Op(ExprOp.Lt, a, b);
    public static ExprLane operator >(ExprLane a, ExprLane b) => B.Bools ? a & ~b : Op(ExprOp.Gt, a, b);
    public static ExprLane operator <=(ExprLane a, ExprLane b) => B.Bools ? ~a | b : Op(ExprOp.Le, a, b);
    public static ExprLane operator >=(ExprLane a, ExprLane b) => B.Bools ? a | ~b : Op(ExprOp.Ge, a, b);
    public static ExprLane Eq(ExprLane a, ExprLane b) => B.Bools ? ~(a ^ b) : Op(ExprOp.Eq, a, b);
    public static ExprLane Select(ExprLane mask, ExprLane a, ExprLane b) => Op(ExprOp.Select, mask, a, b);
    public static ExprLane Min(ExprLane a, ExprLane b) => Op(B.Bools ? ExprOp.And : ExprOp.Min, a, b);
    public static ExprLane Max(ExprLane a, ExprLane b) => Op(B.Bools ? ExprOp.Or : ExprOp.Max, a, b);
    public static ExprLane Abs(ExprLane a) => B.Bools ? a : Op(ExprOp.Abs, a);
    public static ExprLane Sqrt(ExprLane a) => Number(ExprOp.Sqrt, a);
    public static ExprLane Floor(ExprLane a) => B.Bools ? a : Op(ExprOp.Floor, a);
    public static ExprLane Ceil(ExprLane a) => B.Bools ? a : Op(ExprOp.Ceil, a);
    public static ExprLane Trunc(ExprLane a) => B.Bools ? a : Op(ExprOp.Trunc, a);
    public static ExprLane Round(ExprLane a) => B.Bools ? a : Op(ExprOp.Round, a);
    public static ExprLane Exp(ExprLane a) => Number(ExprOp.Exp, a);
    public static ExprLane Log(ExprLane a) => Number(ExprOp.Log, a);
    public static ExprLane Sin(ExprLane a) => Number(ExprOp.Sin, a);
    public static ExprLane Cos(ExprLane a) => Number(ExprOp.Cos, a);
    public static ExprLane Tanh(ExprLane a) => Number(ExprOp.Tanh, a);
    public static ExprLane Erf(ExprLane a) => Number(ExprOp.Erf, a);
    public static ExprLane MulAdd(ExprLane a, ExprLane b, ExprLane c) => B.Bools ? (a & b) | c : Op(ExprOp.MulAdd, a, b, c);
    public static ExprLane CopySign(ExprLane a, ExprLane sign) => Number(ExprOp.CopySign, a, sign);
    public static ExprLane ScaleSingle(ExprLane a, ExprLane n) => Number(ExprOp.ScaleSingle, a, n);

    public static ExprLane Call(in ScalarFunction f, ExprLane a)
    {
        if (!B.Bools) return new(B.Call(f, a.Expr));
        B.Failed = true;
        return a;
    }

    public static ExprLane Call(in ScalarFunction2 f, ExprLane a, ExprLane b)
    {
        if (!B.Bools) return new(B.Call(f, a.Expr, b.Expr));
        B.Failed = true;
        return a;
    }

    // Memory is not what expressions look into; the interface is that of the formulas for exponentials.
    public static int Width => 1;
    public static ExprLane Load(float* p) => throw new NotSupportedException();
    public static void Store(float* p, ExprLane value) => throw new NotSupportedException();
    public static ExprLane Broadcast(float value) => Const(value);
    public static void StoreMask(byte* p, ExprLane mask) => throw new NotSupportedException();
}
