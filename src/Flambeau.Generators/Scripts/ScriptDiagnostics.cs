using Microsoft.CodeAnalysis;

namespace Flambeau.Generators.Scripts;

/// <summary>Why a construct can't be in a script; each text says what to write instead.</summary>
internal static class ScriptDiagnostics
{
    static DiagnosticDescriptor New(string id, string title, string message) => new(id, title, message, "Flambeau", DiagnosticSeverity.Error, true);

    internal static readonly DiagnosticDescriptor Place = New("FLB100", "A script is in a place where it can't be", "[Script] method '{0}' {1}");
    internal static readonly DiagnosticDescriptor Signature = New("FLB101", "A script's signature can't be in a graph", "Script '{0}' {1}");
    internal static readonly DiagnosticDescriptor Type = New("FLB102", "A type can't be in a graph", "Type '{0}' can't be a value of a graph: use Tensor, long, int, double, float, bool, string, DType, tuples, arrays, List<T>, Dictionary<string, T>, nullables or records of these");
    internal static readonly DiagnosticDescriptor Call = New("FLB103", "A script calls what is no script", "'{0}' is no script and no op, and its arguments may depend on the script's inputs: mark it [Script], or use a tensor op");
    internal static readonly DiagnosticDescriptor Statement = New("FLB104", "A statement can't be in a graph", "{0} can't be in a graph: {1}");
    internal static readonly DiagnosticDescriptor Expression = New("FLB105", "An expression can't be in a graph", "{0} can't be in a graph: {1}");
    internal static readonly DiagnosticDescriptor TensorMember = New("FLB106", "A member of tensors can't be in a graph", "Tensor.{0} can't be in a graph: {1}");
    internal static readonly DiagnosticDescriptor Recursion = New("FLB107", "A script calls itself", "Script '{0}' calls itself; calls are written out in a graph, so recursion can't end: use a loop");
    internal static readonly DiagnosticDescriptor Assignment = New("FLB108", "A script sets what a graph can't", "'{0}' can't be set in a graph: {1}");
    internal static readonly DiagnosticDescriptor Override = New("FLB109", "A script is overridden by a method that is none", "'{0}' overrides a script but is none itself, so graphs would run the overridden one: mark it [Script]");
    internal static readonly DiagnosticDescriptor Pattern = New("FLB110", "A pattern can't be in a graph", "This pattern can't be in a graph: use constants, comparisons, null, '{{ }} name', properties, 'and', 'or' and 'not'");
    internal static readonly DiagnosticDescriptor Comparison = New("FLB111", "Tensors are compared as objects", "'{0}' of two tensors asks whether they are the same object; use Eq, Ne, Equal or Allclose to compare their elements");

    internal static readonly DiagnosticDescriptor[] All = [Place, Signature, Type, Call, Statement, Expression, TensorMember, Recursion, Assignment, Override, Pattern, Comparison];
}
