using Flambeau.Capture.Ast;
using Flambeau.Ops;

namespace Flambeau.Formats;

/// <summary>Calls: of what TorchScript has built in, of methods and functions of the archive, and of ops.</summary>
internal sealed partial class ScriptTranslator
{
    /// <summary>Calls whose result nobody needs, since it is their first operand.</summary>
    static bool IsEffect(PyCall c) => c.Function is PyAttribute { Name: "append" or "insert" or "extend" or "clear" or "_set_item" or "Delete" or "warn" or "reverse" };

    Stmt? Effect(PyExpr e)
    {
        if (e is PyCall { Function: PyAttribute { Name: "RaiseException" }, Args: [var message, ..] } raise)
            return new Throw(raise.Args is [_, PyLiteral { Value: string kind }, ..] ? kind[(kind.LastIndexOf('.') + 1)..] : "Exception", Expression(message), e.Line);
        if (e is PyCall { Function: PyAttribute { Target: PyName { Name: "torch" }, Name: var name }, Args: var a })
        {
            if (name == "warn") return null;
            if (name == "_set_item" && a is [var container, var key, var value])
                return new Assign(new IndexTarget(Expression(container), [new At(Expression(key))]), Expression(value), e.Line);
            if (name == "Delete" && a is [var from, var item])
                return new ExprStmt(new BuiltinCall(TypeOf(from) is ListRef ? Builtin.Pop : Builtin.Remove, [Expression(from), Expression(item)], e.Line), e.Line);
        }
        return new ExprStmt(Expression(e), e.Line);
    }

    Expr Call(PyCall c)
    {
        switch (c.Function)
        {
            case PyName n: return functions.TryGetValue(n.Name, out var f) ? Function(f, c) : Plain(n.Name, c);
            case PyAttribute { Target: PyName { Name: "torch" }, Name: var op }: return Torch(op, c);
            case PyAttribute { Target: PyAttribute { Target: PyName { Name: "ops" }, Name: "prim" }, Name: var prim }: return Primitive(prim, c);
            case PyAttribute { Target: PyAttribute { Target: PyName { Name: "ops" }, Name: "aten" }, Name: var aten }: return Torch(aten, c);
            case PyAttribute { Target: PyAttribute { Target: PyName { Name: "ops" }, Name: var library }, Name: var foreign }:
                return Refuse(c, $"the op {library}::{foreign} isn't one of PyTorch's own; it can't be loaded");
        }
        switch (code.Find(c.Function))
        {
            case { Function: { } found }: return Function(found, c);
            case { Class: { } type } when TorchScriptCode.IsNamedTuple(type):
                var fields = PyTypes.NamedTuple(type, code);
                return fields.Items.Count == c.Args.Count && c.Named.Count == 0 ? new TupleExpr(Args(c), fields.Names, c.Line) : Refuse(c, $"{type.Name} has {fields.Items.Count} fields; {c.Args.Count} were given");
            case { Class: { } other }: return Refuse(c, $"making objects of the class {CheckpointException.Quote(other.Name)} isn't supported; modules and named tuples are");
        }
        return c.Function is PyAttribute method
            ? new ObjectCall(Expression(method.Target), method.Name, Args(c), Named(c), c.Line)
            : Refuse(c, "what is called here is no function of the archive");
    }

    /// <summary>Whether PyTorch would take a path of its own that gives the same results: never here.</summary>
    static bool? Known(PyFunction f) => f.Name is "get_fastpath_enabled" or "_is_make_fx_tracing" ? false : null;

    Expr Function(PyFunction f, PyCall c) => Known(f) is { } constant ? new Constant(constant, c.Line)
        : new ScriptCall(() => code.Function(f), null, Args(c), Named(c), c.Line);

    Expr[] Args(PyCall c) => [.. c.Args.Select(Expression)];

    NamedArg[] Named(PyCall c) => [.. c.Named.Select(n => new NamedArg(n.Name, Expression(n.Value)))];

    Expr Plain(string name, PyCall c)
    {
        switch (name, c.Args)
        {
            case ("annotate" or "unchecked_cast", [var type, var value]): return Annotated(name, PyTypes.Read(type, code), type, value, c.Line);
            case ("uninitialized", [var type]): return Unset(PyTypes.Read(type, code), c.Line);
            case ("getattr", [var target, PyLiteral { Value: string member }]): return new Member(Expression(target), member, null, c.Line);
            case ("int", [var x]): return Number(x, TypeRef.Int, c.Line);
            case ("float", [PyLiteral { Value: string text }]) when double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var parsed): return new Constant(parsed, c.Line);
            case ("float", [var x]): return Number(x, TypeRef.Float, c.Line);
            case ("bool", [var x]): return Number(x, TypeRef.Bool, c.Line);
            case ("str", [var x]): return new FormatExpr([Expression(x)], c.Line);
            case ("range", _): return new BuiltinCall(Builtin.Range, Args(c), c.Line);
            case ("len", _): return new BuiltinCall(Builtin.Len, Args(c), c.Line);
            case ("unwrap_optional", [var x]): return new BuiltinCall(Builtin.Unwrap, [Expression(x)], c.Line);
            case ("isinstance", [var x, var type]): return new BuiltinCall(Builtin.IsInstance, [Expression(x), new Constant(PyTypes.Read(type, code), c.Line)], c.Line);
            case ("print", _): return new BuiltinCall(Builtin.Print, Args(c), c.Line);
            default: return Refuse(c, $"{CheckpointException.Quote(name)} with {c.Args.Count} arguments isn't supported");
        }
    }

    Expr Number(PyExpr x, TypeRef type, int line) => new CastExpr(Expression(x), type, line);

    Expr Annotated(string word, TypeRef type, PyExpr name, PyExpr value, int line) => (type, value) switch
    {
        (ListRef l, PyListExpr e) => new ListExpr([.. e.Items.Select(Expression)], l.Element, line),
        (DictRef d, PyDictExpr e) => new DictExpr([.. e.Keys.Select(Expression)], [.. e.Values.Select(Expression)], d, line),
        (not (OptionalRef or SimpleRef { Kind: SimpleKind.None }), not PyLiteral) when word == "unchecked_cast" => new BuiltinCall(Builtin.Unwrap, [Expression(value)], line),
        _ => Expression(value),
    };

    /// <summary>A value that is never looked at, of the right type for both ways of an if to agree.</summary>
    static Expr Unset(TypeRef type, int line) => type switch
    {
        SimpleRef { Kind: SimpleKind.Int or SimpleKind.Number } => new Constant(0L, line),
        SimpleRef { Kind: SimpleKind.Float } => new Constant(0.0, line),
        SimpleRef { Kind: SimpleKind.Bool } => new Constant(false, line),
        SimpleRef { Kind: SimpleKind.String } => new Constant("", line),
        SimpleRef { Kind: SimpleKind.Tensor } => new OpCall("zeros", [new ListExpr([], TypeRef.Int, line)], line),
        ListRef l => new ListExpr([], l.Element, line),
        DictRef d => new DictExpr([], [], d, line),
        TupleRef t => new TupleExpr([.. t.Items.Select(i => Unset(i, line))], t.Names, line),
        _ => new Constant(null, line),
    };

    Expr Primitive(string name, PyCall c)
    {
        var line = c.Line;
        BuiltinCall Built(Builtin b) => new(b, Args(c), line);
        switch (name)
        {
            case "dtype": return Built(Builtin.DType);
            case "device": return Built(Builtin.Device);
            case "requires_grad": return Built(Builtin.RequiresGrad);
            case "shape": return Built(Builtin.Shape);
            case "min": return Built(Builtin.Min);
            case "max": return Built(Builtin.Max);
            case "abs": return Built(Builtin.Abs);
            case "data": return Built(Builtin.Detach);
            case "unchecked_unwrap_optional": return Built(Builtin.Unwrap);
            case "rangelist": return new BuiltinCall(Builtin.ListOf, [Built(Builtin.Range)], line);
            // A size stays a number until something needs a tensor of it.
            case "NumToTensor" or "type" or "unchecked_cast" when c.Args.Count > 0: return Expression(c.Args[^1]);
            case "is_cpu": return new Constant(true, line);
            case "layout": return new Constant(0L, line);
            case "is_nested" or "is_quantized" or "is_sparse" or "is_sparse_csr" or "is_mkldnn" or "is_cuda" or "is_meta" or "is_mps" or "is_vulkan" or "is_xla" or "is_xpu" or "is_ipu" or "is_hpu" or "is_maia":
                return new Constant(false, line);
            case "T": return new OpCall("numpy_T", Args(c), line);
            case "mT" or "H" or "mH" or "real" or "imag": return new OpCall(name, Args(c), line);
            default: return Refuse(c, $"prim::{name} isn't supported");
        }
    }
}
