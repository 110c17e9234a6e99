using System.Runtime.CompilerServices;
using Flambeau.Cpu;
using Flambeau.Cuda.Driver;
using Flambeau.Cuda.Kernels;
using Flambeau.Ops;

namespace Flambeau.Cuda;

internal sealed unsafe partial class CudaBackend
{
    Products? products;

    internal override Tensor MatMul(Tensor a, Tensor b, Tensor? plus)
    {
        var dtype = a.DType;
        long batch = a.Layout.Sizes[0], rows = a.Layout.Sizes[1], inner = a.Layout.Sizes[2], columns = b.Layout.Sizes[2];
        var y = Make([batch, rows, columns], dtype);
        if (y.Numel == 0) return y;
        if (!dtype.IsFloat() && !dtype.IsComplex())
        {
            IntegerProduct(a, b, y, rows, columns, inner);
            return plus is null ? y : Pointwise(default(Plus), y, Cast.To(plus, dtype), null);
        }
        if (plus is not null) Copy(plus, y);
        if (inner == 0)
        {
            if (plus is null) Api.Check(Api.cuMemsetD8Async(Address(y), 0, (nuint)(y.Numel * dtype.Size()), device.Stream), "cuMemsetD8Async");
            return y;
        }
        // a library's call costs more than such a product, and doubles cost nothing here
        if (dtype.IsFloat() && y.Numel <= 4096 && inner <= 128)
        {
            ReadOnlySpan<long> s = a.Layout.Strides, t = b.Layout.Strides;
            Each("small_product", "product", $"T={T(y)};A={(dtype is DType.Float32 or DType.Float64 ? "f64" : "f32")}", y.Numel,
                y.Numel, rows, columns, inner, s[0], s[1], s[2], t[0], t[1], t[2], a, b, y, plus is not null, 0L);
            return y;
        }
        var va = View(ref a);
        var vb = View(ref b);
        (products ??= new(device)).Run(dtype, rows, columns, inner, batch, Address(a), va, Address(b), vb, Address(y), plus is not null);
        return y;
    }

    /// <summary>
    /// A row-major matrix is column-major when transposed, which is how the product takes it; one whose rows are neighbours is the transpose of that.
    /// Other strides are copied.
    /// </summary>
    MatrixView View(ref Tensor t)
    {
        for (; ; t = Cast.Clone(t))
        {
            long n = t.Layout.Sizes[1], m = t.Layout.Sizes[2], rs = t.Layout.Strides[1], cs = t.Layout.Strides[2], bs = t.Layout.Sizes[0] == 1 ? 0 : t.Layout.Strides[0];
            if ((cs == 1 || m == 1) && (rs >= m || n == 1)) return new(false, n == 1 ? Math.Max(m, 1) : rs, bs);
            if ((rs == 1 || n == 1) && (cs >= n || m == 1)) return new(true, m == 1 ? Math.Max(n, 1) : cs, bs);
        }
    }

    [SkipLocalsInit]
    void IntegerProduct(Tensor a, Tensor b, Tensor y, long rows, long columns, long inner)
    {
        var start = stackalloc byte[256];
        var parameters = (byte*)(((nint)start + 15) & ~15);
        var args = new Args(parameters);
        args.Put(y.Numel);
        args.Put(rows);
        args.Put(columns);
        args.Put(inner);
        args.Slot(Address(a));
        args.Slot(Address(b));
        args.Slot(Address(y));
        args.Put(a.Layout.Strides);
        args.Put(b.Layout.Strides);
        Kernel($"typedef {Sources.TypeOf(y.DType)} T;\n{Sources.Of("integer_product")}", "integer_product").LaunchFlat(parameters, y.Numel);
    }
}
