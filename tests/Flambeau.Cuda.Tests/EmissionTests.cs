using Flambeau.Cuda.Emit;
using Flambeau.Ops;

namespace Flambeau.Cuda.Tests;

/// <summary>CUDA C from formulas.</summary>
public sealed class EmissionTests
{
    static PointwiseShape Shape(params DType[] inputs) => new(DType.Float32, DType.Float32, inputs, [.. inputs.Select(static _ => Reading.Each)], 4, 0, false);

    [Fact]
    public void A_formula_becomes_statements_over_its_inputs()
    {
        var (text, _) = PointwiseSource.Write(new Formula1<Sigmoid>(default), Shape(DType.Float32));
        Assert.Contains("Lane<L>::exp(", text, StringComparison.Ordinal);
        Assert.Contains("Lane<L>::div(", text, StringComparison.Ordinal);
        Assert.Contains("const Vec<X0, 4> v0", text, StringComparison.Ordinal);
        Assert.DoesNotContain("@", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_is_stored_as_a_bool()
    {
        var (text, _) = PointwiseSource.Write(new Formula2<Lt>(default), Shape(DType.Float32, DType.Float16) with { Output = DType.Bool });
        Assert.Contains("typedef b8 Y;", text, StringComparison.Ordinal);
        Assert.Contains("typedef f16 X1;", text, StringComparison.Ordinal);
        Assert.Contains("DEV bool formula", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Strided_operands_divide_by_the_sizes_of_the_axes()
    {
        var (text, _) = PointwiseSource.Write(new Formula1<Sigmoid>(default), Shape(DType.Float32) with { Vector = 0, Rank = 3 });
        Assert.Contains("p.size[2]", text, StringComparison.Ordinal);
        Assert.Contains("u32 rest", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_constant_is_written_in_until_a_second_value_comes()
    {
        var shape = Shape(DType.Float32) with { Vector = 2 };
        var (first, none) = PointwiseSource.Write(new Formula1<LeakyRelu>(new(0.125)), shape);
        Assert.Contains("1.2500000000000000E-001", first, StringComparison.Ordinal);
        Assert.Empty(none);
        var (second, one) = PointwiseSource.Write(new Formula1<LeakyRelu>(new(0.25)), shape);
        Assert.Contains("K(0)", second, StringComparison.Ordinal);
        Assert.Equal([0.25], one);
        var (third, another) = PointwiseSource.Write(new Formula1<LeakyRelu>(new(0.375)), shape);
        Assert.Equal(second, third);
        Assert.Equal([0.375], another);
    }
}
