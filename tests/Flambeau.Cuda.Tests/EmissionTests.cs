using Flambeau.Compiler.Loops;
using Flambeau.Cuda.Compiled;
using Flambeau.Cuda.Emit;
using Flambeau.Ops;

namespace Flambeau.Cuda.Tests;

/// <summary>CUDA C from formulas.</summary>
public sealed class EmissionTests
{
    static PointwiseShape Shape(params DType[] inputs) => new(DType.Float32, DType.Float32, inputs, [.. inputs.Select(static _ => Reading.Each)], 4, 1, 0, false);

    [Fact]
    public void A_formula_becomes_statements_over_its_inputs()
    {
        var (text, _) = PointwiseSource.Write(new Formula1<Sigmoid>(default), Shape(DType.Float32));
        Assert.Contains("Lane<L>::exp(", text, StringComparison.Ordinal);
        Assert.Contains("Lane<L>::div(", text, StringComparison.Ordinal);
        Assert.Contains("const Vec<X0, 4> v0_0", text, StringComparison.Ordinal);
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
        var (text, _) = PointwiseSource.Write(new Formula1<Sigmoid>(default), Shape(DType.Float32) with { Vector = 1, Rank = 3 });
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

    static RegionPlan Rows(long rows, long row, DType dtype = DType.Float32, bool aligned = true)
    {
        var b = new ExprBuilder(DType.Float32);
        Expr x = b.Input(false, false), weight = b.Input(false, false);
        var d = b.Make(ExprOp.Sub, x, b.Make(ExprOp.Div, b.Reduce(ReduceKind.Sum, x), b.Const(row)));
        var y = b.Make(ExprOp.Mul, b.Make(ExprOp.Div, d, b.Make(ExprOp.Sqrt, b.Reduce(ReduceKind.Sum, b.Make(ExprOp.Mul, d, d)))), weight);
        return new(new Region(b, [rows, row], 1, [new(dtype, [row, 1], x), new(DType.Float32, [0, 1], weight)], [new(dtype, y)]), aligned);
    }

    [Fact]
    public void A_row_is_read_once_and_reduced_as_often_as_needed()
    {
        var plan = Rows(5000, 1024);
        var (text, _) = RegionSource.Write(plan);
        Assert.Equal(2, text.Split("combine<MergeSum>").Length - 1);
        Assert.Equal(1, text.Split("p.x[0]").Length - 1);
        Assert.Equal((4, 128, 1, 2), (plan.Vector, plan.Threads, plan.RowsPerBlock, plan.Chunks));
        Assert.Equal(Load.Neighbours, plan.Loads[1]);
    }

    [Theory]
    [InlineData(1024, DType.BFloat16, true, 4)]
    [InlineData(1023, DType.Float32, true, 1)]
    [InlineData(1024, DType.Float32, false, 1)]
    public void Vectors_need_rows_of_whole_vectors_that_are_aligned(long row, DType dtype, bool aligned, int vector) => Assert.Equal(vector, Rows(64, row, dtype, aligned).Vector);

    [Fact]
    public void Short_rows_share_a_block()
    {
        var plan = Rows(9, 20);
        Assert.Equal((32, 4), (plan.Threads, plan.RowsPerBlock));
        Assert.Contains("const bool live = row < p.n;", RegionSource.Write(plan).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_region_writes_all_it_computes_in_one_pass()
    {
        var b = new ExprBuilder(DType.Float32);
        Expr x = b.Input(false, false), column = b.Input(true, false), mask = b.Input(false, true);
        var sum = b.Make(ExprOp.Add, x, column);
        var region = new Region(b, [1000, 1000], 1, [new(DType.Float16, [1, 1000], x), new(DType.Float32, [1, 0], column), new(DType.Bool, [1000, 1], mask)],
            [new(DType.Float32, b.Make(ExprOp.Select, mask, sum, x)), new(DType.Bool, b.Make(ExprOp.Lt, sum, x))]);
        var plan = new RegionPlan(region, true);
        Assert.Equal([Load.Strided, Load.Same, Load.Direct], plan.Loads);
        var (text, _) = RegionSource.Write(plan);
        Assert.Contains("typedef f16 X0;", text, StringComparison.Ordinal);
        Assert.Contains("conv_mask<Y1>(", text, StringComparison.Ordinal);
        Assert.Contains("const bool a2", text, StringComparison.Ordinal);
    }
}
