using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Matrix products.</summary>
internal static class LinearExport
{
    internal static void Add(ExportTable.Rows t)
    {
        t.Add(static n => n.E("MatMul", [n.T(n.First), n.T(n.Node.Inputs[1])]), "mm", "bmm", "matmul", "linalg.matmul", "mv", "dot");
        t.Add(static n => n.E("Mul", [n.E("Unsqueeze", [n.T(n.First), n.I([1L])]), n.E("Unsqueeze", [n.T(n.Node.Inputs[1]), n.I([0L])])]), "outer", "ger");
        t.Add(static n => Linear(n, n.First), "linear", "nn.functional.linear");
        t.Add(static n => Gemm(n), "addmm");
        t.Add(static n =>
        {
            var d = n.ResultType();
            var product = n.E("MatMul", [n.T("batch1"), n.T("batch2")]);
            if (n.Float("alpha") != 1) product = n.E("Mul", [product, n.C(n.Float("alpha"), d)]);
            return n.Float("beta") == 0 ? product : n.E("Add", [n.Float("beta") == 1 ? n.T(n.First) : n.E("Mul", [n.T(n.First), n.C(n.Float("beta"), d)]), product]);
        }, "baddbmm");
        t.Add(static n => n.E("Einsum", [.. n.Tensors(n["tensors"])], ("equation", n.Text("equation"))), "einsum");
        t.Add(static n => n.E("Det", [n.T(n.First)]), "linalg.det", "det");
    }

    static string Linear(ExportNode n, Operand x)
    {
        var (w, bias) = (n["weight"], n["bias"]);
        if (n.Rank(x) == 2) return n.E("Gemm", [n.T(x), n.T(w), bias.IsNone ? null : n.T(bias)], ("transB", 1L));
        var y = n.E("MatMul", [n.T(x), n.Rank(w) == 1 ? n.T(w) : n.E("Transpose", [n.T(w)], ("perm", new long[] { 1, 0 }))]);
        return bias.IsNone ? y : n.E("Add", [y, n.T(bias)]);
    }

    static string Gemm(ExportNode n) => n.E("Gemm", [n.T("mat1"), n.T("mat2"), n.T(n.First)],
        ("alpha", n.Float("alpha") == 1 ? null : n.Float("alpha")), ("beta", n.Float("beta") == 1 ? null : n.Float("beta")));
}
