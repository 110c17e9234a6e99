using System.Numerics;
using Flambeau.Cpu;

namespace Flambeau.Ops;

/// <summary>Sliding blocks of images as columns: [N, C, H, W] to [N, C·kernel, blocks], as by <c>torch.nn.functional.unfold</c>.</summary>
[Op("im2col(Tensor self, int[] kernel_size, int[] dilation, int[] padding, int[] stride) -> Tensor")]
public readonly partial record struct Im2Col(long[] KernelSize, long[] Dilation, long[] Padding, long[] Stride)
{
    internal Tensor Forward(Tensor self)
    {
        var l = self.Layout;
        if (self.Rank is not (3 or 4) || l.Sizes[^3..].Any(static s => s == 0))
            throw new ArgumentException($"unfold: a tensor of shape {self.Shape} was given; expected [N, C, H, W] or [C, H, W], not empty but for N");
        if (self.Rank == 3) return Forward(self.Unsqueeze(0)).Alias0();
        var b = new Blocks(l.Sizes[^2], l.Sizes[^1], KernelSize, Dilation, Padding, Stride, "unfold");
        var y = self.NewZeros([l.Sizes[0], l.Sizes[1] * b.Kernel, b.Count]);
        var x = Cast.Contiguous(self);
        switch (x.DType.Size())
        {
            case 1: Read<byte>(x, y, b); break;
            case 2: Read<ushort>(x, y, b); break;
            case 4: Read<uint>(x, y, b); break;
            case 8: Read<ulong>(x, y, b); break;
            default: Read<UInt128>(x, y, b); break;
        }
        return y;
    }

    static unsafe void Read<T>(Tensor x, Tensor y, Blocks b) where T : unmanaged
    {
        fixed (T* px = &x.First<T>(), py = &y.First<T>())
        {
            T* src = px, dst = py;
            CpuThreads.For(y.Numel == 0 ? 0 : y.Numel / b.Count, Math.Max(1, StridedLoop.Grain / Math.Max(1, b.Count)), (from, to) =>
            {
                for (var r = from; r < to; r++)
                {
                    T* image = src + r / b.Kernel * b.Height * b.Width;
                    T* row = dst + r * b.Count;
                    b.Walk(r % b.Kernel, (at, pixel, n, step) => IndexLoops.Row(row + at, image + pixel, n, step));
                }
            });
        }
    }

    internal Tensor VjpSelf(Shape selfShape, Tensor dy) => dy.Col2Im([selfShape[^2], selfShape[^1]], KernelSize, Dilation, Padding, Stride);
}

/// <summary>Columns added up into images: [N, C·kernel, blocks] to [N, C, H, W], as by <c>torch.nn.functional.fold</c>.</summary>
[Op("col2im(Tensor self, int[] output_size, int[] kernel_size, int[] dilation, int[] padding, int[] stride) -> Tensor")]
public readonly partial record struct Col2Im(long[] OutputSize, long[] KernelSize, long[] Dilation, long[] Padding, long[] Stride)
{
    internal Tensor Forward(Tensor self)
    {
        if (self.Rank is not (2 or 3) || OutputSize.Length != 2) throw new ArgumentException($"fold: a tensor of shape {self.Shape} to [{string.Join(", ", OutputSize)}]; expected [N, C·kernel, blocks] or [C·kernel, blocks] and two sizes");
        if (self.Rank == 2) return Forward(self.Unsqueeze(0)).Alias0();
        var b = new Blocks(OutputSize[0], OutputSize[1], KernelSize, Dilation, Padding, Stride, "fold");
        if (self.Layout.Sizes[1] % b.Kernel != 0 || self.Layout.Sizes[2] != b.Count)
            throw new ArgumentException($"fold: a tensor of shape {self.Shape}; expected axis 1 to be a multiple of {b.Kernel}, axis 2 to be {b.Count} blocks");
        var wide = Pointwise.Wide(self.DType);
        var x = Cast.Contiguous(Cast.To(self, wide));
        var y = Tensor.Zeros([x.Layout.Sizes[0], x.Layout.Sizes[1] / b.Kernel, b.Height, b.Width], wide);
        switch (wide)
        {
            case DType.Float32: Add<float>(x, y, b); break;
            case DType.Float64: Add<double>(x, y, b); break;
            case DType.Int64: Add<long>(x, y, b); break;
            case DType.Int32: Add<int>(x, y, b); break;
            case DType.Int16: Add<short>(x, y, b); break;
            case DType.Int8: Add<sbyte>(x, y, b); break;
            case DType.Complex128: Add<Complex>(x, y, b); break;
            case DType.UInt8: Add<byte>(x, y, b); break;
            default: throw new ArgumentException($"fold: not defined for {self.DType.Name()}");
        }
        return Cast.To(y, self.DType);
    }

    static unsafe void Add<T>(Tensor x, Tensor y, Blocks b) where T : unmanaged, IAdditionOperators<T, T, T>
    {
        var pixels = b.Height * b.Width;
        fixed (T* px = &x.First<T>(), py = &y.First<T>())
        {
            T* src = px, dst = py;
            CpuThreads.For(pixels == 0 ? 0 : y.Numel / pixels, Math.Max(1, StridedLoop.Grain / Math.Max(1, b.Kernel * b.Count)), (from, to) =>
            {
                for (var c = from; c < to; c++)
                {
                    for (long k = 0; k < b.Kernel; k++)
                    {
                        T* row = src + (c * b.Kernel + k) * b.Count;
                        T* image = dst + c * pixels;
                        b.Walk(k, (at, pixel, n, step) =>
                        {
                            for (long i = 0; i < n; i++) image[pixel + i * step] += row[at + i];
                        });
                    }
                }
            });
        }
    }

    internal Tensor VjpSelf(Tensor dy) => dy.Im2Col(KernelSize, Dilation, Padding, Stride);
}

/// <summary>The grid of sliding blocks.</summary>
internal sealed class Blocks
{
    internal readonly long Height, Width, Kernel, Count;
    readonly long kw, rows, columns;
    readonly long[] dilation, padding, stride;

    internal Blocks(long height, long width, long[] kernel, long[] dilation, long[] padding, long[] stride, string op)
    {
        if (kernel.Any(static v => v <= 0) || dilation.Any(static v => v <= 0) || stride.Any(static v => v <= 0) || padding.Any(static v => v < 0))
            throw new ArgumentException($"{op}: kernel, dilation and stride must be positive, padding not negative");
        (Height, Width) = (height, width);
        (this.dilation, this.padding, this.stride) = (Two(dilation), Two(padding), Two(stride));
        var k = Two(kernel);
        (kw, Kernel) = (k[1], k[0] * k[1]);
        rows = Steps(height, k[0], 0);
        columns = Steps(width, kw, 1);
        Count = rows * columns;
        if (rows <= 0 || columns <= 0)
            throw new ArgumentException($"{op}: a kernel [{string.Join(", ", k)}] with dilation [{string.Join(", ", this.dilation)}] doesn't fit a padded image of {height} by {width}");
    }

    static long[] Two(long[] v) => v.Length switch { 1 => [v[0], v[0]], 2 => v, _ => throw new ArgumentException($"{v.Length} sizes were given; expected one or two") };

    long Steps(long n, long k, int d) => Math.Max(0, (n + 2 * padding[d] - dilation[d] * (k - 1) - 1 + stride[d]) / stride[d]);

    /// <summary>Calls back with runs of blocks whose pixel at kernel position <paramref name="k"/> lies inside the image: (block, pixel, blocks, pixels between them).</summary>
    internal void Walk(long k, Action<long, long, long, long> run)
    {
        long dy = k / kw * dilation[0] - padding[0], dx = k % kw * dilation[1] - padding[1];
        var first = dx >= 0 ? 0 : (-dx + stride[1] - 1) / stride[1];
        var last = Width - 1 - dx < 0 ? 0 : Math.Min(columns, (Width - 1 - dx) / stride[1] + 1);
        if (first >= last) return;
        for (long r = 0; r < rows; r++)
        {
            var y = r * stride[0] + dy;
            if (y >= 0 && y < Height) run(r * columns + first, y * Width + first * stride[1] + dx, last - first, stride[1]);
        }
    }
}

file static class Leading
{
    /// <summary>Without the leading axis of size 1.</summary>
    internal static Tensor Alias0(this Tensor t) => t.Alias(new Layout(t.Layout.Sizes[1..], t.Layout.Strides[1..]), t.Offset);
}
