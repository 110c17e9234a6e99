using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Flambeau.Generators.Scripts;

/// <summary>Members of tensors that are no ops, and indices.</summary>
internal sealed partial class Translator
{
    string TensorProperty(IMemberReferenceOperation m, IOperation target)
    {
        switch (m.Member.Name)
        {
            case "Shape" or "Rank" or "Numel" or "DType" or "RequiresGrad":
                return Builtin(m.Member.Name, m, E(target));
            case "Device":
                return Fail(ScriptDiagnostics.TensorMember, m, "Device", "a graph runs where its tensors are; leave it out");
            case "Strides" or "StorageOffset" or "IsContiguous" or "Version":
                return Fail(ScriptDiagnostics.TensorMember, m, m.Member.Name, "how a tensor lies in memory is no part of a graph; leave it out");
            case "Grad" or "GradFn" or "IsLeaf":
                return Fail(ScriptDiagnostics.TensorMember, m, m.Member.Name, "a graph has no tape; take gradients outside the script");
        }
        if (m.Member is IPropertySymbol { GetMethod: { } get } && (get.Schema() ?? m.Member.Schema()) is { } schema)
            return $"new {A}OpCall({Text(schema.Substring(0, schema.IndexOf('(')))}, [{E(target)}], [], {Text(schema)}, {Line(m)})";
        return m.Member.DeclaredAccessibility == Accessibility.Public && m.Type.IsTensor()
            ? $"new {A}OpCall({Text(m.Member.Name.Length <= 2 ? (m.Member.Name is "T" or "H" ? m.Member.Name : "m" + m.Member.Name.Substring(1).ToUpperInvariant()) : Symbols.Snake(m.Member.Name))}, [{E(target)}], {Line(m)})"
            : Fail(ScriptDiagnostics.TensorMember, m, m.Member.Name, "use Shape, Size, Rank, Numel, DType, Item, or tensor ops");
    }

    string? TensorMethod(IInvocationOperation i, IMethodSymbol m)
    {
        var line = Line(i);
        string Self() => Operand(i.Instance!);
        switch (m.Name)
        {
            case "Size":
                return Builtin("Size", i, Self(), E(i.Arguments[0].Value));
            case "Item":
                var t = m.TypeArguments[0];
                if (t.IsInteger()) return Cast(Self(), "Int", i);
                if (t.SpecialType == SpecialType.System_Boolean) return Cast(Self(), "Bool", i);
                if (t.SpecialType == SpecialType.System_Double) return Cast(Self(), "Float", i);
                if (t.SpecialType == SpecialType.System_Single) return Builtin("ToSingle", i, Cast(Self(), "Float", i));
                return Fail(ScriptDiagnostics.Type, i, t.ToDisplayString());
            case "ToScalar":
                return Builtin("Item", i, Self());
            case "FromScalar":
                return $"new {A}OpCall(\"full\", [new {A}ListExpr([], {A}TypeRef.Int, {line}), {Operand(i.Arguments[0].Value)}], [new {A}NamedArg(\"dtype\", {E(i.Arguments[1].Value)})], null, {line})";
            case "From" when m.TypeArguments.Length == 1:
                return From(i, m.TypeArguments[0], line);
            case "To" when m.Parameters.Length > 0 && m.Parameters[0].Type.Is("Flambeau.DType"):
                return $"new {A}OpCall(\"to\", [{Self()}], [new {A}NamedArg(\"dtype\", {E(i.Arguments[0].Value)}), new {A}NamedArg(\"copy\", {E(i.Arguments[1].Value)})], null, {line})";
            case "ToArray" when m.TypeArguments[0].SpecialType == SpecialType.System_Int64:
                return $"new {A}CastExpr({Self()}, new {A}ListRef({A}TypeRef.Int), {line})";
            case "ToArray" when m.TypeArguments[0].SpecialType == SpecialType.System_Double:
                return $"new {A}CastExpr({Self()}, new {A}ListRef({A}TypeRef.Float), {line})";
            case "ToArray" or "CopyTo" or "AsSpan":
                return Fail(ScriptDiagnostics.TensorMember, i, m.Name, "use ToArray<long>() or ToArray<double>() of a tensor of one axis, or tensor ops");
            case "Backward" or "RegisterHook" or "RegisterPostAccumulateGradHook" or "RetainGrad" or "WithGrad" or "Detach_":
                return Fail(ScriptDiagnostics.TensorMember, i, m.Name, "a graph has no tape; take gradients outside the script");
            case "FromMemory" or "FromPointer" or "FromArray":
                return Fail(ScriptDiagnostics.TensorMember, i, m.Name, "make the tensor outside the script and keep it in a field");
            default:
                return null;
        }
    }

    /// <summary>A tensor of numbers given one by one.</summary>
    string From(IInvocationOperation i, ITypeSymbol element, int line)
    {
        var values = E(i.Arguments[0].Value);
        var flat = element.IsInteger() ? $"new {A}OpCall(\"prim.tensor_of_ints\", [{values}], {line})" : element.IsReal() ? $"new {A}OpCall(\"prim.tensor_of_floats\", [{values}], {line})" : null;
        if (flat is null) return Fail(ScriptDiagnostics.TensorMember, i, "From", "give integers or reals, or make the tensor outside the script");
        var dtype = element.SpecialType switch
        {
            SpecialType.System_Int64 or SpecialType.System_Double => null,
            SpecialType.System_Single => "Float32",
            SpecialType.System_Int32 => "Int32",
            SpecialType.System_Int16 => "Int16",
            SpecialType.System_SByte => "Int8",
            SpecialType.System_Byte => "UInt8",
            _ => "",
        };
        if (dtype == "") return Fail(ScriptDiagnostics.Type, i, element.ToDisplayString());
        if (dtype is not null) flat = $"new {A}OpCall(\"to\", [{flat}], [new {A}NamedArg(\"dtype\", new {A}Constant(global::Flambeau.DType.{dtype}, {line}))], null, {line})";
        var shape = i.Arguments[1];
        return shape.ArgumentKind == ArgumentKind.DefaultValue || shape.Value.ConstantValue is { HasValue: true, Value: null } ? flat : $"new {A}OpCall(\"reshape\", [{flat}, {E(shape.Value)}], {line})";
    }

    /// <summary>What is indexed, and the parts of the index.</summary>
    (string Of, string Parts)? Indexed(IOperation o)
    {
        switch (o)
        {
            case IArrayElementReferenceOperation { Indices: [var index] } a:
                return (E(a.ArrayReference), List([Part(index, false)]));
            case IImplicitIndexerReferenceOperation i:
                return (E(i.Instance), List([Part(i.Argument, false)]));
            case IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } instance } p when instance.Type.IsTensor():
                var parts = p.Arguments.Length == 1 && Bare(p.Arguments[0].Value) is IArrayCreationOperation { Initializer: { } items } ? items.ElementValues : p.Arguments.Select(static a => a.Value);
                return (E(instance), List(parts.Select(x => Part(x, true))));
            case IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } instance, Arguments: [var argument] }:
                return (E(instance), List([Part(argument.Value, false)]));
            default:
                Fail(ScriptDiagnostics.Expression, o, "this index", "use one index for each axis");
                return null;
        }
    }

    string Part(IOperation o, bool tensor)
    {
        while (o is IConversionOperation c && c.Operand is not null && !(c.OperatorMethod is null && c.Operand.Type.IsNumber() && !c.Type.IsNumber())) o = c.Operand;
        switch (o)
        {
            case IRangeOperation r:
                return $"new {A}SlicePart({End(r.LeftOperand, true)}, {End(r.RightOperand, false)}, null)";
            case IPropertyReferenceOperation { Instance: null, Property: { Name: var name, ContainingType: var type } } when type.Is("Flambeau.TensorIndex"):
                return name switch
                {
                    "Ellipsis" => $"new {A}EllipsisPart()",
                    "NewAxis" => $"new {A}NewAxisPart()",
                    _ => $"new {A}SlicePart(null, null, null)",
                };
            case IInvocationOperation { TargetMethod: { Name: "Slice", ContainingType: var type } } s when type.Is("Flambeau.TensorIndex"):
                var a = Ordered(s.Arguments).ToArray();
                return $"new {A}SlicePart({E(a[0].Value)}, {E(a[1].Value)}, {E(a[2].Value)})";
            default:
                return $"new {A}At({Position(o)})";
        }
    }

    string Position(IOperation o) => o is IUnaryOperation { OperatorKind: UnaryOperatorKind.Hat } h ? $"new {A}Unary({A}UnaryOp.Negate, {E(h.Operand)}, {Line(o)})" : E(o);

    string End(IOperation? o, bool start)
    {
        if (o is null) return "null";
        while (o is IConversionOperation c) o = c.Operand;
        if (o is IUnaryOperation { OperatorKind: UnaryOperatorKind.Hat, Operand.ConstantValue: { HasValue: true, Value: 0 } }) return "null";
        return Position(o);
    }
}
