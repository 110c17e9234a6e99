using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Flambeau.Cuda.Dnn;

/// <summary>What is computed after a convolution, in the same kernel.</summary>
[Flags]
internal enum Epilogue
{
    None = 0,
    /// <summary>A number a channel is added.</summary>
    Bias = 1,
    /// <summary>A tensor of the result's sizes is added.</summary>
    Residual = 2,
    /// <summary>Negative numbers become 0.</summary>
    Relu = 4,
}

/// <summary>A convolution as cuDNN sees it, and what of the settings has a say in the choice of an engine.</summary>
internal readonly record struct ConvProblem(int Which, DType DType, bool ChannelsLast, Epilogue Epilogue, bool Tf32, bool Deterministic, bool Benchmark, int Alignment)
{
    internal bool IsDouble => DType == DType.Float64;

    /// <summary>All flags in one number.</summary>
    internal long Bits => (long)Which | (long)DType << 4 | (ChannelsLast ? 1L << 12 : 0) | (long)Epilogue << 16 | (Tf32 ? 1L << 24 : 0) | (Deterministic ? 1L << 25 : 0) | (Benchmark ? 1L << 26 : 0) | (long)Alignment << 32;
}

/// <summary>By what plans are found: the flags and all sizes.</summary>
[InlineArray(Length)]
internal struct PlanKey : IEquatable<PlanKey>
{
    internal const int Length = 26;

    private long first;

    internal readonly ReadOnlySpan<long> Span => MemoryMarshal.CreateReadOnlySpan(in first, Length);

    public readonly bool Equals(PlanKey other) => Span.SequenceEqual(other.Span);

    public override readonly bool Equals(object? other) => other is PlanKey k && Equals(k);

    public override readonly int GetHashCode()
    {
        ulong h = 0;
        foreach (var v in Span) h = (h ^ (ulong)v) * 0x9E3779B97F4A7C15 + (h >> 29);
        return (int)(h >> 32);
    }
}

/// <summary>A chosen engine, ready to run; <see cref="Execution"/> is 0 where cuDNN has none for the problem.</summary>
internal sealed class ConvPlan
{
    internal nint Execution { get; init; }

    internal long Workspace { get; init; }

    /// <summary>The engine's number, for reports.</summary>
    internal long Engine { get; init; }

    /// <summary>Why there is none.</summary>
    internal string? Problem { get; init; }
}
