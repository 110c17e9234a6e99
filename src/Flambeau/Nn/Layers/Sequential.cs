using System.Collections;
using System.Globalization;

namespace Flambeau.Nn;

/// <summary>Layers one after the other, with keys <c>0</c>, <c>1</c>, … or given names.</summary>
public sealed partial class Sequential : Layer, IReadOnlyList<Layer>
{
    readonly (string Name, Layer Layer)[] layers;

    /// <param name="layers">Applied in this order.</param>
    public Sequential(params IEnumerable<Layer> layers) => this.layers = [.. layers.Select(static (l, i) => (i.ToString(CultureInfo.InvariantCulture), l))];

    /// <param name="layers">Applied in this order, with their keys.</param>
    public Sequential(params IEnumerable<(string Name, Layer Layer)> layers)
    {
        this.layers = [.. layers];
        if (this.layers.GroupBy(static l => l.Name).FirstOrDefault(static g => g.Count() > 1) is { } twice) throw new ArgumentException($"Sequential: the name '{twice.Key}' is given to more than one layer", nameof(layers));
    }

    /// <summary>Number of layers.</summary>
    public int Count => layers.Length;

    /// <summary>The layer at a position.</summary>
    public Layer this[int index] => layers[index].Layer;

    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input)
    {
        foreach (var (_, layer) in layers) input = layer.Forward(input);
        return input;
    }

    /// <inheritdoc/>
    public override void Visit(ModuleVisitor visitor)
    {
        foreach (var (name, layer) in layers) visitor.Module(name, layer);
    }

    /// <inheritdoc/>
    public IEnumerator<Layer> GetEnumerator() => layers.Select(static l => l.Layer).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Gives its input back.</summary>
public sealed partial class Identity : Layer
{
    /// <inheritdoc/>
    [Script]
    public override Tensor Forward(Tensor input) => input;
}
