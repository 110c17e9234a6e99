namespace Flambeau.OnnxFormat;

/// <summary>Handlers by operator and the version of the operator set since which they hold.</summary>
internal sealed class OpTable
{
    readonly Dictionary<(string Domain, string Op), SortedList<long, Func<OnnxNode, Item?[]>>> rows = [];

    internal static readonly Lazy<OpTable> Standard = new(static () =>
    {
        var t = new OpTable();
        ElementwiseOps.Add(t);
        ArithmeticOps.Add(t);
        CastOps.Add(t);
        ActivationOps.Add(t);
        ReduceOps.Add(t);
        ScanOps.Add(t);
        ShapeOps.Add(t);
        MoveOps.Add(t);
        SliceOps.Add(t);
        IndexOps.Add(t);
        CreateOps.Add(t);
        LinearOps.Add(t);
        ConvOps.Add(t);
        PoolOps.Add(t);
        NormOps.Add(t);
        ResizeOps.Add(t);
        SampleOps.Add(t);
        RnnOps.Add(t);
        AttentionOps.Add(t);
        QuantizeOps.Add(t);
        LossOps.Add(t);
        ControlOps.Add(t);
        SequenceOps.Add(t);
        SignalOps.Add(t);
        TrainingOps.Add(t);
        DropoutOps.Add(t);
        Col2ImOps.Add(t);
        TextOps.Add(t);
        return t;
    });

    /// <summary>An operator with one result.</summary>
    internal void Add(string op, long since, Func<OnnxNode, Item> make, string domain = "") => Many(op, since, n => [make(n)], domain);

    /// <summary>An operator with several results.</summary>
    internal void Many(string op, long since, Func<OnnxNode, Item?[]> make, string domain = "")
    {
        if (!rows.TryGetValue((domain, op), out var list)) rows.Add((domain, op), list = []);
        list.Add(since, make);
    }

    /// <summary>The newest handler that isn't newer than the version; null if there is none.</summary>
    internal Func<OnnxNode, Item?[]>? Find(string domain, string op, long version)
    {
        if (!rows.TryGetValue((domain, op), out var list)) return null;
        Func<OnnxNode, Item?[]>? best = null;
        foreach (var (since, make) in list)
        {
            if (since <= version) best = make;
        }
        return best;
    }
}
