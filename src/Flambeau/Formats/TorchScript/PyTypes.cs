using Flambeau.Capture.Ast;

namespace Flambeau.Formats;

/// <summary>Annotations of TorchScript as types of scripts.</summary>
internal static class PyTypes
{
    internal static TypeRef Read(PyExpr? type, TorchScriptCode code) => type switch
    {
        null => TypeRef.Tensor,
        PyLiteral { Value: null } => TypeRef.None,
        PyName n => Plain(n.Name),
        PySubscript { Target: PyName n } s => Generic(n.Name, Arguments(s.Index), s, code),
        PyAttribute a => Class(a, code),
        _ => throw code.Error(type, "a type was expected"),
    };

    static TypeRef Plain(string name) => name switch
    {
        "Tensor" => TypeRef.Tensor,
        "int" => TypeRef.Int,
        "float" => TypeRef.Float,
        "bool" => TypeRef.Bool,
        "str" or "Device" => TypeRef.String,
        "dtype" => TypeRef.DType,
        "number" or "Scalar" or "complex" => TypeRef.Number,
        "NoneType" => TypeRef.None,
        _ => TypeRef.Object,
    };

    static IReadOnlyList<PyExpr> Arguments(PyExpr index) => index is PyTupleExpr t ? t.Items : [index];

    static TypeRef Generic(string name, IReadOnlyList<PyExpr> args, PyExpr at, TorchScriptCode code) => (name, args) switch
    {
        ("Optional", [var t]) => Read(t, code) is OptionalRef o ? o : new OptionalRef(Read(t, code)),
        ("List", [var t]) => new ListRef(Read(t, code)),
        ("Final", [var t]) => Read(t, code),
        ("Dict", [var k, var v]) => new DictRef(Read(k, code), Read(v, code)),
        ("NamedTuple", _) when args.All(static a => a is PyTupleExpr { Items: [PyName, _] }) =>
            new TupleRef([.. args.Select(a => Read(((PyTupleExpr)a).Items[1], code))], [.. args.Select(static a => ((PyName)((PyTupleExpr)a).Items[0]).Name)]),
        ("Tuple", _) => new TupleRef([.. args.Select(a => Read(a, code))]),
        ("Union", _) when args.FirstOrDefault(static a => a is not PyName { Name: "NoneType" } and not PyLiteral) is { } t && args.Count == 2 => new OptionalRef(Read(t, code)),
        ("Union" or "Future" or "Await" or "RRef", _) => TypeRef.Object,
        _ => throw code.Error(at, $"'{name}' is no type with {args.Count} arguments"),
    };

    static TypeRef Class(PyAttribute path, TorchScriptCode code) =>
        code.Find(path) is { Class: { } c } && TorchScriptCode.IsNamedTuple(c) ? NamedTuple(c, code) : TypeRef.Object;

    /// <summary>A named tuple: a tuple whose items have names.</summary>
    internal static TupleRef NamedTuple(PyClass c, TorchScriptCode code)
    {
        var fields = c.Body.OfType<PyAssign>().Where(static f => f is { Target: PyName, Type: not null }).ToArray();
        return new([.. fields.Select(f => Read(f.Type, code))], [.. fields.Select(static f => ((PyName)f.Target).Name)]);
    }
}
