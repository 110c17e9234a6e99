namespace Flambeau.OnnxFormat;

/// <summary>Losses.</summary>
internal static class LossOps
{
    internal static void Add(OpTable t)
    {
        t.Add("NegativeLogLikelihoodLoss", 12, static n => Nll(n, n[0]));
        t.Many("SoftmaxCrossEntropyLoss", 12, static n =>
        {
            var logs = n[0].Op("log_softmax", 1).As(n[0].Type).Sized(n[0].Dims);
            return [Nll(n, logs), logs];
        });
    }

    static Item Nll(OnnxNode n, Item logs)
    {
        object? ignore = n.Has("ignore_index") ? n.Int("ignore_index", -100) : long.MinValue;
        return n.Op("nn.functional.nll_loss", logs, n[1].To(DType.Int64), n.Try(2), new Kw("ignore_index", ignore), new Kw("reduction", n.Text("reduction", "mean"))).As(logs.Type);
    }
}
