using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>A reduction as a formula: a start value, a step that takes one element in, and a merge of two partial results.</summary>
public interface IReduction
{
    /// <summary>Result for no elements.</summary>
    T Start<T>() where T : struct, ILane<T>;

    /// <summary>Takes an element in.</summary>
    T Step<T>(T acc, T x) where T : struct, ILane<T>;

    /// <summary>Joins two partial results; must be associative.</summary>
    T Merge<T>(T a, T b) where T : struct, ILane<T>;
}
