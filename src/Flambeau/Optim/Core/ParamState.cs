using System.Globalization;

namespace Flambeau.Optim;

/// <summary>What an optimizer remembers of one parameter, under PyTorch's names.</summary>
public sealed class ParamState
{
    /// <summary>Steps taken, the current one included.</summary>
    public long Step { get; internal set; }

    internal OrderedDictionary<string, Tensor> Tensors { get; } = new(StringComparer.Ordinal);

    internal OrderedDictionary<string, double> Numbers { get; } = new(StringComparer.Ordinal);

    /// <summary>A tensor, made on first use.</summary>
    public Tensor Get(string name, Func<Tensor> create)
    {
        if (!Tensors.TryGetValue(name, out var t)) Tensors[name] = t = TensorScope.Escape(create());
        return t;
    }

    /// <summary>Zeros of the parameter's shape on first use.</summary>
    public Tensor Zeros(string name, Tensor like) => Get(name, () => like.ZerosLike());

    /// <summary>A number, with its value before the first step.</summary>
    public double Number(string name, double initial) => Numbers.GetValueOrDefault(name, initial);

    internal Dictionary<string, object?> Save()
    {
        var r = new Dictionary<string, object?> { ["step"] = Tensor.FromScalar((double)Step, DType.Float32) };
        foreach (var (k, v) in Tensors) r[k] = v;
        foreach (var (k, v) in Numbers) r[k] = v;
        return r;
    }

    internal void Load(IReadOnlyDictionary<string, object?> saved)
    {
        foreach (var (k, v) in saved)
        {
            if (k == "step") Step = v is Tensor s ? (long)s.Item<double>() : Convert.ToInt64(v, CultureInfo.InvariantCulture);
            else if (v is Tensor t) Tensors[k] = t.Clone();
            else if (v is double or long or int or bool) Numbers[k] = Convert.ToDouble(v, CultureInfo.InvariantCulture);
        }
    }
}
