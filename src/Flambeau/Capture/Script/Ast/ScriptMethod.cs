namespace Flambeau.Capture.Ast;

/// <summary>A method as a tree: what the source generator makes of a <c>[Script]</c> method, and the importer of TorchScript of a Python function.</summary>
/// <param name="Name">The method's name.</param>
/// <param name="Parameters">Its parameters, without the object it belongs to.</param>
/// <param name="Returns">What it gives back.</param>
/// <param name="Body">Its statements.</param>
/// <param name="File">Source file, for messages.</param>
/// <param name="Line">Source line of the method.</param>
public sealed record ScriptMethod(string Name, IReadOnlyList<Parameter> Parameters, TypeRef Returns, IReadOnlyList<Stmt> Body, string File, int Line)
{
    /// <summary>Runs the original code on an object (null for a static method) and arguments in order; null where there is no host code.</summary>
    public Func<object?, object?[], object?>? Eager { get; init; }
}

/// <summary>A parameter of a script.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="HasDefault">Whether it may be left out.</param>
/// <param name="Default">Its value if left out: null, bool, long, double, string or <see cref="DType"/>.</param>
public sealed record Parameter(string Name, TypeRef Type, bool HasDefault = false, object? Default = null);
