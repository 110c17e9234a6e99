namespace Flambeau.Formats;

/// <summary>An expression of the part of Python in which TorchScript is written.</summary>
internal abstract record PyExpr(int Line);

/// <summary>None, a bool, long, double, Complex or string.</summary>
internal sealed record PyLiteral(object? Value, int Line) : PyExpr(Line);

internal sealed record PyName(string Name, int Line) : PyExpr(Line);

internal sealed record PyAttribute(PyExpr Target, string Name, int Line) : PyExpr(Line);

internal sealed record PyCall(PyExpr Function, IReadOnlyList<PyExpr> Args, IReadOnlyList<(string Name, PyExpr Value)> Named, int Line) : PyExpr(Line);

internal sealed record PySubscript(PyExpr Target, PyExpr Index, int Line) : PyExpr(Line);

/// <summary>A tuple, as a type's arguments are too.</summary>
internal sealed record PyTupleExpr(IReadOnlyList<PyExpr> Items, int Line) : PyExpr(Line);

internal sealed record PyListExpr(IReadOnlyList<PyExpr> Items, int Line) : PyExpr(Line);

internal sealed record PyDictExpr(IReadOnlyList<PyExpr> Keys, IReadOnlyList<PyExpr> Values, int Line) : PyExpr(Line);

/// <summary><c>then if condition else otherwise</c>.</summary>
internal sealed record PyConditional(PyExpr Condition, PyExpr Then, PyExpr Else, int Line) : PyExpr(Line);

/// <summary>A statement.</summary>
internal abstract record PyStmt(int Line);

/// <summary><c>target [: type] = value</c>; no value where only a type is declared.</summary>
internal sealed record PyAssign(PyExpr Target, PyExpr? Type, PyExpr? Value, int Line) : PyStmt(Line);

internal sealed record PyExprStmt(PyExpr Value, int Line) : PyStmt(Line);

internal sealed record PyIf(PyExpr Condition, IReadOnlyList<PyStmt> Then, IReadOnlyList<PyStmt> Else, int Line) : PyStmt(Line);

internal sealed record PyWhile(PyExpr Condition, IReadOnlyList<PyStmt> Body, int Line) : PyStmt(Line);

internal sealed record PyFor(PyExpr Target, PyExpr Items, IReadOnlyList<PyStmt> Body, int Line) : PyStmt(Line);

internal sealed record PyReturn(PyExpr? Value, int Line) : PyStmt(Line);

/// <summary><c>with item: body</c>.</summary>
internal sealed record PyWith(PyExpr Item, IReadOnlyList<PyStmt> Body, int Line) : PyStmt(Line);

/// <summary><c>pass</c>, and what means nothing here, such as imports.</summary>
internal sealed record PyPass(int Line) : PyStmt(Line);

internal sealed record PyParameter(string Name, PyExpr? Type, PyExpr? Default);

internal sealed record PyFunction(string Name, IReadOnlyList<PyParameter> Parameters, PyExpr? Returns, IReadOnlyList<PyStmt> Body, int Line) : PyStmt(Line);

internal sealed record PyClass(string Name, IReadOnlyList<PyExpr> Bases, IReadOnlyList<PyStmt> Body, int Line) : PyStmt(Line);
