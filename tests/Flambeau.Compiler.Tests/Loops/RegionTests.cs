using Flambeau.Compiler.Loops;

namespace Flambeau.Compiler.Tests.Loops;

public class RegionTests
{
    static Tensor Rand(params long[] shape) => Tensor.Randn(shape, generator: new Generator(7));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void InputsBroadcastAndMayBeStrided(bool emit)
    {
        foreach (var (r, c) in new[] { (3L, 5L), (7, 300), (300, 7), (1, 1), (0, 4), (64, 64) })
        {
            Tensor a = Rand(r, c), row = Rand(c), column = Rand(r, 1), scalar = Rand(), turned = Rand(c, r).T;
            Tensor[] x = [a, row, column, scalar, turned];
            var y = Regions.Run(DType.Float32, [r, c], x, static (b, e) =>
            {
                var sum = e[0];
                for (var i = 1; i < e.Length; i++) sum = b.Make(i % 2 == 0 ? ExprOp.Add : ExprOp.Mul, sum, e[i]);
                return [new(DType.Float32, sum), new(DType.Bool, b.Make(ExprOp.Lt, sum, e[0])), new(DType.Float64, b.Make(ExprOp.Add, e[1], e[3]))];
            }, emit: emit);
            var expected = (a * row + column) * scalar + turned;
            Regions.Close(expected, y[0], 4, $"{r}x{c}");
            Regions.Close(expected.Lt(a), y[1], 0, "mask");
            Regions.Close((row + scalar).Expand([r, c]).To(DType.Float64), y[2], 1e9, "converted");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RowsAreReducedAndUsedAgain(bool emit)
    {
        foreach (var (r, c) in new[] { (3L, 5L), (7, 300), (300, 7), (1, 1), (5, 16), (40, 1000) })
        {
            Tensor x = Rand(r, c) * 3, g = Rand(c), h = Rand(c);
            var soft = Regions.Run(DType.Float32, [r, c], [x], static (b, e) =>
            {
                var exp = b.Make(ExprOp.Exp, b.Make(ExprOp.Sub, e[0], b.Reduce(ReduceKind.Max, e[0])));
                var sum = b.Reduce(ReduceKind.Sum, exp);
                return [new(DType.Float32, b.Make(ExprOp.Div, exp, sum)), new(DType.Float32, sum, PerRow: true)];
            }, reduced: 1, emit: emit);
            Regions.Close(x.Softmax(1), soft[0], 16, "softmax");
            Assert.Equal(r, soft[1].Shape[0]);
            var norm = Regions.Run(DType.Float32, [r, c], [x, g, h], (b, e) =>
            {
                var n = b.Const(c);
                var mean = b.Make(ExprOp.Div, b.Reduce(ReduceKind.Sum, e[0]), n);
                var d = b.Make(ExprOp.Sub, e[0], mean);
                var variance = b.Make(ExprOp.Div, b.Reduce(ReduceKind.Sum, b.Make(ExprOp.Mul, d, d)), n);
                var scale = b.Make(ExprOp.Div, b.Const(1), b.Make(ExprOp.Sqrt, b.Make(ExprOp.Add, variance, b.Const(1e-5))));
                return [new(DType.Float32, b.Make(ExprOp.MulAdd, b.Make(ExprOp.Mul, d, scale), e[1], e[2])), new(DType.Float32, mean, PerRow: true)];
            }, reduced: 1, emit: emit);
            Regions.Close(Functional.LayerNorm(x, [c], g, h), norm[0], 16, "layer norm", floor: 1);
            Regions.Close(x.Mean([1]), norm[1], 4, "mean", floor: 1);
        }
    }

    [Fact]
    public void ResultsDoNotDependOnTheNumberOfThreads()
    {
        var x = Rand(777, 431);
        Tensor[] Once() => Regions.Run(DType.Float32, [777, 431], [x], static (b, e) =>
            [new(DType.Float32, b.Make(ExprOp.Tanh, b.Make(ExprOp.Sub, e[0], b.Reduce(ReduceKind.Sum, e[0]))))], reduced: 1);
        var before = Flambeau.Cpu.CpuThreads.Count;
        try
        {
            Flambeau.Cpu.CpuThreads.Count = 1;
            var one = Once()[0];
            Flambeau.Cpu.CpuThreads.Count = 4;
            Assert.Equal(one.Reshape(-1).ToArray<float>(), Once()[0].Reshape(-1).ToArray<float>());
        }
        finally
        {
            Flambeau.Cpu.CpuThreads.Count = before;
        }
    }
}
