using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flambeau.Generators.Ops;

/// <summary>What one [Op] definition yields: a source file, rows of the registry, or an error.</summary>
internal sealed record OpResult(string Hint, string? Source, string Rows, string? Error, Location? Where);

/// <summary>An [Op] record struct, read from symbols.</summary>
internal sealed class OpModel
{
    internal sealed record Arg(string SchemaType, string Name, string? CtorName, string CSharpType, string? Default)
    {
        internal bool IsTensor => Schema.IsTensor(SchemaType);
        internal bool IsList => IsTensor && Schema.IsList(SchemaType);
        internal bool IsOptional => IsTensor && Schema.IsOptional(SchemaType);
        internal string Local => Names.Camel(Name);
    }

    internal readonly INamedTypeSymbol Type;
    internal readonly Schema Schema;
    internal readonly string SchemaText;
    internal readonly List<Arg> Args = [];
    internal readonly IMethodSymbol? Forward;
    internal readonly int PointwiseArity;
    internal readonly bool IsView, IsInPlace, HasWrite, AnyDevice;
    internal readonly IMethodSymbol? Joint;
    internal readonly Dictionary<string, IMethodSymbol> Vjps = [];
    internal string? Error;

    internal OpModel(INamedTypeSymbol type, string text, Schema schema, bool view, bool inPlace, bool anyDevice)
    {
        Type = type;
        SchemaText = text;
        Schema = schema;
        IsView = view;
        IsInPlace = inPlace;
        AnyDevice = anyDevice;
        Forward = Method("Forward");
        HasWrite = Method("Write") is not null;
        Joint = Method("Vjp");
        foreach (var i in type.AllInterfaces)
        {
            if (i.Name.StartsWith("IPointwise") && i.Name.Length == 11) PointwiseArity = i.Name[10] - '0';
        }
        var ctor = type.InstanceConstructors
            .Where(c => !(c.Parameters.Length == 1 && SymbolEqualityComparer.Default.Equals(c.Parameters[0].Type, type)))
            .OrderByDescending(c => c.Parameters.Length).First();
        var next = 0;
        foreach (var (t, name) in schema.Args)
        {
            if (Schema.IsTensor(t))
            {
                Args.Add(new(t, name, null, Schema.IsList(t) ? (t.StartsWith("Tensor?") ? "Tensor?[]" : "Tensor[]") : Schema.IsOptional(t) ? "Tensor?" : "Tensor", null));
                if (Method("Vjp" + Schema.Pascal(name)) is { } m) Vjps[name] = m;
                continue;
            }
            if (next >= ctor.Parameters.Length)
            {
                Error = $"the schema has argument '{name}', but the struct has no constructor parameter for it";
                return;
            }
            var p = ctor.Parameters[next++];
            var syntax = p.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() as ParameterSyntax;
            Args.Add(new(t, name, p.Name, p.Type.ToDisplayString(Names.Format), syntax?.Default?.Value.ToString()));
        }
        if (next < ctor.Parameters.Length) Error = $"constructor parameter '{ctor.Parameters[next].Name}' has no argument in the schema";
        else if (Forward is null && PointwiseArity == 0) Error = "the struct needs a Forward method, or one of IPointwise1, IPointwise2, IPointwise3";
    }

    internal IEnumerable<Arg> Tensors => Args.Where(a => a.IsTensor);

    internal bool IsDifferentiable => Joint is not null || Vjps.Count > 0;

    internal string Full => "global::" + Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted));

    /// <summary>1 for a single tensor, n for a tuple, 0 for an array.</summary>
    internal int Outputs => Forward?.ReturnType switch
    {
        INamedTypeSymbol { IsTupleType: true } t => t.TupleElements.Length,
        IArrayTypeSymbol => 0,
        _ => 1,
    };

    internal string ReturnType => Forward?.ReturnType.ToDisplayString(Names.Format) ?? "global::Flambeau.Tensor";

    IMethodSymbol? Method(string name) => Type.GetMembers(name).OfType<IMethodSymbol>().FirstOrDefault();
}

internal static class Names
{
    internal static readonly SymbolDisplayFormat Format = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    internal static string Camel(string name)
    {
        var p = Schema.Pascal(name);
        var c = p.Length == 0 ? name : char.ToLowerInvariant(p[0]) + p.Substring(1);
        return Microsoft.CodeAnalysis.CSharp.SyntaxFacts.GetKeywordKind(c) != Microsoft.CodeAnalysis.CSharp.SyntaxKind.None ? "@" + c : c;
    }

    /// <summary>The reader's method for a C# parameter type, or null if there is none.</summary>
    internal static string? Reader(string type) => type.Replace("global::", "") switch
    {
        "Flambeau.Tensor" or "Tensor" => "Tensor",
        "Flambeau.Tensor?" or "Tensor?" => "TensorOrNull",
        "Flambeau.Tensor[]" or "Tensor[]" or "System.Collections.Generic.IReadOnlyList<Flambeau.Tensor>" => "Tensors",
        "Flambeau.Tensor?[]" or "Tensor?[]" => "TensorsOrNulls",
        "Flambeau.Tensor[]?" => "TensorsOrNull",
        "long" => "Long",
        "int" => "Int",
        "long?" => "LongOrNull",
        "int?" => "IntOrNull",
        "double" => "Double",
        "double?" => "DoubleOrNull",
        "bool" => "Bool",
        "bool?" => "BoolOrNull",
        "string" => "String",
        "string?" => "StringOrNull",
        "Flambeau.Scalar" => "Scalar",
        "Flambeau.Scalar?" => "ScalarOrNull",
        "Flambeau.DType" => "DType",
        "Flambeau.DType?" => "DTypeOrNull",
        "long[]" => "Longs",
        "long[]?" => "LongsOrNull",
        "long?[]" => "LongsOrNulls",
        "Flambeau.Shape" => "Shape",
        "Flambeau.Shape?" => "ShapeOrNull",
        "double[]" => "Doubles",
        "double[]?" => "DoublesOrNull",
        "bool[]" => "Bools",
        "Flambeau.TensorIndex[]" => "Indices",
        "Flambeau.Generator?" => "GeneratorOrNull",
        "object?" => "Raw",
        _ => null,
    };
}
