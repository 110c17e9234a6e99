namespace Flambeau.Graphs;

/// <summary>Types of the results of <c>prim</c> ops that work on any type.</summary>
internal static class PrimTypes
{
    internal static readonly IReadOnlyDictionary<string, Func<IReadOnlyList<Operand>, GraphType>> Rules = new Dictionary<string, Func<IReadOnlyList<Operand>, GraphType>>(StringComparer.Ordinal)
    {
        ["prim.getitem"] = static a => Item(a[0].Type, a[1]),
        ["prim.list"] = static a => a[0].Type,
        ["prim.tuple"] = static a => new TupleType([.. (a[0].List ?? []).Select(static o => o.Type)]),
        ["prim.append"] = static a => a[0].Type is ListType { Element: var e } && e != GraphType.Any ? new ListType(GraphType.Join(e, a[1].Type) ?? GraphType.Any) : new ListType(a[1].Type),
        ["prim.concat"] = static a => GraphType.Join(a[0].Type, a[1].Type) ?? new ListType(GraphType.Any),
        ["prim.setitem"] = static a => a[0].Type,
        ["prim.unwrap"] = static a => a[0].Type is OptionalType o ? o.Element : a[0].Type,
        ["prim.dict"] = static a => new DictType(a[0].Type is ListType k ? k.Element : GraphType.Any, a[1].Type is ListType v ? v.Element : GraphType.Any),
        ["prim.insert"] = static a => a[0].Type,
        ["prim.remove_at"] = static a => a[0].Type,
        ["prim.reverse"] = static a => a[0].Type,
        ["prim.list_slice"] = static a => a[0].Type,
    };

    static GraphType Item(GraphType type, Operand index) => type switch
    {
        ListType l => l.Element,
        TupleType t when index.IsConstant && index.Constant is long i && Math.Abs(i) <= t.Elements.Count && i < t.Elements.Count => t.Elements[(int)(i < 0 ? i + t.Elements.Count : i)],
        DictType d => d.Item,
        _ => GraphType.Any,
    };
}
