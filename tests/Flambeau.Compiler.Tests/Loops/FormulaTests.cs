using Flambeau.Compiler.Fuse;
using Flambeau.Compiler.Loops;
using Flambeau.Ops;

namespace Flambeau.Compiler.Tests.Loops;

public class FormulaTests
{
    static readonly DType[] dtypes = [DType.Float32, DType.Float64, DType.Int32, DType.Int64, DType.UInt8, DType.Bool, DType.BFloat16, DType.Float16];

    static Tensor Sample(DType d, long n, int seed)
    {
        var r = new Random(seed);
        var x = new double[n];
        for (var i = 0; i < n; i++)
        {
            x[i] = d switch
            {
                DType.Bool => r.Next(2),
                DType.UInt8 => r.Next(1, 200),
                DType.Int32 or DType.Int64 => r.Next(7) is var s && s == 0 ? 1 : r.Next(-50, 50) is var v && v == 0 ? 3 : v,
                _ => r.Next(12) switch { 0 => double.NaN, 1 => double.PositiveInfinity, 2 => double.NegativeInfinity, 3 => 0, 4 => -0.0, 5 => r.NextDouble() * 80, _ => r.NextDouble() * 6 - 3 },
            };
        }
        return Tensor.FromArray(x).To(d);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EveryPointwiseOpIsItselfAsARegion(bool emit)
    {
        var tested = 0;
        foreach (var op in PointwiseOps.All)
        {
            foreach (var d in dtypes)
            {
                if (!PointwiseOps.Takes(op, d) || (op is BitwiseNot && d == DType.Bool)) continue;
                var compute = PointwiseOps.Rule(op) == Rule.ToFloat ? Promotion.ToFloat(d) : d;
                if (Formula.LaneOf(compute == DType.Bool ? DType.UInt8 : compute) is not { } lane) continue;
                foreach (var n in new long[] { 0, 1, 13, 83 })
                {
                    var x = Enumerable.Range(0, PointwiseOps.Arity(op)).Select(i => Sample(d, n, i)).ToArray();
                    var possible = true;
                    Tensor[] y = [];
                    Tensor expected;
                    try
                    {
                        expected = PointwiseOps.Eager(op, x);
                    }
                    catch (System.Reflection.TargetInvocationException)
                    {
                        continue;
                    }
                    y = Regions.Run(lane, [n], x, (b, e) =>
                    {
                        var args = e.Select((v, i) => compute == DType.Bool || d != DType.Bool ? v : Formula.Convert(b, v, d, compute)!).ToArray();
                        var f = Formula.Of(op, b, compute, args);
                        possible = f is not null;
                        return [new(possible ? expected.DType : d, f ?? e[0])];
                    }, emit: emit);
                    if (!possible) continue;
                    tested++;
                    // Elements past the last whole register go through another library's functions in eager kernels.
                    Regions.Close(expected, y[0], 8, $"{op.Name} on {d.Name()} [{n}]");
                }
            }
        }
        Assert.True(tested > 800, $"{tested} tested");
    }
}
