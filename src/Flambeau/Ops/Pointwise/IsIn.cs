using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Whether each element occurs among the test elements; a bool tensor of the elements' shape.</summary>
[Op("isin(Tensor elements, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor")]
public readonly partial record struct IsIn(bool AssumeUnique = false, bool Invert = false)
{
    internal Tensor Forward(Tensor elements, Tensor testElements)
    {
        var dtype = Promotion.ResultType(elements, testElements);
        if (dtype.IsComplex()) throw new ArgumentException($"isin is not defined for {dtype.Name()}; compare real and imaginary parts apart");
        var y = Tensor.New(elements.Layout.Sizes, DType.Bool);
        if (dtype.IsIntegral()) Look<long>(elements, testElements, y);
        else if (dtype == DType.Float64) Look<double>(elements, testElements, y);
        else Look<float>(elements, testElements, y);
        return y;
    }

    void Look<T>(Tensor elements, Tensor test, Tensor y) where T : unmanaged, System.Numerics.INumber<T>
    {
        var dtype = DTypes.Of<T>();
        var known = new HashSet<T>();
        foreach (var t in Cast.Contiguous(Cast.To(test, dtype)).Values<T>())
        {
            if (!T.IsNaN(t)) known.Add(t);
        }
        var x = Cast.Contiguous(Cast.To(elements, dtype)).Values<T>();
        var found = y.Values<bool>();
        for (var i = 0; i < x.Length; i++) found[i] = known.Contains(x[i]) != Invert;
    }
}
