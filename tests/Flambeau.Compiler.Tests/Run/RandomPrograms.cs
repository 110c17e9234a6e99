using Flambeau.Graphs;
using Flambeau.Ops;

namespace Flambeau.Compiler.Tests.Run;

/// <summary>Random graphs of pointwise ops and reductions, with inputs.</summary>
static class RandomPrograms
{
    static readonly DType[] dtypes = [DType.Float32, DType.Float32, DType.Float32, DType.Float64, DType.Int64, DType.Int32, DType.Bool, DType.UInt8];

    static Tensor Sample(Random r, DType d, long[] shape)
    {
        var n = shape.Aggregate(1L, static (a, b) => a * b);
        var x = new double[n];
        for (var i = 0; i < n; i++) x[i] = d == DType.Bool ? r.Next(2) : d.IsInteger() ? r.Next(d == DType.UInt8 ? 0 : -4, 5) : r.Next(40) == 0 ? double.NaN : r.NextDouble() * 4 - 2;
        var t = Tensor.FromArray(x).Reshape(shape).To(d);
        // Some inputs lie in another order, or with gaps.
        return shape.Length == 2 && n > 0 ? r.Next(4) switch { 0 => t.Transpose(0, 1).Contiguous().Transpose(0, 1), 1 => Tensor.Cat([t, t], 1).Narrow(1, 0, shape[1]), _ => t } : t;
    }

    static Graph Make(Random r, Tensor[] inputs)
    {
        var b = new GraphBuilder("random");
        var values = inputs.Select(t => b.Input(TensorType.Of(t))).ToList();
        var tensors = inputs.ToList();
        Value? Try(Func<Value> make, Func<Tensor> run)
        {
            try
            {
                var t = run();
                var v = make();
                values.Add(v);
                tensors.Add(t);
                return v;
            }
            catch (ArgumentException)
            {
                return null;
            }
        }
        int Pick() => r.Next(3) == 0 ? r.Next(values.Count) : Math.Max(0, values.Count - 1 - r.Next(4));
        for (var step = 0; step < 14; step++)
        {
            int i = Pick(), j = Pick(), k = Pick();
            Tensor x = tensors[i], y = tensors[j];
            string[] unary = ["tanh", "exp", "sigmoid", "abs", "neg", "relu", "isnan", "round", "sin", "logical_not", "sqrt", "square", "erf", "nn.functional.silu", "nn.functional.gelu", "log1p"];
            string[] binary = ["_add", "_sub", "mul", "_div", "maximum", "minimum", "lt", "ge", "eq", "logical_and", "logical_or", "atan2"];
            var (one, two) = (unary[r.Next(unary.Length)], binary[r.Next(binary.Length)]);
            switch (r.Next(9))
            {
                case < 3: Try(() => b.Call(one, values[i]), () => (Tensor)Registry.Call(one, x)); break;
                case < 6: Try(() => b.Call(two, values[i], values[j]), () => (Tensor)Registry.Call(two, x, y)); break;
                case 6:
                    var scale = r.NextDouble();
                    Try(() => b.Call("mul", values[i], scale), () => (Tensor)Registry.Call("mul", x, scale));
                    break;
                case 7:
                    var to = dtypes[r.Next(dtypes.Length)];
                    if (!x.DType.IsFloat() || to.IsFloat()) Try(() => b.Call("_to_dtype", values[i], to), () => (Tensor)Registry.Call("_to_dtype", x, to));
                    break;
                default:
                    if (x.Rank == 0 || !x.DType.IsFloat()) break;
                    var dim = r.Next(x.Rank);
                    string name = new[] { "sum", "mean", "amax", "softmax" }[r.Next(4)];
                    if (name == "softmax") Try(() => b.Call(name, values[i], dim), () => (Tensor)Registry.Call(name, x, (long)dim));
                    else Try(() => b.Call(name, values[i], new long[] { dim }, true), () => (Tensor)Registry.Call(name, x, new long[] { dim }, true));
                    break;
            }
        }
        return b.Finish([.. Enumerable.Range(inputs.Length, values.Count - inputs.Length).Where(_ => r.Next(3) == 0).Append(values.Count - 1).Distinct().Select(i => (Operand)values[i])]);
    }

    internal static (Graph Graph, Tensor[] Inputs) Make(int seed)
    {
        var r = new Random(seed);
        long rows = r.Next(8) == 0 ? 0 : r.Next(1, 40), cols = r.Next(10) == 0 ? r.Next(200, 400) : r.Next(1, 40);
        long[][] shapes = [[rows, cols], [rows, cols], [cols], [rows, 1], [], [1, cols]];
        var inputs = Enumerable.Range(0, r.Next(1, 5)).Select(_ => Sample(r, dtypes[r.Next(dtypes.Length)], shapes[r.Next(shapes.Length)])).ToArray();
        return (Make(r, inputs), inputs);
    }

    /// <summary>Rounding may turn a comparison or a conversion the other way; it may not in many places.</summary>
    internal static void Compare(int seed, Graph graph, Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.DType, actual.DType);
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.Strides, actual.Strides);
        var a = expected.To(DType.Float64).Reshape(-1).ToArray<double>();
        var b = actual.To(DType.Float64).Reshape(-1).ToArray<double>();
        var wrong = 0;
        for (var i = 0; i < a.Length; i++)
        {
            if (!(a[i].Equals(b[i]) || a[i] == b[i] || Math.Abs(a[i] - b[i]) <= 1e-4 * Math.Max(1, Math.Abs(a[i])))) wrong++;
        }
        Assert.True(wrong <= a.Length / 50, $"seed {seed}: {wrong} of {a.Length} differ in\n{graph}");
    }
}
