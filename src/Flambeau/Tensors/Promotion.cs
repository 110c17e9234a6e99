namespace Flambeau;

/// <summary>PyTorch's type promotion: tensors with axes decide first, then 0-d tensors, then plain numbers, each only by a higher category.</summary>
public static class Promotion
{
    static readonly DType[,] table = Build();

    /// <summary>The smallest dtype that both convert to without losing their category.</summary>
    public static DType Promote(DType a, DType b) => table[(int)a, (int)b];

    /// <summary>The dtype of an op on these two tensors.</summary>
    public static DType ResultType(Tensor a, Tensor b)
    {
        if (a.DType == b.DType) return a.DType;
        var s = new State();
        s.Add(a);
        s.Add(b);
        return s.Result;
    }

    /// <summary>The dtype of an op on these tensors.</summary>
    public static DType ResultType(params ReadOnlySpan<Tensor?> tensors)
    {
        var s = new State();
        foreach (var t in tensors)
        {
            if (t is not null) s.Add(t);
        }
        return s.Result;
    }

    /// <summary>The dtype of an op on a tensor and a number.</summary>
    public static DType ResultType(Tensor a, Scalar b)
    {
        var s = new State();
        s.Add(a);
        s.AddWrapped(WrappedDType(b));
        return s.Result;
    }

    internal static DType WrappedDType(Scalar s) => s.Kind switch
    {
        DType.Float64 => DType.Float32,
        DType.Complex128 => DType.Complex64,
        var k => k,
    };

    /// <summary>float32 for integers and bools, other dtypes as they are: the rule of exp, sin, mean and their like.</summary>
    public static DType ToFloat(DType dtype) => dtype.IsIntegral() ? DType.Float32 : dtype;

    static int Category(DType d) => d == DType.Bool ? 0 : d.IsInteger() ? 1 : d.IsFloat() ? 2 : 3;

    struct State
    {
        DType? dimensioned, zero, wrapped;

        public void Add(Tensor t)
        {
            if (t.IsWrapped) AddWrapped(t.DType is DType.Float64 ? DType.Float32 : t.DType is DType.Complex128 ? DType.Complex64 : t.DType);
            else if (t.Rank == 0) zero = zero is { } z ? Promote(z, t.DType) : t.DType;
            else dimensioned = dimensioned is { } d ? Promote(d, t.DType) : t.DType;
        }

        public void AddWrapped(DType d) => wrapped = wrapped is { } w ? Promote(w, d) : d;

        public readonly DType Result => Combine(Combine(dimensioned, zero), wrapped) ?? DType.Float32;

        static DType? Combine(DType? higher, DType? lower)
        {
            if (higher is not { } h) return lower;
            if (lower is not { } l) return h;
            return Category(l) > Category(h) ? Promote(h, l) : h;
        }
    }

    static DType[,] Build()
    {
        const int n = 12;
        var t = new DType[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++) t[i, j] = Pair((DType)i, (DType)j);
        }
        return t;
    }

    static DType Pair(DType a, DType b)
    {
        if (a > b) (a, b) = (b, a);
        if (a == b) return a;
        if (b == DType.Complex128) return b;
        if (b == DType.Complex64) return a == DType.Float64 ? DType.Complex128 : b;
        if (b.IsFloat()) return a.IsFloat() && b == DType.BFloat16 ? DType.Float32 : b;
        return a == DType.UInt8 && b == DType.Int8 ? DType.Int16 : b;
    }
}
