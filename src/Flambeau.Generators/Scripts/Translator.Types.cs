using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Flambeau.Generators.Scripts;

/// <summary>Types.</summary>
internal sealed partial class Translator
{
    readonly Stack<ITypeSymbol> open = new();

    /// <summary>Code of a <c>TypeRef</c>.</summary>
    string TypeOf(ITypeSymbol type, SyntaxNode at)
    {
        if (TypeOrNull(type) is { } code) return code;
        Report(ScriptDiagnostics.Type, at.GetLocation(), type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
        return "null!";
    }

    string? TypeOrNull(ITypeSymbol type)
    {
        if (type.NullableOf() is { } inner) return TypeOrNull(inner) is { } i ? $"new {A}OptionalRef({i})" : null;
        if (type is { IsReferenceType: true, NullableAnnotation: NullableAnnotation.Annotated })
            return TypeOrNull(type.WithNullableAnnotation(NullableAnnotation.NotAnnotated)) is { } e ? $"new {A}OptionalRef({e})" : null;
        switch (type.SpecialType)
        {
            case SpecialType.System_Boolean: return $"{A}TypeRef.Bool";
            case SpecialType.System_String: return $"{A}TypeRef.String";
            case SpecialType.System_Int64: return $"{A}TypeRef.Int";
            case SpecialType.System_Double: return $"{A}TypeRef.Float";
            case SpecialType.System_Void: return $"{A}TypeRef.None";
            case SpecialType.System_Single: return $"new {A}SimpleRef({A}SimpleKind.Float, static o => (float)(double)o)";
        }
        if (type.IsInteger()) return $"new {A}SimpleRef({A}SimpleKind.Int, static o => checked(({type.Plain()})(long)o))";
        if (type.IsTensor()) return $"{A}TypeRef.Tensor";
        if (type.Is("Flambeau.DType")) return $"{A}TypeRef.DType";
        if (type.Is("Flambeau.Scalar")) return $"new {A}SimpleRef({A}SimpleKind.Number, static o => global::Flambeau.Capture.ScriptHost.Scalar(o))";
        if (type.Is("Flambeau.Shape")) return $"new {A}ListRef({A}TypeRef.Int, static a => global::Flambeau.Capture.ScriptHost.To<global::Flambeau.Shape>(a))";
        if (type.ElementOf() is { } element) return ListType(type, element);
        if (type.IsDictionary()) return DictionaryType((INamedTypeSymbol)type);
        if (type is INamedTypeSymbol { IsTupleType: true } tuple) return TupleType(tuple);
        if (type.Positional() is { } constructor) return RecordType(type, constructor);
        return type.IsModule() || type.IsCallable() || type.Is("Flambeau.Generator") || type.Is("Flambeau.Device") || type.TypeKind == TypeKind.Enum ? $"{A}TypeRef.Object" : null;
    }

    string? ListType(ITypeSymbol type, ITypeSymbol element)
    {
        if (TypeOrNull(element) is not { } e) return null;
        var item = Unboxed(element, "x");
        var array = $"global::System.Array.ConvertAll(a, static x => {item})";
        var host = type.Is("System.Collections.Generic.List") || type.Is("System.Collections.Generic.IList") ? $"new global::System.Collections.Generic.List<{element.Code()}>({array})" : array;
        return $"new {A}ListRef({e}, static a => {host})";
    }

    string? DictionaryType(INamedTypeSymbol type)
    {
        if (TypeOrNull(type.TypeArguments[0]) is not { } k || TypeOrNull(type.TypeArguments[1]) is not { } v) return null;
        var (kt, vt) = (type.TypeArguments[0], type.TypeArguments[1]);
        return $"new {A}DictRef({k}, {v}, static (k, v) => {{ var d = new global::System.Collections.Generic.Dictionary<{kt.Code()}, {vt.Code()}>(); for (var i = 0; i < k.Length; i++) d.Add({Unboxed(kt, "k[i]")}, {Unboxed(vt, "v[i]")}); return d; }})";
    }

    string? TupleType(INamedTypeSymbol tuple)
    {
        var items = tuple.TupleElements.Select(e => TypeOrNull(e.Type)).ToArray();
        if (items.Any(static i => i is null)) return null;
        var host = $"static a => ({string.Join(", ", tuple.TupleElements.Select((e, i) => Unboxed(e.Type, $"a[{i}]")))})";
        return $"new {A}TupleRef({List(items!)}, {List(tuple.TupleElements.Select(static e => Text(e.Name)))}, {host})";
    }

    string? RecordType(ITypeSymbol type, IMethodSymbol constructor)
    {
        if (open.Any(o => SymbolEqualityComparer.Default.Equals(o, type))) return null;
        open.Push(type);
        var fields = constructor.Parameters.Select(p => TypeOrNull(p.Type)).ToArray();
        open.Pop();
        if (fields.Any(static f => f is null)) return null;
        var take = $"static o => [{string.Join(", ", constructor.Parameters.Select(p => $"(({type.Plain()})o).@{p.Name}"))}]";
        var host = $"static a => new {type.Plain()}({string.Join(", ", constructor.Parameters.Select((p, i) => Unboxed(p.Type, $"a[{i}]")))})";
        return $"new {A}RecordRef({Text(type.ToDisplayString())}, {List(constructor.Parameters.Select(static p => Text(p.Name)))}, {List(fields!)}, {take}, {host})";
    }

    /// <summary>An object as a type.</summary>
    static string Unboxed(ITypeSymbol type, string value)
    {
        var plain = type.Plain();
        // Its own conversions take part in casts of objects.
        if (type.Is("Flambeau.Shape") || type.NullableOf().Is("Flambeau.Shape")) return $"global::Flambeau.Capture.ScriptHost.To<{plain}>({value})";
        if (type.NullableOf() is not null) return $"({plain}){value}";
        return type.IsReferenceType && type.NullableAnnotation == NullableAnnotation.Annotated ? $"({plain}?){value}" : $"({plain}){value}!";
    }
}
