namespace Flambeau.Nn;

/// <summary>Marks a partial class derived from <see cref="Module"/>: the generator finds its parameters, buffers and submodules.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ModuleAttribute : Attribute;

/// <summary>A tensor that training changes: a field or auto-property of type Tensor, or a list, array or dictionary of them.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class ParameterAttribute : Attribute
{
    /// <summary>Key in the state dict; by default the member's name in snake_case.</summary>
    public string? Name { get; init; }
}

/// <summary>A tensor that belongs to the module's state but isn't trained, such as running statistics.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class BufferAttribute : Attribute
{
    /// <summary>Key in the state dict; by default the member's name in snake_case.</summary>
    public string? Name { get; init; }

    /// <summary>Whether it is saved in state dicts.</summary>
    public bool Persistent { get; init; } = true;
}

/// <summary>Gives a submodule another key than its member's name in snake_case.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class ChildAttribute(string name) : Attribute
{
    /// <summary>The key.</summary>
    public string Name => name;
}

/// <summary>The member is not part of the module's state: a cached tensor, or a module owned by somebody else.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class NotStateAttribute : Attribute;
