using Flambeau.Capture.Ast;

namespace Flambeau.Formats;

/// <summary>
/// Translates a function of TorchScript's Python to a script. What has no counterpart becomes an error at the place where it is reached: archives carry much code
/// that no run comes to.
/// </summary>
internal sealed partial class ScriptTranslator(TorchScriptCode code, PyClass? owner, string file)
{
    readonly Dictionary<string, TypeRef> types = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> texts = new(StringComparer.Ordinal);
    readonly Dictionary<string, PyFunction> functions = new(StringComparer.Ordinal);
    string? self;

    internal ScriptMethod Translate(PyFunction f)
    {
        var parameters = new List<Parameter>();
        foreach (var p in f.Parameters)
        {
            if (self is null && owner is not null && parameters.Count == 0)
            {
                self = p.Name;
                continue;
            }
            var type = PyTypes.Read(p.Type, code);
            types[p.Name] = type;
            parameters.Add(new(p.Name, type, p.Default is not null, p.Default is null ? null : Default(p.Default)));
        }
        return new(f.Name, parameters, PyTypes.Read(f.Returns, code), Block(f.Body), file, f.Line);
    }

    object? Default(PyExpr e) => e switch
    {
        PyLiteral l => l.Value,
        PyListExpr l => l.Items.Select(Default).ToArray(),
        PyTupleExpr t => t.Items.Select(Default).ToArray(),
        PyCall { Function: PyName { Name: "annotate" or "unchecked_cast" }, Args: [_, var value] } => Default(value),
        PyCall { Function: PyAttribute { Name: "device" } } => "cpu",
        _ => throw code.Error(e, "a default value that isn't constant isn't supported"),
    };

    List<Stmt> Block(IReadOnlyList<PyStmt> body)
    {
        var list = new List<Stmt>(body.Count);
        foreach (var s in body)
        {
            if (Statement(s) is { } translated) list.Add(translated);
        }
        return list;
    }

    Stmt? Statement(PyStmt s)
    {
        switch (s)
        {
            case PyPass: return null;
            case PyReturn r: return new Return(r.Value is null ? null : Expression(r.Value), r.Line);
            case PyIf i: return new If(Expression(i.Condition), Block(i.Then), Block(i.Else), i.Line);
            case PyWhile w: return new While(Expression(w.Condition), Block(w.Body), [], true, w.Line);
            case PyFor f:
                if (f.Target is PyName counter && f.Items is PyCall { Function: PyName { Name: "range" } }) types[counter.Name] = TypeRef.Int;
                return new ForEach(Target(f.Target), Expression(f.Items), Block(f.Body), f.Line);
            case PyWith w: return With(w);
            case PyAssign { Value: null } a:
                if (a.Target is PyName declared) types[declared.Name] = PyTypes.Read(a.Type, code);
                return null;
            case PyAssign a: return Assignment(a);
            case PyExprStmt { Value: PyLiteral }: return null;
            case PyExprStmt e: return Effect(e.Value);
            default: throw new CheckpointException($"{file}:{s.Line}: a {s.GetType().Name[2..].ToLowerInvariant()} inside a function isn't supported");
        }
    }

    Stmt With(PyWith w)
    {
        var type = TorchScriptCode.Path(w.Item is PyCall c ? c.Function : w.Item) ?? "";
        if (type.Length > 0 && objects.TryGetValue(type, out var made)) type = made;
        if (type.EndsWith("no_grad", StringComparison.Ordinal)) return new GradScope(false, Block(w.Body), w.Line);
        if (type.EndsWith("enable_grad", StringComparison.Ordinal)) return new GradScope(true, Block(w.Body), w.Line);
        return new ExprStmt(Refuse(w.Item, $"'with {type}' isn't supported; torch.no_grad and torch.enable_grad are"), w.Line);
    }

    /// <summary>Objects made of classes that mean something here, by the variable that holds them.</summary>
    readonly Dictionary<string, string> objects = new(StringComparer.Ordinal);

    Stmt? Assignment(PyAssign a)
    {
        var value = a.Value!;
        if (a.Target is PyName name)
        {
            if (code.Find(value) is { Function: { } function })
            {
                functions[name.Name] = function;
                return null;
            }
            if (value is PyCall { Function: var f } && TorchScriptCode.Path(f) is { } made && made.EndsWith("_grad", StringComparison.Ordinal) && made.StartsWith("__torch__", StringComparison.Ordinal))
            {
                objects[name.Name] = made;
                return null;
            }
            if (value is PyLiteral { Value: string text }) texts[name.Name] = text;
            if (a.Type is not null) types[name.Name] = PyTypes.Read(a.Type, code);
            else if (TypeOf(value) is { } type) types[name.Name] = type;
            else types.Remove(name.Name);
            if (value is PyCall { Function: PyAttribute { Target: PyName { Name: "torch" } } } call && IsEffect(call)) return Effect(call);
        }
        else if (a.Target is PyTupleExpr names && TypeOf(value) is { } whole)
        {
            for (var i = 0; i < names.Items.Count; i++)
            {
                if (names.Items[i] is PyName n) Learn(n.Name, whole is TupleRef t && t.Items.Count == names.Items.Count ? t.Items[i] : whole is ListRef l ? l.Element : null);
            }
        }
        else if (a.Target is PyTupleExpr { Items: var targets } && value is PyTupleExpr { Items: var values } && targets.Count == values.Count)
        {
            for (var i = 0; i < targets.Count; i++)
            {
                if (targets[i] is PyName n) Learn(n.Name, TypeOf(values[i]));
            }
        }
        return new Assign(Target(a.Target), Expression(value), a.Line);
    }

    void Learn(string name, TypeRef? type)
    {
        if (type is null) types.Remove(name);
        else types[name] = type;
    }

    Target Target(PyExpr e) => e switch
    {
        PyName n => new LocalTarget(n.Name),
        PyTupleExpr t => new TupleTarget([.. t.Items.Select(Target)]),
        PyListExpr l => new TupleTarget([.. l.Items.Select(Target)]),
        PyAttribute a => new MemberTarget(Expression(a.Target), a.Name, null),
        PySubscript s => new IndexTarget(Expression(s.Target), [new At(Expression(s.Index))]),
        _ => throw code.Error(e, "this can't be assigned to"),
    };

    Expr Expression(PyExpr e)
    {
        switch (e)
        {
            case PyLiteral l: return new Constant(l.Value, l.Line);
            case PyName n: return n.Name == self ? new Self(n.Line) : new Local(n.Name, n.Line);
            case PyTupleExpr t: return new TupleExpr([.. t.Items.Select(Expression)], null, t.Line);
            case PyListExpr l: return new ListExpr([.. l.Items.Select(Expression)], TypeOf(l) is ListRef { Element: var element } ? element : null, l.Line);
            case PyDictExpr d: return new DictExpr([.. d.Keys.Select(Expression)], [.. d.Values.Select(Expression)], null, d.Line);
            case PySubscript s: return new IndexExpr(Expression(s.Target), [new At(Expression(s.Index))], s.Line);
            case PyConditional c: return new Conditional(Expression(c.Condition), Expression(c.Then), Expression(c.Else), c.Line);
            case PyAttribute { Target: PyName { Name: "CONSTANTS" } } a: return new Constant(ConstantOf(a), a.Line);
            case PyAttribute a: return new Member(Expression(a.Target), a.Name, null, a.Line);
            case PyCall c: return Call(c);
            default: throw code.Error(e, "this expression isn't supported");
        }
    }

    object? ConstantOf(PyAttribute a) => a.Name is ['c', .. var digits] && int.TryParse(digits, out var i) && i < code.Constants.Count && i >= 0
        ? code.Constants[i] : throw code.Error(a, $"the archive has {code.Constants.Count} constants, and no {CheckpointException.Quote(a.Name)}");

    /// <summary>An error when it is reached.</summary>
    static HostCall Refuse(PyExpr at, string message) => new("TorchScript", _ => throw new CheckpointException($"TorchScript, line {at.Line}: {message}"), [], at.Line);
}
