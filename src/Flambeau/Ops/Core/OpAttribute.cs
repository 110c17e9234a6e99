namespace Flambeau.Ops;

/// <summary>
/// Declares an op by PyTorch's signature. On a record struct it is a primitive: the generator writes the public method, dispatch,
/// recording and registry row from the struct's formula (or <c>Forward</c>) and its <c>Vjp…</c> methods. On a method it is a composite of other ops,
/// and gets a registry row.
/// </summary>
/// <param name="schema">Such as <c>leaky_relu(Tensor self, float negative_slope=0.01) -> Tensor</c>.</param>
[AttributeUsage(AttributeTargets.Struct | AttributeTargets.Method, AllowMultiple = true)]
public sealed class OpAttribute(string schema) : Attribute
{
    /// <summary>The signature.</summary>
    public string Schema => schema;

    /// <summary>Results share the first input's storage.</summary>
    public bool View { get; init; }

    /// <summary>Its tensors may be on different devices.</summary>
    public bool AnyDevice { get; init; }

    /// <summary>Also generate the method that ends in an underscore and writes its first input.</summary>
    public bool InPlace { get; init; }
}
