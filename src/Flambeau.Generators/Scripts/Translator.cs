using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Flambeau.Generators.Scripts;

/// <summary>Translates one method to code that makes its tree.</summary>
internal sealed partial class Translator
{
    const string A = "FlambeauAst::";

    readonly SemanticModel model;
    readonly IMethodSymbol method;
    readonly Action<Diagnostic> report;
    readonly Dictionary<ISymbol, string> names = new(SymbolEqualityComparer.Default);
    readonly HashSet<string> taken = [];
    readonly HashSet<ISymbol> config = new(SymbolEqualityComparer.Default);
    bool failed;
    int temporaries;

    Translator(SemanticModel model, IMethodSymbol method, Action<Diagnostic> report) => (this.model, this.method, this.report) = (model, method, report);

    /// <summary>Constructor parameters that the script reads; the object must hand them out.</summary>
    internal Dictionary<string, ITypeSymbol> Captured { get; } = [];

    /// <summary>The code of a <c>ScriptMethod</c>; null if something can't be translated, which has been reported.</summary>
    internal static (string? Code, IReadOnlyDictionary<string, ITypeSymbol> Captured) Translate(SemanticModel model, MethodDeclarationSyntax syntax, Action<Diagnostic> report, CancellationToken cancel)
    {
        var method = model.GetDeclaredSymbol(syntax, cancel)!;
        var t = new Translator(model, method, report);
        return (t.Method(syntax, cancel), t.Captured);
    }

    string? Method(MethodDeclarationSyntax syntax, CancellationToken cancel)
    {
        if (!Placed(syntax)) return null;
        var operation = model.GetOperation(syntax, cancel) as IMethodBodyOperation;
        var body = (IBlockOperation?)operation?.BlockBody ?? operation?.ExpressionBody;
        if (body is null) return null;
        // Code that doesn't compile has errors of its own.
        if (body.Syntax.GetDiagnostics().Any(static d => d.Severity == DiagnosticSeverity.Error)) return null;
        FindConfig(body);
        var parameters = string.Join(", ", method.Parameters.Select(Parameter));
        var statements = Statements(body.Operations);
        var location = syntax.Identifier.GetLocation().GetLineSpan();
        var returns = method.ReturnsVoid ? $"{A}TypeRef.None" : TypeOf(method.ReturnType, syntax.ReturnType);
        if (failed) return null;
        return $"new {A}ScriptMethod({Text(method.Name)}, [{parameters}], {returns},\n            {statements},\n            {Text(System.IO.Path.GetFileName(location.Path))}, {location.StartLinePosition.Line + 1}) {{ Eager = {Eager()} }}";
    }

    bool Placed(MethodDeclarationSyntax syntax)
    {
        var at = syntax.Identifier;
        void Bad(string why) => Report(ScriptDiagnostics.Place, at.GetLocation(), method.Name, why);
        void Wrong(string why) => Report(ScriptDiagnostics.Signature, at.GetLocation(), method.Name, why);
        for (SyntaxNode? n = syntax.Parent; n is TypeDeclarationSyntax t; n = n.Parent)
        {
            if (!t.Modifiers.Any(SyntaxKind.PartialKeyword)) Bad($"lies in type '{t.Identifier.Text}', which isn't partial: add 'partial'");
            if (method.IsStatic && t.TypeParameterList is not null) Bad("is static in a generic type: put it in a type without type parameters");
            if (method.IsStatic && (t.Modifiers.Any(SyntaxKind.PrivateKeyword) || t.Parent is TypeDeclarationSyntax && !t.Modifiers.Any(SyntaxKind.InternalKeyword) && !t.Modifiers.Any(SyntaxKind.PublicKeyword)))
                Bad($"is static in type '{t.Identifier.Text}', which the rest of the program can't see: make the type internal or public");
        }
        if (!method.IsStatic && !method.ContainingType.IsModule()) Bad("belongs to an object that is no module: derive the class from Module, or make the method static");
        if (syntax.Body is null && syntax.ExpressionBody is null) Bad("has no body");
        if (method.IsAsync) Wrong("is async: a graph runs to its end at once");
        if (method.IsGenericMethod) Wrong("has type parameters: write the types out");
        if (method.ReturnsByRef || method.ReturnsByRefReadonly) Wrong("returns a reference: return the value");
        foreach (var p in method.Parameters)
        {
            if (p.RefKind != RefKind.None) Wrong($"has parameter '{p.Name}' by reference: return a tuple instead");
            if (p.IsParams && !p.Type.IsTensor() && p.Type.ElementOf() is null) Wrong($"has 'params {p.Type}': use an array");
        }
        if (syntax.DescendantNodes().OfType<YieldStatementSyntax>().FirstOrDefault() is { } y) Report(ScriptDiagnostics.Statement, y.GetLocation(), "'yield'", "collect the items in a List<T> and return it");
        return !failed;
    }

    string Parameter(IParameterSymbol p)
    {
        var at = p.DeclaringSyntaxReferences[0].GetSyntax() is ParameterSyntax s && s.Type is not null ? (SyntaxNode)s.Type : p.DeclaringSyntaxReferences[0].GetSyntax();
        var name = Name(p);
        var fallback = p.HasExplicitDefaultValue ? $", true, {ConstantOf(p.ExplicitDefaultValue, p.Type)}" : "";
        return $"new {A}Parameter({Text(name)}, {TypeOf(p.Type, at)}{fallback})";
    }

    /// <summary>A lambda that runs the method itself.</summary>
    string Eager()
    {
        var args = string.Join(", ", method.Parameters.Select((p, i) => Unboxed(p.Type, $"a[{i}]")));
        var target = method.IsStatic ? "" : $"(({method.ContainingType.Plain()})o!).";
        var call = $"{target}@{method.Name}({args})";
        return method.ReturnsVoid ? $"static (o, a) => {{ {call}; return null; }}" : $"static (o, a) => {call}";
    }

    string Name(ISymbol symbol)
    {
        if (names.TryGetValue(symbol, out var name)) return name;
        name = symbol.Name;
        for (var i = 1; !taken.Add(name); i++) name = $"{symbol.Name}_{i}";
        names.Add(symbol, name);
        return name;
    }

    string Temporary()
    {
        string name;
        do name = $"t{temporaries++}";
        while (!taken.Add(name));
        return name;
    }

    void Report(DiagnosticDescriptor what, Location where, params object[] args)
    {
        failed = true;
        report(Diagnostic.Create(what, where, args));
    }

    string Fail(DiagnosticDescriptor what, IOperation at, params object[] args)
    {
        Report(what, at.Syntax.GetLocation(), args);
        return "null!";
    }

    static int Line(IOperation o) => o.Syntax.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    static string Text(string s) => SymbolDisplay.FormatLiteral(s, true);

    static string List(IEnumerable<string> items) => $"[{string.Join(", ", items)}]";

    /// <summary>A boxed constant as the tree holds it.</summary>
    static string ConstantOf(object? value, ITypeSymbol? type)
    {
        if (value is null) return "null";
        if (type is { TypeKind: TypeKind.Enum }) return $"({type.Plain()})({Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)})";
        if (type.NullableOf() is { TypeKind: TypeKind.Enum } e) return $"({e.Plain()})({Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)})";
        return value switch
        {
            bool b => b ? "true" : "false",
            string s => Text(s),
            char c => Text(c.ToString()),
            float f => RealOf(f),
            double d => RealOf(d),
            _ when type.IsReal() => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) + "d",
            long.MinValue => "long.MinValue",
            _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) + "L",
        };
    }

    static string RealOf(double d) => double.IsNaN(d) ? "double.NaN" : double.IsPositiveInfinity(d) ? "double.PositiveInfinity" : double.IsNegativeInfinity(d) ? "double.NegativeInfinity"
        : d == 0 && 1 / d < 0 ? "-0d" : d.ToString("R", System.Globalization.CultureInfo.InvariantCulture) + "d";
}
