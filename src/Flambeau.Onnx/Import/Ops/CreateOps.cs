using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Constants, ranges and random numbers.</summary>
internal static class CreateOps
{
    internal static void Add(OpTable t)
    {
        t.Add("Constant", 1, Constant);
        t.Add("ConstantOfShape", 9, ConstantOfShape);
        t.Add("Range", 11, Range);
        t.Add("EyeLike", 9, EyeLike);
        t.Add("RandomNormal", 1, static n => Shaped(n, Operand.Of(n.Ints("shape")!), Type(n, ElementType.Float), true));
        t.Add("RandomUniform", 1, static n => Shaped(n, Operand.Of(n.Ints("shape")!), Type(n, ElementType.Float), false));
        t.Add("RandomNormalLike", 1, static n => Shaped(n, n.Prim("prim.shape", n[0].Tensor), Type(n, n[0].Type), true).Sized(n[0].Dims));
        t.Add("RandomUniformLike", 1, static n => Shaped(n, n.Prim("prim.shape", n[0].Tensor), Type(n, n[0].Type), false).Sized(n[0].Dims));
        t.Add("Bernoulli", 15, static n => n[0].Op("bernoulli").As(n[0].Type).Op("to", ElementTypes.Carrier(Type(n, n[0].Type))!.Value).As(Type(n, n[0].Type)).Sized(n[0].Dims));
        t.Add("Multinomial", 7, static n => n[0].Op("softmax", -1).Op("multinomial", n.Int("sample_size", 1), true).Op("to", ElementTypes.Carrier(Type(n, ElementType.Int32))!.Value).As(Type(n, ElementType.Int32)));
    }

    static ElementType Type(OnnxNode n, ElementType otherwise) => n.Has("dtype") ? (ElementType)n.Int("dtype") : otherwise;

    static Item Constant(OnnxNode n)
    {
        if (n.Raw("value")?.T is { } t) return Item.Of(n.Importer, TensorCodec.Read(t, n.Importer.Folder), t.DataType);
        if (n.Raw("sparse_value")?.SparseTensor is { } s) return Item.Of(n.Importer, TensorCodec.Read(s, n.Importer.Folder), s.Values!.DataType);
        if (n.Raw("value_int")?.I is { } i) return n.Constant(Tensor.FromScalar(i));
        if (n.Raw("value_float")?.F is { } f) return n.Constant(Tensor.FromScalar(f, DType.Float32));
        if (n.Raw("value_ints") is { } ints) return n.Constant(Tensor.From([.. ints.Ints]));
        if (n.Raw("value_floats") is { } floats) return n.Constant(Tensor.From([.. floats.Floats]));
        throw n.Error("its value is no number; strings are not supported");
    }

    static Item ConstantOfShape(OnnxNode n)
    {
        var value = n.Raw("value")?.T is { } t ? TensorCodec.Read(t) : Tensor.FromScalar(0, DType.Float32);
        var type = n.Raw("value")?.T?.DataType ?? ElementType.Float;
        object fill = value.DType == DType.Bool ? value.Item<bool>() : value.DType.IsFloat() ? value.Item<double>() : value.Item<long>();
        var shape = n[0].IntList;
        return n.Op("full", shape, fill, new Kw("dtype", value.DType)).As(type).Sized(shape.List is { } l ? [.. l.Select(static o => o.Known() is { } v ? new Dim(v) : default)] : null);
    }

    static Item Range(OnnxNode n)
    {
        var x = n[0];
        Operand At(int i) => x.IsFloat ? n[i].Number is { } v ? v : n.Prim("prim.item_float", n[i].Tensor) : n[i].Int;
        return n.Op("arange", At(0), At(1), At(2), new Kw("dtype", x.DType)).As(x.Type).Sized(new Dim[1]);
    }

    static Item EyeLike(OnnxNode n)
    {
        var x = n[0];
        var type = Type(n, x.Type);
        var rows = n.Op("arange", x.Size(0)).As(ElementType.Int64).Op("unsqueeze", 1) + n.Int("k", 0);
        var columns = n.Op("arange", x.Size(1)).As(ElementType.Int64);
        return rows.Op("eq", columns).As(ElementType.Bool).Op("to", ElementTypes.Carrier(type)!.Value).As(type).Sized(x.Dims);
    }

    static Item Shaped(OnnxNode n, Operand shape, ElementType type, bool normal)
    {
        var dtype = new Kw("dtype", ElementTypes.Carrier(type));
        if (normal) return (n.Op("randn", shape, dtype).As(type) * n.Float("scale", 1) + n.Float("mean", 0)).As(type);
        var (low, high) = (n.Float("low", 0), n.Float("high", 1));
        return (n.Op("rand", shape, dtype).As(type) * (high - low) + low).As(type);
    }
}
