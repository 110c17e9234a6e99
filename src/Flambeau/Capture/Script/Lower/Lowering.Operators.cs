using Flambeau.Capture.Ast;
using Flambeau.Graphs;

namespace Flambeau.Capture.Lower;

/// <summary>Operators of numbers, texts, lists and tensors.</summary>
internal sealed partial class Lowering
{
    Sym BinaryOf(Binary x)
    {
        switch (x.Op)
        {
            case BinaryOp.And: return Choose(Truth(Eval(x.Left), x.Line), () => FromOperand(Truth(Eval(x.Right), x.Line)), static () => Sym.False, x.Line);
            case BinaryOp.Or: return Choose(Truth(Eval(x.Left), x.Line), static () => Sym.True, () => FromOperand(Truth(Eval(x.Right), x.Line)), x.Line);
            case BinaryOp.Coalesce:
            {
                var value = Eval(x.Left);
                var none = IsNull(value, x.Line);
                return Choose(none, () => Eval(x.Right), () => Strip(value, x.Line), x.Line);
            }
        }
        var (l, r) = (Eval(x.Left), Eval(x.Right));
        if (x.Op is BinaryOp.Is or BinaryOp.IsNot || (x.Op is BinaryOp.Equal or BinaryOp.NotEqual && (IsNullLiteral(l) || IsNullLiteral(r))))
        {
            var same = IsNullLiteral(r) ? IsNull(l, x.Line) : IsNullLiteral(l) ? IsNull(r, x.Line) : Identical(l, r, x.Line);
            return FromOperand(x.Op is BinaryOp.Is or BinaryOp.Equal ? same : Op("prim.not_bool", x.Line, same));
        }
        return Arithmetic(x.Op, Strip(l, x.Line), Strip(r, x.Line), x.Line);
    }

    static bool IsNullLiteral(Sym s) => s is Known { Value: null };

    Operand IsNull(Sym s, int line) => s switch
    {
        Known k => k.Value is null,
        Dyn { Type: OptionalType } d => Op("prim.is_none", line, d.Value),
        Dyn d when d.Type == GraphType.Any => Op("prim.is_none", line, d.Value),
        Poison p => throw Error(p.Reason, line),
        _ => false,
    };

    Operand Identical(Sym l, Sym r, int line) => (l, r) switch
    {
        (Known a, Known c) => a.Value is IScriptObject || c.Value is IScriptObject ? ReferenceEquals(a.Value, c.Value) : Equals(a.Value, c.Value),
        (Ref a, Ref c) => a.Cell == c.Cell,
        _ when IsNumber(TypeOf(l)) && IsNumber(TypeOf(r)) => Arg(Arithmetic(BinaryOp.Equal, l, r, line), line),
        _ => false,
    };

    Sym Arithmetic(BinaryOp op, Sym l, Sym r, int line)
    {
        if (IsTensor(l) || IsTensor(r)) return TensorOperator(op, l, r, line);
        var (lt, rt) = (TypeOf(l), TypeOf(r));
        if (lt == GraphType.Scalar) (l, lt) = (ToFloat(l, line), GraphType.Float);
        if (rt == GraphType.Scalar) (r, rt) = (ToFloat(r, line), GraphType.Float);
        if (lt == GraphType.Bool && rt == GraphType.Bool && Bools(op) is { } bools) return FromOperand(Op(bools, line, Arg(l, line), Arg(r, line)));
        if (IsNumber(lt) && IsNumber(rt)) return Numbers(op, l, r, line);
        if (lt == GraphType.String && rt == GraphType.String && op is BinaryOp.Add or BinaryOp.Equal or BinaryOp.NotEqual)
            return FromOperand(Op(op == BinaryOp.Add ? "prim.add_str" : op == BinaryOp.Equal ? "prim.eq_str" : "prim.ne_str", line, Arg(l, line), Arg(r, line)));
        if (op == BinaryOp.Add && (lt == GraphType.String || rt == GraphType.String)) return FromOperand(Op("prim.add_str", line, Text(l, line), Text(r, line)));
        if (op is BinaryOp.Equal or BinaryOp.NotEqual) return Equality(op, l, r, line);
        if (op == BinaryOp.Add && Items(l) is { } a && Items(r) is { } c) return env.New(new ListContent([.. a, .. c]));
        if (op == BinaryOp.Add && lt is ListType && rt is ListType) return FromOperand(Op("prim.concat", line, Arg(l, line), Arg(r, line)));
        if (op == BinaryOp.Multiply && Items(l) is { } once && r is Known { Value: long times })
            return env.New(new ListContent([.. Enumerable.Range(0, (int)Math.Max(0, times)).SelectMany(_ => once)]));
        throw Error($"{op} of {Describe(l)} and {Describe(r)} can't be computed in a graph", line);
    }

    /// <summary>Items of a list or tuple that are known one by one.</summary>
    IReadOnlyList<Sym>? Items(Sym s) => Fields(s) ?? (s is Ref r && Held(r.Cell) is ListContent l ? l.Items : null);

    Sym Equality(BinaryOp op, Sym l, Sym r, int line)
    {
        Operand same;
        if (Items(l) is { } a && Items(r) is { } c)
        {
            same = a.Count == c.Count;
            for (var i = 0; i < a.Count && a.Count == c.Count; i++)
            {
                var part = Arg(Arithmetic(BinaryOp.Equal, a[i], c[i], line), line);
                same = same is { IsConstant: true, Constant: true } ? part : Op("prim.and_bool", line, same, part);
            }
        }
        else if (l is Known x && r is Known y) same = Equals(x.Value, y.Value);
        else same = Op("prim.eq", line, Arg(l, line), Arg(r, line));
        return FromOperand(op == BinaryOp.Equal ? same : Op("prim.not_bool", line, same));
    }

    static string? Bools(BinaryOp op) => op switch
    {
        BinaryOp.BitAnd => "prim.and_bool",
        BinaryOp.BitOr => "prim.or_bool",
        BinaryOp.BitXor or BinaryOp.NotEqual => "prim.xor_bool",
        BinaryOp.Equal => "prim.eq_bool",
        _ => null,
    };

    Sym Numbers(BinaryOp op, Sym l, Sym r, int line)
    {
        var real = op == BinaryOp.Divide || TypeOf(l) == GraphType.Float || TypeOf(r) == GraphType.Float;
        var name = op switch
        {
            BinaryOp.Add => "add",
            BinaryOp.Subtract => "sub",
            BinaryOp.Multiply => "mul",
            BinaryOp.Divide => "div",
            BinaryOp.FloorDivide => "floordiv",
            BinaryOp.TruncateDivide => "div",
            BinaryOp.Modulo => "floormod",
            BinaryOp.Remainder => "mod",
            BinaryOp.Power => "pow",
            BinaryOp.Equal => "eq",
            BinaryOp.NotEqual => "ne",
            BinaryOp.Less => "lt",
            BinaryOp.LessEqual => "le",
            BinaryOp.Greater => "gt",
            BinaryOp.GreaterEqual => "ge",
            BinaryOp.BitAnd when !real => "and",
            BinaryOp.BitOr when !real => "or",
            BinaryOp.BitXor when !real => "xor",
            BinaryOp.ShiftLeft when !real => "shl",
            BinaryOp.ShiftRight when !real => "shr",
            _ => throw Error($"{op} of {Describe(l)} and {Describe(r)} can't be computed in a graph", line),
        };
        var (a, c) = real ? (Arg(ToFloat(l, line), line), Arg(ToFloat(r, line), line)) : (ToInt(l, line), ToInt(r, line));
        return FromOperand(Op($"prim.{name}_{(real ? "float" : "int")}", line, a, c));
    }

    Sym TensorOperator(BinaryOp op, Sym l, Sym r, int line)
    {
        var name = op switch
        {
            BinaryOp.Add => "add",
            BinaryOp.Subtract => "sub",
            BinaryOp.Multiply => "mul",
            BinaryOp.Divide => "div",
            BinaryOp.FloorDivide => "floor_divide",
            BinaryOp.Modulo or BinaryOp.Remainder => "remainder",
            BinaryOp.Power => "pow",
            BinaryOp.MatMul => "matmul",
            BinaryOp.Equal => "eq",
            BinaryOp.NotEqual => "ne",
            BinaryOp.Less => "lt",
            BinaryOp.LessEqual => "le",
            BinaryOp.Greater => "gt",
            BinaryOp.GreaterEqual => "ge",
            BinaryOp.BitAnd => "bitwise_and",
            BinaryOp.BitOr => "bitwise_or",
            BinaryOp.BitXor => "bitwise_xor",
            BinaryOp.ShiftLeft => "bitwise_left_shift",
            BinaryOp.ShiftRight => "bitwise_right_shift",
            _ => throw Error($"{op} has no meaning for tensors", line),
        };
        return CallRow(name, [l, r], new Dictionary<string, Sym>(), null, line);
    }

    Sym UnaryOf(Unary u)
    {
        var x = Strip(Eval(u.Operand), u.Line);
        var t = TypeOf(x);
        if (u.Op == UnaryOp.Not) return FromOperand(Op("prim.not_bool", u.Line, Truth(x, u.Line)));
        if (IsTensor(x)) return CallRow(u.Op == UnaryOp.Negate ? "neg" : "bitwise_not", [x], new Dictionary<string, Sym>(), null, u.Line);
        if (u.Op == UnaryOp.BitNot) return FromOperand(t == GraphType.Bool ? Op("prim.not_bool", u.Line, Arg(x, u.Line)) : Op("prim.not_int", u.Line, ToInt(x, u.Line)));
        return t == GraphType.Float || t == GraphType.Scalar ? FromOperand(Op("prim.neg_float", u.Line, Arg(ToFloat(x, u.Line), u.Line))) : FromOperand(Op("prim.neg_int", u.Line, ToInt(x, u.Line)));
    }
}
