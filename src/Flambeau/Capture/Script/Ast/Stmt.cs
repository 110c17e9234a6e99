namespace Flambeau.Capture.Ast;

/// <summary>A statement of a script.</summary>
/// <param name="Line">Line in the source file of the method, from 1; 0 if unknown.</param>
public abstract record Stmt(int Line);

/// <summary>Sets a variable, a member, an item, or several at once.</summary>
public sealed record Assign(Target Target, Expr Value, int Line) : Stmt(Line);

/// <summary>Evaluates an expression for its effect.</summary>
public sealed record ExprStmt(Expr Value, int Line) : Stmt(Line);

/// <summary>Two ways. A condition known while building takes one.</summary>
public sealed record If(Expr Condition, IReadOnlyList<Stmt> Then, IReadOnlyList<Stmt> Else, int Line) : Stmt(Line);

/// <summary>A loop while a condition holds.</summary>
/// <param name="Condition">Evaluated before each pass.</param>
/// <param name="Body">One pass.</param>
/// <param name="Step">Runs after each pass, after <c>continue</c> too; not after <c>break</c>.</param>
/// <param name="TestFirst">False for <c>do … while</c>: the first pass runs in any case.</param>
/// <param name="Line">Source line.</param>
public sealed record While(Expr Condition, IReadOnlyList<Stmt> Body, IReadOnlyList<Stmt> Step, bool TestFirst, int Line) : Stmt(Line);

/// <summary>A loop over the items of a list, tuple, module list, dictionary (its keys), range, or the slices of a tensor along its first axis.</summary>
public sealed record ForEach(Target Variable, Expr Items, IReadOnlyList<Stmt> Body, int Line) : Stmt(Line);

/// <summary>Ends the innermost loop.</summary>
public sealed record Break(int Line) : Stmt(Line);

/// <summary>Ends the pass of the innermost loop.</summary>
public sealed record Continue(int Line) : Stmt(Line);

/// <summary>Ends the method.</summary>
public sealed record Return(Expr? Value, int Line) : Stmt(Line);

/// <summary>An error.</summary>
/// <param name="Kind">Name of the exception's type.</param>
/// <param name="Message">Its message, a string.</param>
/// <param name="Line">Source line.</param>
public sealed record Throw(string Kind, Expr Message, int Line) : Stmt(Line);

/// <summary>An error unless a condition holds.</summary>
public sealed record Assert(Expr Condition, Expr? Message, int Line) : Stmt(Line);

/// <summary>Statements whose ops record history or not.</summary>
public sealed record GradScope(bool Enabled, IReadOnlyList<Stmt> Body, int Line) : Stmt(Line);

/// <summary>What can be set.</summary>
public abstract record Target;

/// <summary>A local variable.</summary>
public sealed record LocalTarget(string Name) : Target;

/// <summary>Nothing: the value is dropped.</summary>
public sealed record DiscardTarget : Target;

/// <summary>The items of a tuple, list, or record.</summary>
public sealed record TupleTarget(IReadOnlyList<Target> Items) : Target;

/// <summary>Part of a tensor, or an item of a list or dictionary.</summary>
public sealed record IndexTarget(Expr Of, IReadOnlyList<IndexPart> Parts) : Target;

/// <summary>A member of an object: a buffer of a module is overwritten when the graph ends.</summary>
public sealed record MemberTarget(Expr Of, string Name, Func<object, object?>? Get) : Target;
