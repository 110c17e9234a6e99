using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Flambeau.Generators.Scripts;

/// <summary>Patterns.</summary>
internal sealed partial class Translator
{
    string PatternTest(IIsPatternOperation p)
    {
        var line = Line(p);
        // A variable can be looked at more than once; anything else is kept.
        if (Bare(p.Value) is ILocalReferenceOperation or IParameterReferenceOperation) return Pattern(p.Pattern, E(p.Value));
        var name = Temporary();
        var local = $"new {A}Local({Text(name)}, {line})";
        // The first look assigns it; its value is a list of one so that the assignment can be part of a condition.
        return $"new {A}Binary({A}BinaryOp.And, new {A}BuiltinCall({A}Builtin.Len, [new {A}TupleExpr([new {A}AssignExpr({Text(name)}, {E(p.Value)}, {line})], null, {line})], {line}), {Pattern(p.Pattern, local)}, {line})";
    }

    string True(int line) => $"new {A}Constant(true, {line})";

    string And(string a, string b, int line) => $"new {A}Binary({A}BinaryOp.And, {a}, {b}, {line})";

    /// <summary>Code of the condition that a value, given by code that may be repeated, matches.</summary>
    string Pattern(IPatternOperation p, string value)
    {
        var line = Line(p);
        string NotNull() => $"new {A}Binary({A}BinaryOp.IsNot, {value}, new {A}Constant(null, {line}), {line})";
        // A variable is set before the test, so that it has a value wherever the test decides; reading it where the test fails is not allowed in C#.
        string Bind(ISymbol s) => $"new {A}BuiltinCall({A}Builtin.Len, [new {A}TupleExpr([new {A}AssignExpr({Text(Name(s))}, {value}, {line})], null, {line})], {line})";
        switch (p)
        {
            case IConstantPatternOperation { Value.ConstantValue: { HasValue: true, Value: null } }:
                return $"new {A}Binary({A}BinaryOp.Is, {value}, new {A}Constant(null, {line}), {line})";
            case IConstantPatternOperation c:
                return $"new {A}Binary({A}BinaryOp.Equal, {value}, {E(c.Value)}, {line})";
            case IRelationalPatternOperation r when r.InputType.NullableOf() is { } inner:
                return And(NotNull(), Arithmetic(r.OperatorKind, value, E(r.Value), inner, inner, null, r), line);
            case IRelationalPatternOperation r:
                return Arithmetic(r.OperatorKind, value, E(r.Value), r.InputType, r.InputType, null, r);
            case INegatedPatternOperation n:
                return $"new {A}Unary({A}UnaryOp.Not, {Pattern(n.Pattern, value)}, {line})";
            case IBinaryPatternOperation b:
                return $"new {A}Binary({A}BinaryOp.{(b.OperatorKind == BinaryOperatorKind.Or ? "Or" : "And")}, {Pattern(b.LeftPattern, value)}, {Pattern(b.RightPattern, value)}, {line})";
            case IDiscardPatternOperation:
                return True(line);
            case IDeclarationPatternOperation { MatchesNull: true } d:
                return d.DeclaredSymbol is null ? True(line) : $"new {A}BuiltinCall({A}Builtin.Len, [new {A}TupleExpr([new {A}AssignExpr({Text(Name(d.DeclaredSymbol))}, {value}, {line})], null, {line})], {line})";
            case IDeclarationPatternOperation d when SameButNull(d.InputType, d.MatchedType):
                return d.DeclaredSymbol is null ? NotNull() : And(Bind(d.DeclaredSymbol), NotNull(), line);
            case ITypePatternOperation t when SameButNull(t.InputType, t.MatchedType):
                return NotNull();
            case IRecursivePatternOperation { DeconstructionSubpatterns.Length: 0 } r when SameButNull(r.InputType, r.MatchedType):
            {
                var test = NotNull();
                foreach (var s in r.PropertySubpatterns)
                {
                    if (s.Member is not IMemberReferenceOperation m) return Fail(ScriptDiagnostics.Pattern, p);
                    test = And(test, Pattern(s.Pattern, Part(m, value)), line);
                }
                return r.DeclaredSymbol is null ? test : And(Bind(r.DeclaredSymbol), test, line);
            }
            case IRecursivePatternOperation { PropertySubpatterns.Length: 0 } r when r.InputType is INamedTypeSymbol { IsTupleType: true }:
            {
                var test = True(line);
                for (var i = 0; i < r.DeconstructionSubpatterns.Length; i++)
                    test = And(test, Pattern(r.DeconstructionSubpatterns[i], $"new {A}Member({value}, \"Item{i + 1}\", null, {line})"), line);
                return test;
            }
            default:
                return Fail(ScriptDiagnostics.Pattern, p);
        }
    }

    static bool SameButNull(ITypeSymbol a, ITypeSymbol? b) => b is not null && SymbolEqualityComparer.Default.Equals((a.NullableOf() ?? a).WithNullableAnnotation(NullableAnnotation.None), (b.NullableOf() ?? b).WithNullableAnnotation(NullableAnnotation.None));

    /// <summary>A member of a value given by code.</summary>
    string Part(IMemberReferenceOperation m, string value)
    {
        var line = Line(m);
        if (m.Member.ContainingType.IsTensor() && m.Member.Name is "Shape" or "Rank" or "Numel" or "DType" or "RequiresGrad") return Builtin(m.Member.Name, m, value);
        if (m.Member.Name is "Length" or "Count") return Builtin("Len", m, value);
        if (m is IFieldReferenceOperation { Field: { ContainingType.IsTupleType: true } f }) return $"new {A}Member({value}, {Text((f.CorrespondingTupleField ?? f).Name)}, null, {line})";
        return m.Member.ContainingType.IsTensor() ? Fail(ScriptDiagnostics.Pattern, m)
            : $"new {A}Member({value}, {Text(m.Member.Name)}, static o => (({m.Member.ContainingType.Plain()})o).@{m.Member.Name}, {line})";
    }

    string SwitchOf(ISwitchExpressionOperation s)
    {
        var line = Line(s);
        var name = Temporary();
        var local = $"new {A}Local({Text(name)}, {line})";
        var result = $"new {A}ThrowExpr(\"SwitchExpressionException\", new {A}Constant(\"no arm of the switch matches\", {line}), {line})";
        foreach (var arm in s.Arms.Reverse())
        {
            var test = Pattern(arm.Pattern, local);
            if (arm.Guard is not null) test = And(test, E(arm.Guard), line);
            var always = arm.Guard is null && arm.Pattern is IDiscardPatternOperation;
            result = always ? E(arm.Value) : $"new {A}Conditional({test}, {E(arm.Value)}, {result}, {line})";
        }
        return $"new {A}IndexExpr(new {A}TupleExpr([new {A}AssignExpr({Text(name)}, {E(s.Value)}, {line}), {result}], null, {line}), [new {A}At(new {A}Constant(1L, {line}))], {line})";
    }
}
