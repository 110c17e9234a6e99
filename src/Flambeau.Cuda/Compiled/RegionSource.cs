using System.Globalization;
using System.Text;
using Flambeau.Compiler.Loops;
using Flambeau.Cuda.Emit;
using Flambeau.Cuda.Kernels;

namespace Flambeau.Cuda.Compiled;

/// <summary>Writes a region as CUDA C, with the formulas that eager kernels have.</summary>
internal sealed class RegionSource
{
    readonly RegionPlan plan;
    readonly Region region;
    readonly CudaWriter writer;
    readonly StringBuilder text = new();
    readonly List<Expr> reductions = [];
    readonly int[] firstUse;

    RegionSource(RegionPlan plan)
    {
        this.plan = plan;
        region = plan.Region;
        writer = new(region.Builder);
        firstUse = plan.FirstUses();
    }

    /// <summary>The kernel, named <c>region</c>, and the values of the constants that are parameters.</summary>
    internal static (string Text, double[] Parameters) Write(RegionPlan plan)
    {
        var source = new RegionSource(plan);
        source.Head();
        if (plan.Reduces) source.Rows();
        else source.Elements();
        var whole = source.text.ToString();
        var (filled, parameters) = FormulaText.Of(whole).Fill(whole, source.writer.Constants);
        return (filled.Replace("CONSTANTS", Math.Max(parameters.Length, 1).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), parameters);
    }

    void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    int Rank => region.Sizes.Length;

    int V => plan.Vector;

    void Head()
    {
        Line($"typedef {Sources.LaneOf(region.Lane)} L; typedef {(plan.Wide ? "i64" : "u32")} I;");
        for (var i = 0; i < region.Inputs.Count; i++) Line($"typedef {Sources.TypeOf(region.Inputs[i].DType)} X{i};");
        for (var o = 0; o < region.Outputs.Count; o++) Line($"typedef {Sources.TypeOf(region.Outputs[o].DType)} Y{o};");
        Line($"#define K(i) p.constant[i]");
        Line($"struct alignas(16) P {{ i64 n, x[{Math.Max(1, region.Inputs.Count)}], y[{region.Outputs.Count}], size[{Rank}], stride[{Math.Max(1, plan.Strided)}][{Rank}]; f64 constant[CONSTANTS]; }};");
    }

    string Pointer(int i) => $"((const X{i}*)p.x[{i}])";

    bool IsMask(int i) => region.Inputs[i].Node.Mask;

    /// <summary>An element of an input in the lane type, or as a bool.</summary>
    string Converted(int i, string element) => IsMask(i) ? $"({element}).v != 0" : $"conv<L>({element})";

    string TypeOf(int i) => IsMask(i) ? "bool" : "L";

    string Stored(int o)
    {
        var y = region.Outputs[o];
        return y.Value.Mask ? $"conv_mask<Y{o}>({writer.Mask(y.Value)})" : $"conv<Y{o}>({writer.Value(y.Value)})";
    }

    /// <summary>Offsets of inputs, from a position along some of the axes.</summary>
    void Offsets(string position, int from, int to, IEnumerable<int> inputs, string prefix)
    {
        int[] which = [.. inputs];
        if (which.Length == 0) return;
        Line($"    I {string.Join(", ", which.Select(i => $"{prefix}{i} = 0"))};");
        Line($"    {{ I rest = (I)({position});");
        for (var d = to - 1; d >= from; d--)
        {
            Line($"      {{ const I {(d > from ? $"q = rest / (I)p.size[{d}], c = rest - q * (I)p.size[{d}]" : "c = rest")};{string.Concat(which.Select(i => $" {prefix}{i} += c * (I)p.stride[{plan.StrideRow[i]}][{d}];"))}{(d > from ? " rest = q;" : "")} }}");
        }
        Line($"    }}");
    }

    IEnumerable<int> Inputs(params Load[] loads) => Enumerable.Range(0, region.Inputs.Count).Where(i => loads.Contains(plan.Loads[i]));

    IEnumerable<int> Placed => Enumerable.Range(0, region.Inputs.Count).Where(i => plan.StrideRow[i] >= 0);

    string Offset(int i) => plan.StrideRow[i] >= 0 ? $"o{i}" : "0";

    void Elements()
    {
        Line($"KERNEL(region)\n{{");
        Line($"    const i64 at = ((i64)blockIdx.x * blockDim.x + threadIdx.x){(V > 1 ? $" * {V}" : "")};");
        Line($"    if (at >= p.n) return;");
        Offsets("at", 0, Rank, Placed, "o");
        foreach (var i in Inputs(Load.Direct, Load.Neighbours))
            Line($"    const Vec<X{i}, {V}> v{i} = *(const Vec<X{i}, {V}>*)({Pointer(i)} + {(plan.Loads[i] == Load.Direct ? "at" : $"o{i}")});");
        foreach (var i in Inputs(Load.Strided))
            Line($"    Vec<X{i}, {V}> v{i};\n    #pragma unroll\n    for (int j = 0; j < {V}; j++) v{i}.v[j] = {Pointer(i)}[o{i} + j * (I)p.stride[{plan.StrideRow[i]}][{Rank - 1}]];");
        foreach (var i in Inputs(Load.Same)) Line($"    const {TypeOf(i)} a{i} = {Converted(i, $"{Pointer(i)}[{Offset(i)}]")};");
        for (var o = 0; o < region.Outputs.Count; o++) Line($"    Vec<Y{o}, {V}> w{o};");
        Line($"    #pragma unroll\n    for (int j = 0; j < {V}; j++)\n    {{");
        for (var i = 0; i < region.Inputs.Count; i++)
        {
            if (plan.Loads[i] != Load.Same) Line($"    const {TypeOf(i)} a{i} = {Converted(i, $"v{i}.v[j]")};");
            writer.Name(region.Inputs[i].Node, $"a{i}");
        }
        string[] stored = [.. Enumerable.Range(0, region.Outputs.Count).Select(Stored)];
        text.Append(writer.Take());
        for (var o = 0; o < stored.Length; o++) Line($"    w{o}.v[j] = {stored[o]};");
        Line($"    }}");
        for (var o = 0; o < stored.Length; o++) Line($"    *(Vec<Y{o}, {V}>*)((Y{o}*)p.y[{o}] + at) = w{o};");
        Line($"}}");
    }

    void Rows()
    {
        foreach (var o in region.Outputs) Collect(o.Value);
        var (w, rows) = (plan.Threads, plan.RowsPerBlock);
        Line($"#define R {plan.Row}\n#define W {w}\n#define ROWS {rows}");
        text.Append(Sources.Of("region"));
        Line($"REGION\n{{");
        Line($"    SHARED(L, sh, SHARED_LANES);");
        Line($"    const int t = threadIdx.x, line = threadIdx.y;\n    const i64 row = (i64)blockIdx.x * ROWS + line;");
        Line(rows > 1 ? (FormattableString)$"    const bool live = row < p.n;\n    const i64 r = live ? row : p.n - 1;" : (FormattableString)$"    const bool live = true;\n    const i64 r = row;");
        Offsets("r", 0, plan.RowFrom, Placed, "o");
        foreach (var i in Inputs(Load.Same)) Line($"    const {TypeOf(i)} s{i} = {Converted(i, $"{Pointer(i)}[{Offset(i)}]")};");
        var last = region.Outputs.Max(static o => o.Value.Depth);
        for (var stage = 0; stage <= last; stage++) Stage(stage);
        Line($"}}");
    }

    void Collect(Expr e)
    {
        var seen = new HashSet<Expr>();
        Visit(e);

        void Visit(Expr x)
        {
            if (!seen.Add(x)) return;
            foreach (var a in x.Args) Visit(a);
            if (x.Op == ExprOp.Reduce && !reductions.Contains(x)) reductions.Add(x);
        }
    }

    int Elements_ => plan.Chunks * V;

    void Stage(int stage)
    {
        for (var i = 0; i < region.Inputs.Count; i++)
        {
            if (firstUse[i] == stage && plan.Loads[i] != Load.Same) LoadRow(i);
        }
        var mine = reductions.Where(r => r.Depth - 1 == stage).ToList();
        int[] outputs = [.. Enumerable.Range(0, region.Outputs.Count).Where(o => region.Outputs[o].Value.Depth == stage)];
        int[] whole = [.. outputs.Where(o => !region.Outputs[o].PerRow)], single = [.. outputs.Where(o => region.Outputs[o].PerRow)];
        foreach (var r in mine) Line($"    L c{reductions.IndexOf(r)} = {Start(r)};");
        if (mine.Count > 0 || whole.Length > 0)
        {
            Line($"    #pragma unroll\n    for (int k = 0; k < {plan.Chunks}; k++)\n    {{\n    const int i = (k * W + t) * {V};");
            Guard();
            foreach (var o in whole) Line($"    Vec<Y{o}, {V}> w{o};");
            Line($"    #pragma unroll\n    for (int j = 0; j < {V}; j++)\n    {{");
            Names(stage, each: true);
            string[] values = [.. mine.Select(r => writer.Value(r.Args[0]))];
            string[] stored = [.. whole.Select(Stored)];
            text.Append(writer.Take());
            for (var k = 0; k < mine.Count; k++) Line($"    c{reductions.IndexOf(mine[k])} = {Merge(mine[k])}::of(c{reductions.IndexOf(mine[k])}, {values[k]});");
            for (var k = 0; k < whole.Length; k++) Line($"    w{whole[k]}.v[j] = {stored[k]};");
            Line($"    }}");
            foreach (var o in whole) Line($"    if (live) *(Vec<Y{o}, {V}>*)((Y{o}*)p.y[{o}] + r * R + i) = w{o};");
            Line($"    }}\n    }}");
        }
        foreach (var r in mine) Line($"    const L r{reductions.IndexOf(r)} = combine<{Merge(r)}>(c{reductions.IndexOf(r)}, sh, t, line);");
        if (single.Length == 0) return;
        Line($"    if (t == 0 && live)\n    {{");
        Names(stage, each: false);
        string[] last = [.. single.Select(Stored)];
        text.Append(writer.Take());
        for (var k = 0; k < single.Length; k++) Line($"    ((Y{single[k]}*)p.y[{single[k]}])[r] = {last[k]};");
        Line($"    }}");
    }

    /// <summary>What has a name in a stage: inputs that are loaded, reductions that are done.</summary>
    void Names(int stage, bool each)
    {
        for (var i = 0; i < region.Inputs.Count; i++)
        {
            if (plan.Loads[i] == Load.Same) writer.Name(region.Inputs[i].Node, $"s{i}");
            else if (each && firstUse[i] <= stage) writer.Name(region.Inputs[i].Node, $"a{i}[k * {V} + j]");
        }
        for (var r = 0; r < reductions.Count; r++)
        {
            if (reductions[r].Depth <= stage) writer.Name(reductions[r], $"r{r}");
        }
    }

    void Guard()
    {
        if (plan.Row % (plan.Threads * V) != 0) Line($"    if (i < R)\n    {{");
        else Line($"    {{");
    }

    void LoadRow(int i)
    {
        var from = plan.Loads[i] == Load.Direct ? "r * R" : Offset(i);
        Line($"    {TypeOf(i)} a{i}[{Elements_}];");
        Line($"    #pragma unroll\n    for (int k = 0; k < {plan.Chunks}; k++)\n    {{\n    const int i = (k * W + t) * {V};");
        Guard();
        if (plan.Loads[i] is Load.Direct or Load.Neighbours)
        {
            Line($"    const Vec<X{i}, {V}> v = *(const Vec<X{i}, {V}>*)({Pointer(i)} + {from} + i);");
            Line($"    #pragma unroll\n    for (int j = 0; j < {V}; j++) a{i}[k * {V} + j] = {Converted(i, "v.v[j]")};");
        }
        else
        {
            Line($"    #pragma unroll\n    for (int j = 0; j < {V}; j++)\n    {{");
            if (Rank - plan.RowFrom == 1) Line($"    a{i}[k * {V} + j] = {Converted(i, $"{Pointer(i)}[{from} + (I)(i + j) * (I)p.stride[{plan.StrideRow[i]}][{Rank - 1}]]")};");
            else
            {
                Offsets("i + j", plan.RowFrom, Rank, [i], "q");
                Line($"    a{i}[k * {V} + j] = {Converted(i, $"{Pointer(i)}[{from} + q{i}]")};");
            }
            Line($"    }}");
        }
        Line($"    }}\n    }}");
    }

    static string Merge(Expr r) => "Merge" + (ReduceKind)r.Index;

    static string Start(Expr r) => (ReduceKind)r.Index switch
    {
        ReduceKind.Sum => "0",
        ReduceKind.Prod => "1",
        ReduceKind.Max => "(L)-inf64()",
        _ => "(L)inf64()",
    };
}
