using System.Collections;
using System.Runtime.CompilerServices;

namespace Flambeau;

/// <summary>Sizes of a tensor's axes, immutable. Write it as a collection expression: <c>Tensor.Zeros([2, 3])</c>.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IEnumerable<long>
{
    readonly long[]? sizes;

    internal Shape(long[] sizes) => this.sizes = sizes;

    /// <summary>A copy of these sizes as a shape.</summary>
    public static Shape Create(ReadOnlySpan<long> sizes) => new(sizes.ToArray());

    internal long[] Sizes => sizes ?? [];

    /// <summary>Number of axes.</summary>
    public int Rank => Sizes.Length;

    /// <summary>Number of elements: the product of the sizes, 1 for a 0-d shape.</summary>
    public long Numel
    {
        get
        {
            long n = 1;
            foreach (var s in Sizes) n = checked(n * s);
            return n;
        }
    }

    /// <summary>Size of an axis; negative values count from the end.</summary>
    public long this[int dim] => Sizes[dim < 0 ? dim + Rank : dim];

    /// <summary>Size of an axis, <c>^1</c> the last.</summary>
    public long this[Index dim] => Sizes[dim];

    /// <summary>The sizes.</summary>
    public ReadOnlySpan<long> AsSpan() => Sizes;

    /// <summary>A copy of the sizes.</summary>
    public long[] ToArray() => (long[])Sizes.Clone();

    public static implicit operator Shape(long[] sizes) => Create(sizes);
    public static implicit operator Shape(int[] sizes) => new(Array.ConvertAll(sizes, static s => (long)s));
    public static implicit operator ReadOnlySpan<long>(Shape shape) => shape.Sizes;

    /// <inheritdoc/>
    public bool Equals(Shape other) => Sizes.AsSpan().SequenceEqual(other.Sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape s && Equals(s);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var h = new HashCode();
        foreach (var s in Sizes) h.Add(s);
        return h.ToHashCode();
    }

    public static bool operator ==(Shape a, Shape b) => a.Equals(b);
    public static bool operator !=(Shape a, Shape b) => !a.Equals(b);

    /// <summary>The shape two shapes broadcast to, or an error that names both.</summary>
    /// <exception cref="ArgumentException">Some axis differs and neither size is 1.</exception>
    public static Shape Broadcast(Shape a, Shape b)
    {
        if (a == b) return a;
        var rank = Math.Max(a.Rank, b.Rank);
        var r = new long[rank];
        for (var i = 1; i <= rank; i++)
        {
            var x = i <= a.Rank ? a.Sizes[^i] : 1;
            var y = i <= b.Rank ? b.Sizes[^i] : 1;
            r[^i] = x == y || y == 1 ? x : x == 1 ? y
                : throw new ArgumentException($"shapes {a} and {b} don't broadcast: axis {rank - i} has sizes {x} and {y}; sizes must be equal, or one of them 1");
        }
        return new(r);
    }

    /// <inheritdoc/>
    public override string ToString() => "[" + string.Join(", ", Sizes) + "]";

    /// <inheritdoc/>
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)Sizes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => Sizes.GetEnumerator();
}
