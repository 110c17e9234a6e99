using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>
/// Discrete Fourier transform of a complex tensor along axes; normalization 0 is none, 1 divides by the square root of the number of points, 2 by the number.
/// The base of <c>torch.fft</c>.
/// </summary>
[Op("fft._c2c(Tensor self, int[] dim, int normalization, bool forward) -> Tensor")]
public readonly partial record struct ComplexToComplex(long[] Dim, long Normalization, bool Forwards)
{
    internal Tensor Forward(Tensor self)
    {
        if (!self.DType.IsComplex()) throw new ArgumentException($"fft: the tensor is {self.DType.Name()}; expected a complex dtype");
        var x = MatrixBatch.Wide(self, copy: true);
        foreach (var d in Dim) FftAxes.Run(x, Dims.Wrap(d, x.Rank), Forwards, FftArguments.Scale(Normalization, x.Size((int)d)));
        return Cast.To(x, self.DType);
    }

    internal Tensor VjpSelf(Tensor dy) => Fft.ComplexToComplex(dy, Dim, Normalization, !Forwards);
}

/// <summary>The forward transform of a real tensor along axes: of the last axis named, only the n/2 + 1 frequencies that aren't conjugates of others.</summary>
[Op("fft._r2c(Tensor self, int[] dim, int normalization) -> Tensor")]
public readonly partial record struct RealToComplex(long[] Dim, long Normalization)
{
    internal Tensor Forward(Tensor self)
    {
        if (!self.DType.IsFloat()) throw new ArgumentException($"fft: the tensor is {self.DType.Name()}; expected a real floating-point dtype");
        var last = Dims.Wrap(Dim[^1], self.Rank);
        var n = self.Size(last);
        var x = MatrixBatch.Wide(Cast.To(self, DType.Complex128));
        FftAxes.Run(x, last, forward: true, FftArguments.Scale(Normalization, n));
        x = Cast.Clone(new Slice(last, 0, n / 2 + 1).Forward(x));
        foreach (var d in Dim[..^1]) FftAxes.Run(x, Dims.Wrap(d, x.Rank), forward: true, FftArguments.Scale(Normalization, x.Size((int)d)));
        return Cast.To(x, self.DType.ToComplex());
    }

    // The frequencies left out have no part in the result, so their gradient is zero.
    internal Tensor VjpSelf(Shape selfShape, Tensor dy)
    {
        var last = (int)Dim[^1];
        var sizes = dy.Shape.ToArray();
        last = Dims.Wrap(last, sizes.Length);
        var half = sizes[last];
        sizes[last] = selfShape[last];
        return Fft.ComplexToComplex(dy.SliceBackward(sizes, last, 0, half, 1), Dim, Normalization, false).Real();
    }
}

/// <summary>The inverse transform along axes of a tensor whose last axis named holds half of a Hermitian spectrum; real, that axis of size <c>last_dim_size</c>.</summary>
[Op("fft._c2r(Tensor self, int[] dim, int normalization, int last_dim_size) -> Tensor")]
public readonly partial record struct ComplexToReal(long[] Dim, long Normalization, long LastDimSize)
{
    internal Tensor Forward(Tensor self)
    {
        if (!self.DType.IsComplex()) throw new ArgumentException($"fft: the tensor is {self.DType.Name()}; expected a complex dtype");
        var last = Dims.Wrap(Dim[^1], self.Rank);
        var x = MatrixBatch.Wide(self, copy: true);
        foreach (var d in Dim[..^1]) FftAxes.Run(x, Dims.Wrap(d, x.Rank), forward: false, FftArguments.Scale(Normalization, x.Size((int)d)));
        x = Mirrored(x, last);
        FftAxes.Run(x, last, forward: false, FftArguments.Scale(Normalization, LastDimSize));
        return Cast.To(x, self.DType.ToReal());
    }

    /// <summary>The whole spectrum from its first half: X[n − k] = conj(X[k]).</summary>
    Tensor Mirrored(Tensor x, int axis)
    {
        long n = LastDimSize, half = n / 2 + 1, inner = 1;
        if (x.Size(axis) != half) throw new ArgumentException($"fft: axis {axis} of shape {x.Shape} must have {half} frequencies for a result of size {n}");
        var sizes = (long[])x.Layout.Sizes.Clone();
        for (var d = axis + 1; d < sizes.Length; d++) inner *= sizes[d];
        sizes[axis] = n;
        var y = Tensor.New(sizes, DType.Complex128);
        for (long o = 0; o < y.Numel / Math.Max(1, n * inner); o++)
        {
            for (long k = 0; k < n; k++)
            {
                var from = x.Part<Complex>(o * half + (k < half ? k : n - k), inner);
                var to = y.Part<Complex>(o * n + k, inner);
                if (k < half) from.CopyTo(to);
                else
                {
                    for (var i = 0; i < to.Length; i++) to[i] = Complex.Conjugate(from[i]);
                }
            }
        }
        return y;
    }

    // Each frequency that was mirrored counts twice.
    internal Tensor VjpSelf(Tensor dy)
    {
        var last = Dims.Wrap(Dim[^1], dy.Rank);
        var g = Fft.RealToComplex(dy, Dim, Normalization);
        var mirrored = LastDimSize - g.Size(last);
        return mirrored <= 0 ? g : Tensor.Cat([g.Slice(last, 0, 1), g.Slice(last, 1, 1 + mirrored) * 2, g.Slice(last, 1 + mirrored)], last);
    }
}
