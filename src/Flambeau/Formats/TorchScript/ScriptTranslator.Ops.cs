using System.Collections.Frozen;
using Flambeau.Capture.Ast;
using Flambeau.Ops;

namespace Flambeau.Formats;

/// <summary>Calls of <c>torch.x</c>: ATen's names and argument orders as operators, built-in functions, and ops of the registry.</summary>
internal sealed partial class ScriptTranslator
{
    static readonly FrozenDictionary<string, BinaryOp> operators = new Dictionary<string, BinaryOp>(StringComparer.Ordinal)
    {
        ["add"] = BinaryOp.Add, ["sub"] = BinaryOp.Subtract, ["mul"] = BinaryOp.Multiply, ["div"] = BinaryOp.Divide, ["floordiv"] = BinaryOp.FloorDivide,
        ["remainder"] = BinaryOp.Modulo, ["pow"] = BinaryOp.Power, ["eq"] = BinaryOp.Equal, ["ne"] = BinaryOp.NotEqual, ["lt"] = BinaryOp.Less, ["le"] = BinaryOp.LessEqual,
        ["gt"] = BinaryOp.Greater, ["ge"] = BinaryOp.GreaterEqual, ["__and__"] = BinaryOp.BitAnd, ["__or__"] = BinaryOp.BitOr, ["__xor__"] = BinaryOp.BitXor,
        ["__lshift__"] = BinaryOp.ShiftLeft, ["__rshift__"] = BinaryOp.ShiftRight, ["__is__"] = BinaryOp.Is, ["__isnot__"] = BinaryOp.IsNot,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    static readonly FrozenDictionary<string, Builtin> builtins = new Dictionary<string, Builtin>(StringComparer.Ordinal)
    {
        ["dim"] = Builtin.Rank, ["numel"] = Builtin.Numel, ["len"] = Builtin.Len, ["append"] = Builtin.Append, ["insert"] = Builtin.Insert, ["extend"] = Builtin.Extend,
        ["pop"] = Builtin.Pop, ["clear"] = Builtin.Clear, ["reverse"] = Builtin.Reverse, ["list"] = Builtin.ListOf, ["__contains__"] = Builtin.Contains, ["keys"] = Builtin.Keys,
        ["values"] = Builtin.Values, ["items"] = Builtin.Items, ["get"] = Builtin.Get, ["detach"] = Builtin.Detach, ["item"] = Builtin.Item, ["is_grad_enabled"] = Builtin.GradEnabled,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>On numbers, where ops of the same name take tensors.</summary>
    static readonly FrozenDictionary<string, Builtin> numeric = new Dictionary<string, Builtin>(StringComparer.Ordinal)
    {
        ["sqrt"] = Builtin.Sqrt, ["exp"] = Builtin.Exp, ["log"] = Builtin.Log, ["log2"] = Builtin.Log2, ["sin"] = Builtin.Sin, ["cos"] = Builtin.Cos, ["tanh"] = Builtin.Tanh,
        ["floor"] = Builtin.Floor, ["ceil"] = Builtin.Ceil, ["round"] = Builtin.Round, ["trunc"] = Builtin.Truncate, ["abs"] = Builtin.Abs,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    Expr Torch(string name, PyCall c)
    {
        var (a, line) = (c.Args, c.Line);
        if (operators.TryGetValue(name, out var op) && a.Count == 2 && c.Named.Count == 0) return new Binary(op, Expression(a[0]), Expression(a[1]), line);
        if (builtins.TryGetValue(name, out var builtin) && c.Named.Count == 0) return new BuiltinCall(builtin, Args(c), line);
        if (a is [var x] && IsNumber(TypeOf(x)) && numeric.TryGetValue(name, out var function))
        {
            Expr value = new BuiltinCall(function, [Expression(x)], line);
            return name is "floor" or "ceil" ? new CastExpr(value, TypeRef.Int, line) : value;
        }
        if (a is [var first, ..] && TypeOf(first) is ListRef && OfList(name, c) is { } list) return list;
        if (TorchScriptPrelude.Find(name) is { } known) return new ScriptCall(() => TorchScriptPrelude.Method(known), null, Args(c), Named(c), line);
        return Special(name, c) ?? TorchScriptOps.Rewrite(name, TensorArgs(name, c), NamedArgs(c), line) ?? Refuse(c, $"the op torch.{name} isn't known");
    }

    BuiltinCall? OfList(string name, PyCall c)
    {
        var (a, line) = (c.Args, c.Line);
        BuiltinCall Of(Builtin b, params Expr[] args) => new(b, args, line);
        return (name, a.Count) switch
        {
            ("sum", 1) => Of(Builtin.Sum, Expression(a[0])),
            ("max", 1) => Of(Builtin.Max, Expression(a[0])),
            ("min", 1) => Of(Builtin.Min, Expression(a[0])),
            ("any", 1) => Of(Builtin.Contains, Expression(a[0]), new Constant(true, line)),
            ("index", 2) => Of(Builtin.IndexOf, Expression(a[0]), Expression(a[1])),
            ("copy", 1) => Of(Builtin.ListOf, Expression(a[0])),
            _ => null,
        };
    }

    Expr? Special(string name, PyCall c)
    {
        var (a, line) = (c.Args, c.Line);
        switch (name, a.Count)
        {
            case ("size", 1): return new BuiltinCall(Builtin.Shape, Args(c), line);
            case ("size", 2): return new BuiltinCall(Builtin.Size, Args(c), line);
            case ("neg", 1): return new Unary(UnaryOp.Negate, Expression(a[0]), line);
            case ("__not__", 1): return new Unary(UnaryOp.Not, Expression(a[0]), line);
            case ("all", 1) when TypeOf(a[0]) is ListRef:
                return new Unary(UnaryOp.Not, new BuiltinCall(Builtin.Contains, [Expression(a[0]), new Constant(false, line)], line), line);
            case ("slice", _) when TypeOf(a[0]) is ListRef or SimpleRef { Kind: SimpleKind.String }:
                return new IndexExpr(Expression(a[0]), [new SlicePart(Optional(a, 1), Optional(a, 2), Optional(a, 3))], line);
            case ("is_floating_point", 1): return new BuiltinCall(Builtin.IsFloatingPoint, [new BuiltinCall(Builtin.DType, Args(c), line)], line);
            case ("device", _): return new Constant("cpu", line);
            case ("is_autocast_enabled" or "is_autocast_cpu_enabled" or "is_complex" or "is_inference" or "is_scripting", _): return new Constant(false, line);
            case ("is_contiguous" or "is_tracing_safe", _): return new Constant(true, line);
            case ("requires_grad_" or "alias" or "lift_fresh" or "lift" or "set_" or "pin_memory" or "cpu", >= 1): return Expression(a[0]);
            case ("format", >= 1): return Format(c);
            case ("str", 1): return new FormatExpr(Args(c), line);
            case ("Int" or "IntImplicit", 1): return Number(a[0], TypeRef.Int, line);
            case ("Float" or "FloatImplicit", 1): return Number(a[0], TypeRef.Float, line);
            case ("Bool", 1): return Number(a[0], TypeRef.Bool, line);
            case ("ScalarImplicit", 1): return new BuiltinCall(Builtin.Item, Args(c), line);
            case ("__derive_index", 3):
                return new Binary(BinaryOp.Add, Expression(a[1]), new Binary(BinaryOp.Multiply, Expression(a[0]), Expression(a[2]), line), line);
            case ("__range_length", 3): return RangeLength(Expression(a[0]), Expression(a[1]), Expression(a[2]), line);
            case ("tensor" or "scalar_tensor" or "as_tensor", >= 1): return Tensor(c);
            default: return null;
        }
    }

    /// <summary>max(0, ⌈(end − start) / step⌉).</summary>
    static BuiltinCall RangeLength(Expr start, Expr end, Expr step, int line) => new(Builtin.Max,
        [new Constant(0L, line), new Unary(UnaryOp.Negate, new Binary(BinaryOp.FloorDivide, new Binary(BinaryOp.Subtract, start, end, line), step, line), line)], line);

    Expr? Optional(IReadOnlyList<PyExpr> a, int i) => i < a.Count && a[i] is not PyLiteral { Value: null } ? Expression(a[i]) : null;

    FormatExpr Format(PyCall c)
    {
        var template = c.Args[0] switch { PyLiteral { Value: string s } => s, PyName n => texts.GetValueOrDefault(n.Name), _ => null };
        if (template is null) return new(Args(c), c.Line);
        var parts = new List<Expr>();
        var at = 0;
        foreach (var (i, piece) in template.Split("{}").Index())
        {
            if (i > 0 && at + 1 < c.Args.Count) parts.Add(Expression(c.Args[++at]));
            if (piece.Length > 0) parts.Add(new Constant(piece, c.Line));
        }
        return new(parts, c.Line);
    }

    /// <summary>A tensor of a number or of a list of numbers.</summary>
    Expr Tensor(PyCall c)
    {
        var dtype = NamedArgs(c).FirstOrDefault(static n => n.Name == "dtype")?.Value;
        var none = dtype is null or Constant { Value: null };
        var value = c.Args[0];
        var type = TypeOf(value);
        if (type == TypeRef.Tensor) return none ? Expression(value) : new OpCall("to", [Expression(value), dtype!], c.Line);
        if (type is ListRef { Element: var element } || value is PyListExpr)
        {
            var real = type is ListRef { Element: SimpleRef { Kind: SimpleKind.Float or SimpleKind.Number } };
            if (type is ListRef { Element: not SimpleRef }) return Refuse(c, "tensors of nested lists aren't supported");
            return new OpCall("to", [new OpCall(real ? "prim.tensor_of_floats" : "prim.tensor_of_ints", [Expression(value)], c.Line), none ? new Constant(real ? DType.Float32 : DType.Int64, c.Line) : dtype!], c.Line);
        }
        if (none)
        {
            dtype = type is SimpleRef { Kind: var kind } ? kind switch
            {
                SimpleKind.Int => new Constant(DType.Int64, c.Line),
                SimpleKind.Bool => new Constant(DType.Bool, c.Line),
                _ => null,
            } : null;
        }
        return new OpCall("scalar_tensor", [Expression(value)], dtype is null ? [] : [new("dtype", dtype)], null, c.Line);
    }

    /// <summary>Operands, with numbers of dtypes replaced where the op's signatures have a dtype.</summary>
    Expr[] TensorArgs(string name, PyCall c)
    {
        var overloads = TorchScriptOps.Overloads(name);
        return [.. c.Args.Select((e, i) => e is PyLiteral { Value: long code } && i > 0 && overloads.Any(o => i < o.Schema.Arguments.Count && o.Schema.Arguments[i].Element == "dtype")
            && !overloads.Any(o => i < o.Schema.Arguments.Count && o.Schema.Arguments[i].Element is "int" or "Scalar" or "float") ? new Constant(TorchScriptOps.DTypeOf(code), e.Line) : Expression(e))];
    }

    /// <summary>Named operands without those that say where and how memory lies.</summary>
    NamedArg[] NamedArgs(PyCall c) => [.. c.Named.Where(static n => n.Name is not ("device" or "layout" or "pin_memory" or "memory_format" or "non_blocking" or "requires_grad" or "out" or "path" or "generator"))
        .Select(n => new NamedArg(n.Name, n is { Name: "dtype", Value: PyLiteral { Value: long code } } ? new Constant(TorchScriptOps.DTypeOf(code), n.Value.Line) : Expression(n.Value)))];
}
