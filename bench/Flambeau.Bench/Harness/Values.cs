namespace Flambeau.Bench.Harness;

/// <summary>The same numbers for both engines.</summary>
sealed class Values(float[] values, long[] shape)
{
    /// <summary>Normal numbers, the same in every run.</summary>
    public static Values Normal(params long[] shape)
    {
        var random = new Random(17);
        var values = new float[shape.Aggregate(1L, static (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++) values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return new Values(values, shape);
    }

    /// <summary>Whole numbers in [0, <paramref name="below"/>).</summary>
    public static long[] Whole(long count, long below)
    {
        var random = new Random(23);
        var values = new long[count];
        for (var i = 0; i < values.Length; i++) values[i] = random.NextInt64(below);
        return values;
    }

    public Tensor Ours() => Tensor.From(values, (Shape)shape);

    internal float[] Numbers => values;

    internal long[] Shape => shape;
}
