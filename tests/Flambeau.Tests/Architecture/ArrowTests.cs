using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Flambeau.Tests.Architecture;

/// <summary>Which folder of the core may know which, where project references can't say it. Every exception has its reason.</summary>
public sealed class ArrowTests
{
    /// <summary>Namespaces that a folder must not name: a type of another namespace can't be used without.</summary>
    static readonly Dictionary<string, string[]> closed = new()
    {
        // Cpu knows Ops: formulas are Ops/Core interfaces, and a kernel may reduce or combine by an op that is one (Sum, Plus, Round).
        ["Cpu"] = ["Autograd", "Nn", "Optim", "Data", "Formats"],
        ["Tensors"] = ["Nn", "Optim", "Data", "Formats"],
        ["Ops"] = ["Nn", "Optim", "Data", "Formats"],
        ["Autograd"] = ["Cpu", "Nn", "Optim", "Data", "Formats"],
        ["Nn"] = ["Cpu", "Optim", "Data", "Formats"],
        ["Optim"] = ["Cpu", "Nn", "Data", "Formats"],
        ["Data"] = ["Cpu", "Nn", "Optim", "Autograd", "Formats"],
    };

    static readonly HashSet<string> exceptions =
    [
        // In-place writes move elements below the ops, which themselves rest on this.
        "Autograd/InPlace.cs knows Cpu",
        // The public thread pool draws images side by side.
        "Data/Datasets/DrawnDigits.cs knows Cpu",
        // Draws that are addressed by image number, so that an image has the same bits wherever it is drawn; only ops have use for them otherwise.
        "Data/Datasets/DrawnDigits.Page.cs uses the internal RandomDraws",
        "Data/Datasets/DrawnDigits.Page.cs uses the internal RandomStream",
        "Data/Datasets/DrawnDigits.Page.cs uses the internal Unit",
        // A change of dtype keeps the parameter objects that optimizers hold.
        "Nn/Core/Module.cs uses the internal Become",
        // Optimizer state outlives a TensorScope that is open while it is made.
        "Optim/Core/ParamState.cs uses the internal Escape",
    ];

    /// <summary>Drivers: they take tensors apart into pointers and layouts for the kernels, which see no tensor.</summary>
    static readonly HashSet<string> drivers =
    [
        "Gemm/MatrixProduct", "Index/Combining", "Index/GatherLoops", "Index/GatherPlan", "Index/IndexLoops", "Index/IndexPlan",
        "Loops/Cast", "Loops/IntegerLoop", "Loops/Pointwise", "Loops/StridedLoop", "Loops/Transpose", "Pool/PoolRunner",
        "Reduce/ArgKernel", "Reduce/Distances", "Reduce/Lines", "Reduce/Moments", "Reduce/Reducer", "Reduce/Scans", "Reduce/SoftmaxKernel", "Reduce/SortKernel",
        "Resample/ResampleKernel",
    ];

    [Fact]
    public void Folders_know_only_what_they_may()
    {
        if (!CoreSources.Exist) Assert.Skip("the sources are not beside the tests");
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var compilation = CoreSources.Compile();
        foreach (var tree in compilation.SyntaxTrees)
        {
            var from = CoreSources.Folder(tree);
            if (!closed.ContainsKey(from)) continue;
            var nodes = tree.GetRoot(TestContext.Current.CancellationToken).DescendantNodes().ToArray();
            Namespaces(nodes, CoreSources.Name(tree), closed[from], found);
            if (from == "Cpu" && !drivers.Contains(CoreSources.Name(tree)["Cpu/".Length..^3]) && nodes.Any(static n => n is IdentifierNameSyntax { Identifier.ValueText: "Tensor" })) found.Add(CoreSources.Name(tree) + " sees a Tensor");
            if (from is "Nn" or "Optim" or "Data") Internals(compilation.GetSemanticModel(tree), nodes, tree, from, found);
        }
        var wrong = found.Except(exceptions).ToArray();
        Assert.True(wrong.Length == 0, "against the arrows of the design:\n" + string.Join("\n", wrong));
        var stale = exceptions.Except(found).ToArray();
        Assert.True(stale.Length == 0, "exceptions that nothing needs any more:\n" + string.Join("\n", stale));
    }

    static void Namespaces(SyntaxNode[] nodes, string file, string[] closed, SortedSet<string> found)
    {
        foreach (var name in nodes.Where(static n => n is QualifiedNameSyntax or MemberAccessExpressionSyntax { Expression: SimpleNameSyntax or MemberAccessExpressionSyntax or AliasQualifiedNameSyntax }))
        {
            var parts = name.ToString().Replace("global::", "", StringComparison.Ordinal).Split('.');
            var first = parts[0] == "Flambeau" && parts.Length > 1 ? parts[1] : parts[0];
            if (Array.IndexOf(closed, first) >= 0) found.Add($"{file} knows {first}");
        }
    }

    static void Internals(SemanticModel model, SyntaxNode[] nodes, SyntaxTree tree, string from, SortedSet<string> found)
    {
        foreach (var name in nodes.OfType<SimpleNameSyntax>())
        {
            var info = model.GetSymbolInfo(name, TestContext.Current.CancellationToken);
            if ((info.Symbol ?? info.CandidateSymbols.FirstOrDefault()) is not { } symbol || symbol is INamespaceSymbol or IParameterSymbol or ILocalSymbol or ITypeParameterSymbol || IsPublic(symbol)) continue;
            var home = symbol.OriginalDefinition.DeclaringSyntaxReferences;
            if (home.Any() && home.All(h => CoreSources.Folder(h.SyntaxTree) != from)) found.Add($"{CoreSources.Name(tree)} uses the internal {symbol.Name}");
        }
    }

    static bool IsPublic(ISymbol symbol)
    {
        for (var s = symbol; s is not null and not INamespaceSymbol; s = s.ContainingType)
        {
            if (s.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal)) return false;
        }
        return true;
    }
}
