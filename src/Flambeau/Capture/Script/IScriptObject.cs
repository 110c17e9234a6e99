using Flambeau.Capture.Ast;

namespace Flambeau.Capture;

/// <summary>An object that scripts can belong to: a module, or one read from a TorchScript archive.</summary>
public interface IScriptObject
{
    /// <summary>The type's name, for messages.</summary>
    string TypeName { get; }

    /// <summary>Finds a member by name where the tree doesn't say how to read it: a tensor, number, string, list, another object, …</summary>
    bool TryGetMember(string name, out object? value);

    /// <summary>The scripts of that name, the most derived first; none if there are none.</summary>
    IEnumerable<ScriptMethod> FindScripts(string name);

    /// <summary>Tensors that are state, with their keys: parameters and buffers of this object and all below it.</summary>
    IEnumerable<ScriptState> ScriptState { get; }
}

/// <summary>A tensor that belongs to an object.</summary>
/// <param name="Key">Its key in the state dict.</param>
/// <param name="Value">The tensor itself.</param>
/// <param name="IsParameter">Whether it is trained.</param>
public readonly record struct ScriptState(string Key, Tensor Value, bool IsParameter);
