using Flambeau.Graphs;

namespace Flambeau.OnnxFormat;

/// <summary>Numbers, lists and questions to tensors. Numbers are tensors without axes: int64, double, bool.</summary>
internal static class PrimExport
{
    internal static void Add(ExportTable.Rows t)
    {
        foreach (var (prim, onnx) in new[] { ("add", "Add"), ("sub", "Sub"), ("mul", "Mul"), ("div", "Div"), ("min", "Min"), ("max", "Max"), ("lt", "Less"), ("le", "LessOrEqual"), ("gt", "Greater"), ("ge", "GreaterOrEqual"), ("eq", "Equal") })
        {
            t.Add(n => n.E(onnx, [Long(n, 0), Long(n, 1)]), $"prim.{prim}_int");
            t.Add(n => n.E(onnx, [Double(n, 0), Double(n, 1)]), $"prim.{prim}_float");
        }
        t.Add(static n => n.E("Not", [n.E("Equal", [Long(n, 0), Long(n, 1)])]), "prim.ne_int");
        t.Add(static n => n.E("Not", [n.E("Equal", [Double(n, 0), Double(n, 1)])]), "prim.ne_float");
        t.Add(static n => n.E("Mod", [Long(n, 0), Long(n, 1)], ("fmod", 1L)), "prim.mod_int");
        t.Add(static n => n.E("Mod", [Double(n, 0), Double(n, 1)], ("fmod", 1L)), "prim.mod_float");
        t.Add(static n => n.E("Mod", [Long(n, 0), Long(n, 1)]), "prim.floormod_int");
        t.Add(static n => n.E("Div", [n.E("Sub", [Long(n, 0), n.E("Mod", [Long(n, 0), Long(n, 1)])]), Long(n, 1)]), "prim.floordiv_int");
        t.Add(static n => n.E("Neg", [Long(n, 0)]), "prim.neg_int");
        t.Add(static n => n.E("Abs", [Long(n, 0)]), "prim.abs_int");
        t.Add(static n => n.E("Pow", [Double(n, 0), Double(n, 1)]), "prim.pow_float");
        foreach (var (prim, onnx) in new[] { ("neg", "Neg"), ("abs", "Abs"), ("sqrt", "Sqrt"), ("exp", "Exp"), ("log", "Log"), ("floor", "Floor"), ("ceil", "Ceil") })
        {
            t.Add(n => n.E(onnx, [Double(n, 0)]), $"prim.{prim}_float");
        }
        t.Add(static n => Double(n, 0), "prim.float_of_int");
        t.Add(static n => n.Cast(Double(n, 0), DType.Float64, DType.Int64), "prim.int_of_float");
        t.Add(static n => n.E("And", [Flag(n, 0), Flag(n, 1)]), "prim.and_bool");
        t.Add(static n => n.E("Or", [Flag(n, 0), Flag(n, 1)]), "prim.or_bool");
        t.Add(static n => n.E("Xor", [Flag(n, 0), Flag(n, 1)]), "prim.xor_bool");
        t.Add(static n => n.E("Not", [Flag(n, 0)]), "prim.not_bool");
        t.Add(static n => n.To.TypeOf(n.First) is OptionalType ? n.E("Not", [n.E("OptionalHasElement", [n.T(n.First)])]) : n.To.Constant(Tensor.FromScalar(n.To.TypeOf(n.First) == GraphType.None)), "prim.is_none");
        t.Add(static n => n.To.TypeOf(n.First) is OptionalType ? n.E("OptionalGetElement", [n.T(n.First)]) : n.T(n.First), "prim.unwrap");
        t.Do(static _ => { }, "prim.raise");

        t.Add(static n => Size(n, n["self"], n["dim"]), "prim.size");
        t.Add(static n => n.E("Shape", [n.T("self")]), "prim.shape");
        t.Add(static n => n.E("Squeeze", [n.E("Shape", [n.E("Shape", [n.T("self")])]), n.I([0L])]), "prim.rank");
        t.Add(static n => n.E("Size", [n.T("self")]), "prim.numel");
        t.Add(static n => Item(n, DType.Int64), "prim.item_int");
        t.Add(static n => Item(n, DType.Float64), "prim.item_float");
        t.Add(static n => Item(n, DType.Bool), "prim.item_bool");
        t.Add(static n => n.E("Reshape", [n.As(n["self"], DType.Int64), n.I([-1L])]), "prim.ints");
        t.Add(static n => n.E("Reshape", [n.As(n["self"], DType.Float64), n.I([-1L])]), "prim.floats");
        t.Add(static n => n.IntList(n["values"]), "prim.tensor_of_ints");
        t.Add(static n => n.T("values"), "prim.tensor_of_floats");

        t.Do(static n => n.To.Set(n.Node.Outputs[0], n.First.List is { Count: > 0 } l ? n.To.Named(n.First) : Empty(n)), "prim.list");
        t.Do(GetItem, "prim.getitem");
        t.Add(static n => IsInts(n.First) ? n.E("Squeeze", [n.E("Shape", [n.IntList(n.First)]), n.I([0L])]) : n.To.TypeOf(n.First) is TensorType ? Size(n, n.First, 0) : n.E("SequenceLength", [n.T(n.First)]), "prim.len");
        t.Add(n => Ints(n) ? n.E("Concat", [n.IntList(n.First), n.IntList(n.Node.Inputs[1])], ("axis", 0L))
            : n.First.List is { } known ? n.E("SequenceConstruct", [.. known.Select(n.T), n.T(n.Node.Inputs[1])]) : n.E("SequenceInsert", [n.T(n.First), n.T(n.Node.Inputs[1])]), "prim.append");
        t.Add(n => Ints(n) ? n.E("Concat", [n.IntList(n.First), n.IntList(n.Node.Inputs[1])], ("axis", 0L))
            : n.To.Named(n.First) is List<string> { Count: 1 } one ? n.E("SequenceInsert", [n.T(n.Node.Inputs[1]), one[0], n.To.Constant(0L)]) : throw n.Error("joining two lists of tensors has no operator in ONNX; append one at a time, or concatenate tensors"), "prim.concat");
        t.Add(static n => IsInts(n.First) ? n.E("Slice", [n.IntList(n.First), n.IntList(n.Node.Inputs[1]), n.IntList(n.Node.Inputs[2])]) : throw n.Error("a part of a list of tensors has no operator in ONNX; stack the list and slice the tensor"), "prim.list_slice");

        bool Ints(ExportNode n) => IsInts(n.First) || n.To.TypeOf(n.Node.Inputs[1]) == GraphType.Int || n.Node.Outputs[0].Type is ListType { Element: var e } && e == GraphType.Int;
    }

    static bool IsInts(Operand o) => o.Type is ListType { Element: var e } && e == GraphType.Int;

    static string Long(ExportNode n, int i) => n.To.Name(n.Node.Inputs[i]);

    static string Double(ExportNode n, int i) => n.As(n.Node.Inputs[i], DType.Float64);

    static string Flag(ExportNode n, int i) => n.To.Name(n.Node.Inputs[i]);

    /// <summary>A size as a number.</summary>
    internal static string Size(ExportNode n, Operand x, Operand dim)
    {
        if (!dim.IsConstant) return n.E("Gather", [n.E("Shape", [n.T(x)]), n.T(dim)]);
        var d = (long)dim.Constant!;
        return n.E("Squeeze", [n.SizeAt(n.T(x), d), n.I([0L])]);
    }

    static string Item(ExportNode n, DType dtype) => n.To.TypeOf(n["self"]) is TensorType { Shape.Count: 0 } ? n.As(n["self"], dtype) : n.E("Reshape", [n.As(n["self"], dtype), n.I([])]);

    /// <summary>An empty list: of integers, a tensor; of tensors, a sequence, whose elements' dtype must be known.</summary>
    static object Empty(ExportNode n)
    {
        var type = n.To.TypeOf(n.Node.Outputs[0]);
        if (type is ListType { Element: var e } && e == GraphType.Int) return n.I([]);
        // The type is that of what is appended later.
        return n.E("SequenceEmpty", [], ("dtype", type is ListType { Element: TensorType { Type: { } d } } ? ElementTypes.Of(d) : ElementTypes.Of(n.To.ElementOf(n.Node.Outputs[0]))));
    }

    static void GetItem(ExportNode n)
    {
        var (list, index) = (n.First, n.Node.Inputs[1]);
        if (IsInts(list)) n.Set(0, n.E("Gather", [n.IntList(list), n.T2(index)]));
        else if (n.To.Named(list) is List<string> known && index.IsConstant) n.Set(0, known[(int)((long)index.Constant! is var i && i < 0 ? i + known.Count : i)]);
        else n.Set(0, n.E("SequenceAt", [n.T(list), n.T2(index)]));
    }

    /// <summary>An int as a tensor without axes.</summary>
    internal static string T2(this ExportNode n, Operand o) => o.IsConstant ? n.To.Constant(Convert.ToInt64(o.Constant, System.Globalization.CultureInfo.InvariantCulture)) : n.To.Name(o);
}
