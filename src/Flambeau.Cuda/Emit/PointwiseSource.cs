using System.Globalization;
using System.Text;
using Flambeau.Compiler.Loops;
using Flambeau.Cuda.Kernels;
using Flambeau.Ops;

namespace Flambeau.Cuda.Emit;

/// <summary>How an input of a pointwise kernel is read.</summary>
internal enum Reading
{
    /// <summary>Elements at the output's place.</summary>
    Each,
    /// <summary>One element in device memory for all.</summary>
    Same,
    /// <summary>A number among the parameters.</summary>
    Number,
    /// <summary>One element for all that a thread computes, at a place of its own.</summary>
    Repeated,
}

/// <summary>What a pointwise kernel looks like, apart from its formula.</summary>
/// <param name="Lane">The dtype computed in.</param>
/// <param name="Output">The dtype written.</param>
/// <param name="Inputs">The dtypes read.</param>
/// <param name="Readings">How.</param>
/// <param name="Vector">Neighbours that are read and written at once.</param>
/// <param name="Vectors">How many of them a thread takes, when all operands lie in the same order.</param>
/// <param name="Rank">Axes of strided operands, the innermost counted in vectors; 0 when all operands lie in the same order.</param>
/// <param name="Wide">Offsets need 64 bits.</param>
internal sealed record PointwiseShape(DType Lane, DType Output, DType[] Inputs, Reading[] Readings, int Vector, int Vectors, int Rank, bool Wide);

/// <summary>Writes pointwise kernels.</summary>
internal static class PointwiseSource
{
    /// <summary>The kernel, named <c>pointwise</c>, and the values of the constants that are parameters; no text where the formula can't be written.</summary>
    internal static (string? Text, double[] Parameters) Write<F>(in F formula, PointwiseShape shape) where F : struct, IFormula
    {
        var lane = shape.Lane == DType.Bool ? DType.UInt8 : shape.Lane;
        var builder = new ExprBuilder(lane);
        var inputs = new Expr[3];
        for (var i = 0; i < 3; i++) inputs[i] = i < F.Count ? builder.Input(false, false) : inputs[0];
        var f = formula;
        var result = ExprLane.For(builder, false, () => f.Apply(new(inputs[0]), new(inputs[1]), new(inputs[2])));
        var writer = new CudaWriter(builder);
        for (var i = 0; i < F.Count; i++) writer.Name(inputs[i], $"x{i}");
        var value = F.Rule == Rule.Predicate ? writer.Mask(result) : writer.Value(result);
        if (writer.Failed || builder.Failed) return (null, []);
        var body = writer.Take();
        var predicate = F.Rule == Rule.Predicate;
        var stored = predicate ? "conv_mask<Y>(r)" : shape.Lane == DType.Bool ? "conv<Y>((u8)(r > 1 ? 1 : r))" : "conv<Y>(r)";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"typedef {Sources.LaneOf(shape.Lane)} L; typedef {Sources.TypeOf(shape.Output)} Y;\n");
        for (var i = 0; i < F.Count; i++) text.Append(CultureInfo.InvariantCulture, $"typedef {Sources.TypeOf(shape.Inputs[i])} X{i};\n");
        text.Append("#define K(i) p.constant[i]\n");
        var rank = Math.Max(shape.Rank, 1);
        text.Append(CultureInfo.InvariantCulture, $"struct P {{ i64 n, unused; Slot y, x[{F.Count}]; i64 size[{rank}], stride[{F.Count + 1}][{rank}]; f64 constant[CONSTANTS]; }};\n");
        text.Append(CultureInfo.InvariantCulture, $"DEV {(predicate ? "bool" : "L")} formula(const P& p{string.Concat(Enumerable.Range(0, F.Count).Select(static i => $", L x{i}"))})\n{{\n{body}    return {value};\n}}\n");
        if (shape.Rank == 0) Flat(text, shape, F.Count, stored);
        else Strided(text, shape, F.Count, stored);
        var whole = text.ToString();
        var (filled, parameters) = FormulaText.Of(whole).Fill(whole, writer.Constants);
        return (filled.Replace("CONSTANTS", Math.Max(parameters.Length, 1).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), parameters);
    }

    /// <summary>Arguments of the formula: elements as <paramref name="each"/> names them, and what is the same for all.</summary>
    static string Arguments(PointwiseShape shape, int count, Func<int, string> each) =>
        string.Concat(Enumerable.Range(0, count).Select(k => ", " + (shape.Readings[k] == Reading.Each ? $"conv<L>({each(k)})" : $"s{k}")));

    static void Load(StringBuilder text, PointwiseShape shape, int k, string at, string name) =>
        text.Append(CultureInfo.InvariantCulture, $"    const Vec<X{k}, {shape.Vector}> {name} = *(const Vec<X{k}, {shape.Vector}>*)(p.x[{k}].ptr<X{k}>() + {at});\n");

    /// <summary>One vector from what <paramref name="each"/> names, written at <paramref name="at"/>.</summary>
    static void Compute(StringBuilder text, PointwiseShape shape, int count, string stored, Func<int, string> each, string at)
    {
        var v = shape.Vector;
        text.Append(CultureInfo.InvariantCulture, $"    {{ Vec<Y, {v}> w;\n    #pragma unroll\n    for (int j = 0; j < {v}; j++) {{ const auto r = formula(p{Arguments(shape, count, k => each(k) + ".v[j]")}); w.v[j] = {stored}; }}\n");
        text.Append(CultureInfo.InvariantCulture, $"    *(Vec<Y, {v}>*)(p.y.ptr<Y>() + {at}) = w; }}\n");
    }

    static void Flat(StringBuilder text, PointwiseShape shape, int count, string stored)
    {
        var (v, u) = (shape.Vector, shape.Vectors);
        text.Append(CultureInfo.InvariantCulture, $"KERNEL(pointwise)\n{{\n    const i64 i = ((i64)blockIdx.x * blockDim.x{(u > 1 ? $" * {u}" : "")} + threadIdx.x) * {v};\n    if (i >= p.n) return;\n");
        Invariant(text, shape, count);
        var each = Enumerable.Range(0, count).Where(k => shape.Readings[k] == Reading.Each).ToArray();
        if (u * v > 1)
        {
            // all loads first: the more of them are on their way, the better memory is used
            text.Append(CultureInfo.InvariantCulture, $"    const i64 step = (i64)blockDim.x * {v};\n    if (i + {u - 1} * step + {v} <= p.n)\n    {{\n");
            for (var m = 0; m < u; m++)
            {
                foreach (var k in each) Load(text, shape, k, $"i + {m} * step", $"v{k}_{m}");
            }
            for (var m = 0; m < u; m++)
            {
                var at = m;
                Compute(text, shape, count, stored, k => $"v{k}_{at}", $"i + {m} * step");
            }
            text.Append("    return;\n    }\n");
        }
        else text.Append("    const i64 step = 0;\n");
        text.Append(CultureInfo.InvariantCulture, $"    for (int m = 0; m < {u}; m++) for (i64 j = i + m * step; j < i + m * step + {v} && j < p.n; j++) {{ const auto r = formula(p{Arguments(shape, count, static k => $"p.x[{k}].ptr<X{k}>()[j]")}); p.y.ptr<Y>()[j] = {stored}; }}\n}}\n");
    }

    static void Strided(StringBuilder text, PointwiseShape shape, int count, string stored)
    {
        var type = shape.Wide ? "i64" : "u32";
        text.Append(CultureInfo.InvariantCulture, $"KERNEL(pointwise)\n{{\n    const i64 at = (i64)blockIdx.x * blockDim.x + threadIdx.x;\n    if (at >= p.n) return;\n");
        Invariant(text, shape, count);
        int[] placed = [.. Enumerable.Range(0, count).Where(k => shape.Readings[k] is Reading.Each or Reading.Repeated)];
        text.Append(CultureInfo.InvariantCulture, $"    {type} rest = ({type})at, oy = 0{string.Concat(placed.Select(static k => $", o{k} = 0"))};\n");
        for (var d = shape.Rank - 1; d >= 0; d--)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {{ const {type} {(d > 0 ? $"q = rest / ({type})p.size[{d}], i = rest - q * ({type})p.size[{d}]" : "i = rest")}; oy += i * ({type})p.stride[0][{d}];");
            foreach (var k in placed) text.Append(CultureInfo.InvariantCulture, $" o{k} += i * ({type})p.stride[{k + 1}][{d}];");
            text.Append(d > 0 ? " rest = q; }\n" : " }\n");
        }
        foreach (var k in placed)
        {
            if (shape.Readings[k] == Reading.Each) Load(text, shape, k, $"o{k}", $"v{k}");
            else text.Append(CultureInfo.InvariantCulture, $"    const L s{k} = conv<L>(p.x[{k}].ptr<X{k}>()[o{k}]);\n");
        }
        Compute(text, shape, count, stored, static k => $"v{k}", "oy");
        text.Append("}\n");
    }

    static void Invariant(StringBuilder text, PointwiseShape shape, int count)
    {
        for (var k = 0; k < count; k++)
        {
            if (shape.Readings[k] == Reading.Same) text.Append(CultureInfo.InvariantCulture, $"    const L s{k} = conv<L>(*p.x[{k}].ptr<X{k}>());\n");
            if (shape.Readings[k] == Reading.Number) text.Append(CultureInfo.InvariantCulture, $"    const L s{k} = p.x[{k}].val<L>();\n");
        }
    }
}
