using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Runs of equal slices along an axis (the flattened tensor if none): one slice of each, the run every slice belongs to, and the runs' lengths. NaN equals nothing.</summary>
[Op("_unique(Tensor self, bool sort, int? dim) -> (Tensor, Tensor, Tensor)")]
public readonly partial record struct UniqueRuns(bool Sort, long? Dim)
{
    internal (Tensor Values, Tensor Inverse, Tensor Counts) Forward(Tensor self)
    {
        if (self.DType.IsComplex()) throw new ArgumentException($"unique: complex numbers have no order; the tensor is {self.DType.Name()}");
        var d = Dim is { } w ? Dims.Wrap(w, self.Rank) : 0;
        var flat = Dim is null || self.Rank == 0;
        var x = Cast.Contiguous(self);
        if (flat) x = x.Alias(new Layout([x.Numel]), x.Offset);
        var axis = Axis.Of(x.Layout.Sizes, d);
        var order = Order(x, d, axis);
        var inverse = new long[axis.Size];
        var firsts = new List<long>();
        var counts = new List<long>();
        var same = Equality(x, axis);
        for (var i = 0; i < order.Length; i++)
        {
            if (i == 0 || !same(order[i - 1], order[i]))
            {
                firsts.Add(order[i]);
                counts.Add(0);
            }
            counts[^1]++;
            inverse[order[i]] = firsts.Count - 1;
        }
        return (TakeSlices(x, d, [.. firsts]), Tensor.From(inverse, flat ? self.Shape : [axis.Size]), Tensor.From(counts.ToArray()));
    }

    long[] Order(Tensor x, int dim, Axis axis)
    {
        if (!Sort) return [.. Enumerable.Range(0, (int)axis.Size).Select(static i => (long)i)];
        if (axis.Lines == 1) return SortKernel.Indices(x, dim, false).ToArray<long>();
        var order = Enumerable.Range(0, (int)axis.Size).Select(static i => (long)i).ToArray();
        var v = Cast.To(x, x.DType.IsIntegral() ? DType.Int64 : DType.Float64);
        if (v.DType == DType.Int64) Array.Sort(order, Comparer(v.ToArray<long>(), axis));
        else Array.Sort(order, Comparer(v.ToArray<double>(), axis));
        return order;
    }

    static Comparison<long> Comparer<E>(E[] v, Axis axis) where E : IComparable<E> => (a, b) =>
    {
        for (long line = 0; line < axis.Lines; line++)
        {
            var s = axis.Start(line);
            var c = v[s + a * axis.Inner].CompareTo(v[s + b * axis.Inner]);
            if (c != 0) return c;
        }
        return a.CompareTo(b);
    };

    static Func<long, long, bool> Equality(Tensor x, Axis axis)
    {
        if (x.DType.IsIntegral())
        {
            var v = x.ToArray<long>();
            return (a, b) =>
            {
                for (long line = 0; line < axis.Lines; line++)
                {
                    var s = axis.Start(line);
                    if (v[s + a * axis.Inner] != v[s + b * axis.Inner]) return false;
                }
                return true;
            };
        }
        var w = x.ToArray<double>();
        return (a, b) =>
        {
            for (long line = 0; line < axis.Lines; line++)
            {
                var s = axis.Start(line);
                if (w[s + a * axis.Inner] != w[s + b * axis.Inner]) return false;
            }
            return true;
        };
    }

    static Tensor TakeSlices(Tensor x, int dim, long[] at)
    {
        var sizes = Axis.Sizes(x.Layout.Sizes, dim, at.Length);
        var along = new long[sizes.Length];
        Array.Fill(along, 1);
        along[dim] = at.Length;
        return Lines.Gather(x, dim, new Expand(new Shape(sizes)).Forward(Tensor.From(at, new Shape(along))));
    }
}
