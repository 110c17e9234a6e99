using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flambeau.Conformance;

/// <summary>Compares tensors as PyTorch's tests do.</summary>
internal static class Compare
{
    internal const double Rtol = 1.3e-5, Atol = 1e-5;

    /// <summary>Null if equal within tolerance (exactly, for integers and bools), else what differs.</summary>
    internal static string? Tensors(string what, Tensor actual, Tensor expected, double rtol = Rtol, double atol = Atol, bool values = true)
    {
        if (actual.DType != expected.DType) return $"{what} is {actual.DType.Name()}, expected {expected.DType.Name()}";
        if (actual.Shape != expected.Shape) return $"{what} has shape {actual.Shape}, expected {expected.Shape}";
        if (!values) return null;
        var a = actual.ToArray<Complex>();
        var e = expected.ToArray<Complex>();
        var exact = expected.DType.IsIntegral();
        var wrong = 0;
        string? first = null;
        for (var i = 0; i < a.Length; i++)
        {
            if (exact ? a[i] == e[i] : Close(a[i].Real, e[i].Real, a[i], e[i], rtol, atol) && Close(a[i].Imaginary, e[i].Imaginary, a[i], e[i], rtol, atol)) continue;
            wrong++;
            first ??= string.Create(CultureInfo.InvariantCulture, $"element {i} is {Show(a[i], actual)}, expected {Show(e[i], actual)}");
        }
        return wrong == 0 ? null : $"{what} of shape {actual.Shape}: {wrong} of {a.Length} differ, {first}";
    }

    static string Show(Complex z, Tensor t) => t.DType.IsComplex() ? z.ToString(CultureInfo.InvariantCulture) : z.Real.ToString("R", CultureInfo.InvariantCulture);

    static bool Close(double a, double e, Complex az, Complex ez, double rtol, double atol)
    {
        if (double.IsNaN(e)) return double.IsNaN(a);
        if (double.IsInfinity(e) || double.IsInfinity(a)) return a == e;
        var scale = double.IsFinite(ez.Real) && double.IsFinite(ez.Imaginary) ? ez.Magnitude : Math.Abs(e);
        return Math.Abs(a - e) <= atol + rtol * scale;
    }

    /// <summary>The tensors in a result, in order.</summary>
    internal static List<Tensor> Flatten(object? result)
    {
        var list = new List<Tensor>();
        Add(result);
        return list;

        void Add(object? o)
        {
            switch (o)
            {
                case Tensor t: list.Add(t); break;
                case string or null: break;
                case ITuple tuple:
                    for (var i = 0; i < tuple.Length; i++) Add(tuple[i]);
                    break;
                case System.Collections.IEnumerable e and not Shape:
                    foreach (var x in e) Add(x);
                    break;
            }
        }
    }
}
