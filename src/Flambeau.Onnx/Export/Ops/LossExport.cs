using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Losses.</summary>
internal static class LossExport
{
    internal static void Add(ExportTable.Rows t)
    {
        t.Add(static n => n.E("NegativeLogLikelihoodLoss", [n.T(n.First), n.T("target"), n.TOrNull("weight")], ("ignore_index", n.Int("ignore_index")), ("reduction", n.Text("reduction"))), "nn.functional.nll_loss");
        t.Add(static n => n.Float("label_smoothing") == 0 ? n.E("SoftmaxCrossEntropyLoss", [n.T(n.First), n.T("target"), n.TOrNull("weight")], ("ignore_index", n.Int("ignore_index")), ("reduction", n.Text("reduction")))
            : throw n.Error("label smoothing can't be exported"), "nn.functional.cross_entropy");
        t.Add(static n =>
        {
            var difference = n.E("Sub", [n.T(n.First), n.T("target")]);
            return Reduced(n, n.E("Mul", [difference, difference]));
        }, "nn.functional.mse_loss");
        t.Add(static n => Reduced(n, n.E("Abs", [n.E("Sub", [n.T(n.First), n.T("target")])])), "nn.functional.l1_loss");
    }

    static string Reduced(ExportNode n, string x) => n.Text("reduction") switch
    {
        "mean" => ReduceExport.Over(n, "ReduceMean", x, null, false),
        "sum" => ReduceExport.Over(n, "ReduceSum", x, null, false),
        _ => x,
    };
}
