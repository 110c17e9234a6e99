using System.Collections;
using System.Globalization;

namespace Flambeau.Optim;

/// <summary>Reads state trees that come from here or from a PyTorch checkpoint: dictionaries of any key type, lists, numbers.</summary>
internal static class StateTree
{
    internal static Dictionary<string, object?> Dictionary(object? o)
    {
        if (o is not IDictionary d) throw new ArgumentException($"an optimizer's state has {o?.GetType().Name ?? "None"} where a dictionary was expected");
        var r = new Dictionary<string, object?>();
        foreach (DictionaryEntry e in d) r[Convert.ToString(e.Key, CultureInfo.InvariantCulture)!] = e.Value;
        return r;
    }

    internal static IEnumerable<object?> List(object? o) => o is IEnumerable e and not string ? e.Cast<object?>()
        : throw new ArgumentException($"an optimizer's state has {o?.GetType().Name ?? "None"} where a list was expected");

    /// <summary>Numeric options; PyTorch's <c>betas</c> and the like become <c>beta1</c>, <c>beta2</c>.</summary>
    internal static IEnumerable<KeyValuePair<string, double>> Options(Dictionary<string, object?> group)
    {
        foreach (var (k, v) in group)
        {
            if (k == "params" || v is null) continue;
            if (v is string) continue;
            if (v is IEnumerable list)
            {
                var i = 1;
                var single = k.TrimEnd('s');
                foreach (var e in list) yield return new($"{single}{i++}", Convert.ToDouble(e, CultureInfo.InvariantCulture));
            }
            else if (v is double or long or int or bool or float) yield return new(k, Convert.ToDouble(v, CultureInfo.InvariantCulture));
            else if (v is Tensor { Numel: 1 } t) yield return new(k, t.Item<double>());
        }
    }
}
