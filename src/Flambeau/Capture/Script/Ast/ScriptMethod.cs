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

/// <summary>An object whose members and methods are found by name: a module of a TorchScript archive.</summary>
public interface IScriptObject
{
    /// <summary>The type's name, for messages.</summary>
    string TypeName { get; }

    /// <summary>Whether there is such a member; its value: a tensor, number, string, list, another <see cref="IScriptObject"/>, …</summary>
    bool TryGetMember(string name, out object? value);

    /// <summary>The method of that name; null if there is none.</summary>
    ScriptMethod? FindMethod(string name);

    /// <summary>Tensors that are state, with their keys: parameters and buffers of this object and all below it.</summary>
    IEnumerable<(string Key, Tensor Value, bool IsParameter)> State { get; }
}
