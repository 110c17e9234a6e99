using System.Numerics;
using Flambeau.Cpu;
using Flambeau.Ops;

namespace Flambeau;

public sealed partial class Tensor
{
    /// <summary>0, 1, … below <c>end</c>.</summary>
    [Op("arange(Scalar end, *, dtype? dtype=None) -> Tensor")]
    public static Tensor Arange(Scalar end, DType? dtype = null) => Arange(0, end, 1, dtype);

    [Op("arange(Scalar start, Scalar end, *, dtype? dtype=None) -> Tensor")]
    public static Tensor Arange(Scalar start, Scalar end, DType? dtype = null) => Arange(start, end, 1, dtype);

    /// <summary><c>start</c>, <c>start + step</c>, … before <c>end</c>; int64 if all numbers are integers, else float32, unless a dtype is named.</summary>
    /// <exception cref="ArgumentException">The step is zero, or leads away from the end.</exception>
    [Op("arange(Scalar start, Scalar end, Scalar step, *, dtype? dtype=None) -> Tensor")]
    public static Tensor Arange(Scalar start, Scalar end, Scalar step, DType? dtype = null)
    {
        var integral = start.IsIntegral && end.IsIntegral && step.IsIntegral;
        var type = dtype ?? (integral ? DType.Int64 : DType.Float32);
        double a = start.ToDouble(), b = end.ToDouble(), d = step.ToDouble();
        if (d == 0 || !double.IsFinite(a) || !double.IsFinite(b) || (d > 0 ? a > b : a < b))
            throw new ArgumentException($"arange: from {start} to {end} by {step}; expected finite bounds and a step that leads from one to the other");
        if (integral || type.IsIntegral())
        {
            long first = start.ToLong(), by = step.ToLong();
            var count = integral ? (end.ToLong() - first + by - Math.Sign(by)) / by : (long)Math.Ceiling((b - a) / d);
            return Told(Filled<long>(count, type, i => first + i * by));
        }
        return Told(Filled<double>((long)Math.Ceiling((b - a) / d), type, i => a + i * d));

        Tensor Told(Tensor y)
        {
            OpObserver.Current?.OnCall("arange", [start, end, step, y.DType], y);
            return y;
        }
    }

    static unsafe Tensor Filled<T>(long count, DType dtype, Func<long, T> value) where T : unmanaged
    {
        var y = NewHost(new Layout([count]), DTypes.Of<T>());
        if (count > 0)
        {
            fixed (T* p = &y.Kept<T>())
            {
                T* to = p;
                CpuThreads.For(count, StridedLoop.Grain, (from, last) =>
                {
                    for (var i = from; i < last; i++) to[i] = value(i);
                });
            }
        }
        return y.To(dtype).Settled();
    }

    /// <summary><c>steps</c> numbers from <c>start</c> to <c>end</c>, both included, at equal distances.</summary>
    /// <exception cref="ArgumentException">A negative number of steps.</exception>
    [Op("linspace(Scalar start, Scalar end, int steps, *, dtype? dtype=None) -> Tensor")]
    public static Tensor Linspace(Scalar start, Scalar end, long steps, DType? dtype = null)
    {
        if (steps < 0) throw new ArgumentException($"linspace: {steps} steps; expected a non-negative number");
        var complex = start.Kind.IsComplex() || end.Kind.IsComplex();
        var type = dtype ?? (complex ? DType.Complex64 : DType.Float32);
        if (type.IsComplex())
        {
            Complex a = start.ToComplex(), b = end.ToComplex();
            return Filled(steps, type, Even(a, b, steps));
        }
        if (type.IsIntegral())
        {
            // As PyTorch: the ends are truncated first, the numbers between them computed in float32 and truncated.
            long a = start.ToLong(), b = end.ToLong();
            var step = steps > 1 ? ((float)b - a) / (steps - 1) : 0;
            return Filled(steps, type, i => i < steps / 2 ? (long)(a + step * i) : steps == 1 ? a : (long)(b - step * (steps - i - 1)));
        }
        return Filled(steps, type, Even(start.ToDouble(), end.ToDouble(), steps));
    }

    /// <summary>Counted from the nearer end, so that both ends are met exactly.</summary>
    static Func<long, T> Even<T>(T a, T b, long steps) where T : INumberBase<T>
    {
        var step = steps > 1 ? (b - a) / T.CreateTruncating(steps - 1) : T.Zero;
        return i => i < steps / 2 || steps == 1 ? a + step * T.CreateTruncating(i) : b - step * T.CreateTruncating(steps - 1 - i);
    }

    [Op("linspace(Tensor start, Tensor end, int steps, *, dtype? dtype=None) -> Tensor")]
    internal static Tensor LinspaceOf(Tensor start, Tensor end, long steps, DType? dtype)
    {
        using var here = Beside(start, end);
        return Linspace(Bound(start, "linspace"), Bound(end, "linspace"), steps, dtype);
    }

    /// <summary><c>base</c> to the powers that <see cref="Linspace"/> gives.</summary>
    [Op("logspace(Scalar start, Scalar end, int steps, float base=10.0, *, dtype? dtype=None) -> Tensor")]
    public static Tensor Logspace(Scalar start, Scalar end, long steps, double @base = 10, DType? dtype = null)
    {
        if (steps < 0) throw new ArgumentException($"logspace: {steps} steps; expected a non-negative number");
        var type = dtype ?? (start.Kind.IsComplex() || end.Kind.IsComplex() ? DType.Complex64 : DType.Float32);
        if (type.IsComplex())
        {
            var exponent = Even(start.ToComplex(), end.ToComplex(), steps);
            return Filled(steps, type, i => System.Numerics.Complex.Pow(@base, exponent(i)));
        }
        if (type.IsIntegral())
        {
            long a = start.ToLong(), b = end.ToLong();
            var step = steps > 1 ? ((float)b - a) / (steps - 1) : 0;
            return Filled(steps, type, i => (long)Math.Pow(@base, i < steps / 2 || steps == 1 ? a + step * i : b - step * (steps - i - 1)));
        }
        var power = Even(start.ToDouble(), end.ToDouble(), steps);
        return Filled(steps, type, i => Math.Pow(@base, power(i)));
    }

    [Op("logspace(Tensor start, Tensor end, int steps, float base=10.0, *, dtype? dtype=None) -> Tensor")]
    internal static Tensor LogspaceOf(Tensor start, Tensor end, long steps, double @base, DType? dtype)
    {
        using var here = Beside(start, end);
        return Logspace(Bound(start, "logspace"), Bound(end, "logspace"), steps, @base, dtype);
    }

    static Scalar Bound(Tensor t, string op) => t.Rank == 0 ? t.ToScalar() : throw new ArgumentException($"{op}: a bound of shape {t.Shape} was given; expected a number or a 0-d tensor");

    /// <summary>Coordinates, one int64 tensor an axis of <c>shape</c>, of positions in the flattened shape.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A position lies outside.</exception>
    public static Tensor[] UnravelIndex(Tensor indices, Shape shape)
    {
        if (!indices.DType.IsInteger()) throw new ArgumentException($"unravel_index: the indices are {indices.DType.Name()}; expected integers");
        var flat = indices.ToArray<long>();
        var n = shape.Numel;
        var y = new long[shape.Rank][];
        for (var d = 0; d < y.Length; d++) y[d] = new long[flat.Length];
        for (var i = 0; i < flat.Length; i++)
        {
            var k = flat[i];
            if (k < -n || k >= n) throw new ArgumentOutOfRangeException(nameof(indices), k, $"unravel_index: position {k} lies outside shape {shape} of {n} elements");
            if (k < 0) k += n;
            for (var d = y.Length - 1; d >= 0; d--) (k, y[d][i]) = Math.DivRem(k, shape[d]);
        }
        using var here = Beside(indices);
        return Array.ConvertAll(y, c => From(c, indices.Shape));
    }

    [Op("unravel_index(Tensor indices, any shape) -> Tensor[]")]
    internal static Tensor[] UnravelIndexOf(Tensor indices, object? shape) => UnravelIndex(indices, shape switch
    {
        long n => [n],
        int n => [n],
        Shape s => s,
        long[] s => s,
        Tensor t => t.ToArray<long>(),
        IEnumerable<object?> list => new Shape([.. list.Select(static v => Convert.ToInt64(v, System.Globalization.CultureInfo.InvariantCulture))]),
        _ => throw new ArgumentException($"unravel_index: {shape ?? "None"} is no shape"),
    });
}
