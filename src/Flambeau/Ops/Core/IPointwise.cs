using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>How the dtype of a pointwise op follows from its inputs'.</summary>
public enum Rule
{
    /// <summary>The promoted dtype of the inputs.</summary>
    Same,
    /// <summary>The promoted dtype, integers and bools becoming float32.</summary>
    ToFloat,
    /// <summary>The formula's result is a mask, the op's a bool.</summary>
    Predicate,
}

/// <summary>Dtypes an op accepts.</summary>
[Flags]
public enum Domain
{
    Bool = 1,
    Integer = 2,
    Float = 4,
    Complex = 8,
    Integral = Bool | Integer,
    Number = Integer | Float | Complex,
    Real = Bool | Integer | Float,
    All = Bool | Integer | Float | Complex,
}

/// <summary>An op that computes every output element from the input elements at the same place.</summary>
public interface IPointwise
{
    /// <summary>Result dtype.</summary>
    static virtual Rule Rule => Rule.Same;

    /// <summary>Input dtypes, after promotion.</summary>
    static virtual Domain Domain => Domain.All;
}

/// <summary>A pointwise op of one input.</summary>
public interface IPointwise1 : IPointwise
{
    /// <summary>The formula.</summary>
    T Apply<T>(T x) where T : struct, ILane<T>;
}

/// <summary>A pointwise op of two inputs, which broadcast.</summary>
public interface IPointwise2 : IPointwise
{
    /// <summary>The formula.</summary>
    T Apply<T>(T x, T y) where T : struct, ILane<T>;
}

/// <summary>A pointwise op of three inputs, which broadcast.</summary>
public interface IPointwise3 : IPointwise
{
    /// <summary>The formula.</summary>
    T Apply<T>(T x, T y, T z) where T : struct, ILane<T>;
}
