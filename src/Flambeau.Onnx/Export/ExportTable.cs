namespace Flambeau.OnnxFormat;

/// <summary>How each op is written, by its name in the registry.</summary>
internal static class ExportTable
{
    internal static readonly Lazy<IReadOnlyDictionary<string, Action<ExportNode>>> All = new(static () =>
    {
        var t = new Rows();
        PrimExport.Add(t);
        PointwiseExport.Add(t);
        ActivationExport.Add(t);
        ArithmeticExport.Add(t);
        ReduceExport.Add(t);
        ShapeExport.Add(t);
        MoveExport.Add(t);
        IndexExport.Add(t);
        CreateExport.Add(t);
        LinearExport.Add(t);
        ConvExport.Add(t);
        PoolExport.Add(t);
        NormExport.Add(t);
        ImageExport.Add(t);
        RnnExport.Add(t);
        AttentionExport.Add(t);
        LossExport.Add(t);
        return t.Table;
    });

    internal sealed class Rows
    {
        internal readonly Dictionary<string, Action<ExportNode>> Table = new(StringComparer.Ordinal);

        /// <summary>Ops with one result, under all these names.</summary>
        internal void Add(Func<ExportNode, string> make, params string[] names)
        {
            foreach (var name in names) Table.Add(name, n => n.Set(0, make(n)));
        }

        internal void Do(Action<ExportNode> make, params string[] names)
        {
            foreach (var name in names) Table.Add(name, make);
        }
    }
}
