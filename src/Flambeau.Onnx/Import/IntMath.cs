using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Arithmetic of sizes: at once where they are known, else by nodes.</summary>
internal static class IntMath
{
    internal static long? Known(this Operand o) => o.IsConstant && o.Constant is long v ? v : null;

    internal static Operand Plus(this Importer im, Operand a, Operand b) =>
        a.Known() is { } x && b.Known() is { } y ? x + y : a.Known() == 0 ? b : b.Known() == 0 ? a : im.Prim("prim.add_int", a, b);

    internal static Operand Minus(this Importer im, Operand a, Operand b) =>
        a.Known() is { } x && b.Known() is { } y ? x - y : b.Known() == 0 ? a : im.Prim("prim.sub_int", a, b);

    internal static Operand Times(this Importer im, Operand a, Operand b) =>
        a.Known() is { } x && b.Known() is { } y ? x * y : a.Known() == 1 ? b : b.Known() == 1 ? a : im.Prim("prim.mul_int", a, b);

    internal static Operand Over(this Importer im, Operand a, Operand b) =>
        a.Known() is { } x && b.Known() is { } y && y != 0 ? x / y : b.Known() == 1 ? a : im.Prim("prim.div_int", a, b);

    internal static Operand Least(this Importer im, Operand a, Operand b) =>
        a.Known() is { } x && b.Known() is { } y ? Math.Min(x, y) : im.Prim("prim.min_int", a, b);

    internal static Operand Most(this Importer im, Operand a, Operand b) =>
        a.Known() is { } x && b.Known() is { } y ? Math.Max(x, y) : im.Prim("prim.max_int", a, b);

    internal static Operand CeilOver(this Importer im, Operand a, long b) => im.Over(im.Plus(a, b - 1), b);

    internal static Operand Product(this Importer im, IEnumerable<Operand> sizes) => sizes.Aggregate((Operand)1, im.Times);
}
