using Flambeau.Ops;

namespace Flambeau.Tests.Autograd;

/// <summary>Arguments to check an op's gradient with. Floating-point tensors among them, also in lists, are varied unless marked by <see cref="OpSample.Fixed"/>.</summary>
public sealed record OpSample(string Op, params object?[] Arguments)
{
    /// <summary>Arguments by name.</summary>
    public Dictionary<string, object?> Named { get; init; } = [];

    /// <summary>Positions of arguments that are not differentiated.</summary>
    public int[] Fixed { get; init; } = [];

    /// <summary>Applied to the varied tensors before the call: makes arbitrary ones symmetric, say.</summary>
    public Func<Tensor[], Tensor[]>? Before { get; init; }

    /// <summary>Applied to the results: keeps only what is unique of eigenvectors, say.</summary>
    public Func<Tensor[], Tensor[]>? After { get; init; }

    /// <summary>Not smooth enough, or linear with costs, for the second derivative; the reason must be given.</summary>
    public string? NoSecond { get; init; }
}

/// <summary>Samples of a family of ops. Every class that implements it is found.</summary>
public interface IOpSamples
{
    /// <summary>One or more samples an op; their order doesn't matter.</summary>
    IEnumerable<OpSample> Samples { get; }
}

/// <summary>Sample tensors.</summary>
public static class Draw
{
    /// <summary>Distinct float64 values, spread over (low, high) in a scrambled order; the same for the same arguments.</summary>
    public static Tensor Real(Shape shape, double low = 0.3, double high = 1.7, int seed = 1)
    {
        var n = (int)shape.Numel;
        var random = new Random(seed);
        var order = Enumerable.Range(0, n).OrderBy(_ => random.Next()).ToArray();
        return Tensor.From(Array.ConvertAll(order, i => low + (high - low) * (i + 0.5 + 0.2 * random.NextDouble()) / n), shape);
    }

    /// <summary>Integers in [0, limit).</summary>
    public static Tensor Int(Shape shape, long limit, int seed = 1)
    {
        var random = new Random(seed);
        return Tensor.From(Enumerable.Range(0, (int)shape.Numel).Select(_ => random.NextInt64(limit)).ToArray(), shape);
    }

    /// <summary>complex128 values.</summary>
    public static Tensor Complex(Shape shape, int seed = 1)
    {
        var re = Real(shape, -1.2, 1.3, seed).ToArray<double>();
        var im = Real(shape, -0.9, 1.1, seed + 1).ToArray<double>();
        return Tensor.From(re.Zip(im, static (a, b) => new System.Numerics.Complex(a, b)).ToArray(), shape);
    }
}

/// <summary>The sample of an op that nobody wrote one for: positive random [2, 3] tensors, defaults for the rest.</summary>
internal static class DefaultSample
{
    internal static OpSample Of(OpEntry op)
    {
        var args = new List<object?>();
        var seed = 1;
        foreach (var a in op.Schema.Arguments)
        {
            if (a.HasDefault || a.KeywordOnly) break;
            args.Add(a.Type switch
            {
                "Tensor" => Draw.Real([2, 3], seed: seed++),
                "Tensor[]" => new object?[] { Draw.Real([2, 3], seed: seed++), Draw.Real([2, 3], seed: seed++) },
                "Scalar" or "float" => 0.7,
                "int" => 1L,
                _ => null,
            });
        }
        return new(op.Name, [.. args]);
    }
}
