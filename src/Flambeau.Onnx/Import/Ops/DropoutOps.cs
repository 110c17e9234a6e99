namespace Flambeau.OnnxFormat;

/// <summary>Dropout: nothing, unless the model says that it trains.</summary>
internal static class DropoutOps
{
    internal static void Add(OpTable t)
    {
        t.Many("Dropout", 1, static n => Make(n, false, 0));
        t.Many("Dropout", 12, static n => Make(n, n.Try(2) is { } training && n.Known(training, "training_mode")[0] != 0, n.Try(1) is { } ratio ? ratio.Number ?? throw n.Unknown(ratio, "the ratio") : 0.5));
    }

    static Item?[] Make(OnnxNode n, bool trains, double ratio)
    {
        var x = n[0];
        if (trains && ratio != 0)
        {
            var both = n.Ops("native_dropout", x, ratio, true);
            return [both[0].As(x.Type).Sized(x.Dims), both[1].As(ElementType.Bool).Sized(x.Dims)];
        }
        return [x, n.Wants(1) ? n.Op("ones_like", x, new Kw("dtype", DType.Bool)).As(ElementType.Bool).Sized(x.Dims) : null];
    }
}
