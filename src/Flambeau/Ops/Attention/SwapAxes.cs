namespace Flambeau.Ops;

internal static class AxisSwap
{
    /// <summary>Two axes exchanged, without copying.</summary>
    internal static Tensor SwapAxes(this Tensor x, int a, int b)
    {
        var order = new long[x.Rank];
        for (var d = 0; d < order.Length; d++) order[d] = d;
        (a, b) = (Dims.Wrap(a, x.Rank), Dims.Wrap(b, x.Rank));
        (order[a], order[b]) = (order[b], order[a]);
        return x.Permute(order);
    }
}
