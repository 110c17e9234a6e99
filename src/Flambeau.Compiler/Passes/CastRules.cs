using Flambeau.Graphs;

namespace Flambeau.Compiler.Passes;

/// <summary>Conversions that do nothing, or pass through a dtype that loses nothing.</summary>
internal static class CastRules
{
    internal static readonly Rule[] All =
    [
        new("conversion to the same dtype", static (n, _) => n.Name == "_to_dtype" && Match.TypeOf(n.Inputs[0]) is { } t && Target(n) == t ? n.Inputs[0] : Rule.No),
        new("conversion through a wider dtype", static (n, r) => n.Name == "_to_dtype" && Target(n) is { } to && Match.By(n.Inputs[0], "_to_dtype") is { } i && Target(i) is { } through && Match.TypeOf(i.Inputs[0]) is { } from && Holds(through, from)
            ? from == to ? i.Inputs[0] : r.Emit(n.Entry, [i.Inputs[0], to], n.Output.Type, n.Where) : Rule.No),
    ];

    static DType? Target(OpNode n) => n.Inputs[1].IsConstant && n.Inputs[1].Constant is DType t ? t : null;

    /// <summary>Whether a dtype has every value of another.</summary>
    static bool Holds(DType wide, DType narrow) => wide == narrow || (narrow, wide) switch
    {
        (DType.Bool, _) => true,
        (DType.UInt8, DType.Int16 or DType.Int32 or DType.Int64) => true,
        (DType.Int8, DType.Int16 or DType.Int32 or DType.Int64) => true,
        (DType.Int16, DType.Int32 or DType.Int64) => true,
        (DType.Int32, DType.Int64) => true,
        (DType.UInt8 or DType.Int8 or DType.Int16, DType.Float32 or DType.Float64) => true,
        (DType.Int32, DType.Float64) => true,
        (DType.Float16 or DType.BFloat16, DType.Float32 or DType.Float64) => true,
        (DType.Float32, DType.Float64) => true,
        _ => false,
    };
}
