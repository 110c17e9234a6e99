using Flambeau.Capture.Ast;
using Flambeau.Ops;

namespace Flambeau.Formats;

/// <summary>What is known of an expression's type, where overloads of one name mean different things for tensors, numbers and lists.</summary>
internal sealed partial class ScriptTranslator
{
    static readonly ListRef ints = new(TypeRef.Int);

    TypeRef? TypeOf(PyExpr e) => e switch
    {
        PyLiteral { Value: long } => TypeRef.Int,
        PyLiteral { Value: double } => TypeRef.Float,
        PyLiteral { Value: bool } => TypeRef.Bool,
        PyLiteral { Value: string } => TypeRef.String,
        PyName n => types.GetValueOrDefault(n.Name),
        PyListExpr { Items: [var first, ..] } => TypeOf(first) is { } element ? new ListRef(element) : null,
        PyTupleExpr t when t.Items.Select(TypeOf).ToArray() is var items && Array.TrueForAll(items, static i => i is not null) => new TupleRef(items!),
        PySubscript s => TypeOf(s.Target) switch
        {
            ListRef l => l.Element,
            DictRef d => d.Value,
            TupleRef t when s.Index is PyLiteral { Value: long i } && i >= 0 && i < t.Items.Count => t.Items[(int)i],
            _ => null,
        },
        PyAttribute { Target: PyName n } a when n.Name == self => Declared(owner!, a.Name),
        PyCall c => ResultOf(c),
        _ => null,
    };

    TypeRef? Declared(PyClass c, string member) =>
        c.Body.OfType<PyAssign>().FirstOrDefault(a => a is { Target: PyName n, Type: not null } && n.Name == member) is { } a ? PyTypes.Read(a.Type, code) : null;

    static bool IsNumber(TypeRef? t) => t is SimpleRef { Kind: SimpleKind.Int or SimpleKind.Float or SimpleKind.Bool or SimpleKind.Number };

    TypeRef? ResultOf(PyCall c)
    {
        switch (c.Function)
        {
            case PyName { Name: "annotate" or "unchecked_cast" } when c.Args is [var type, _]:
                return type is PyName { Name: "number" } ? TypeOf(c.Args[1]) : PyTypes.Read(type, code);
            case PyName { Name: "uninitialized" } when c.Args is [var type]: return PyTypes.Read(type, code);
            case PyName { Name: "int" }: return TypeRef.Int;
            case PyName { Name: "float" }: return TypeRef.Float;
            case PyName { Name: "bool" }: return TypeRef.Bool;
            case PyName { Name: "str" }: return TypeRef.String;
            case PyName n when functions.TryGetValue(n.Name, out var f): return PyTypes.Read(f.Returns, code);
            case PyAttribute { Target: PyAttribute { Target: PyName { Name: "ops" }, Name: "prim" }, Name: var prim }: return Prim(prim, c);
            case PyAttribute { Target: PyName { Name: "torch" }, Name: var op }: return Op(op, c);
            case PyAttribute { Target: PyName n, Name: var method } when n.Name == self && owner!.Body.OfType<PyFunction>().FirstOrDefault(f => f.Name == method) is { } f: return PyTypes.Read(f.Returns, code);
            default: return code.Find(c.Function) is { Function: { } found } ? PyTypes.Read(found.Returns, code) : null;
        }
    }

    TypeRef? Prim(string name, PyCall c) => name switch
    {
        "NumToTensor" => c.Args is [var n] ? TypeOf(n) : null,
        "min" or "max" or "abs" => c.Args is [var first, ..] ? TypeOf(first) is ListRef l ? l.Element : TypeOf(first) : null,
        "device" or "type" => TypeRef.String,
        "dtype" => TypeRef.DType,
        "rangelist" => ints,
        _ => null,
    };

    TypeRef? Op(string name, PyCall c)
    {
        switch (name)
        {
            case "size": return c.Args.Count == 1 ? ints : TypeRef.Int;
            case "dim" or "len" or "numel" or "__range_length" or "__derive_index" or "ord": return TypeRef.Int;
            case "__is__" or "__isnot__" or "__not__" or "__contains__" or "is_floating_point" or "is_grad_enabled": return TypeRef.Bool;
            case "format" or "str": return TypeRef.String;
            case "append" or "list" or "copy" or "reverse": return c.Args is [var l, ..] ? TypeOf(l) : null;
            case "slice" when c.Args is [var sliced, ..] && TypeOf(sliced) is ListRef list: return list;
            case "add" or "sub" or "mul" or "div" or "floordiv" or "remainder" or "pow" or "neg":
                var kinds = c.Args.Take(2).Select(TypeOf).ToArray();
                if (kinds.Length > 0 && Array.TrueForAll(kinds, IsNumber)) return name == "div" || kinds.Contains(TypeRef.Float) ? TypeRef.Float : name == "pow" ? TypeRef.Number : kinds[0];
                return kinds.Length > 0 && kinds[0] is ListRef or SimpleRef { Kind: SimpleKind.String } ? kinds[0] : null;
            case "eq" or "ne" or "lt" or "le" or "gt" or "ge":
                return c.Args.Count == 2 && c.Args.All(a => IsNumber(TypeOf(a)) || TypeOf(a) is ListRef || TypeOf(a) == TypeRef.String) ? TypeRef.Bool : null;
            case "sqrt" or "log" or "exp" or "floor" or "ceil" or "round": return c.Args is [var x] && IsNumber(TypeOf(x)) ? name is "floor" or "ceil" ? TypeRef.Int : TypeRef.Float : null;
            case "keys": return c.Args is [var d] && TypeOf(d) is DictRef k ? new ListRef(k.Key) : null;
            case "values": return c.Args is [var v] && TypeOf(v) is DictRef dv ? new ListRef(dv.Value) : null;
            case "items": return c.Args is [var i] && TypeOf(i) is DictRef di ? new ListRef(new TupleRef([di.Key, di.Value])) : null;
            default: return Registry.Find(name) is [{ Schema.Returns: var returns }, ..] ? returns == "Tensor[]" ? new ListRef(TypeRef.Tensor) : returns == "Tensor" ? TypeRef.Tensor : null : null;
        }
    }
}
