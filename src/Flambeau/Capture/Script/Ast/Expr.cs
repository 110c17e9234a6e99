namespace Flambeau.Capture.Ast;

/// <summary>An expression of a script. Trees are immutable and independent of the language they were written in.</summary>
/// <param name="Line">Line in the source file of the method, from 1; 0 if unknown.</param>
public abstract record Expr(int Line);

/// <summary>A literal: null, bool, long, double, <see cref="System.Numerics.Complex"/>, string, <see cref="DType"/>, or a host object known while building, such as a tensor of an archive.</summary>
public sealed record Constant(object? Value, int Line) : Expr(Line);

/// <summary>A local variable or parameter.</summary>
public sealed record Local(string Name, int Line) : Expr(Line);

/// <summary>The object whose method this is.</summary>
public sealed record Self(int Line) : Expr(Line);

/// <summary>A member of an object, of a record, or (by its name) of a tuple with named items.</summary>
/// <param name="Target">The object.</param>
/// <param name="Name">The member's name.</param>
/// <param name="Get">Reads it from a host object; null where the object is an <see cref="IScriptObject"/>.</param>
/// <param name="Line">Source line.</param>
public sealed record Member(Expr Target, string Name, Func<object, object?>? Get, int Line) : Expr(Line);

/// <summary>A call of an op by its registry name, such as <c>nn.functional.relu</c>. Names that end in an underscore update their first operand.</summary>
/// <param name="Name">Registry name.</param>
/// <param name="Args">Operands in the order of the signature.</param>
/// <param name="Named">Further operands by PyTorch's argument names.</param>
/// <param name="Schema">The exact row, if the front end knows it; null lets the operands' types choose.</param>
/// <param name="Line">Source line.</param>
public sealed record OpCall(string Name, IReadOnlyList<Expr> Args, IReadOnlyList<NamedArg> Named, string? Schema, int Line) : Expr(Line)
{
    /// <summary>Positional operands only.</summary>
    public OpCall(string name, IReadOnlyList<Expr> args, int line) : this(name, args, [], null, line) { }
}

/// <summary>An operand given by name.</summary>
public sealed record NamedArg(string Name, Expr Value);

/// <summary>A call of something every language has; see <see cref="Ast.Builtin"/> for the operands.</summary>
public sealed record BuiltinCall(Builtin Function, IReadOnlyList<Expr> Args, int Line) : Expr(Line);

/// <summary>Arithmetic, comparison, or a logical operator that evaluates its right side only if needed.</summary>
public sealed record Binary(BinaryOp Op, Expr Left, Expr Right, int Line) : Expr(Line);

/// <summary>Negation of a number, a truth value or bits.</summary>
public sealed record Unary(UnaryOp Op, Expr Operand, int Line) : Expr(Line);

/// <summary><c>condition ? then : else</c>; only one side is evaluated.</summary>
public sealed record Conditional(Expr Condition, Expr Then, Expr Else, int Line) : Expr(Line);

/// <summary>Part of a tensor, or an item of a list, tuple or dictionary.</summary>
public sealed record IndexExpr(Expr Target, IReadOnlyList<IndexPart> Parts, int Line) : Expr(Line);

/// <summary>A tuple.</summary>
/// <param name="Items">Its items.</param>
/// <param name="Names">Names of the items, if they have any.</param>
/// <param name="Line">Source line.</param>
public sealed record TupleExpr(IReadOnlyList<Expr> Items, IReadOnlyList<string>? Names, int Line) : Expr(Line);

/// <summary>A new list; items may be <see cref="Spread"/>.</summary>
/// <param name="Items">Its items.</param>
/// <param name="Element">Type of the items, needed where there are none.</param>
/// <param name="Line">Source line.</param>
public sealed record ListExpr(IReadOnlyList<Expr> Items, TypeRef? Element, int Line) : Expr(Line);

/// <summary>All items of a list, inside another.</summary>
public sealed record Spread(Expr List, int Line) : Expr(Line);

/// <summary>A new dictionary.</summary>
/// <param name="Keys">Keys: strings, integers, floats or bools.</param>
/// <param name="Values">As many values.</param>
/// <param name="Type">Its type, needed where there are none.</param>
/// <param name="Line">Source line.</param>
public sealed record DictExpr(IReadOnlyList<Expr> Keys, IReadOnlyList<Expr> Values, DictRef? Type, int Line) : Expr(Line);

/// <summary>A new record: a structure of values without identity.</summary>
public sealed record RecordExpr(RecordRef Type, IReadOnlyList<Expr> Fields, int Line) : Expr(Line);

/// <summary>A copy of a record with some fields changed.</summary>
public sealed record WithExpr(Expr Record, IReadOnlyList<NamedArg> Fields, int Line) : Expr(Line);

/// <summary>Text made of constant pieces and values; numbers are formatted culture-invariantly.</summary>
/// <param name="Parts">Pieces in order.</param>
/// <param name="Line">Source line.</param>
public sealed record FormatExpr(IReadOnlyList<Expr> Parts, int Line) : Expr(Line);

/// <summary>A call of another script, which is inlined.</summary>
/// <param name="Method">Gives the script; asked only when the call is lowered.</param>
/// <param name="Receiver">Its <see cref="Self"/>, or null if it has none.</param>
/// <param name="Args">Positional arguments.</param>
/// <param name="Named">Arguments by parameter name.</param>
/// <param name="Line">Source line.</param>
public sealed record ScriptCall(Func<ScriptMethod> Method, Expr? Receiver, IReadOnlyList<Expr> Args, IReadOnlyList<NamedArg> Named, int Line) : Expr(Line);

/// <summary>A call of a method of a submodule, script function or traced graph, looked up on the object while building.</summary>
public sealed record ObjectCall(Expr Target, string Method, IReadOnlyList<Expr> Args, IReadOnlyList<NamedArg> Named, int Line) : Expr(Line);

/// <summary>Host code that is run while building: its operands must not depend on the script's inputs.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Call">The code.</param>
/// <param name="Args">Operands: configuration, constants.</param>
/// <param name="Line">Source line.</param>
public sealed record HostCall(string Name, Func<object?[], object?> Call, IReadOnlyList<Expr> Args, int Line) : Expr(Line);

/// <summary>A conversion, such as a number to an integer (toward zero) or a tensor of one element to a number.</summary>
public sealed record CastExpr(Expr Operand, TypeRef Type, int Line) : Expr(Line);

/// <summary>Sets a local variable and gives its value: pattern variables, <c>:=</c>.</summary>
public sealed record AssignExpr(string Name, Expr Value, int Line) : Expr(Line);

/// <summary>An error in the place of a value.</summary>
/// <param name="Kind">Name of the exception's type.</param>
/// <param name="Message">Its message, a string.</param>
/// <param name="Line">Source line.</param>
public sealed record ThrowExpr(string Kind, Expr Message, int Line) : Expr(Line);
