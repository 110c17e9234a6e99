using System.Linq;
using Microsoft.CodeAnalysis;

namespace Flambeau.Generators.Scripts;

/// <summary>Questions about symbols.</summary>
internal static class Symbols
{
    internal static string FullName(this ITypeSymbol? t) => t is null ? "" : t.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted).RemoveMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.UseSpecialTypes));

    internal static bool Is(this ITypeSymbol? t, string name) => t is not null && t.Name == name.Substring(name.LastIndexOf('.') + 1) && t.OriginalDefinition.FullNameOfDefinition() == name;

    static string FullNameOfDefinition(this ITypeSymbol t) => (t.ContainingNamespace is { IsGlobalNamespace: false } n ? n.ToDisplayString() + "." : "") + t.Name;

    internal static bool IsTensor(this ITypeSymbol? t) => t.Is("Flambeau.Tensor");

    internal static bool IsModule(this ITypeSymbol? t)
    {
        for (var b = t; b is not null; b = b.BaseType)
        {
            if (b.Is("Flambeau.Nn.Module")) return true;
        }
        return false;
    }

    internal static bool IsCallable(this ITypeSymbol? t) => t.IsModule() || t.Is("Flambeau.ScriptFunction") || t.Is("Flambeau.ScriptModule") || (t?.AllInterfaces.Any(static i => i.Is("Flambeau.Capture.IGraphSource")) ?? false);

    internal static bool Has(this ISymbol s, string attribute) => s.GetAttributes().Any(a => a.AttributeClass.Is(attribute));

    internal static bool IsScript(this IMethodSymbol m) => m.OriginalDefinition.Has("Flambeau.ScriptAttribute");

    /// <summary>The first signature of an op; null if the method is none.</summary>
    internal static string? Schema(this ISymbol m) => m.OriginalDefinition.GetAttributes().FirstOrDefault(static a => a.AttributeClass.Is("Flambeau.Ops.OpAttribute"))?.ConstructorArguments.FirstOrDefault().Value as string;

    internal static bool IsInteger(this ITypeSymbol? t) => t?.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_Int16 or SpecialType.System_Byte or SpecialType.System_SByte or SpecialType.System_UInt16 or SpecialType.System_UInt32;

    internal static bool IsReal(this ITypeSymbol? t) => t?.SpecialType is SpecialType.System_Double or SpecialType.System_Single;

    internal static bool IsNumber(this ITypeSymbol? t) => t.IsInteger() || t.IsReal() || t.Is("Flambeau.Scalar");

    /// <summary>T of T?, for value types.</summary>
    internal static ITypeSymbol? NullableOf(this ITypeSymbol? t) => t is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } n ? n.TypeArguments[0] : null;

    /// <summary>The type of items, of arrays and lists.</summary>
    internal static ITypeSymbol? ElementOf(this ITypeSymbol? t) => t switch
    {
        IArrayTypeSymbol { Rank: 1 } a => a.ElementType,
        INamedTypeSymbol { TypeArguments.Length: 1 } n when n.Is("System.Collections.Generic.List") || n.Is("System.Collections.Generic.IReadOnlyList") || n.Is("System.Collections.Generic.IList") || n.Is("System.Collections.Generic.IEnumerable") || n.Is("System.Collections.Generic.IReadOnlyCollection") => n.TypeArguments[0],
        _ => null,
    };

    internal static bool IsDictionary(this ITypeSymbol? t) => t is INamedTypeSymbol { TypeArguments.Length: 2 } n && (n.Is("System.Collections.Generic.Dictionary") || n.Is("System.Collections.Generic.IReadOnlyDictionary") || n.Is("System.Collections.Generic.IDictionary"));

    /// <summary>The parameters of a positional record; null for other types.</summary>
    internal static IMethodSymbol? Positional(this ITypeSymbol? t)
    {
        if (t is not INamedTypeSymbol { IsRecord: true } r || r.IsModule()) return null;
        var deconstruct = r.InstanceConstructors.Where(c => c.Parameters.Length > 0 && c.Parameters.All(p => r.GetMembers(p.Name).Any(static m => m is IPropertySymbol)));
        return deconstruct.OrderByDescending(static c => c.Parameters.Length).FirstOrDefault();
    }

    /// <summary>snake_case, as PyTorch names arguments and ops.</summary>
    internal static string Snake(string name)
    {
        var s = new System.Text.StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && name[i - 1] != '_') s.Append('_');
            s.Append(char.ToLowerInvariant(name[i]));
        }
        return s.ToString();
    }

    internal static readonly SymbolDisplayFormat Display = SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>As it is written in generated code.</summary>
    internal static string Code(this ITypeSymbol t) => t.ToDisplayString(Display);

    /// <summary>Without the nullable mark of reference types, for casts and typeof.</summary>
    internal static string Plain(this ITypeSymbol t) => t.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    /// <summary>The name of a script's member in the generated class: overloads have their parameters' types in it.</summary>
    internal static string ScriptName(this IMethodSymbol m)
    {
        m = m.OriginalDefinition;
        var overloads = m.ContainingType.GetMembers(m.Name).OfType<IMethodSymbol>().Count(static x => x.IsScript());
        return overloads < 2 ? m.Name : m.Name + "_" + string.Join("_", m.Parameters.Select(static p => new string(p.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat).Where(char.IsLetterOrDigit).ToArray())));
    }
}
