using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Flambeau.Generators.Scripts;

/// <summary>Reports, as one types, what in a [Script] method can't be translated.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ScriptAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [.. ScriptDiagnostics.All];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSyntaxNodeAction(Method, SyntaxKind.MethodDeclaration);
    }

    static void Method(SyntaxNodeAnalysisContext c)
    {
        var syntax = (MethodDeclarationSyntax)c.Node;
        if (c.SemanticModel.GetDeclaredSymbol(syntax, c.CancellationToken) is not { } method) return;
        if (method.IsScript())
        {
            Translator.Translate(c.SemanticModel, syntax, c.ReportDiagnostic, c.CancellationToken);
            return;
        }
        for (var b = method.OverriddenMethod; b is not null; b = b.OverriddenMethod)
        {
            if (!b.IsScript()) continue;
            c.ReportDiagnostic(Diagnostic.Create(ScriptDiagnostics.Override, syntax.Identifier.GetLocation(), method.ContainingType.Name + "." + method.Name));
            break;
        }
    }
}
