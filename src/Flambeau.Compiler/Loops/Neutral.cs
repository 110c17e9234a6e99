namespace Flambeau.Compiler.Loops;

/// <summary>What a reduction starts from.</summary>
internal static class Neutral
{
    /// <summary>As a double that converts to the lane type; integers saturate.</summary>
    internal static double Of(ReduceKind kind, DType lane) => kind switch
    {
        ReduceKind.Sum => 0,
        ReduceKind.Prod => 1,
        ReduceKind.Max => lane.IsFloat() ? double.NegativeInfinity : lane == DType.UInt8 ? 0 : double.MinValue,
        _ => lane.IsFloat() ? double.PositiveInfinity : double.MaxValue,
    };
}
