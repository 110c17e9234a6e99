namespace Flambeau.Ops;

/// <summary>One row of the registry: a signature and how to call it.</summary>
public sealed class OpEntry
{
    readonly Func<ArgReader, object> invoke;
    readonly Lazy<OpSchema> schema;

    readonly Func<ArgReader, IOp>? create;

    internal OpEntry(string schema, Func<ArgReader, object> invoke, bool isPrimitive, bool isDifferentiable, Func<ArgReader, IOp>? create = null)
    {
        this.create = create;
        Text = schema;
        this.invoke = invoke;
        this.schema = new(() => OpSchema.Parse(schema));
        IsPrimitive = isPrimitive;
        IsDifferentiable = isDifferentiable;
        Name = schema[..schema.IndexOf('(', StringComparison.Ordinal)];
    }

    /// <summary>PyTorch's name without <c>torch.</c>; overloads share it.</summary>
    public string Name { get; }

    /// <summary>The signature as it was declared.</summary>
    public string Text { get; }

    /// <summary>The signature, parsed.</summary>
    public OpSchema Schema => schema.Value;

    /// <summary>Has kernels and a gradient of its own; otherwise it is composed of other ops.</summary>
    public bool IsPrimitive { get; }

    /// <summary>Gradients flow through it.</summary>
    public bool IsDifferentiable { get; }

    /// <summary>A primitive op as a value, from arguments in the order of the signature, of which only the attributes are read; null for others.</summary>
    internal IOp? Create(object?[]? arguments) => arguments is null ? null : create?.Invoke(new(this, arguments));

    /// <summary>Calls it with arguments already bound, in the order of the signature.</summary>
    public object Invoke(object?[] arguments) => invoke(new(this, arguments));
}
