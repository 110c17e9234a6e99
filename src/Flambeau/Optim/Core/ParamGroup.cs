namespace Flambeau.Optim;

/// <summary>Parameters that share options. Options carry PyTorch's names (<c>lr</c>, <c>weight_decay</c>, <c>momentum</c>, …); switches are 0 or 1.</summary>
public sealed class ParamGroup
{
    readonly OrderedDictionary<string, double> options = new(StringComparer.Ordinal);

    internal ParamGroup(IEnumerable<Tensor> parameters, IEnumerable<KeyValuePair<string, double>> options)
    {
        Parameters = [.. parameters];
        foreach (var (k, v) in options) this.options[k] = v;
    }

    /// <summary>The parameters, leaves that require a gradient.</summary>
    public IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>An option by PyTorch's name.</summary>
    /// <exception cref="KeyNotFoundException">The optimizer has no such option.</exception>
    public double this[string option]
    {
        get => options.TryGetValue(option, out var v) ? v
            : throw new KeyNotFoundException($"the optimizer has no option '{option}'; it has {string.Join(", ", options.Keys)}");
        set => options[option] = value;
    }

    /// <summary>Learning rate.</summary>
    public double LearningRate
    {
        get => this["lr"];
        set => this["lr"] = value;
    }

    /// <summary>All options.</summary>
    public IReadOnlyDictionary<string, double> Options => options;

    internal bool Is(string option) => this[option] != 0;
}
