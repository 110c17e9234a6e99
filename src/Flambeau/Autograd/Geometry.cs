namespace Flambeau.Autograd;

/// <summary>Which elements of a storage a tensor shows.</summary>
internal sealed record Geometry(Layout Layout, long Offset)
{
    internal Geometry(Tensor t) : this(t.Layout, t.Offset) { }

    /// <summary>Elements of the storage up to the last one shown.</summary>
    internal long Extent => Offset + Layout.Extent();
}
