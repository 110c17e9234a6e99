namespace Flambeau.Compiler.Loops;

/// <summary>What a node of an expression computes. Every element has the region's lane type; masks have all bits of an element set.</summary>
internal enum ExprOp : byte
{
    Input, Const, Reduce,
    Add, Sub, Mul, Div, And, Or, Xor, Lt, Gt, Le, Ge, Eq, Min, Max, CopySign, ScaleSingle,
    Neg, Not, Abs, Sqrt, Floor, Ceil, Trunc, Round, Exp, Log, Sin, Cos, Tanh, Erf,
    Select, MulAdd, Call1, Call2,
}

/// <summary>How a row becomes one number.</summary>
internal enum ReduceKind : byte
{
    Sum, Prod, Max, Min,
}

/// <summary>A node of an expression: made by <see cref="ExprBuilder"/> only, which gives the same node for the same expression.</summary>
internal sealed class Expr
{
    internal Expr(ExprBuilder owner, int id, ExprOp op, Expr[] args, bool mask, double value, int index)
    {
        (Owner, Id, Op, Args, Mask, Value, Index) = (owner, id, op, args, mask, value, index);
        Depth = op == ExprOp.Reduce ? args[0].Depth + 1 : args.Length == 0 ? 0 : args.Max(static a => a.Depth);
        Row = op switch
        {
            ExprOp.Const or ExprOp.Reduce => true,
            ExprOp.Input => owner.IsRow(index),
            _ => Array.TrueForAll(args, static a => a.Row),
        };
    }

    internal ExprBuilder Owner { get; }

    /// <summary>Position in the order of creation: arguments come before their users.</summary>
    internal int Id { get; }

    internal ExprOp Op { get; }

    internal Expr[] Args { get; }

    /// <summary>All or no bits of each element are set.</summary>
    internal bool Mask { get; }

    /// <summary>Of a constant.</summary>
    internal double Value { get; }

    /// <summary>Number of the input or function, or the <see cref="ReduceKind"/>.</summary>
    internal int Index { get; }

    /// <summary>How many reductions lie one behind the other before it.</summary>
    internal int Depth { get; }

    /// <summary>The same for all elements of a row.</summary>
    internal bool Row { get; }

    public override string ToString() => Op switch
    {
        ExprOp.Input => $"in{Index}",
        ExprOp.Const => Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        ExprOp.Reduce => $"{(ReduceKind)Index}({Args[0]})",
        _ => $"{Op}{(Op is ExprOp.Call1 or ExprOp.Call2 ? Index : "")}({string.Join(", ", (object[])Args)})",
    };
}
