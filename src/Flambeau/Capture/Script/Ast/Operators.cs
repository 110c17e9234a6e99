namespace Flambeau.Capture.Ast;

/// <summary>Operators of two operands. On tensors they are the ops of that name, elementwise.</summary>
public enum BinaryOp
{
    /// <summary>Sum of numbers, or the join of two strings or lists.</summary>
    Add,
    /// <summary>Difference.</summary>
    Subtract,
    /// <summary>Product, or a list repeated.</summary>
    Multiply,
    /// <summary>True division: the quotient of two integers is a float.</summary>
    Divide,
    /// <summary>Quotient rounded toward negative infinity: Python's <c>//</c>.</summary>
    FloorDivide,
    /// <summary>Quotient of two integers rounded toward zero: C#'s <c>/</c>. Not for tensors.</summary>
    TruncateDivide,
    /// <summary>Remainder with the sign of the divisor: Python's <c>%</c>, and a tensor's.</summary>
    Modulo,
    /// <summary>Remainder with the sign of the dividend: C#'s <c>%</c>.</summary>
    Remainder,
    /// <summary>Power.</summary>
    Power,
    /// <summary>Matrix product.</summary>
    MatMul,
    /// <summary>Equal. Two tensors give a tensor.</summary>
    Equal,
    /// <summary>Not equal. Two tensors give a tensor.</summary>
    NotEqual,
    /// <summary>Less.</summary>
    Less,
    /// <summary>Less or equal.</summary>
    LessEqual,
    /// <summary>Greater.</summary>
    Greater,
    /// <summary>Greater or equal.</summary>
    GreaterEqual,
    /// <summary>Both, the right side being evaluated only if the left is true.</summary>
    And,
    /// <summary>Either, the right side being evaluated only if the left is false.</summary>
    Or,
    /// <summary>Bitwise, or of two truth values.</summary>
    BitAnd,
    /// <summary>Bitwise, or of two truth values.</summary>
    BitOr,
    /// <summary>Bitwise, or of two truth values.</summary>
    BitXor,
    /// <summary>Bits moved up.</summary>
    ShiftLeft,
    /// <summary>Bits moved down, keeping the sign.</summary>
    ShiftRight,
    /// <summary>The left side if it isn't null, else the right, which is evaluated only then.</summary>
    Coalesce,
    /// <summary>The same object, or both null.</summary>
    Is,
    /// <summary>Not the same object.</summary>
    IsNot,
}

/// <summary>Operators of one operand.</summary>
public enum UnaryOp
{
    /// <summary>Minus.</summary>
    Negate,
    /// <summary>Not, of a truth value (of a tensor: of its one element).</summary>
    Not,
    /// <summary>All bits inverted; <c>logical_not</c> of a bool tensor.</summary>
    BitNot,
}

/// <summary>What every language has besides ops.</summary>
public enum Builtin
{
    /// <summary>(tensor, dim): int.</summary>
    Size,
    /// <summary>(tensor): list of int.</summary>
    Shape,
    /// <summary>(tensor): int.</summary>
    Rank,
    /// <summary>(tensor): int.</summary>
    Numel,
    /// <summary>(tensor): dtype.</summary>
    DType,
    /// <summary>(tensor): string such as <c>cpu</c>.</summary>
    Device,
    /// <summary>(tensor): bool.</summary>
    RequiresGrad,
    /// <summary>(tensor): its one element as a number of the category of its dtype; a <see cref="CastExpr"/> fixes the type.</summary>
    Item,
    /// <summary>(dtype): whether it is a floating-point one.</summary>
    IsFloatingPoint,
    /// <summary>(list, tuple, dictionary, string or tensor): number of items; of a tensor, its first size.</summary>
    Len,
    /// <summary>(list, item): adds at the end.</summary>
    Append,
    /// <summary>(list, position, item).</summary>
    Insert,
    /// <summary>(list, items): adds all of a list.</summary>
    Extend,
    /// <summary>(list[, position]): takes an item out, the last by default, and gives it.</summary>
    Pop,
    /// <summary>(list or dictionary): takes everything out.</summary>
    Clear,
    /// <summary>(list): the other way round, in place.</summary>
    Reverse,
    /// <summary>(list): a shallow copy, also of dictionaries; a list of anything that can be walked.</summary>
    ListOf,
    /// <summary>(list or dictionary, item): whether it is in it; a dictionary's keys.</summary>
    Contains,
    /// <summary>(list, item): position of the first one.</summary>
    IndexOf,
    /// <summary>(dictionary): list of keys, in the order of insertion.</summary>
    Keys,
    /// <summary>(dictionary): list of values.</summary>
    Values,
    /// <summary>(dictionary): list of tuples (key, value).</summary>
    Items,
    /// <summary>(dictionary, key[, default]): the value, or the default (null if none is given).</summary>
    Get,
    /// <summary>(dictionary, key): takes a key out; whether it was there.</summary>
    Remove,
    /// <summary>([start, ]stop[, step]): integers.</summary>
    Range,
    /// <summary>(items[, start]): tuples (position, item).</summary>
    Enumerate,
    /// <summary>(items, items, …): tuples, as many as the shortest has.</summary>
    Zip,
    /// <summary>(a, b, …) or (list): least number.</summary>
    Min,
    /// <summary>(a, b, …) or (list): greatest number.</summary>
    Max,
    /// <summary>(number).</summary>
    Abs,
    /// <summary>(list of numbers).</summary>
    Sum,
    /// <summary>(number): float.</summary>
    Sqrt,
    /// <summary>(number): float.</summary>
    Exp,
    /// <summary>(number): float, natural.</summary>
    Log,
    /// <summary>(number): float.</summary>
    Log2,
    /// <summary>(number): float.</summary>
    Sin,
    /// <summary>(number): float.</summary>
    Cos,
    /// <summary>(number): float.</summary>
    Tanh,
    /// <summary>(number): rounded down; float.</summary>
    Floor,
    /// <summary>(number): rounded up; float.</summary>
    Ceil,
    /// <summary>(number): nearest, halves to even; float.</summary>
    Round,
    /// <summary>(number): toward zero; float.</summary>
    Truncate,
    /// <summary>(number): rounded to single precision.</summary>
    ToSingle,
    /// <summary>(optional): its value; an error if it is null.</summary>
    Unwrap,
    /// <summary>(value, <see cref="Constant"/> holding a <see cref="TypeRef"/>): whether the value has that type.</summary>
    IsInstance,
    /// <summary>(): whether history is recorded.</summary>
    GradEnabled,
    /// <summary>(tensor): itself, cut off from its history.</summary>
    Detach,
    /// <summary>(value): prints it.</summary>
    Print,
}
