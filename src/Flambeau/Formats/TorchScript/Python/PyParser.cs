namespace Flambeau.Formats;

/// <summary>Reads TorchScript's Python by recursive descent. Nothing is executed; depth is bounded, and every step takes a token.</summary>
internal sealed class PyParser
{
    const int MaxDepth = 200;

    readonly string file;
    readonly List<PyToken> tokens;
    int at, depth;

    PyParser(string file, List<PyToken> tokens) => (this.file, this.tokens) = (file, tokens);

    /// <exception cref="CheckpointException">The text isn't of the subset that TorchScript writes; says where.</exception>
    internal static IReadOnlyList<PyStmt> Parse(string file, string text)
    {
        var p = new PyParser(file, PyLexer.Split(file, text));
        var list = new List<PyStmt>();
        while (p.Now.Kind != PyKind.End) p.Statement(list);
        return list;
    }

    PyToken Now => tokens[at];

    CheckpointException Error(string message) => new($"{file}:{Now.Line}: {message}");

    CheckpointException Expected(string what) => Error($"{what} was expected, not {(Now.Kind is PyKind.NewLine ? "the end of the line" : Now.Kind is PyKind.Indent or PyKind.Dedent ? "another indentation" : CheckpointException.Quote(Now.Text.Length > 0 ? Now.Text : $"{Now.Value}"))}");

    bool Is(string symbol) => Now.Kind is PyKind.Symbol or PyKind.Name && Now.Text == symbol;

    bool Take(string symbol)
    {
        if (!Is(symbol)) return false;
        at++;
        return true;
    }

    void Expect(string symbol)
    {
        if (!Take(symbol)) throw Expected($"'{symbol}'");
    }

    string Name() => Now.Kind == PyKind.Name ? tokens[at++].Text : throw Expected("a name");

    void EndOfLine()
    {
        if (Now.Kind == PyKind.NewLine) at++;
        else if (Now.Kind is not (PyKind.End or PyKind.Dedent)) throw Expected("the end of the line");
    }

    List<PyStmt> Block()
    {
        Expect(":");
        var list = new List<PyStmt>();
        if (Now.Kind != PyKind.NewLine)
        {
            if (++depth > MaxDepth) throw Error($"blocks are nested more than {MaxDepth} deep");
            Statement(list);
            depth--;
            return list;
        }
        EndOfLine();
        if (Now.Kind != PyKind.Indent) throw Expected("an indented block");
        at++;
        while (Now.Kind != PyKind.Dedent) Statement(list);
        at++;
        return list;
    }

    void Statement(List<PyStmt> list)
    {
        var line = Now.Line;
        if (Now.Kind == PyKind.Name)
        {
            switch (Now.Text)
            {
                case "def": list.Add(Function()); return;
                case "class": list.Add(Class()); return;
                case "if":
                    at++;
                    list.Add(If(line));
                    return;
                case "while":
                    at++;
                    var condition = Expression();
                    list.Add(new PyWhile(condition, Block(), line));
                    return;
                case "for":
                    at++;
                    var target = Targets();
                    Expect("in");
                    var items = Expression();
                    list.Add(new PyFor(target, items, Block(), line));
                    return;
                case "with":
                    at++;
                    var item = Expression();
                    if (Take("as")) Name();
                    list.Add(new PyWith(item, Block(), line));
                    return;
                case "return":
                    at++;
                    list.Add(new PyReturn(Now.Kind is PyKind.NewLine or PyKind.Dedent ? null : Targets(), line));
                    EndOfLine();
                    return;
                case "pass":
                    at++;
                    EndOfLine();
                    return;
                case "import" or "from":
                    while (Now.Kind is not (PyKind.NewLine or PyKind.End)) at++;
                    EndOfLine();
                    return;
            }
        }
        Simple(list, line);
    }

    void Simple(List<PyStmt> list, int line)
    {
        var left = Targets();
        var type = Take(":") ? Expression() : null;
        if (Take("=")) list.Add(new PyAssign(left, type, Targets(), line));
        else list.Add(type is null ? new PyExprStmt(left, line) : new PyAssign(left, type, null, line));
        EndOfLine();
    }

    PyIf If(int line)
    {
        var condition = Expression();
        var then = Block();
        var otherwise = new List<PyStmt>();
        if (Is("elif"))
        {
            if (++depth > MaxDepth) throw Error($"conditions are chained more than {MaxDepth} deep");
            var inner = Now.Line;
            at++;
            otherwise.Add(If(inner));
            depth--;
        }
        else if (Take("else")) otherwise = Block();
        return new(condition, then, otherwise, line);
    }

    PyFunction Function()
    {
        var line = Now.Line;
        at++;
        var name = Name();
        Expect("(");
        var parameters = new List<PyParameter>();
        while (!Take(")"))
        {
            if (parameters.Count > 0) Expect(",");
            if (Take(")")) break;
            if (Take("*")) continue;
            var parameter = Name();
            var type = Take(":") ? Expression() : null;
            parameters.Add(new(parameter, type, Take("=") ? Expression() : null));
        }
        var returns = Take("->") ? Expression() : null;
        return new(name, parameters, returns, Block(), line);
    }

    PyClass Class()
    {
        var line = Now.Line;
        at++;
        var name = Name();
        var bases = new List<PyExpr>();
        if (Take("("))
        {
            while (!Take(")"))
            {
                if (bases.Count > 0) Expect(",");
                bases.Add(Expression());
            }
        }
        return new(name, bases, Block(), line);
    }

    /// <summary>An expression, or several that make a tuple without parentheses.</summary>
    PyExpr Targets()
    {
        var line = Now.Line;
        var first = Expression();
        if (!Is(",")) return first;
        var items = new List<PyExpr> { first };
        while (Take(","))
        {
            if (Now.Kind == PyKind.NewLine || Is("=") || Is("in")) break;
            items.Add(Expression());
        }
        return new PyTupleExpr(items, line);
    }

    PyExpr Expression()
    {
        if (++depth > MaxDepth) throw Error($"expressions are nested more than {MaxDepth} deep");
        var e = Unary();
        if (Now.Kind == PyKind.Name && Is("if"))
        {
            at++;
            var condition = Expression();
            Expect("else");
            e = new PyConditional(condition, e, Expression(), e.Line);
        }
        depth--;
        return e;
    }

    PyExpr Unary()
    {
        var line = Now.Line;
        if (Take("-"))
        {
            if (Now.Kind == PyKind.Literal)
            {
                object? negative = Now.Value switch
                {
                    long l => (object)unchecked(-l),
                    double d => -d,
                    System.Numerics.Complex c => -c,
                    _ => throw Expected("a number"),
                };
                at++;
                return new PyLiteral(negative, line);
            }
            throw Expected("a number");
        }
        if (Now is { Kind: PyKind.Literal, Value: long.MinValue }) throw Error("an integer is too large");
        return Postfix(Atom());
    }

    PyExpr Postfix(PyExpr e)
    {
        for (var parts = 0; ; parts++)
        {
            var line = Now.Line;
            if (parts > MaxDepth) throw Error($"an expression has more than {MaxDepth} parts one after another");
            if (Take(".")) e = new PyAttribute(e, Now.Kind == PyKind.Literal && Now.Text.Length > 0 ? tokens[at++].Text : Name(), line);
            else if (Take("(")) e = Call(e, line);
            else if (Take("["))
            {
                var index = Is("]") ? new PyTupleExpr([], line) : List("]", line);
                Expect("]");
                e = new PySubscript(e, index, line);
            }
            else return e;
        }
    }

    PyCall Call(PyExpr function, int line)
    {
        var args = new List<PyExpr>();
        var named = new List<(string, PyExpr)>();
        while (!Take(")"))
        {
            if (args.Count + named.Count > 0) Expect(",");
            if (Take(")")) break;
            if (Now.Kind == PyKind.Name && tokens[at + 1] is { Kind: PyKind.Symbol, Text: "=" })
            {
                var name = Name();
                at++;
                named.Add((name, Expression()));
            }
            else args.Add(named.Count == 0 ? Expression() : throw Error("an argument without a name follows one with a name"));
        }
        return new(function, args, named, line);
    }

    /// <summary>One expression, or a tuple of several, up to a bracket.</summary>
    PyExpr List(string end, int line)
    {
        var first = Expression();
        if (!Is(",")) return first;
        var items = new List<PyExpr> { first };
        while (Take(","))
        {
            if (Is(end)) break;
            items.Add(Expression());
        }
        return new PyTupleExpr(items, line);
    }

    PyExpr Atom()
    {
        var t = Now;
        switch (t.Kind)
        {
            case PyKind.Literal:
                at++;
                // Adjacent strings are one.
                if (t.Value is string s && Now is { Kind: PyKind.Literal, Value: string })
                {
                    var all = new System.Text.StringBuilder(s);
                    while (Now is { Kind: PyKind.Literal, Value: string more })
                    {
                        all.Append(more);
                        at++;
                    }
                    return new PyLiteral(all.ToString(), t.Line);
                }
                return new PyLiteral(t.Value, t.Line);
            case PyKind.Name:
                at++;
                return new PyName(t.Text, t.Line);
        }
        if (Take("("))
        {
            if (Take(")")) return new PyTupleExpr([], t.Line);
            var e = List(")", t.Line);
            Expect(")");
            return e;
        }
        if (Take("["))
        {
            var items = new List<PyExpr>();
            while (!Take("]"))
            {
                if (items.Count > 0) Expect(",");
                if (Take("]")) break;
                items.Add(Expression());
            }
            return new PyListExpr(items, t.Line);
        }
        if (Take("{"))
        {
            var (keys, values) = (new List<PyExpr>(), new List<PyExpr>());
            while (!Take("}"))
            {
                if (keys.Count > 0) Expect(",");
                if (Take("}")) break;
                keys.Add(Expression());
                Expect(":");
                values.Add(Expression());
            }
            return new PyDictExpr(keys, values, t.Line);
        }
        throw Expected("an expression");
    }
}
